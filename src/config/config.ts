import { isAbsolute, join } from 'node:path';
import type { LocalAccount } from '../backends/local/settings.ts';
import { Failure, quote } from '../domain/failure.ts';
import type { LogLevel } from '../domain/log.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import { checkTimezone } from '../domain/time-zone.ts';
import { ACCESS_SETTINGS, type AccessConfig, readAccess } from './access.ts';
import { checkEnvironment } from './environment.ts';
import { type FoundFile, readAccounts, readConfigFile } from './file.ts';
import { expand, readFolder, readRoots } from './folders.ts';
import { HTTP_SETTINGS, type HttpConfig, readHttp } from './http.ts';
import { checkWebUrl } from './url.ts';
import { readVendors, VENDOR_KEYS, VENDOR_SETTINGS } from './vendors.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies LogLevel[];

const OWN_SETTINGS = {
  AIRDATE_HOME: 'data directory',
  AIRDATE_CONFIG: 'configuration file (airdate.config.json in the data directory)',
  AIRDATE_TIMEZONE: "zone in which times are read when none is named (the machine's)",
  AIRDATE_GRACE: 'minutes by which a post may air late after a pause (60); five seconds always',
  AIRDATE_OUTBOX: 'folder of the simulated publisher (outbox in the data directory)',
  AIRDATE_WEBHOOK_URL: 'where local accounts publish, by a POST',
  AIRDATE_WEBHOOK_SECRET: 'signs what goes to the webhook: whsec_…',
  AIRDATE_MEDIA_ROOTS:
    'folders whose files may be read, parted by : or on Windows ; (media in the data directory)',
  AIRDATE_TOOLS: 'names of the tools that are served, comma-separated (all)',
  ...HTTP_SETTINGS,
  ...ACCESS_SETTINGS,
  AIRDATE_LOG: 'lines of the log from this level up: debug, info, warn or error (info)',
} as const;

/** Every variable that Airdate reads, and what it says in `airdate --help`. */
export const SETTINGS: Readonly<Record<string, string>> = { ...OWN_SETTINGS, ...VENDOR_SETTINGS };

type Setting = keyof typeof OWN_SETTINGS;
/** They say where the configuration file is, so it cannot hold them. */
const ENVIRONMENT_ONLY: readonly Setting[] = ['AIRDATE_HOME', 'AIRDATE_CONFIG'];
const SECRETS: readonly Setting[] = ['AIRDATE_WEBHOOK_SECRET'];

export interface Config extends AccessConfig {
  readonly home: string;
  /** The machine's is asked for when it is first needed: that takes as long as a tenth of a start. */
  readonly timezone: string;
  readonly graceMs: number;
  readonly outboxFolder: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly mediaRoots: readonly string[];
  readonly accounts: readonly LocalAccount[];
  /** Settings of the vendors by their variables. */
  readonly vendors: Readonly<Record<string, string>>;
  readonly tools?: readonly string[];
  readonly http: HttpConfig;
  readonly logLevel: LogLevel;
  /** Values that must never be seen in an answer or a log line. */
  readonly secrets: readonly string[];
}

export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file, where there is one. */
  readonly file?: FoundFile;
  readonly home: string;
  readonly userHome: string;
  readonly timezone: string;
  readonly toolNames: readonly string[];
  /** The version of the zone rules in use (`process.versions.tz`). */
  readonly zoneRules: string;
  readonly nodeVersion: string;
  readonly platform: string;
}

/** Where the data directory is: it has to be known before the configuration file can be read. */
export function readHome({
  environment,
  home,
  userHome,
}: Pick<Machine, 'environment' | 'home' | 'userHome'>): string {
  const value = given(environment.AIRDATE_HOME);
  return value === undefined ? home : expand(value, userHome);
}

/** Where the configuration file is. One that was named has to be there. */
export function readConfigPath(machine: Pick<Machine, 'environment' | 'home' | 'userHome'>): {
  readonly path: string;
  readonly named: boolean;
} {
  const named = given(machine.environment.AIRDATE_CONFIG);
  return named === undefined
    ? { path: join(readHome(machine), 'airdate.config.json'), named: false }
    : { path: expand(named, machine.userHome), named: true };
}

