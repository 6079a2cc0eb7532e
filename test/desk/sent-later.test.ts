/** A post that never arrived and was sent later goes by what was sent, however much later it is asked for. */
import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

const CALL = {
  accountIds: ['infinipost:acc_tiktok1'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
  scheduledTime: '2026-12-02T18:30',
};
const HOUR_MS = 3_600_000;

/** A call that surely never arrived, and the id by which its post went while nobody knew. */
async function openLost(more: object = {}) {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const vendor = stack.use(await openInfinipostEmulator({ clock }));
  const environment = { INFINIPOST_API_KEY: vendor.apiKey, INFINIPOST_BASE_URL: vendor.baseUrl };
  const airdate = stack.use(await openAirdate({ clock, environment, runner: false }));
  const call = { ...CALL, ...more };
  const loseNext = () => vendor.server.fail({ kind: 'resetBeforeRead' }, ({ method }) => method === 'POST');
  loseNext();
  await airdate.fail('create_video_post', call);
  const [row] = await airdate.program.desk.ledger.unsettled('infinipost');
  clock.advance(10 * 60_000);
  const postId = `infinipost:~${row?.request_id}`;
  expect((await airdate.call('get_post', { postId })).post.status).toBe('failed');
  return {
    vendor,
    clock,
    airdate,
    call,
    postId,
    loseNext,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test.each([
  ['retry_post', undefined],
  ['retry_post, with a key', 'monday'],
  ['the same call', undefined],
])('sent by %s, it is that post a day later, too', async (way, idempotencyKey) => {
  await using setting = await openLost({ idempotencyKey });
  const { airdate, vendor, clock, call, postId } = setting;
  const sent =
    way === 'the same call'
      ? (await airdate.call('create_video_post', call)).posts[0]
      : (await airdate.call('retry_post', { postId })).post;
  for (const hours of [0, 25]) {
    clock.advance(hours * HOUR_MS);
    const { post } = await airdate.call('get_post', { postId });
    expect(post).toMatchObject({ postId: sent?.postId, status: 'scheduled' });
    const again = await airdate.call('retry_post', { postId });
    expect(again).toMatchObject({ post: { postId: sent?.postId }, warnings: [{ code: 'found' }] });
  }
  expect(vendor.posts.size).toBe(1);
});

test('sent later and cancelled, it is not sent again by the id of the first try', async () => {
  await using setting = await openLost();
  const { airdate, vendor, clock, postId } = setting;
  await airdate.call('retry_post', { postId });
  await airdate.call('cancel_post', { postId });
  clock.advance(25 * HOUR_MS);
  expect((await airdate.call('get_post', { postId })).post.status).toBe('cancelled');
  await airdate.call('retry_post', { postId });
  expect(vendor.posts.size).toBe(0);
});

test('lost once more, it is the later try that is looked for and sent', async () => {
  await using setting = await openLost();
  const { airdate, vendor, clock, postId, loseNext } = setting;
  loseNext();
  await airdate.fail('retry_post', { postId });
  expect((await airdate.call('get_post', { postId })).post.status).toBe('unconfirmed');
  expect(await airdate.fail('retry_post', { postId })).toMatchObject({ code: 'outcome_unknown' });
  clock.advance(25 * HOUR_MS);
  await airdate.call('retry_post', { postId });
  await airdate.call('retry_post', { postId });
  expect(vendor.posts.size).toBe(1);
});

test('while it is being sent again, it is not looked for as if it were lost', async () => {
  await using setting = await openLost();
  const { airdate, vendor, clock, postId } = setting;
  const { promise, resolve } = Promise.withResolvers<void>();
  vendor.server.fail({ kind: 'lateAnswer', ms: 600 }, ({ method }) => {
    if (method === 'POST') resolve();
    return method === 'POST';
  });
  const sending = airdate.call('retry_post', { postId });
  await promise;
  vendor.posts.clear();
  clock.advance(10 * 60_000);
  expect((await airdate.call('get_post', { postId })).post.status).toBe('unconfirmed');
  expect((await airdate.fail('retry_post', { postId })).code).toBe('outcome_unknown');
  await sending;
});

test('a post that was made beside it on purpose is another one', async () => {
  await using setting = await openLost();
  const { airdate, vendor, call, postId } = setting;
  await airdate.call('create_video_post', { ...call, idempotencyKey: 'on purpose' });
  expect((await airdate.call('get_post', { postId })).post.status).toBe('failed');
  expect(vendor.posts.size).toBe(1);
});
