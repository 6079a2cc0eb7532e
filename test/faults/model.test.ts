import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { Ledger } from '../../src/desk/ledger.ts';
import { openProcessOwner } from '../../src/desk/process-owner.ts';
import { ownCall } from '../../src/domain/call.ts';
import { Failure } from '../../src/domain/failure.ts';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { fc } from '../support/properties.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';
import { finalsOf, newHome, readAnswer, remove, VIDEO } from './harness.ts';
import { SEED, sized } from './plan.ts';

const MINUTE = 60_000;
const GRACE = 60 * MINUTE;
const START = Date.parse('2026-11-21T12:00:00Z');

function runs(short: number, long: number): fc.Parameters<unknown> {
  return { seed: SEED, numRuns: sized(short, long), interruptAfterTimeLimit: 120_000 };
}

type Step =
  | { readonly do: 'create' | 'retime'; readonly post: number; readonly minutes: number }
  | { readonly do: 'rewrite' | 'cancel' | 'retry'; readonly post: number }
  | { readonly do: 'wait' | 'close'; readonly minutes: number }
  | { readonly do: 'receiver'; readonly takes: boolean };

const post = fc.nat({ max: 4 });
const minutes = fc.integer({ min: 1, max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), post, minutes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retime' as const), post, minutes }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('rewrite', 'cancel', 'retry'), post }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('close' as const), minutes: fc.integer({ min: 1, max: 120 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('receiver' as const), takes: fc.boolean() }) },
);

/** What a post is by the rules of the game, without a store, a runner or a network. */
interface Model {
  readonly postId: string;
  readonly tag: string;
  text: string;
  due: number;
  status: 'scheduled' | 'published' | 'failed' | 'missed' | 'cancelled';
}

/** What comes due, oldest first; `up` says since when there was somebody to publish it. */
function air(posts: readonly Model[], { now, up, takes }: { now: number; up: number; takes: boolean }): void {
  for (const one of posts) {
    if (one.status !== 'scheduled' || one.due > now) continue;
    if (one.due < up && now - one.due > GRACE) one.status = 'missed';
    else one.status = takes ? 'published' : 'failed';
  }
}

describe('the steps of a post', () => {
  it('are those of the model, whatever an agent does and whenever', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const home = newHome();
        const clock = new ManualClock(START);
        let takes = true;
        await using sink = await openWebhookSink({ now: clock.now });
        sink.server.fail({ kind: 'status', status: 403 }, () => !takes, Number.POSITIVE_INFINITY);
        const open = () => openAirdate({ home, clock, environment: sink.environment });
        let airdate = await open();
        const posts: Model[] = [];
        const isSettled = () => {
          const stored = new Map(finalsOf(home).map(({ text, status }) => [text, status]));
          return posts.every(({ text, status }) => stored.get(text) === status);
        };
        try {
          for (const [index, wanted] of steps.entries()) {
            if (wanted.do === 'receiver') takes = wanted.takes;
            else if (wanted.do === 'wait' || wanted.do === 'close') {
              if (wanted.do === 'close') await airdate[Symbol.asyncDispose]();
              clock.advance(wanted.minutes * MINUTE);
              if (wanted.do === 'close') airdate = await open();
              air(posts, { now: clock.now(), up: clock.now(), takes });
            } else await change(airdate, { wanted, posts, index, now: clock.now() });
            air(posts, { now: clock.now(), up: clock.now(), takes });
            // A time-out here shows as the difference below.
            const end = Date.now() + 2_000;
            while (!isSettled() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 2));
            const stored = new Map(finalsOf(home).map(({ text, status }) => [text, status]));
            expect(stored).toEqual(new Map(posts.map(({ text, status }) => [text, status])));
          }
          const live = posts.filter(({ status }) => status === 'published').map(({ text }) => text);
          expect(sink.captions().sort()).toEqual(live.sort());
        } finally {
          await airdate[Symbol.asyncDispose]();
          remove(home);
        }
      }),
      runs(8, 100),
    );
  });
});

