/** A post that failed and was made again is there once: as the new one. */
import { expect, test, vi } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';

const CALL = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
};

/** A calendar whose receiver refuses the first post, and what became of that. */
async function openWithFailure(more: object = {}) {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const sink = stack.use(await openWebhookSink({ now: clock.now }));
  const airdate = stack.use(await openAirdate({ clock, environment: sink.environment }));
  sink.server.fail({ kind: 'status', status: 403, body: 'the account is locked' });
  const { posts } = await airdate.call('create_video_post', { ...CALL, ...more });
  const failed = posts[0]?.postId ?? '';
  await becomes(airdate, failed, 'failed');
  return { sink, airdate, failed, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function becomes({ call }: Airdate, postId: string, status: string) {
  await vi.waitFor(async () => expect((await call('get_post', { postId })).post.status).toBe(status), 5000);
}

const codes = ({ warnings }: { warnings: readonly { code: string }[] }) => warnings.map(({ code }) => code);

test.each([
  ['the same call without a key', {}, {}],
  ['a call with a key of its own', { idempotencyKey: 'first' }, { idempotencyKey: 'second' }],
])('made again by %s, it is not tried again', async (_, first, second) => {
  await using calendar = await openWithFailure(first);
  const { airdate, sink, failed } = calendar;
  const again = await airdate.call('create_video_post', { ...CALL, ...second });
  const other = again.posts[0]?.postId ?? '';
  await becomes(airdate, other, 'published');
  expect(await airdate.fail('retry_post', { postId: failed })).toMatchObject({
    code: 'conflict',
    next: { tool: 'get_post', arguments: { postId: other } },
  });
  expect(sink.published).toHaveLength(1);
});

test('whoever makes it again is told of the one that failed', async () => {
  await using calendar = await openWithFailure();
  const { airdate, failed } = calendar;
  const again = await airdate.call('create_video_post', CALL);
  expect(again.replayed).toBe(false);
  expect(codes(again)).toEqual(['failed_before']);
  expect(again.warnings[0]?.message).toContain(failed);
});

test('a post that nobody made again is tried again', async () => {
  await using calendar = await openWithFailure();
  const { airdate, sink, failed } = calendar;
  await airdate.call('create_video_post', { ...CALL, caption: 'another' });
  await airdate.call('retry_post', { postId: failed });
  await becomes(airdate, failed, 'published');
  expect(sink.published.map(({ message }) => message.data.caption).sort()).toEqual(['another', 'once']);
});
