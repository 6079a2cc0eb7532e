import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { root } from '../support/process.ts';
import type { Answered, Final } from './history.ts';
import { dice } from './plan.ts';
import type { World } from './worlds.ts';

export const VIDEO = 'https://cdn.example.com/clip.mp4';
export const canFreeze = process.platform !== 'win32';

export function newHome(world?: World): string {
  const home = mkdtempSync(join(tmpdir(), 'airdate-faults-'));
  if (world?.configFile) writeFileSync(join(home, 'airdate.config.json'), JSON.stringify(world.configFile));
  return home;
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The built program in a folder of its own: it starts in a fraction of the time that its source takes. */
export function buildProgram(): {
  readonly main: string;
  readonly environment: Record<string, string>;
} & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'airdate-faults-program-'));
  const rolldown = join(root, 'node_modules/rolldown/bin/cli.mjs');
  const args = [rolldown, '-c', 'rolldown.config.ts', '-d', join(folder, 'dist'), '--log-level', 'silent'];
  execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
  const main = join(folder, 'dist/airdate.js');
  const environment = { NODE_COMPILE_CACHE: join(folder, 'cache') };
  // A process that ends by itself leaves what it compiled to those that follow.
  const env = { ...process.env, ...environment, AIRDATE_HOME: join(folder, 'home') };
  execFileSync(process.execPath, [main, 'log'], { env, stdio: 'ignore' });
  return { main, environment, [Symbol.dispose]: () => remove(folder) };
}

export type Program = ReturnType<typeof buildProgram>;

/** What is told on stderr goes to a file: a pipe that nobody reads would stop a process. */
export function startProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile: string,
): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  return child;
}

export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Several equal processes; one that is killed is started anew. */
export class Processes implements AsyncDisposable {
  readonly #start: () => ChildProcess;
  readonly #children: ChildProcess[];
  kills = 0;
  freezes = 0;

  constructor(count: number, start: () => ChildProcess) {
    this.#start = start;
    this.#children = Array.from({ length: count }, start);
  }

  async kill(index: number): Promise<void> {
    const child = this.#children[index];
    if (!child) return;
    await killed(child);
    this.#children[index] = this.#start();
    this.kills += 1;
  }

  async freeze(index: number, ms: number): Promise<void> {
    const pid = this.#children[index]?.pid;
    if (pid === undefined) return;
    // By a process of its own: this one may be waiting for the database, which the frozen one may hold.
    const script = `process.kill(${pid}, 'SIGSTOP'); setTimeout(() => process.kill(${pid}, 'SIGCONT'), ${ms});`;
    await once(spawn(process.execPath, ['-e', script], { stdio: 'ignore' }), 'exit');
    this.freezes += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map(killed));
  }
}

interface Rampage {
  readonly purpose: string;
  readonly count: number;
  readonly kills: number;
  readonly enough: () => boolean;
  readonly mostMs: number;
}

/** Kills one of the processes every 150 to 400 ms, and freezes one now and then, until there is enough of it. */
export async function killAtRandom(processes: Processes, rampage: Rampage): Promise<void> {
  const { purpose, count, kills, enough, mostMs } = rampage;
  const roll = dice(purpose);
  const end = Date.now() + mostMs;
  while ((processes.kills < kills || !enough()) && Date.now() < end) {
    await pause(roll(150, 401));
    const victim = roll(0, count);
    if (roll(0, 10) === 0 && canFreeze) await processes.freeze(victim, roll(200, 700));
    else await processes.kill(victim);
  }
}

/** Whatever the store has in the end, one row for each target. */
export function finalsOf(home: string): Final[] {
  const store = new DatabaseSync(join(home, 'airdate.db'), { readOnly: true, timeout: 10_000 });
  try {
    const rows = store
      .prepare(
        `select coalesce(caption, '') as text, 'local:' || account_id as account, targets.status as status
         from posts join targets on targets.post_id = posts.id order by posts.air_at, posts.id`,
      )
      .all();
    return rows as unknown as Final[];
  } finally {
    store.close();
  }
}

/** An agent: what is not answered, or could not be stored just then, is asked again in the same words. */
export async function ask(
  airdate: Pick<Airdate, 'result'>,
  tool: string,
  input: object,
): Promise<{ readonly answered: Answered; readonly postId: string; readonly code?: string }> {
  for (let time = 1; ; time += 1) {
    const result = await airdate.result(tool, input);
    const { postId, code } = readAnswer(result);
    if (code === undefined) return { answered: 'confirmed', postId };
    if (code !== 'unavailable') return { answered: 'refused', postId, code };
    if (time === 5) return { answered: 'unanswered', postId, code };
    await pause(20);
  }
}

export function readAnswer({ content, isError }: CallToolResult): { postId: string; code?: string } {
  const [first] = content;
  const text = first?.type === 'text' ? first.text : '';
  if (isError) {
    const { error } = JSON.parse(text) as { error: { code: string } };
    return { postId: '', code: error.code };
  }
  const { posts, post } = JSON.parse(text) as { posts?: { postId: string }[]; post?: { postId: string } };
  return { postId: posts?.[0]?.postId ?? post?.postId ?? '' };
}

export interface Settled {
  /** Targets of which the store said that nobody knew, or that they had failed, before the agent asked to try again. */
  readonly unconfirmed: number;
  readonly failed: number;
  readonly retries: number;
}

/**
 * What a person would find who comes back an hour later: one process, no more faults, and an agent that retries what it
 * is told may be retried. The clock runs ahead, so that pauses cost no time.
 */
export async function settle(home: string, world: World): Promise<Settled> {
  world.calm();
  const { clock, environment, configFile } = world;
  await using airdate = await openAirdate({ home, clock, environment, ...(configFile && { configFile }) });
  await quiet(airdate, home);
  const before = finalsOf(home);
  const count = (wanted: string) => before.filter(({ status }) => status === wanted).length;
  let retries = 0;
  for (let round = 0; round < 3; round += 1) {
    const open = finalsOf(home).filter(({ status }) => ['unconfirmed', 'failed', 'missed'].includes(status));
    if (open.length === 0) break;
    await passing(airdate, 6 * 60_000);
    for (const postId of await idsOf(airdate)) {
      const { answered } = await ask(airdate, 'retry_post', { postId });
      if (answered === 'confirmed') retries += 1;
    }
    await quiet(airdate, home);
  }
  return { unconfirmed: count('unconfirmed'), failed: count('failed'), retries };
}

async function idsOf(airdate: Airdate): Promise<string[]> {
  const ids: string[] = [];
  for (const status of ['unconfirmed', 'failed', 'missed']) {
    let cursor: string | null | undefined;
    do {
      const input = { backend: 'local', status, limit: 100, ...(cursor && { cursor }) };
      const page = await airdate.call('list_posts', input);
      ids.push(...page.posts.map(({ postId }) => postId));
      cursor = page.nextCursor;
    } while (cursor);
  }
  return ids;
}

/** Lets the clock run until nothing is under way, or nothing has moved for long. */
async function quiet(airdate: Airdate, home: string, mostMs = 60_000): Promise<void> {
  const end = Date.now() + mostMs;
  const underWay = () =>
    finalsOf(home).some(({ status }) => status === 'scheduled' || status === 'processing');
  while (underWay() && Date.now() < end) await passing(airdate, 5_000);
}

async function passing({ clock }: Airdate, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.advance(500);
    await pause(2);
  }
}
