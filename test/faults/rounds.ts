import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openAirdate } from '../support/airdate.ts';
import {
  ask,
  finalsOf,
  killAtRandom,
  newHome,
  Processes,
  type Program,
  remove,
  settle,
  startProcess,
  VIDEO,
} from './harness.ts';
import { type Answered, checkHistory, type Final, type Intent, tagOf, type Verdict } from './history.ts';
import { openNaiveStore } from './naive.ts';
import { chance } from './plan.ts';
import type { World } from './worlds.ts';

interface Planned {
  readonly tag: string;
  readonly account: string;
  readonly index: number;
  readonly due: number;
}

/** A publisher that is held to the harness: its processes, its store, and how an agent speaks to it. */
interface System extends AsyncDisposable {
  start(): ChildProcess;
  /** Makes one post and, as planned, changes it around its air time. Resolves when all of it was answered. */
  act(post: Planned): Promise<Intent>;
  finals(): Final[];
  settle(): Promise<object>;
}

interface Round {
  readonly world: World;
  readonly posts: number;
  readonly wave: number;
  readonly processes: number;
  readonly kills: number;
  readonly mostMs: number;
}

export interface Finished {
  readonly verdict: Verdict;
  readonly figures: Record<string, string | number>;
}

/** Posts come due by the wave while processes are killed; then what the world saw is held to what was promised. */
export async function runRound(system: System, round: Round): Promise<Finished> {
  const { world, posts, kills, mostMs, processes: count } = round;
  const began = Date.now();
  const intents: Intent[] = [];
  let chaos: { kills: number; freezes: number };
  {
    await using processes = new Processes(count, () => system.start());
    let submitted = false;
    const submitting = submit(system, round, intents).finally(() => {
      submitted = true;
    });
    const enough = () => submitted && system.finals().filter(isOpen).length <= posts / 10;
    await killAtRandom(processes, { purpose: `kills ${world.name}`, count, kills, enough, mostMs });
    await submitting;
    chaos = { kills: processes.kills, freezes: processes.freezes };
  }
  world.clock.stop();
  const settled = await system.settle();
  const verdict = checkHistory({ intents, seen: world.seen(), finals: system.finals() });
  const seen = world.seen();
  const once = new Set(seen.map(({ text, account }) => `${tagOf(text)}@${account}`));
  return {
    verdict,
    figures: {
      posts: intents.length,
      processes: count,
      ...chaos,
      requests: world.sent(),
      published: seen.length,
      'published again': seen.length - once.size,
      ...Object.fromEntries(Object.entries(verdict).map(([name, names]) => [name, names.length])),
      ...settled,
      seconds: Math.round((Date.now() - began) / 1000),
    },
  };
}

function isOpen({ status }: Final): boolean {
  return status === 'scheduled' || status === 'processing';
}

async function submit(system: System, { world, posts, wave }: Round, intents: Intent[]): Promise<void> {
  const acting: Promise<void>[] = [];
  for (let first = 0; first < posts; first += wave) {
    const due = Date.now() + 1_000 + wave * 12;
    for (let index = first; index < Math.min(posts, first + wave); index += 1) {
      const planned = {
        tag: `#${index}`,
        account: world.accountOf(index),
        index,
        // Air times are whole seconds.
        due: Math.ceil(Math.max(due, Date.now() + 1_500) / 1_000) * 1_000,
      };
      acting.push(system.act(planned).then((intent) => void intents.push(intent)));
      // Four calls at a time: agents wait for answers.
      if (index % 4 === 3) await Promise.race([Promise.all(acting.slice(-4)), pause(80)]);
    }
  }
  await Promise.all(acting);
}

export async function openAirdateSystem(
  program: Program,
  world: World,
): Promise<System & { readonly home: string }> {
  const home = newHome(world);
  const { clock, environment, configFile } = world;
  const settings = { ...environment, ...program.environment, AIRDATE_HOME: home };
  const agent = await openAirdate({
    home,
    clock,
    environment,
    ...(configFile && { configFile }),
    runner: false,
  });
  return {
    home,
    start: () => startProcess([program.main, 'worker'], settings, join(home, 'stderr.log')),
    act: (post) => act(agent, post),
    finals: () => finalsOf(home),
    settle: () => settle(home, world),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      remove(home);
    },
  };
}

/** One in ten posts is edited around its air time, one in twenty cancelled. */
async function act(agent: Parameters<typeof ask>[0], { tag, account, due }: Planned): Promise<Intent> {
  const first = `${tag} as it was`;
  const created = await ask(agent, 'create_video_post', {
    accountIds: [account],
    contentUrl: VIDEO,
    caption: first,
    scheduledTime: new Date(due).toISOString(),
    ...(chance('key', tag) < 0.5 && { idempotencyKey: tag }),
  });
  const texts: { text: string; answered: Answered }[] = [{ text: first, answered: 'confirmed' }];
  const intent = { tag, account, created: created.answered, texts, notBefore: due };
  const { postId } = created;
  const moment = due - 1_200 + 1_500 * chance('moment', tag);
  if (chance('edit', tag) < 0.1) {
    await pause(Math.max(0, moment - Date.now()));
    const caption = `${tag} edited`;
    const { answered } = await ask(agent, 'edit_post', { postId, caption });
    texts.push({ text: caption, answered });
  }
  if (chance('cancel', tag) < 0.05) {
    await pause(Math.max(0, moment + 50 - Date.now()));
    const { answered } = await ask(agent, 'cancel_post', { postId });
    return { ...intent, cancelled: answered };
  }
  return intent;
}

export function openNaiveSystem(world: World): System {
  const home = newHome();
  const store = openNaiveStore(home);
  const script = join(import.meta.dirname, 'naive.ts');
  const { AIRDATE_WEBHOOK_URL = '', AIRDATE_WEBHOOK_SECRET = '' } = world.environment;
  const args = [script, home, AIRDATE_WEBHOOK_URL, AIRDATE_WEBHOOK_SECRET];
  const start = () => startProcess(args, {}, join(home, 'stderr.log'));
  return {
    start,
    async act({ tag, account, due }) {
      const text = `${tag} as it was`;
      store.add(text, account, due);
      return { tag, account, created: 'confirmed', texts: [{ text, answered: 'confirmed' }], notBefore: due };
    },
    finals: () => store.finals(),
    async settle() {
      world.calm();
      await using _ = new Processes(1, start);
      const end = Date.now() + 30_000;
      while (store.finals().some(({ status }) => status !== 'published') && Date.now() < end) await pause(50);
      return {};
    },
    async [Symbol.asyncDispose]() {
      store.close();
      remove(home);
    },
  };
}
