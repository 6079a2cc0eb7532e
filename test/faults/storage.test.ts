import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { backUp } from '../../src/commands/back-up.ts';
import { type Airdate, type Answer, openAirdate } from '../support/airdate.ts';
import type { ManualClock } from '../support/clock.ts';
import { finalsOf, newHome, readAnswer, remove, VIDEO } from './harness.ts';
import { broken, checkHistory, type Intent } from './history.ts';
import { dice, sized, tell } from './plan.ts';
import { openWebhookWorld, TickingClock } from './worlds.ts';

const HOUR = 3_600_000;
const PAGE = 4_096;
const NO_DISK = 'This machine lets us mount no small disk.';

/** A small disk of our own, where this machine lets us have one. */
function mountDisk(
  kilobytes: number,
): ({ readonly folder: string; readOnly(on: boolean): void } & Disposable) | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = newHome();
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    remove(folder);
    return undefined;
  }
  return {
    folder,
    readOnly: (on) => {
      execFileSync('/bin/mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, folder], { stdio: 'ignore' });
    },
    [Symbol.dispose]() {
      execFileSync('/bin/umount', [folder], { stdio: 'ignore' });
      remove(folder);
    },
  };
}

/** Leaves so many bytes free. */
function fill(folder: string, free: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const ballast = join(folder, 'ballast');
  const size = existsSync(ballast) ? readFileSync(ballast).length : 0;
  writeFileSync(ballast, Buffer.alloc(Math.max(0, size + bavail * bsize - free)));
}

async function create(airdate: Airdate, tag: string, due: number): Promise<Intent> {
  const draft = { accountIds: ['local:tiktok'], contentUrl: VIDEO, caption: tag };
  const scheduledTime = new Date(due).toISOString();
  const { code } = readAnswer(await airdate.result('create_video_post', { ...draft, scheduledTime }));
  const answered = code === undefined ? 'confirmed' : 'refused';
  // What is refused may be there: the outcome of a write that was made could not be recorded.
  const texts = [{ text: tag, answered: 'confirmed' as const }];
  return {
    tag,
    account: 'local:tiktok',
    created: answered === 'confirmed' ? answered : 'unanswered',
    texts,
    notBefore: due,
  };
}

