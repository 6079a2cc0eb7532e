import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';
import {
  buildProgram,
  canFreeze,
  finalsOf,
  killed,
  newHome,
  type Program,
  remove,
  startProcess,
  VIDEO,
} from './harness.ts';
import { broken, checkHistory, type Intent } from './history.ts';
import { openNaiveStore } from './naive.ts';
import { percentile, sized, tell } from './plan.ts';
import { openInfinipostWorld, openWebhookWorld, TickingClock, type World } from './worlds.ts';

const PATIENT = { timeout: 15_000, interval: 10 };
/** In the order in which a post goes through them. */
const STEPS = [
  'claiming',
  'claimed',
  'connecting',
  'half-sent',
  'answered',
  'finishing',
  'finished',
] as const;
const RECOVERY_MS = 5_000;

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program[Symbol.dispose]());

/** Two processes that are hit where the flag says, and an agent beside them. */
async function openStage(world: World) {
  const home = newHome(world);
  const flag = join(home, 'flag');
  const { clock, environment, configFile } = world;
  const settings = { ...environment, ...program.environment, AIRDATE_HOME: home, FAULT_FLAG: flag };
  const preload = new URL('./step.ts', import.meta.url).href;
  const start = () =>
    startProcess(['--import', preload, program.main, 'worker'], settings, join(home, 'stderr.log'));
  const agent = await openAirdate({
    home,
    clock,
    environment,
    ...(configFile && { configFile }),
    runner: false,
  });
  const children = [start(), start()];
  const intents: Intent[] = [];
  const account = world.accountOf(0);
  return {
    home,
    intents,
    children,
    async publish(tag: string): Promise<void> {
      const draft = { accountIds: [world.accountOf(intents.length)], contentUrl: VIDEO, caption: tag };
      await agent.call('create_video_post', draft);
      const texts = [{ text: tag, answered: 'confirmed' as const }];
      intents.push({
        tag,
        account: draft.accountIds[0] ?? account,
        created: 'confirmed',
        texts,
        notBefore: 0,
      });
    },
    /** The next process that comes to the step gets the signal. */
    arm: (step: string, signal: NodeJS.Signals) => writeFileSync(flag, `${step} ${signal}`),
    /** Which process was hit, and when. */
    async taken(): Promise<{ child: ChildProcess; at: number }> {
      const [pid, at] = await eventually(() => {
        const numbers = readFileSync(`${flag}.taken`, 'utf8').split(' ').map(Number);
        expect(numbers).toHaveLength(2);
        return numbers;
      }, PATIENT);
      rmSync(`${flag}.taken`);
      const child = children.find((one) => one.pid === pid);
      if (!child) throw new Error(`the process ${pid} is not one of ours`);
      return { child, at: at ?? 0 };
    },
    replace(child: ChildProcess): void {
      children[children.indexOf(child)] = start();
    },
    statusOf: (tag: string) => finalsOf(home).find(({ text }) => text === tag)?.status,
    async [Symbol.asyncDispose]() {
      clock.stop();
      await Promise.all(children.map(killed));
      await agent[Symbol.asyncDispose]();
      remove(home);
    },
  };
}

describe('a process that is killed', () => {
  it.each(STEPS)(
    'at the step "%s" is followed by one that publishes once, within seconds',
    { timeout: 300_000 },
    async (step) => {
      await using world = await openWebhookWorld(new TickingClock(), { faults: false });
      await using stage = await openStage(world);
      const recovery: number[] = [];
      const rounds = sized(1, 10);
      for (let round = 0; round < rounds; round += 1) {
        const tag = `#${step}-${round}`;
        stage.arm(step, 'SIGKILL');
        await stage.publish(tag);
        const { child, at } = await stage.taken();
        stage.replace(child);
        await eventually(() => expect(stage.statusOf(tag)).toBe('published'), PATIENT);
        recovery.push(Date.now() - at);
      }
      const verdict = checkHistory({
        intents: stage.intents,
        seen: world.seen(),
        finals: finalsOf(stage.home),
      });
      tell(`killed at ${step}`, {
        rounds,
        requests: world.sent(),
        duplicates: verdict.duplicates.length,
        lost: verdict.lost.length,
        unknown: verdict.unknown.length,
        'recovery p50 ms': percentile(recovery, 0.5),
        'recovery p99 ms': percentile(recovery, 0.99),
      });
      expect(broken(verdict)).toEqual({});
      expect(verdict.unknown).toEqual([]);
      expect(percentile(recovery, 0.99)).toBeLessThan(RECOVERY_MS);
    },
  );
});

