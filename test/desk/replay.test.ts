import { describe, expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'launch day',
  scheduledTime: '2026-12-24T18:30',
  idempotencyKey: 'launch-1',
};

/** An Airdate with infinipost, and a draft for two of its accounts: it makes a post of each. */
async function openVendor() {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const vendor = stack.use(await openInfinipostEmulator({ clock }));
  const environment = { INFINIPOST_API_KEY: vendor.apiKey, INFINIPOST_BASE_URL: vendor.baseUrl };
  const airdate = stack.use(await openAirdate({ clock, environment, runner: false }));
  const { profiles } = await airdate.call('list_profiles', { backend: 'infinipost' });
  const ready = profiles.flatMap(({ accounts }) => accounts).filter(({ state }) => state === 'ready');
  const draft = { ...DRAFT, accountIds: ready.slice(0, 2).map(({ accountId }) => accountId) };
  return { vendor, airdate, draft, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function cancelledSince(postId: string | undefined) {
  return {
    code: 'cancelled_since',
    message: expect.stringMatching(new RegExp(`${postId}.*new idempotencyKey`)),
    accountIds: [expect.any(String)],
  };
}

describe('a key whose post was cancelled since', () => {
  test('is answered as the first time, with a warning that the post goes out no more', async () => {
    await using airdate = await openAirdate();
    const first = await airdate.call('create_video_post', DRAFT);
    const postId = first.posts[0]?.postId;
    expect((await airdate.call('create_video_post', DRAFT)).warnings).toEqual([]);
    await airdate.call('cancel_post', { postId });
    expect(await airdate.call('create_video_post', DRAFT)).toMatchObject({
      replayed: true,
      posts: first.posts,
      warnings: [cancelledSince(postId)],
    });
    const anew = await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'launch-2' });
    expect(anew).toMatchObject({ replayed: false, posts: [{ status: 'scheduled' }], warnings: [] });
  });

  test('is told by a dry run, too', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', DRAFT);
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    const { warnings } = await airdate.call('create_video_post', { ...DRAFT, dryRun: true });
    expect(warnings).toContainEqual(cancelledSince(posts[0]?.postId));
  });

  test('warns of the one that was cancelled on a vendor, and asks the vendor nothing', async () => {
    await using setting = await openVendor();
    const { airdate, vendor, draft } = setting;
    const { posts } = await airdate.call('create_video_post', draft);
    expect(posts).toHaveLength(2);
    await airdate.call('cancel_post', { postId: posts[1]?.postId });
    const before = vendor.server.requests.length;
    expect(await airdate.call('create_video_post', draft)).toMatchObject({
      replayed: true,
      posts: posts.map(({ postId }) => ({ postId })),
      warnings: [cancelledSince(posts[1]?.postId)],
    });
    expect(vendor.server.requests.slice(before)).toEqual([]);
  });
});
