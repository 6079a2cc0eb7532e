import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkStillOf } from './access/tenants.ts';
import type { VendorBackend } from './backends/definition.ts';
import { openVendors, VENDORS } from './backends/index.ts';
import { localCapabilities } from './backends/local/capabilities.ts';
import { type LocalBackend, openLocal } from './backends/local/index.ts';
import type { LocalSettings } from './backends/local/settings.ts';
import type { Config } from './config/config.ts';
import { isFolder } from './config/folders.ts';
import { type Database, openDatabase } from './database/database.ts';
import { Activity } from './desk/activity.ts';
import { Approvals } from './desk/approvals.ts';
import type { Desk } from './desk/desk.ts';
import { Directory } from './desk/directory.ts';
import { KnownPosts } from './desk/known-posts.ts';
import { Ledger } from './desk/ledger.ts';
import { openProcessOwner } from './desk/process-owner.ts';
import { Proposals } from './desk/proposals.ts';
import { resumeApprovals } from './desk/resume-approvals.ts';
import { reconcileWrites } from './desk/unsettled.ts';
import type { Backend } from './domain/backend.ts';
import type { Capabilities } from './domain/capabilities.ts';
import type { Clock } from './domain/clock.ts';
import { Failure } from './domain/failure.ts';
import type { BackendName } from './domain/handle.ts';
import type { Log } from './domain/log.ts';

interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** The version of the zone rules in use. */
  readonly zoneRules: string;
}

const CLOSE_MS = 300;
const DAY_MS = 86_400_000;

/** Everything of Airdate but its transport: the desk, and the runner of the local backend. */
export interface Program extends AsyncDisposable {
  /** Airs what is due from now on, and looks for what came of writes that nobody recorded. */
  start(): void;
  readonly desk: Desk;
  readonly local: LocalBackend;
  readonly database: Database;
}

/** Opens the data directory and every backend that is configured. The runner is started by whoever wants posts to air. */
export async function openProgram(config: Config, { clock, log, zoneRules }: Surroundings): Promise<Program> {
  makeHome(config);
  const database = await openDatabase(databaseFile(config));
  const owner = await openProcessOwner(join(config.home, 'locks'));
  const vendors = await openVendors(config.vendors, { clock });
  const local = await openLocal({
    settings: localSettings(config, zoneRules),
    database,
    clock,
    log,
    owner: owner.id,
    vendors,
  });
  const backends = new Map<BackendName, Backend>(
    [...vendors, local].map((backend) => [backend.name, backend]),
  );
  const desk: Desk = {
    backends,
    catalog: new Map<BackendName, Capabilities>([
      ...VENDORS.map(({ name, capabilities }): [BackendName, Capabilities] => [name, capabilities]),
      ['local', localCapabilities],
    ]),
    directory: new Directory(),
    ledger: new Ledger({ database, clock, owner }),
    knownPosts: new KnownPosts({ database, clock, log }),
    activity: new Activity(database),
    proposals: new Proposals({ database, clock, simulated: simulatedOf(backends) }),
    approvals: new Approvals({ database, clock, owner, log }),
    clock,
    log,
    get timezone() {
      return config.timezone;
    },
    mediaRoots: config.mediaRoots,
  };
  if (database.isRestored()) await desk.proposals.doubt();
  const ending = new AbortController();
  let order: Promise<void> = Promise.resolve();
  return {
    desk,
    local,
    database,
    start() {
      local.runner.start();
      order = keepInOrder({ desk, local, database, graceMs: config.graceMs, log, signal: ending.signal });
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await local.runner.stop();
      await withinMoments(Promise.all(vendors.map((vendor) => closed(vendor, log))));
      await withinMoments(order);
      await desk.approvals[Symbol.asyncDispose]();
      owner.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

function simulatedOf(backends: ReadonlyMap<BackendName, Backend>): ReadonlySet<BackendName> {
  return new Set([...backends.values()].flatMap(({ name, simulated }) => (simulated ? [name] : [])));
}

function makeHome({ home }: Config): void {
  try {
    makeFolder(home);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new Failure('unavailable', `The data directory ${home} cannot be made (${code}).`, {
      hint: 'Set AIRDATE_HOME to a folder that this user may make or write.',
      cause,
    });
  }
}

/** Level by level: below a folder that takes none, such as /proc, Node's own way of many levels never ends. */
function makeFolder(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

export function databaseFile({ home }: Config): string {
  return join(home, 'airdate.db');
}

function localSettings(config: Config, zoneRules: string): LocalSettings {
  const { home, outboxFolder, webhook, accounts, graceMs } = config;
  return {
    contentFolder: join(home, 'content'),
    outboxFolder,
    ...(webhook && { webhook }),
    accounts,
    graceMs,
    get timezone() {
      return config.timezone;
    },
    zoneRules,
    runnerLockFile: join(home, 'runner.lock'),
  };
}

interface Keeping {
  readonly desk: Desk;
  readonly local: LocalBackend;
  readonly database: Database;
  readonly graceMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Looks for what came of unrecorded writes, and once a day forgets what is old. */
async function keepInOrder({ desk, local, database, graceMs, log, signal }: Keeping): Promise<void> {
  const { clock } = desk;
  const told = (error: unknown) => {
    if (!signal.aborted) log('error', 'The data could not be put in order.', { error: String(error) });
  };
  await reconcileWrites(desk, log, signal).catch(told);
  const checkAccounts = (tenant: string, accountIds: readonly string[]) =>
    checkStillOf(tenant, accountIds, database);
  await resumeApprovals(desk, { graceMs, checkAccounts, log, signal }).catch(told);
  while (!signal.aborted) {
    await desk.activity.prune(clock.now()).catch(told);
    await local.collectCopies(signal).catch(told);
    const next = clock.now() + DAY_MS;
    while (!signal.aborted && clock.now() < next) await clock.sleep(next - clock.now(), signal);
  }
}

/** What cannot be closed keeps nothing else open, nor the program from its end. */
async function closed(vendor: VendorBackend, log: Log): Promise<void> {
  try {
    await vendor[Symbol.asyncDispose]();
  } catch (error) {
    const facts = { backend: vendor.name, error: String(error) };
    log('warn', 'The client of a vendor could not be closed.', facts);
  }
}

/** A connection that hangs must not hold up the end of the program. */
async function withinMoments(work: Promise<unknown>): Promise<void> {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
}
