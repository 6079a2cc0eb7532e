import { expect, test } from 'vitest';
import { openPosteverywhereEmulator } from '../emulators/posteverywhere.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

const MINUTE_MS = 60_000;
const AIRS = '2026-11-25T18:30:00Z';
const DRAFT = {
  accountIds: ['posteverywhere:2280'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'did it arrive?',
  scheduledTime: AIRS,
};

/** The vendor keeps no id of ours: its list cannot tell of a lost post while another stands at its account and time. */
async function open() {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const vendor = stack.use(await openPosteverywhereEmulator({ clock, requestsPerMinute: 1_000 }));
  const environment = { POSTEVERYWHERE_API_KEY: vendor.apiKey, POSTEVERYWHERE_BASE_URL: vendor.baseUrl };
  const airdate = stack.use(await openAirdate({ clock, environment, runner: false }));
  const moving = setInterval(() => clock.advance(1_000), 20);
  stack.defer(() => clearInterval(moving));
  return {
    vendor,
    airdate,
    clock,
    /** Another process on the same data directory. */
    openNext: () => openAirdate({ clock, environment, home: airdate.home, runner: false }),
    standOther: () =>
      vendor.addPost({ content: 'other', accountIds: [2280], scheduledFor: Date.parse(AIRS) }),
    /** Creates a post whose answer is lost; answers the failure and the id by which the post goes. */
    async lose({ arrives }: { arrives: boolean }) {
      const fault = arrives
        ? ({ kind: 'errorAfterAccept', status: 502 } as const)
        : ({ kind: 'html', status: 502 } as const);
      vendor.server.fail(fault, ({ method, path }) => method === 'POST' && path.endsWith('/posts'));
      const failure = await airdate.fail('create_video_post', DRAFT);
      const [row] = await airdate.program.desk.ledger.unsettled('posteverywhere');
      return { failure, postId: `posteverywhere:~${row?.request_id}` };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const WAY_OUT = /look at the account.*not there.*create.*new idempotencyKey.*twice/i;

test('whatever is asked of a post that cannot be told leads to the account, and to a new key', async () => {
  await using setting = await open();
  const { airdate, clock } = setting;
  setting.standOther();
  const { failure, postId } = await setting.lose({ arrives: false });
  clock.advance(30 * MINUTE_MS);
  const [listed] = (await airdate.call('list_posts', { status: 'unconfirmed' })).posts;
  const { post } = await airdate.call('get_post', { postId });
  const again = await airdate.fail('create_video_post', DRAFT);
  const retried = await airdate.fail('retry_post', { postId });
  for (const hint of [
    failure.hint,
    listed?.targets[0]?.error?.hint,
    post.targets[0]?.error?.hint,
    again.hint,
    retried.hint,
  ])
    expect(hint).toMatch(WAY_OUT);
  expect(again).toMatchObject({ code: 'outcome_unknown', next: { tool: 'list_posts' } });
  expect(retried).toMatchObject({
    code: 'outcome_unknown',
    next: { tool: 'get_post', arguments: { postId } },
  });
  expect(await airdate.fail('cancel_post', { postId })).toMatchObject({
    code: 'outcome_unknown',
    hint: expect.stringMatching(/look at the account.*delete it there/i),
    next: { tool: 'get_post', arguments: { postId } },
  });
});

test('the way out is open: with a new key it is created, and goes by one post from then on', async () => {
  await using setting = await open();
  const { airdate, vendor, clock } = setting;
  setting.standOther();
  const { postId } = await setting.lose({ arrives: false });
  clock.advance(30 * MINUTE_MS);
  const { posts } = await airdate.call('create_video_post', {
    ...DRAFT,
    idempotencyKey: 'looked: not there',
  });
  expect(vendor.posts).toHaveLength(2);
  expect((await airdate.call('get_post', { postId })).post.postId).toBe(posts[0]?.postId);
  expect((await airdate.call('list_posts', { status: 'unconfirmed' })).posts).toEqual([]);
});

test('a post that was found is edited and cancelled by the id that it had before', async () => {
  await using setting = await open();
  const { airdate, vendor } = setting;
  const { postId } = await setting.lose({ arrives: true });
  const { post } = await airdate.call('edit_post', { postId, caption: 'it did' });
  expect(post).toMatchObject({ caption: 'it did', postId: `posteverywhere:${vendor.posts[0]?.id}` });
  expect((await airdate.call('cancel_post', { postId })).post.status).toBe('cancelled');
  expect(vendor.posts).toEqual([]);
  expect((await airdate.call('get_post', { postId })).post.status).toBe('cancelled');
  expect((await airdate.call('cancel_post', { postId })).warnings).toMatchObject([
    { code: 'already_cancelled' },
  ]);
});

test('a post that was found and failed is tried again where it is', async () => {
  await using setting = await open();
  const { airdate, vendor, clock } = setting;
  const { postId } = await setting.lose({ arrives: true });
  vendor.failNextPublish({ accountId: 2280, reason: 'TikTok is down' });
  clock.set('2026-11-25T18:31:00Z');
  expect((await airdate.call('get_post', { postId })).post.status).toBe('failed');
  expect((await airdate.call('retry_post', { postId })).post).toMatchObject({
    status: 'processing',
    postId: `posteverywhere:${vendor.posts[0]?.id}`,
  });
  expect(vendor.posts).toHaveLength(1);
});

test('a post that never arrived is sent again whole, or not at all', async () => {
  await using setting = await open();
  const { airdate, vendor, clock } = setting;
  const { postId } = await setting.lose({ arrives: false });
  clock.advance(30 * MINUTE_MS);
  const stranger = await airdate.fail('retry_post', { postId, accountIds: ['posteverywhere:2281'] });
  expect(stranger).toMatchObject({
    code: 'invalid_parameter',
    field: 'accountIds',
    candidates: [{ value: 'posteverywhere:2280' }],
  });
  expect(vendor.posts).toEqual([]);
  const { post } = await airdate.call('retry_post', { postId, accountIds: DRAFT.accountIds });
  expect(post.status).toBe('scheduled');
  expect(vendor.posts).toHaveLength(1);
});

test('a post that surely never arrived has nothing to cancel', async () => {
  await using setting = await open();
  const { airdate, clock } = setting;
  const { postId } = await setting.lose({ arrives: false });
  clock.advance(30 * MINUTE_MS);
  expect((await airdate.call('get_post', { postId })).post.status).toBe('failed');
  expect(await airdate.fail('cancel_post', { postId })).toMatchObject({
    code: 'cannot_edit',
    message: expect.stringContaining('never arrived'),
    hint: expect.stringContaining('retry_post'),
  });
});

test.each(['opened afterwards', 'was open before'])(
  'what a process sent that died over it, however long the video took, is not sent at once by one that %s',
  async (when) => {
    await using setting = await open();
    const { airdate, vendor, clock, openNext } = setting;
    const openedBefore = when === 'was open before' ? await openNext() : undefined;
    await setting.lose({ arrives: false });
    const uploaded = { state: 'sent', owner: 'gone', sent_at: clock.now() - 20 * MINUTE_MS } as const;
    await airdate.program.database.query.updateTable('writes').set(uploaded).execute();
    await using next = openedBefore ?? (await openNext());
    const creates = () => vendor.server.calls().filter((call) => call.endsWith('POST /api/v1/posts'));
    expect(await next.fail('create_video_post', DRAFT)).toMatchObject({ code: 'outcome_unknown' });
    expect(creates()).toHaveLength(1);
    clock.advance(6 * MINUTE_MS);
    await next.call('create_video_post', DRAFT);
    expect(creates()).toHaveLength(2);
  },
);