/** Long past any lease that a publisher could have given itself. */
const FROZEN_MS = sized(2_000, 3_000);

type Opening = readonly [name: string, open: (clock: TickingClock) => Promise<World>];
const VENDOR: Opening = ['a vendor without keys', (clock) => openInfinipostWorld(clock, { faults: false })];

describe.skipIf(!canFreeze)('a process that is frozen and goes on when another had time to take over', () => {
  it.each<Opening>([
    [
      'a webhook that ignores keys',
      (clock: TickingClock) => openWebhookWorld(clock, { faults: false, honoursKeys: false }),
    ],
    // Which says only after a while that a post is live.
    ...sized([], [VENDOR]),
  ])('publishes once by %s', { timeout: 300_000 }, async (name, open) => {
    await using world = await open(new TickingClock());
    await using stage = await openStage(world);
    const steps = ['claimed', 'writing', 'answered'];
    const rounds = sized(1, 9);
    for (let round = 0; round < rounds; round += 1) {
      const step = steps[round % steps.length] ?? '';
      const tag = `#frozen-${round}`;
      stage.arm(step, 'SIGSTOP');
      await stage.publish(tag);
      const { child } = await stage.taken();
      await pause(FROZEN_MS);
      child.kill('SIGCONT');
      await eventually(() => expect(world.seen().some(({ text }) => text === tag)).toBe(true), PATIENT);
    }
    await eventually(
      () => {
        expect(finalsOf(stage.home).filter(({ status }) => status !== 'published')).toEqual([]);
      },
      { timeout: 40_000, interval: 100 },
    );
    const verdict = checkHistory({
      intents: stage.intents,
      seen: world.seen(),
      finals: finalsOf(stage.home),
    });
    tell(`frozen ${FROZEN_MS} ms, ${name}`, {
      rounds,
      requests: world.sent(),
      duplicates: verdict.duplicates.length,
      lost: verdict.lost.length,
      unknown: verdict.unknown.length,
    });
    expect(broken(verdict)).toEqual({});
    expect(world.sent()).toBe(rounds);
  });

  it('publishes twice when it has only a lease: the harness is not blind', { timeout: 300_000 }, async () => {
    await using world = await openWebhookWorld(new TickingClock(), { faults: false, honoursKeys: false });
    const home = newHome();
    const flag = join(home, 'flag');
    const store = openNaiveStore(home);
    const { AIRDATE_WEBHOOK_URL = '', AIRDATE_WEBHOOK_SECRET = '' } = world.environment;
    const preload = new URL('./step.ts', import.meta.url).href;
    const args = [
      '--import',
      preload,
      join(import.meta.dirname, 'naive.ts'),
      home,
      AIRDATE_WEBHOOK_URL,
      AIRDATE_WEBHOOK_SECRET,
    ];
    const children = [0, 1].map(() =>
      spawn(process.execPath, args, { env: { ...process.env, FAULT_FLAG: flag }, stdio: 'ignore' }),
    );
    try {
      const rounds = sized(1, 9);
      for (let round = 0; round < rounds; round += 1) {
        writeFileSync(flag, 'writing SIGSTOP');
        store.add(`#naive-${round}`, 'local:tiktok', Date.now());
        await eventually(() => expect(readFileSync(`${flag}.taken`, 'utf8')).toContain(' '), PATIENT);
        const [pid] = readFileSync(`${flag}.taken`, 'utf8').split(' ').map(Number);
        rmSync(`${flag}.taken`);
        await pause(FROZEN_MS);
        children.find((child) => child.pid === pid)?.kill('SIGCONT');
        await pause(300);
      }
      const texts = Map.groupBy(world.seen(), ({ text }) => text);
      const duplicates = [...texts.values()].filter((seen) => seen.length > 1).length;
      tell(`frozen ${FROZEN_MS} ms, naive control`, { rounds, requests: world.sent(), duplicates });
      expect(duplicates).toBeGreaterThan(0);
    } finally {
      world.clock.stop();
      await Promise.all(children.map(killed));
      store.close();
      remove(home);
    }
  });
});