/** Asks for a change, and holds the answer to the model. */
async function change(
  airdate: Airdate,
  { wanted, posts, index, now }: { wanted: Step; posts: Model[]; index: number; now: number },
): Promise<void> {
  if (!('post' in wanted)) return;
  if (wanted.do === 'create') {
    const due = now + wanted.minutes * MINUTE;
    const text = `#${index}`;
    const draft = { accountIds: ['local:tiktok'], contentUrl: VIDEO, caption: text };
    const scheduledTime = new Date(due).toISOString();
    const created = await airdate.call('create_video_post', { ...draft, scheduledTime });
    posts.push({ postId: created.posts[0]?.postId ?? '', tag: text, text, due, status: 'scheduled' });
    return;
  }
  const one = posts[wanted.post];
  if (!one) return;
  const { postId } = one;
  const ask = async (tool: string, input: object) =>
    readAnswer(await airdate.result(tool, { postId, ...input })).code;
  const editable = one.status === 'scheduled' || one.status === 'missed';
  if (wanted.do === 'rewrite') {
    const text = `${one.tag} by ${index}`;
    const code = await ask('edit_post', { caption: text });
    const expected = one.status === 'missed' ? 'invalid_parameter' : editable ? undefined : 'cannot_edit';
    expect(code).toBe(expected);
    if (code === undefined) one.text = text;
  }
  if (wanted.do === 'retime') {
    const due = now + wanted.minutes * MINUTE;
    const code = await ask('edit_post', { scheduledTime: new Date(due).toISOString() });
    expect(code).toBe(editable ? undefined : 'cannot_edit');
    if (editable) Object.assign(one, { due, status: 'scheduled' });
  }
  if (wanted.do === 'cancel') {
    const code = await ask('cancel_post', {});
    expect(code).toBe(editable || one.status === 'cancelled' ? undefined : 'cannot_edit');
    if (editable) one.status = 'cancelled';
  }
  if (wanted.do === 'retry') {
    const again = one.status === 'failed' || one.status === 'missed';
    expect(await ask('retry_post', {})).toBe(again ? undefined : 'cannot_edit');
    if (again) Object.assign(one, { due: now, status: 'scheduled' });
  }
}

interface Call {
  readonly key: string;
  readonly arguments: string;
  /** What the vendor does with it, should it be sent. */
  readonly comes: 'done' | 'refused' | 'lost on the way' | 'answer lost';
  /** Whether the vendor can be asked what became of an earlier one. */
  readonly tells: boolean;
}

const call: fc.Arbitrary<Call> = fc.record({
  key: fc.constantFrom('k1', 'k2', 'k3'),
  arguments: fc.constantFrom('a', 'a', 'a', 'b'),
  comes: fc.constantFrom('done', 'done', 'refused', 'lost on the way', 'answer lost'),
  tells: fc.boolean(),
});

