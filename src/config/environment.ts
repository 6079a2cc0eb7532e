import { didYouMean, nearest } from '../domain/nearest.ts';

const PREFIX = 'AIRDATE_';

/** Names every variable that was surely meant to be a setting; `environment` holds those that are not empty. */
export function checkEnvironment(
  environment: Readonly<Record<string, string>>,
  { settings, problems }: { readonly settings: readonly string[]; readonly problems: string[] },
): void {
  const known = settings.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(PREFIX) || settings.includes(name)) continue;
    const close = nearest(name.slice(PREFIX.length), known);
    if (close !== undefined)
      problems.push(`${name.slice(0, 80)} is not a setting${didYouMean(PREFIX + close)}`);
  }
}
