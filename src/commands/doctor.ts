import { existsSync, statSync } from 'node:fs';
import { openVendors } from '../backends/index.ts';
import { type Config, type Machine, readConfig, readHome } from '../config/config.ts';
import { goesInClear } from '../config/url.ts';
import { addressOf } from '../config/vendors.ts';
import type { Backend } from '../domain/backend.ts';
import { type Call, ownCall } from '../domain/call.ts';
import { systemClock } from '../domain/clock.ts';
import { Failure, quote } from '../domain/failure.ts';
import { databaseFile, openProgram } from '../program.ts';
import { examineHome, examineMediaRoots, examineOutbox, type Finding } from './doctor-folders.ts';

interface Report {
  readonly json: boolean;
  readonly version: string;
  readonly write: (text: string) => void;
}

const LONGEST_ANSWER_MS = 15_000;

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
    ...(await examineInstallation(machine)),
  ];
  const healthy = findings.every(({ ok }) => ok);
  if (json) write(JSON.stringify({ ok: healthy, findings }, null, 2));
  else for (const { check, ok, detail } of findings) write(`${ok ? 'ok  ' : 'BAD '} ${check}: ${detail}`);
  return healthy ? 0 : 1;
}

async function examineInstallation(machine: Machine): Promise<Finding[]> {
  const folder = examineHome(readHome(machine), machine.platform === 'win32');
  try {
    const config = readConfig(machine);
    const settings = { check: 'configuration', ok: true, detail: detailOfFile(machine, config) };
    const findings = [folder, settings, examineMediaRoots(config)];
    if (!folder.ok) return findings;
    findings.push(...examineOutbox(config), ...examineWebhook(config));
    if (existsSync(databaseFile(config))) return [...findings, ...(await examineProgram(config, machine))];
    return [
      ...findings,
      { check: 'database', ok: true, detail: 'not there yet; made at the first start' },
      ...(await examineVendors(config)),
    ];
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

/** By plain http to another network the posts are for everybody on the way to read. */
function examineWebhook({ webhook }: Config): Finding[] {
  if (!webhook) return [];
  const { host } = new URL(webhook.url);
  const open = goesInClear(webhook.url, { selfHosted: true });
  const warning = open ? ' (by http: captions go over the wire in clear; https keeps them private)' : '';
  return [{ check: 'webhook', ok: true, detail: `posts are sent to ${host}${warning}` }];
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
    return [database, ...(await examineBackends([...program.desk.backends.values()], config))];
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const detail = [failure.message, causeOf(failure), failure.details.hint].filter(Boolean).join(' ');
    return [{ check: 'database', ok: false, detail }];
  }
}

/** Without a data directory there is no program yet; the vendors can be asked all the same. */
async function examineVendors(config: Config): Promise<Finding[]> {
  const open = await openVendors(config.vendors, { clock: systemClock });
  const findings = await examineBackends(open, config);
  for (const vendor of open) await vendor[Symbol.asyncDispose]();
  return findings;
}

async function examineBackends(backends: readonly Backend[], { vendors }: Config): Promise<Finding[]> {
  return Promise.all(backends.map((backend) => examineBackend(backend, addressOf(backend.name, vendors))));
}

async function examineBackend(backend: Backend, address: string | undefined): Promise<Finding> {
  const call = ownCall(AbortSignal.timeout(LONGEST_ANSWER_MS), 'airdate doctor');
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
    return { check: backend.name, ok: false, detail: detailOf(Failure.from(thrown), { call, address }) };
  }
}

/** What a person can do. To call again, which is the hint of what passes by itself, is for an agent. */
function detailOf(
  failure: Failure,
  { call, address }: { readonly call: Call; readonly address: string | undefined },
): string {
  const { code, message, details } = failure;
  const said = call.signal.aborted ? `it did not answer within ${LONGEST_ANSWER_MS / 1000} s.` : message;
  const where = code === 'unavailable' && address !== undefined ? `It was asked at ${address}.` : undefined;
  const passes = code === 'rate_limited' || (code === 'unavailable' && details.upstream === undefined);
  return [`${code}: ${said}`, causeOf(failure), where, passes ? undefined : details.hint]
    .filter(Boolean)
    .join(' ');
}

/** The doctor keeps no log in which it could be found. */
function causeOf({ code, cause }: Failure): string | undefined {
  return code === 'internal' ? quote(String(cause)) : undefined;
}
