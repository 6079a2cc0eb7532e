import type { VendorSetting } from '../backends/definition.ts';
import { VENDORS } from '../backends/index.ts';
import type { BackendName } from '../domain/handle.ts';
import { checkTrustedUrl } from './url.ts';

const SETTINGS: readonly (readonly [string, VendorSetting])[] = VENDORS.flatMap(({ settings }) =>
  Object.entries(settings),
);

/** The vendors' variables, and what `airdate --help` says of them. */
export const VENDOR_SETTINGS: Readonly<Record<string, string>> = Object.fromEntries(
  SETTINGS.map(([name, { about, fallback }]) => [
    name,
    fallback === undefined ? about : `${about} (${fallback})`,
  ]),
);

export const VENDOR_KEYS: readonly string[] = SETTINGS.filter(([, { kind }]) => kind === 'key').map(
  ([name]) => name,
);

/** A key goes into a header as it is. */
const KEY = /^[!-~]+$/;

/** What the vendors are opened with: keys as they are, addresses checked and without a slash at the end. */
export function readVendors(
  read: (name: string) => string | undefined,
  problems: string[],
): Readonly<Record<string, string>> {
  const found = SETTINGS.flatMap(([name, { kind, fallback, selfHosted }]): [string, string][] => {
    const value = read(name) ?? fallback;
    if (value === undefined) return [];
    if (kind === 'key') {
      if (!KEY.test(value))
        problems.push(`${name} has characters that no key has; was a placeholder pasted?`);
      return [[name, value]];
    }
    // 1 turns on a vendor whose address alone does so.
    const isSwitch = value === '1' && fallback === undefined;
    if (!isSwitch) checkTrustedUrl(name, value, { problems, selfHosted });
    return [[name, value.replace(/\/+$/, '')]];
  });
  return Object.fromEntries(found);
}

/** The variables that would turn a vendor on and are not given. */
export function missingOf(vendor: BackendName, vendors: Readonly<Record<string, string>>): string[] {
  const { settings = {} } = VENDORS.find(({ name }) => name === vendor) ?? {};
  return Object.entries(settings)
    .filter(([name, { fallback }]) => fallback === undefined && vendors[name] === undefined)
    .map(([name]) => name);
}

/** Where a vendor is, without what may be secret in it. */
export function addressOf(
  vendor: BackendName,
  vendors: Readonly<Record<string, string>>,
): string | undefined {
  const { settings = {} } = VENDORS.find(({ name }) => name === vendor) ?? {};
  const [name = '', setting] = Object.entries(settings).find(([, { kind }]) => kind === 'url') ?? [];
  const given = vendors[name];
  const url = URL.parse((given === '1' ? setting?.one : given) ?? '');
  return url ? `${url.origin}${url.pathname.replace(/\/$/, '')}` : undefined;
}
