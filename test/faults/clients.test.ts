import { setTimeout as pause } from 'node:timers/promises';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStdio, type StdioSession } from '../support/process.ts';
import {
  buildProgram,
  finalsOf,
  newHome,
  type Program,
  readAnswer,
  remove,
  settle,
  VIDEO,
} from './harness.ts';
import { type Answered, broken, checkHistory, type Intent } from './history.ts';
import { chance, dice, sized, tell } from './plan.ts';
import { openWebhookWorld, TickingClock, type World } from './worlds.ts';

const HOUR = 3_600_000;

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program[Symbol.dispose]());

async function openStage() {
  const world = await openWebhookWorld(new TickingClock());
  const home = newHome(world);
  const settings = { ...world.environment, ...program.environment, AIRDATE_HOME: home, AIRDATE_LOG: 'error' };
  return {
    world,
    home,
    connect: () => openStdio(settings, { program: program.main }),
    async [Symbol.asyncDispose]() {
      world.clock.stop();
      await world[Symbol.asyncDispose]();
      remove(home);
    },
  };
}

async function call({ client }: StdioSession, tool: string, input: object) {
  const result = (await client.callTool({ name: tool, arguments: { ...input } })) as CallToolResult;
  const replayed = result.structuredContent?.replayed === true;
  return { ...readAnswer(result), replayed };
}

describe('fifty equal creates at once, from five clients with a process each', () => {
  const draft = { accountIds: ['local:tiktok'], contentUrl: VIDEO };
  const at = () => new Date(Date.now() + HOUR).toISOString();

  it('make one post, with a key and without; the same key with another text is a conflict', {
    timeout: 300_000,
  }, async () => {
    await using stage = await openStage();
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => stage.connect()));
    const rounds = sized(1, 15);
    try {
      for (let round = 0; round < rounds; round += 1) {
        const scheduledTime = at();
        const fifty = (inputOf: (index: number) => object) =>
          Promise.all(
            Array.from({ length: 50 }, (_, index) => {
              const session = sessions[index % sessions.length];
              if (!session) throw new Error('no session');
              return call(session, 'create_video_post', { ...draft, scheduledTime, ...inputOf(index) });
            }),
          );
        const keyed = await fifty(() => ({ caption: `#keyed-${round}`, idempotencyKey: `k${round}` }));
        const plain = await fifty(() => ({ caption: `#plain-${round}` }));
        for (const answers of [keyed, plain]) {
          expect(answers.filter(({ code }) => code !== undefined)).toEqual([]);
          expect(new Set(answers.map(({ postId }) => postId)).size).toBe(1);
          expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
        }
        const changed = await fifty((index) => ({
          caption: index % 2 === 0 ? `#mixed-${round}` : `#mixed-${round} changed`,
          idempotencyKey: `m${round}`,
        }));
        expect(changed.filter(({ code }) => code === 'conflict')).toHaveLength(25);
        expect(new Set(changed.flatMap(({ postId }) => postId || [])).size).toBe(1);
      }
      const finals = finalsOf(stage.home);
      tell('fifty equal creates', { rounds: rounds * 3, creates: rounds * 150, posts: finals.length });
      expect(finals).toHaveLength(rounds * 3);
    } finally {
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
    }
  });
});

interface Wish {
  readonly tool: string;
  readonly input: object;
}

/** A client whose process is killed under it; the agent connects anew and asks again in the same words. */
async function openAgent(connect: () => Promise<StdioSession>) {
  const roll = dice('client kills');
  let session = await connect();
  let connecting: Promise<void> | undefined;
  let kills = 0;
  let cutOff = 0;
  async function connectAnew(): Promise<void> {
    session = await connect();
    connecting = undefined;
  }
  return {
    counts: () => ({ kills, 'calls cut off': cutOff }),
    /** `again`: whether what got no answer is asked again until it gets one. */
    async ask(
      { tool, input }: Wish,
      again: boolean,
    ): Promise<{ answered: Answered; postId: string; code?: string }> {
      for (;;) {
        await connecting;
        try {
          const { postId, code } = await call(session, tool, input);
          if (code === undefined) return { answered: 'confirmed', postId };
          if (code !== 'unavailable') return { answered: 'refused', postId, code };
        } catch {
          cutOff += 1;
          if (!again) return { answered: 'unanswered', postId: '' };
          await pause(5);
        }
      }
    },
    async kill(): Promise<void> {
      await pause(roll(20, 120));
      const { pid } = session.transport;
      if (pid !== null) process.kill(pid, 'SIGKILL');
      kills += 1;
      await session.client.close().catch(() => undefined);
      connecting = connectAnew();
      await connecting;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

type Agent = Awaited<ReturnType<typeof openAgent>>;

/** One in eight agents loses interest when it gets no answer; the others ask again, with a key or without. */
async function act(agent: Agent, world: World, tag: string): Promise<Intent> {
  const again = chance('again', tag) > 0.125;
  const notBefore = Math.ceil((Date.now() + HOUR) / 1_000) * 1_000;
  const first = `${tag} as it was`;
  const account = world.accountOf(0);
  const input = {
    accountIds: [account],
    contentUrl: VIDEO,
    caption: first,
    scheduledTime: new Date(notBefore).toISOString(),
    ...(chance('key', tag) < 0.5 && { idempotencyKey: tag }),
  };
  const { answered, postId } = await agent.ask({ tool: 'create_video_post', input }, again);
  const texts: { text: string; answered: Answered }[] = [{ text: first, answered }];
  const intent = { tag, account, created: answered, texts, notBefore };
  if (answered !== 'confirmed') return intent;
  if (chance('edit', tag) < 0.4) {
    const caption = `${tag} edited`;
    const edit = { tool: 'edit_post', input: { postId, caption } };
    texts.push({ text: caption, answered: (await agent.ask(edit, again)).answered });
  }
  if (chance('cancel', tag) < 0.2) {
    const cancelled = (await agent.ask({ tool: 'cancel_post', input: { postId } }, again)).answered;
    return { ...intent, cancelled };
  }
  return intent;
}

describe('calls over stdio whose process is killed while they are under way', () => {
  it('are asked again, and every post is there once, as it was last confirmed', {
    timeout: 300_000,
  }, async () => {
    await using stage = await openStage();
    const { world, home } = stage;
    const intents: Intent[] = [];
    const posts = sized(32, 600);
    let counts: Record<string, number>;
    {
      await using agent = await openAgent(stage.connect);
      let done = false;
      const killing = (async () => {
        while (!done) await agent.kill();
      })();
      for (let first = 0; first < posts; first += 8) {
        const eight = Array.from({ length: 8 }, (_, index) => act(agent, world, `#${first + index}`));
        intents.push(...(await Promise.all(eight)));
      }
      done = true;
      await killing;
      counts = agent.counts();
    }
    const rows = finalsOf(home).length;
    world.clock.stop();
    world.clock.advance(HOUR - 60_000);
    const settled = await settle(home, world);
    const verdict = checkHistory({ intents, seen: world.seen(), finals: finalsOf(home) });
    tell('calls over stdio cut off and asked again', {
      posts,
      rows,
      ...counts,
      published: world.seen().length,
      ...Object.fromEntries(Object.entries(verdict).map(([name, names]) => [name, names.length])),
      ...settled,
    });
    expect(broken(verdict)).toEqual({});
    expect([verdict.told, verdict.unknown]).toEqual([[], []]);
  });
});