async function openStage(home: string) {
  const clock = new TickingClock();
  clock.stop();
  const world = await openWebhookWorld(clock, { faults: false });
  return {
    clock,
    world,
    open: () => openAirdate({ home, clock, environment: world.environment }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function aired(home: string, clock: ManualClock): Promise<number> {
  const began = Date.now();
  while (finalsOf(home).some(({ status }) => status === 'scheduled' || status === 'processing')) {
    if (Date.now() - began > 20_000) break;
    clock.advance(500);
    await pause(5);
  }
  return Date.now() - began;
}

describe('a disk that is full', () => {
  it('at any write sends nothing without a record, loses nothing, and is over when there is space', {
    timeout: 120_000,
  }, async (context) => {
    using disk = mountDisk(4_096);
    if (!disk) return context.skip(NO_DISK);
    const { folder } = disk;
    await using stage = await openStage(folder);
    const { clock, world } = stage;
    const intents: Intent[] = [];
    let refused = 0;
    let unreadable = 0;
    const recoveries: number[] = [];
    {
      await using airdate = await stage.open();
      const steps = sized(12, 60);
      for (let step = 0; step < steps; step += 1) {
        const due = clock.now() + 60_000;
        const at = Math.ceil(due / 1_000) * 1_000;
        intents.push(await create(airdate, `#before-${step}`, at));
        // Every write needs space of its own from here on.
        await sql`pragma wal_checkpoint(truncate)`.execute(airdate.program.database.query);
        fill(folder, step * (sized(5, 1) * PAGE));
        const last = await create(airdate, `#full-${step}`, at);
        if (last.created !== 'confirmed') refused += 1;
        intents.push(last);
        clock.set(at + 500);
        await pause(20);
        if ((await airdate.result('list_posts', {})).isError) unreadable += 1;
        // Nothing left whose attempt is not in the database.
        const { attempts } = await airdate.program.database.query
          .selectFrom('attempts')
          .select((row) => row.fn.countAll<number>().as('attempts'))
          .executeTakeFirstOrThrow();
        expect(world.sent()).toBeLessThanOrEqual(attempts);
        rmSync(join(folder, 'ballast'));
        recoveries.push(await aired(folder, clock));
      }
    }
    const verdict = checkHistory({ intents, seen: world.seen(), finals: finalsOf(folder) });
    tell('a full disk', {
      writes: intents.length,
      refused,
      unreadable,
      'slowest recovery ms': Math.max(...recoveries),
      duplicates: verdict.duplicates.length,
      lost: verdict.lost.length,
    });
    expect(broken(verdict)).toEqual({});
    expect(verdict.unknown).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(unreadable).toBe(0);
    expect(Math.max(...recoveries)).toBeLessThan(5_000);
  });
});

describe('a disk too small for a backup', () => {
  it('gets no half of one', async (context) => {
    using disk = mountDisk(64);
    if (!disk) return context.skip(NO_DISK);
    await using airdate = await openAirdate({ runner: false });
    const file = join(disk.folder, 'copy.db');
    await expect(backUp(airdate.program.database, file)).rejects.toMatchObject({
      code: 'unavailable',
      details: { hint: expect.stringContaining('room') },
    });
    expect(readdirSync(disk.folder)).toEqual([]);
  });
});

describe('a data directory that may not be written', () => {
  it('is refused with what to do, and publishes nothing until it can be', {
    timeout: 60_000,
  }, async (context) => {
    using disk = mountDisk(4_096);
    if (!disk) return context.skip(NO_DISK);
    await using stage = await openStage(disk.folder);
    const { clock, world } = stage;
    const intents: Intent[] = [];
    const due = Math.ceil((clock.now() + 60_000) / 1_000) * 1_000;
    {
      await using airdate = await stage.open();
      for (let index = 0; index < 10; index += 1) intents.push(await create(airdate, `#${index}`, due));
    }
    disk.readOnly(true);
    clock.set(due + 1_000);
    await expect(stage.open()).rejects.toMatchObject({
      code: 'unavailable',
      details: { hint: expect.any(String) },
    });
    expect(world.sent()).toBe(0);
    disk.readOnly(false);
    {
      await using _ = await stage.open();
      await aired(disk.folder, clock);
    }
    const verdict = checkHistory({ intents, seen: world.seen(), finals: finalsOf(disk.folder) });
    tell('a read-only directory', {
      posts: intents.length,
      'sent while read-only': 0,
      duplicates: verdict.duplicates.length,
      lost: verdict.lost.length,
    });
    expect(broken(verdict)).toEqual({});
  });
});

const FILES = ['airdate.db', 'airdate.db-wal'] as const;

/** What can become of a copy of the files that was taken while they were in use. */
const DAMAGES = [
  'no shm',
  'no wal',
  'wal cut',
  'wal flipped',
  'database cut',
  'database flipped',
  'database emptied',
] as const;

function damage(
  folder: string,
  how: (typeof DAMAGES)[number],
  roll: (from: number, to: number) => number,
): void {
  const [database, wal] = FILES.map((name) => join(folder, name)) as [string, string];
  const flip = (file: string) => {
    const bytes = readFileSync(file);
    for (let time = 0; time < 8; time += 1) {
      const at = roll(0, bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(0, 8));
    }
    writeFileSync(file, bytes);
  };
  if (how === 'no wal') rmSync(wal);
  if (how === 'wal cut') truncateSync(wal, roll(0, readFileSync(wal).length));
  if (how === 'wal flipped') flip(wal);
  if (how === 'database cut') truncateSync(database, roll(1, readFileSync(database).length));
  if (how === 'database flipped') flip(database);
  if (how === 'database emptied') truncateSync(database, 0);
}

describe('files that were copied while they were in use, and damaged', () => {
  it('are refused in plain words or read as far as they go, and nothing airs that was not asked for', {
    timeout: 120_000,
  }, async () => {
    const home = newHome();
    const copies = newHome();
    const roll = dice('damage');
    await using stage = await openStage(home);
    const due = Math.ceil((stage.clock.now() + HOUR) / 1_000) * 1_000;
    const intents: Intent[] = [];
    const outcomes: Record<string, number> = {};
    const airdate = await stage.open();
    // Half of it in the database, half of it in the log beside it.
    for (let index = 0; index < 60; index += 1) {
      intents.push(await create(airdate, `#${index}`, due));
      if (index === 30) cpSync(home, copies, { recursive: true });
    }
    const tags = intents.map(({ tag }) => tag);
    const rounds = sized(1, 8);
    for (let round = 0; round < rounds; round += 1) {
      for (const how of DAMAGES) {
        const copy = join(copies, `${how}-${round}`.replace(' ', '-'));
        mkdirSync(copy);
        for (const name of FILES) cpSync(join(home, name), join(copy, name));
        damage(copy, how, roll);
        const outcome = await examine(copy, tags, due);
        outcomes[`${how}: ${outcome}`] = (outcomes[`${how}: ${outcome}`] ?? 0) + 1;
        rmSync(copy, { recursive: true });
      }
    }
    await airdate[Symbol.asyncDispose]();
    remove(home);
    remove(copies);
    tell('damaged files', outcomes);
    expect(outcomes['no shm: whole']).toBe(rounds);
  });
});

/** Opens a copy and lets it air. It must be refused as damaged, or hold what was confirmed up to some moment. */
async function examine(home: string, tags: readonly string[], due: number): Promise<string> {
  const clock = new TickingClock();
  clock.stop();
  clock.set(due - 60_000);
  await using world = await openWebhookWorld(clock, { faults: false });
  let airdate: Airdate;
  try {
    airdate = await openAirdate({ home, clock, environment: world.environment });
  } catch (error) {
    expect(error).toMatchObject({ code: 'unavailable', details: { hint: expect.any(String) } });
    return 'refused';
  }
  await using open = airdate;
  clock.set(due + 1_000);
  const end = Date.now() + 15_000;
  let waiting = true;
  while (waiting && Date.now() < end) {
    clock.advance(200);
    await pause(10);
    waiting = await hasWaiting(open);
  }
  const seen = world.seen().map(({ text }) => text);
  expect(new Set(seen).size).toBe(seen.length);
  const list = await open.result('list_posts', { limit: 100 });
  if (list.isError) {
    expect(readAnswer(list).code).toBe('unavailable');
    return 'told as damaged';
  }
  const check = open.program.database.check();
  if (check !== 'ok') return 'found by the check';
  if (seen.length === tags.length) return 'whole';
  // A log is read up to its first broken frame: what is there is what was confirmed first.
  expect([...seen].sort()).toEqual(tags.slice(0, seen.length).sort());
  return seen.length === 0 ? 'empty' : 'the first part';
}

/** Whether anything is still to air. A file that cannot be read any more holds nothing that will. */
async function hasWaiting(airdate: Airdate): Promise<boolean> {
  const list = await airdate.result('list_posts', { limit: 100 });
  if (list.isError) return false;
  const { posts } = list.structuredContent as Pick<Answer, 'posts'>;
  return posts.some(({ status }) => status === 'scheduled' || status === 'processing');
}
