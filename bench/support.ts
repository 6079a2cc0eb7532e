import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { build } from 'rolldown';
import bundle from '../rolldown.config.ts';
import { readConfig } from '../src/config/config.ts';
import { ownCall } from '../src/domain/call.ts';
import { systemClock } from '../src/domain/clock.ts';
import { openProgram, type Program } from '../src/program.ts';

/** The program as it is shipped. */
export const AIRDATE = join(import.meta.dirname, '../dist/airdate.js');
const ZONE_RULES = process.versions.tz ?? 'unknown';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly result: string;
  /** What it is held against, measured in the same run. */
  readonly reference?: string;
  readonly ratio?: number;
  readonly aim?: string;
}

export function printTable(rows: readonly Row[]): void {
  console.log('| what | result | held against | ratio | aim |\n|---|---|---|---|---|');
  for (const { what, result, reference = '', ratio, aim = '' } of rows) {
    console.log(`| ${what} | ${result} | ${reference} | ${ratio?.toFixed(2) ?? ''} | ${aim} |`);
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

/** `p50 / p99`. */
export function showTail(values: readonly number[]): string {
  return `${median(values).toFixed(2)} / ${percentile(values, 0.99).toFixed(2)} ms`;
}

/** `median (p10–p90)`. */
export function showSpread(values: readonly number[]): string {
  return `${median(values).toFixed(1)} ms (${percentile(values, 0.1).toFixed(1)}–${percentile(values, 0.9).toFixed(1)})`;
}

export const perSecond = (rate: number) => `${Math.round(rate).toLocaleString('en')}/s`;

type Runs<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

/** How long each run took, in milliseconds. They take turns, so that a busy moment of the machine meets them all. */
export async function timed<Name extends string>(
  times: number,
  runs: Runs<Name>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(runs) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let left = times; left > 0; left -= 1) {
    for (const name of names) {
      const began = performance.now();
      await runs[name]();
      taken[name].push(performance.now() - began);
    }
  }
  return taken;
}

const ROUNDS = 5;

/** How many runs a second end, so many at once. They take turns too: the middle one of a few rounds counts. */
export async function rates<Name extends string>(
  roundMs: number,
  runs: Readonly<Record<Name, { readonly inFlight: number; readonly run: () => Promise<unknown> }>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(runs) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) measured[name].push(await rateOf(roundMs, runs[name]));
  }
  return Object.fromEntries(names.map((name) => [name, median(measured[name])])) as Record<Name, number>;
}

async function rateOf(
  ms: number,
  { inFlight, run }: { readonly inFlight: number; readonly run: () => Promise<unknown> },
): Promise<number> {
  const began = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - began < ms) {
      await run();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (done * 1000) / (performance.now() - began);
}

export interface Folder extends Disposable {
  readonly path: string;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'airdate-bench-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The smallest server on the same SDK, bundled as Airdate is. */
export async function buildBareServer(folder: string, name = 'bare-server'): Promise<string> {
  const input = join(import.meta.dirname, `${name}.ts`);
  const file = join(folder, `${name}.mjs`);
  await build({ ...bundle, input, output: { format: 'esm', minify: true, file } });
  return file;
}

/** The program as it is in the bundle: one file. */
export async function buildOneFile(folder: string): Promise<string> {
  const output = { ...bundle.output, dir: folder, entryFileNames: '[name].mjs', codeSplitting: false };
  await build({ ...bundle, output });
  return join(folder, 'airdate.mjs');
}

/** A server process, spoken to in plain lines, so that no client's own work is measured. */
export interface Session extends AsyncDisposable {
  request(method: string, params?: object): Promise<unknown>;
  call(tool: string, input?: object): Promise<unknown>;
}

interface Message {
  readonly id: number;
  readonly result?: { readonly isError?: boolean };
}

/** Starts a server and resolves when it has answered `initialize`. */
export async function openSession(
  program: string,
  home: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Session> {
  const server = spawn(process.execPath, [program], {
    env: { ...process.env, ...more, AIRDATE_HOME: home, AIRDATE_LOG: 'error' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const waiting = new Map<number, (message: Message) => void>();
  createInterface(server.stdout).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  let id = 0;
  const request = async (method: string, params: object = {}) => {
    id += 1;
    const { promise, resolve } = Promise.withResolvers<Message>();
    waiting.set(id, resolve);
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const { result } = await promise;
    if (!result || result.isError) throw new Error(`${method} failed: ${JSON.stringify(result)}`);
    return result;
  };
  const clientInfo = { name: 'bench', version: '1' };
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  return {
    request,
    call: (name, input = {}) => request('tools/call', { name, arguments: input }),
    async [Symbol.asyncDispose]() {
      server.stdin.end();
      await ended;
    },
  };
}

/** A whole Airdate in this process, without a transport, its runner at rest. */
export async function openDesk(home: string): Promise<Program> {
  const machine = { home, userHome: home, timezone: 'America/New_York', toolNames: [] };
  const about = { zoneRules: ZONE_RULES, nodeVersion: process.versions.node, platform: process.platform };
  const config = readConfig({ environment: {}, ...machine, ...about });
  return openProgram(config, { clock: systemClock, log: () => undefined, zoneRules: ZONE_RULES });
}

/** Nobody gives up the call or watches it. */
export const CALL = ownCall(new AbortController().signal, 'bench');

const STATUSES = ['published', 'published', 'published', 'published', 'scheduled', 'failed', 'cancelled'];
const PLATFORMS = ['tiktok', 'instagram', 'youtube'];
const HOUR_MS = 3_600_000;

/**
 * Fills a data directory with posts, one or two targets each, an hour apart, as many before now as after: what is due
 * has long been aired, so nothing airs while it is measured.
 */
export async function loadPosts(home: string, count: number): Promise<void> {
  await using program = await openDesk(home);
  using database = new DatabaseSync(program.database.file);
  const post = database.prepare(
    `insert into posts values (?, 1, ?, ?, null, ?, null, null, '{}', ?, ?, 'America/New_York', null, ?, ?, ?, ?)`,
  );
  const target = database.prepare(
    `insert into targets (post_id, account_id, platform, status, air_at, due_at, publisher)
    values (?, ?, ?, ?, ?, ?, 'outbox')`,
  );
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  database.exec('begin immediate');
  for (let index = 0; index < count; index += 1) {
    const id = ((index * 7919) % count).toString(36).padStart(16, '0');
    const airAt = now + (index - count / 2) * HOUR_MS;
    const status = statusAt(index, airAt > now);
    const url = `https://cdn.example.com/${id}.mp4`;
    const wall = new Date(airAt).toISOString().slice(0, 19);
    post.run(
      id,
      status,
      url,
      `Day ${index} #running`,
      airAt,
      wall,
      ZONE_RULES,
      `request-${id}`,
      airAt,
      airAt,
    );
    const due = status === 'scheduled' ? airAt : null;
    for (let place = index % 2; place >= 0; place -= 1) {
      const platform = PLATFORMS[(index + place) % PLATFORMS.length] as string;
      target.run(id, platform, platform, status, airAt, due);
    }
  }
  database.exec('commit; pragma wal_checkpoint(truncate)');
}

function statusAt(index: number, ahead: boolean): string {
  if (ahead) return index % 10 === 0 ? 'cancelled' : 'scheduled';
  return STATUSES[index % STATUSES.length]?.replace('scheduled', 'missed') as string;
}
