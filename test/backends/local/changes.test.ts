import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../support/airdate.ts';
import { type Airdate, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookSink, type WebhookSink } from '../../support/webhook-sink.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-21T12:00:00Z');
const ROUNDS = 60;

async function openBoth() {
  const clock = new ManualClock();
  const sink = await openWebhookSink({ now: clock.now });
  const airdate = await openAirdate({ clock, environment: sink.environment });
  return {
    sink,
    airdate,
    clock,
    async [Symbol.asyncDispose]() {
      await airdate[Symbol.asyncDispose]();
      await sink[Symbol.asyncDispose]();
    },
  };
}

async function schedule(airdate: Airdate, caption: string, at = START + MINUTE): Promise<string> {
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok', 'local:youtube'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    title: 'A title',
    caption,
    scheduledTime: new Date(at).toISOString(),
  });
  return posts[0]?.postId ?? '';
}

interface Raced {
  readonly postId: string;
  readonly caption: string;
  /** What the change was answered. */
  readonly answer:
    | { readonly won: true; readonly post: Answer['post'] }
    | { readonly won: false; code: string };
}

/** Makes many posts for one instant, and a change of each around that instant: some before it, some after. */
async function race(airdate: Airdate, tool: string, change: (postId: string) => object): Promise<Raced[]> {
  const posts: { postId: string; caption: string }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const caption = `post ${round}`;
    posts.push({ postId: await schedule(airdate, caption), caption });
  }
  const changed = posts.map(async ({ postId, caption }, index) => {
    for (let turn = 0; turn < index; turn += 1) await nextTurn();
    const result = await airdate.result(tool, { postId, ...change(postId) });
    const text = result.content[0]?.type === 'text' ? result.content[0].text : '';
    const answer = result.isError
      ? ({ won: false, code: JSON.parse(text).error.code } as const)
      : ({ won: true, post: JSON.parse(text).post } as const);
    return { postId, caption, answer };
  });
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  airdate.clock.set(START + MINUTE);
  return Promise.all(changed);
}

function sentFor({ published }: WebhookSink, postId: string) {
  return published.map(({ message }) => message.data).filter((data) => data.postId === postId);
}

async function statusOf(airdate: Airdate, postId: string) {
  return (await airdate.call('get_post', { postId })).post.status;
}

describe('a change that races the air time', () => {
  it('an edit either airs whole or is refused, and then the post airs as it was', async () => {
    await using both = await openBoth();
    const raced = await race(both.airdate, 'edit_post', (postId) => ({ caption: `edited ${postId}` }));
    for (const { postId, caption, answer } of raced) {
      await eventually(async () => expect(await statusOf(both.airdate, postId)).toBe('published'));
      const expected = answer.won ? `edited ${postId}` : caption;
      expect(sentFor(both.sink, postId).map((data) => data.caption)).toEqual([expected, expected]);
      if (!answer.won) expect(answer.code).toBe('cannot_edit');
    }
    expect(new Set(raced.map(({ answer }) => answer.won))).toEqual(new Set([true, false]));
    expect(both.sink.published).toHaveLength(2 * ROUNDS);
  });

  it('a cancel either keeps the post from airing on every account, or is refused', async () => {
    await using both = await openBoth();
    const raced = await race(both.airdate, 'cancel_post', () => ({}));
    for (const { postId, answer } of raced) {
      const status = answer.won ? 'cancelled' : 'published';
      await eventually(async () => expect(await statusOf(both.airdate, postId)).toBe(status));
    }
    both.clock.advance(10 * MINUTE);
    await both.airdate.call('list_posts');
    for (const { postId, answer } of raced)
      expect(sentFor(both.sink, postId)).toHaveLength(answer.won ? 0 : 2);
    expect(new Set(raced.map(({ answer }) => answer.won))).toEqual(new Set([true, false]));
  });

  it('a later time either moves the post whole, or is refused', async () => {
    await using both = await openBoth();
    const later = START + 30 * MINUTE;
    const raced = await race(both.airdate, 'edit_post', () => ({
      scheduledTime: new Date(later).toISOString(),
    }));
    const moved = raced.filter(({ answer }) => answer.won);
    const aired = raced.filter(({ answer }) => !answer.won);
    for (const { postId } of aired)
      await eventually(async () => expect(await statusOf(both.airdate, postId)).toBe('published'));
    for (const { postId } of moved) {
      expect(await statusOf(both.airdate, postId)).toBe('scheduled');
      expect(sentFor(both.sink, postId)).toEqual([]);
    }
    both.clock.set(later);
    for (const { postId } of raced)
      await eventually(async () => expect(await statusOf(both.airdate, postId)).toBe('published'));
    expect(both.sink.published).toHaveLength(2 * ROUNDS);
    expect(Math.min(moved.length, aired.length)).toBeGreaterThan(0);
  });

  it('an earlier time that is given again and again airs the post once', async () => {
    await using both = await openBoth();
    const postId = await schedule(both.airdate, 'moved', START + 60 * MINUTE);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        both.airdate.result('edit_post', {
          postId,
          scheduledTime: new Date(START + MINUTE + index * 1_000).toISOString(),
        }),
      ),
    );
    both.clock.set(START + 2 * MINUTE);
    await eventually(async () => expect(await statusOf(both.airdate, postId)).toBe('published'));
    expect(both.sink.published).toHaveLength(2);
  });
});