/** The configuration, or one failure that names every problem by its variable, never by its value. */
export function readConfig(machine: Machine): Config {
  const problems: string[] = [];
  const file = readConfigFile(machine.file, {
    settings: Object.keys(SETTINGS),
    environmentOnly: ENVIRONMENT_ONLY,
    problems,
  });
  checkEnvironment(givenOf(machine.environment), { settings: Object.keys(SETTINGS), problems });
  const find = (name: string) => given(machine.environment[name]) ?? given(file.settings?.[name]);
  const read: Read = find;
  const vendors = readVendors(find, problems);
  const surroundings = { userHome: machine.userHome, problems };
  const home = readHome(machine);
  if (!isAbsolute(home)) problems.push('AIRDATE_HOME must be an absolute path');
  const webhook = readWebhook(read, problems);
  let zone = readTimezone(read('AIRDATE_TIMEZONE'), problems);
  const config: Config = {
    home,
    get timezone() {
      zone ??= machineZone(machine);
      return zone;
    },
    graceMs: readGrace(read('AIRDATE_GRACE'), problems) * 60_000,
    outboxFolder: readFolder('AIRDATE_OUTBOX', read('AIRDATE_OUTBOX'), surroundings) ?? join(home, 'outbox'),
    ...(webhook && { webhook }),
    mediaRoots: readRoots(read('AIRDATE_MEDIA_ROOTS'), surroundings) ?? [join(home, 'media')],
    accounts: readAccounts(file, { webhook: read('AIRDATE_WEBHOOK_URL') !== undefined, vendors, problems }),
    vendors,
    ...readTools(read('AIRDATE_TOOLS'), machine, problems),
    ...readAccess(read, problems),
    http: readHttp(read, problems),
    logLevel: readLevel(read('AIRDATE_LOG'), problems),
    secrets: [...SECRETS, ...VENDOR_KEYS].flatMap((name) => find(name) ?? []),
  };
  if (problems.length === 0) return config;
  throw new Failure(
    'invalid_parameter',
    `The configuration has ${problems.length} problem(s):\n- ${problems.join('\n- ')}`,
  );
}

type Read = (name: Setting) => string | undefined;

/** An optional field that a desktop bundle's user left empty arrives as the literal text `${user_config.…}`. */
function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' || value.includes('${user_config.')
    ? undefined
    : value.trim();
}

function givenOf(environment: Machine['environment']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]): [string, string][] => {
      const text = given(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function readTimezone(value: string | undefined, problems: string[]): string | undefined {
  try {
    return value === undefined ? undefined : checkTimezone(value);
  } catch (thrown) {
    const close = Failure.from(thrown).details.candidates?.[0]?.value;
    const meant = didYouMean(close, ': name a region and a city, such as Europe/Paris');
    problems.push(`AIRDATE_TIMEZONE is not an IANA time zone${meant}`);
    return undefined;
  }
}

function machineZone({ timezone }: Machine): string {
  try {
    return checkTimezone(timezone);
  } catch {
    const said =
      'The time zone of this machine is not known: set AIRDATE_TIMEZONE, for example to Europe/Paris';
    throw new Failure('invalid_parameter', `${said} (the machine says ${quote(timezone)}).`);
  }
}

function readGrace(value: string | undefined, problems: string[]): number {
  const minutes = value === undefined ? 60 : Number(value);
  if (Number.isFinite(minutes) && minutes >= 0) return minutes;
  problems.push('AIRDATE_GRACE must be a number of minutes, 0 or more');
  return 60;
}

function readWebhook(read: Read, problems: string[]): Config['webhook'] {
  const url = read('AIRDATE_WEBHOOK_URL');
  const secret = read('AIRDATE_WEBHOOK_SECRET');
  if (url === undefined) return undefined;
  checkWebUrl('AIRDATE_WEBHOOK_URL', url, problems);
  if (secret !== undefined && /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) return { url, secret };
  problems.push(
    'AIRDATE_WEBHOOK_SECRET must be whsec_ and at least 24 random bytes in base64 when AIRDATE_WEBHOOK_URL is set',
  );
  return undefined;
}

function readTools(
  value: string | undefined,
  { toolNames }: Machine,
  problems: string[],
): { tools?: string[] } {
  if (value === undefined) return {};
  const tools = value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (tools.length === 0) problems.push('AIRDATE_TOOLS must name at least one tool');
  for (const name of tools.filter((tool) => !toolNames.includes(tool))) {
    const meant = didYouMean(nearest(name, toolNames));
    problems.push(`AIRDATE_TOOLS: there is no tool ${name.slice(0, 60)}${meant}`);
  }
  return { tools };
}

function readLevel(value: string | undefined, problems: string[]): LogLevel {
  const level = LEVELS.find((known) => known === (value ?? 'info'));
  if (level) return level;
  problems.push(`AIRDATE_LOG must be one of ${LEVELS.join(', ')}`);
  return 'info';
}
