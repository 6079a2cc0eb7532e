/** A vendor may not show at once what it took. */
import { expect, test } from 'vitest';
import { openDraftOffice } from '../support/draft-office.ts';

const CALL = {
  accountIds: ['infinipost:acc_tiktok1'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
  scheduledTime: '2026-11-25T18:30',
};

async function open() {
  const office = await openDraftOffice();
  /** From now on the vendor knows of no post that it is asked for by id. */
  const hide = () =>
    office.vendor.server.fail(
      { kind: 'status', status: 404, body: { error: { code: 'not_found', message: 'Post not found' } } },
      ({ method, path }) => method === 'GET' && path.startsWith('/v1/posts/'),
      Number.POSITIVE_INFINITY,
    );
  return { ...office, hide };
}

test('what was taken just now and cannot be read yet stands, and after five minutes it does not', async () => {
  await using setting = await open();
  const { person, vendor, clock, hide } = setting;
  const { posts } = await person.call('create_video_post', CALL);
  hide();
  clock.advance(4 * 60_000);
  const again = await person.call('create_video_post', CALL);
  expect(again).toMatchObject({ replayed: true, posts: [{ postId: posts[0]?.postId }] });
  expect(vendor.posts.size).toBe(1);
  clock.advance(2 * 60_000);
  expect((await person.call('create_video_post', CALL)).replayed).toBe(false);
});

test('a draft that became such a post stands, too', async () => {
  await using setting = await open();
  const { person, agent, vendor, hide } = setting;
  const draft = await agent.call('create_video_post', CALL);
  await person.call('approve_post', { postId: draft.posts[0]?.postId });
  hide();
  for (const one of [person, agent]) {
    expect((await one.call('create_video_post', CALL)).replayed).toBe(true);
  }
  expect(vendor.posts.size).toBe(1);
});