describe('a post that is out of hand', () => {
  it('while it is handed over it can be neither edited nor cancelled', async () => {
    await using both = await openBoth();
    both.sink.fail({ kind: 'status', status: 429 }, 2);
    const postId = await schedule(both.airdate, 'busy');
    both.clock.set(START + MINUTE);
    await eventually(async () => {
      expect(both.sink.requests).toHaveLength(2);
      expect(await statusOf(both.airdate, postId)).toBe('processing');
    });
    for (const [tool, input] of [
      ['edit_post', { caption: 'late' }],
      ['cancel_post', {}],
    ] as const)
      expect(await both.airdate.fail(tool, { postId, ...input })).toMatchObject({
        code: 'cannot_edit',
        next: { tool: 'get_post', arguments: { postId } },
      });
  });

  it('one that may be live is retried under its key, but no more edited or cancelled', async () => {
    await using both = await openBoth();
    const { airdate, sink, clock } = both;
    sink.fail({ kind: 'resetAfterAccept' }, 100);
    const postId = await schedule(airdate, 'perhaps');
    clock.set(START + MINUTE);
    await eventually(
      async () => {
        clock.advance(2_000);
        expect(await statusOf(airdate, postId)).toBe('unconfirmed');
      },
      { interval: 10 },
    );
    await airdate.program.local.runner.stop();
    await airdate.call('retry_post', { postId });
    expect(await airdate.fail('cancel_post', { postId })).toMatchObject({ code: 'cannot_edit' });
    expect(await airdate.fail('edit_post', { postId, caption: 'another' })).toMatchObject({
      code: 'cannot_edit',
    });
    expect(sink.published.map(({ message }) => message.data.caption)).toEqual(['perhaps', 'perhaps']);
  });

  it('one that failed for good is tried again under the same key when it is retried', async () => {
    await using both = await openBoth();
    const { airdate, sink, clock } = both;
    sink.fail({ kind: 'status', status: 403 }, 2);
    const postId = await schedule(airdate, 'refused');
    clock.set(START + MINUTE);
    await eventually(async () => expect(await statusOf(airdate, postId)).toBe('failed'));
    await airdate.call('retry_post', { postId, accountIds: ['local:youtube'] });
    await eventually(async () => expect(await statusOf(airdate, postId)).toBe('partial'));
    await airdate.call('retry_post', { postId });
    await eventually(async () => expect(await statusOf(airdate, postId)).toBe('published'));
    expect(sink.keys).toHaveLength(4);
    expect(new Set(sink.keys).size).toBe(2);
    expect(sink.published).toHaveLength(2);
    expect(await airdate.fail('retry_post', { postId })).toMatchObject({ code: 'cannot_edit' });
  });

  it('many retries at once are one retry', async () => {
    await using both = await openBoth();
    const { airdate, sink, clock } = both;
    sink.fail({ kind: 'status', status: 403 }, 2);
    const postId = await schedule(airdate, 'refused');
    clock.set(START + MINUTE);
    await eventually(async () => expect(await statusOf(airdate, postId)).toBe('failed'));
    await Promise.all(Array.from({ length: 20 }, () => airdate.result('retry_post', { postId })));
    await eventually(async () => expect(await statusOf(airdate, postId)).toBe('published'));
    expect(sink.requests).toHaveLength(4);
  });
});

it('a cancelled post stays cancelled, and cancelling it again is a success with a warning', async () => {
  await using both = await openBoth();
  const postId = await schedule(both.airdate, 'never');
  expect((await both.airdate.call('cancel_post', { postId })).warnings).toEqual([]);
  expect((await both.airdate.call('cancel_post', { postId })).warnings).toMatchObject([
    { code: 'already_cancelled' },
  ]);
  expect(await both.airdate.fail('edit_post', { postId, caption: 'x' })).toMatchObject({
    code: 'cannot_edit',
  });
  both.clock.advance(60 * MINUTE);
  await both.airdate.call('list_posts');
  expect(both.sink.requests).toHaveLength(0);
});
