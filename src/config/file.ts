import { z } from 'zod';
import { SIMULATED_ACCOUNTS } from '../backends/local/accounts.ts';
import type { LocalAccount, PublisherName } from '../backends/local/settings.ts';
import { type Handle, parseHandle } from '../domain/handle.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import { isPlatform, type Platform } from '../domain/platform.ts';
import { line } from '../domain/text.ts';
import { missingOf } from './vendors.ts';

const Account = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, dot, dash and underscore'),
  platform: z.string().refine(isPlatform, 'not a platform that Airdate knows'),
  username: line(100).optional(),
  profile: line(100).optional(),
  publisher: z.enum(['outbox', 'webhook', 'relay']).optional(),
  relay: line(300).optional(),
});

const ConfigFile = z.strictObject({
  settings: z.record(z.string(), z.string()).optional(),
  accounts: z.array(Account).min(1).max(200).optional(),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

/** The text of the configuration file, or the system's word for why it cannot be read. */
export type FoundFile = { readonly path: string } & (
  | { readonly text: string }
  | { readonly problem: string }
);

interface Known {
  readonly settings: readonly string[];
  /** Settings that have no meaning in the file. */
  readonly environmentOnly: readonly string[];
  readonly problems: string[];
}

/** Reads airdate.config.json; what is wrong with it goes into `problems`. */
export function readConfigFile(
  file: FoundFile | undefined,
  { settings, environmentOnly, problems }: Known,
): ConfigFile {
  if (!file) return {};
  if ('problem' in file) {
    problems.push(`${file.path} cannot be read (${file.problem})`);
    return {};
  }
  let json: unknown;
  try {
    json = JSON.parse(file.text.replace(/^\ufeff/, ''));
  } catch {
    problems.push(`${file.path} is not JSON`);
    return {};
  }
  const parsed = ConfigFile.safeParse(json);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map(
        ({ path, message }) => `${file.path}: ${path.join('.') || 'top level'}: ${message}`,
      ),
    );
    return {};
  }
  for (const name of Object.keys(parsed.data.settings ?? {})) {
    if (environmentOnly.includes(name)) problems.push(`${file.path}: ${name} must come from the environment`);
    if (settings.includes(name)) continue;
    const meant = didYouMean(nearest(name, settings));
    problems.push(`${file.path}: settings.${name} is not a setting${meant}`);
  }
  return parsed.data;
}

/** The local accounts: those of the file, else three that are simulated. */
export function readAccounts(
  { accounts }: ConfigFile,
  // An address that was named and is refused is told of where it is read.
  { webhook, vendors, problems }: { webhook: boolean; vendors: Vendors; problems: string[] },
): readonly LocalAccount[] {
  const preferred = webhook ? 'webhook' : 'outbox';
  if (!accounts)
    return SIMULATED_ACCOUNTS.map((account) => ({
      ...account,
      publisher: preferred,
      ...(webhook && { profile: 'Webhook' }),
    }));
  const ids = accounts.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) problems.push(`accounts: the id ${twice} is there twice`);
  if (!webhook && accounts.some(({ publisher }) => publisher === 'webhook')) {
    problems.push('accounts: publisher webhook needs AIRDATE_WEBHOOK_URL');
  }
  return accounts.map(({ id, platform, username, profile, publisher, relay }) => ({
    id,
    platform: platform as Platform,
    username: username ?? id,
    profile: profile ?? 'Local',
    ...(relay === undefined && publisher !== 'relay'
      ? { publisher: publisher ?? preferred }
      : { publisher: 'relay', ...readRelay({ id, relay, publisher }, { vendors, problems }) }),
  }));
}

/** Settings of the vendors by their variables. */
type Vendors = Readonly<Record<string, string>>;

interface RelayAccount {
  readonly id: string;
  readonly relay: string | undefined;
  readonly publisher: PublisherName | undefined;
}

/** The vendor's account through which a local one publishes, by its id as list_profiles shows it. */
function readRelay(
  { id, relay, publisher }: RelayAccount,
  { vendors, problems }: { vendors: Vendors; problems: string[] },
): { relay?: Handle } {
  if (publisher !== undefined && publisher !== 'relay')
    problems.push(`accounts: ${id} has a relay and another publisher`);
  try {
    const handle = parseHandle(relay ?? '', 'relay');
    if (handle.backend !== 'local') {
      const missing = missingOf(handle.backend, vendors);
      if (missing.length > 0) {
        problems.push(
          `accounts: ${id} publishes through ${relay}, and ${handle.backend} is not configured: set ${missing.join(', ')}, or take the relay out`,
        );
      }
      return { relay: handle };
    }
  } catch {
    // Told below, like a local account.
  }
  problems.push(`accounts: relay of ${id} must be an account of a vendor, such as infinipost:acc_123`);
  return {};
}