describe('the ledger', () => {
  it('sends a key once, whatever is repeated and whatever comes of it', { timeout: 300_000 }, async () => {
    const home = newHome();
    const database = await openDatabase(join(home, 'airdate.db'));
    const owner = await openProcessOwner(join(home, 'locks'));
    const ledger = new Ledger({ database, owner, clock: new ManualClock(START) });
    let game = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 3, maxLength: 25 }), async (calls) => {
        game += 1;
        /** What the vendor has, by request id. */
        const live = new Set<string>();
        const known = new Map<
          string,
          { readonly arguments: string; state: 'done' | 'unknown'; isLive: boolean }
        >();
        for (const [index, one] of calls.entries()) {
          const { arguments: argumentsHash, comes, tells } = one;
          const scope = `key:${game}:${one.key}`;
          let sends = 0;
          const answer = ledger.write(
            {
              scope,
              part: 'p',
              tool: 'create_video_post',
              backend: 'upload-post',
              argumentsHash,
              details: {},
              requestId: `${game}-${index}`,
              caller: ownCall(new AbortController().signal).caller,
            },
            {
              async send(requestId) {
                sends += 1;
                if (comes === 'refused') throw new Failure('media_rejected', 'No.');
                if (comes !== 'lost on the way') {
                  expect(live).not.toContain(requestId);
                  live.add(requestId);
                }
                if (comes !== 'done') throw new Failure('outcome_unknown', 'No answer came.');
                return requestId;
              },
              async find({ request_id }) {
                if (!tells) return 'unknown';
                return live.has(request_id) ? request_id : 'absent';
              },
            },
          );
          const told = await answer.then(
            ({ replayed }) => (replayed ? 'replayed' : 'done'),
            (thrown: unknown) => Failure.from(thrown).code,
          );
          const before = known.get(scope);
          const fresh = { done: 'done', refused: 'media_rejected' }[comes as string] ?? 'outcome_unknown';
          if (before && before.arguments !== argumentsHash) expect([told, sends]).toEqual(['conflict', 0]);
          else if (before?.state === 'done') expect([told, sends]).toEqual(['replayed', 0]);
          else if (before && !tells) expect([told, sends]).toEqual(['outcome_unknown', 0]);
          else if (before?.isLive) {
            expect([told, sends]).toEqual(['replayed', 0]);
            before.state = 'done';
          } else {
            expect([told, sends]).toEqual([fresh, 1]);
            const isLive = comes === 'done' || comes === 'answer lost';
            if (comes === 'refused') known.delete(scope);
            else
              known.set(scope, {
                arguments: argumentsHash,
                state: comes === 'done' ? 'done' : 'unknown',
                isLive,
              });
          }
        }
        const published = [...known.values()].filter(({ isLive }) => isLive).length;
        expect(live.size).toBe(published);
      }),
      runs(30, 500),
    );
    owner.close();
    await database[Symbol.asyncDispose]();
    remove(home);
  });
});

describe('the cursor', () => {
  it('shows every post once, in order, whatever the pages and whatever is added behind', {
    timeout: 300_000,
  }, async () => {
    await using airdate = await openAirdate({ clock: new ManualClock(START) });
    let game = 0;
    const put = async (from: number, hour: number) => {
      const { posts } = await airdate.call('create_video_post', {
        accountIds: ['local:tiktok'],
        contentUrl: VIDEO,
        caption: `#${Math.random()}`,
        scheduledTime: new Date(from + hour * 3_600_000).toISOString(),
      });
      return posts[0]?.postId ?? '';
    };
    await fc.assert(
      fc.asyncProperty(
        // Many at the same instant.
        fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 20 }),
        fc.array(
          fc.record({
            limit: fc.integer({ min: 1, max: 7 }),
            added: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (hours, pages) => {
          game += 1;
          const from = START + game * 86_400_000;
          const there: string[] = [];
          for (const hour of hours) there.push(await put(from, hour));
          const added: string[] = [];
          const seen: { postId: string; at: string }[] = [];
          let cursor: string | null | undefined;
          for (let index = 0; cursor !== null && index < 200; index += 1) {
            const { limit, added: more } = pages[index % pages.length] ?? { limit: 1, added: [] };
            const page = await airdate.call('list_posts', {
              limit,
              from: new Date(from).toISOString(),
              to: new Date(from + 86_400_000).toISOString(),
              ...(cursor && { cursor }),
            });
            expect(page.posts.length).toBeLessThanOrEqual(limit);
            seen.push(...page.posts.map(({ postId, airTime }) => ({ postId, at: airTime?.utc ?? '' })));
            cursor = page.nextCursor;
            if (index < 4) for (const hour of more) added.push(await put(from, hour));
          }
          const ids = seen.map(({ postId }) => postId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.filter((id) => there.includes(id)).sort()).toEqual(there.sort());
          expect(ids.filter((id) => !there.includes(id) && !added.includes(id))).toEqual([]);
          expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).sort());
        },
      ),
      runs(8, 60),
    );
  });
});
