import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { openVendors } from './backends/index.ts';
import { type Config, type Machine, readConfig, readHome } from './config.ts';
import type { Backend } from './domain/backend.ts';
import { ownCall } from './domain/call.ts';
import { systemClock } from './domain/clock.ts';
import { Failure } from './domain/failure.ts';
import { databaseFile, openProgram } from './program.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

interface Report {
  readonly json: boolean;
  readonly version: string;
  readonly write: (text: string) => void;
}

/** Looks at everything that Airdate stands on, and says in plain words what is wrong. The exit code is the answer. */
export async function examine(machine: Machine, { json, version, write }: Report): Promise<number> {
  const findings: Finding[] = [
    { check: 'airdate', ok: true, detail: version },
    { check: 'node', ok: true, detail: machine.nodeVersion },
    {
      check: 'time zone rules',
      ok: true,
      detail: `${machine.zoneRules}; zones whose laws changed later are right after an update of Node`,
    },
    ...(await examineHome(machine)),
  ];
  const healthy = findings.every(({ ok }) => ok);
  if (json) write(JSON.stringify({ ok: healthy, findings }, null, 2));
  else for (const { check, ok, detail } of findings) write(`${ok ? 'ok  ' : 'BAD '} ${check}: ${detail}`);
  return healthy ? 0 : 1;
}

async function examineHome(machine: Machine): Promise<Finding[]> {
  const home = readHome(machine);
  const folder = examineFolder(home, machine.platform === 'win32');
  try {
    const config = readConfig(machine);
    const settings = { check: 'configuration', ok: true, detail: detailOfFile(machine, config) };
    if (!folder.ok) return [folder, settings];
    if (!existsSync(databaseFile(config))) {
      return [
        folder,
        settings,
        { check: 'database', ok: true, detail: 'not there yet; made at the first start' },
        ...(await examineVendors(config)),
      ];
    }
    return [folder, settings, ...(await examineProgram(config, machine))];
  } catch (thrown) {
    return [folder, { check: 'configuration', ok: false, detail: Failure.from(thrown).message }];
  }
}

/** Where the settings come from, and whether others can read keys there. */
function detailOfFile({ file, platform }: Machine, { secrets, timezone }: Config): string {
  if (!file) return `environment only; times are read in ${timezone}`;
  const holdsKeys = 'text' in file && secrets.some((secret) => file.text.includes(secret));
  const open = holdsKeys && platform !== 'win32' && (statSync(file.path).mode & 0o077) !== 0;
  const warning = open ? ' (others can read the keys in it; chmod 600 keeps them yours)' : '';
  return `${file.path}${warning}; times are read in ${timezone}`;
}

function examineFolder(home: string, isWindows: boolean): Finding {
  const check = 'data directory';
  if (!existsSync(home)) return { check, ok: true, detail: `${home} (made at the first start)` };
  try {
    accessSync(home, constants.R_OK | constants.W_OK);
  } catch {
    return { check, ok: false, detail: `${home} cannot be read and written by this user` };
  }
  const stats = statSync(home);
  if (!stats.isDirectory()) return { check, ok: false, detail: `${home} is not a directory` };
  const open = (stats.mode & 0o077) !== 0 && !isWindows;
  return { check, ok: true, detail: open ? `${home} (others can list it; chmod 700 keeps it yours)` : home };
}

async function examineProgram(config: Config, { zoneRules }: Machine): Promise<Finding[]> {
  try {
    await using program = await openProgram(config, { clock: systemClock, log: () => undefined, zoneRules });
    const integrity = program.database.check();
    const database = {
      check: 'database',
      ok: integrity === 'ok',
      detail: `${program.database.file}: ${integrity}`,
    };
    return [database, ...(await Promise.all([...program.desk.backends.values()].map(examineBackend)))];
  } catch (thrown) {
    const { message, details } = Failure.from(thrown);
    return [{ check: 'database', ok: false, detail: [message, details.hint].filter(Boolean).join(' ') }];
  }
}

/** Without a data directory there is no program yet; the vendors can be asked all the same. */
async function examineVendors({ vendors }: Config): Promise<Finding[]> {
  const open = await openVendors(vendors, { clock: systemClock });
  const findings = await Promise.all(open.map(examineBackend));
  for (const vendor of open) await vendor[Symbol.asyncDispose]();
  return findings;
}

async function examineBackend(backend: Backend): Promise<Finding> {
  const call = ownCall(AbortSignal.timeout(15_000), 'airdate doctor');
  try {
    const profiles = await backend.profiles(call);
    const accounts = profiles.flatMap((profile) => profile.accounts);
    const broken = accounts.filter(({ state }) => state !== 'ready').length;
    const kind = backend.simulated ? ', simulated' : '';
    return {
      check: backend.name,
      ok: true,
      detail: `${accounts.length} account(s)${kind}${broken > 0 ? `, ${broken} not ready` : ''}`,
    };
  } catch (thrown) {
    const { code, message, details } = Failure.from(thrown);
    return {
      check: backend.name,
      ok: false,
      detail: [`${code}: ${message}`, details.hint].filter(Boolean).join(' '),
    };
  }
}
