import { expect, test } from 'vitest';
import { openEverything } from '../support/everything.ts';

const SCHEDULED = {
  accountIds: ['upload-post:myusername/youtube'],
  contentUrl: 'https://cdn.example.com/a.mp4',
  caption: 'old description',
  title: 'A title',
  scheduledTime: '2026-11-25T18:30:00Z',
};

test('a text that the vendor does not tell is shown as it was asked, until a change of it is in doubt', async () => {
  await using everything = await openEverything({ runner: false });
  const { airdate, uploadPost } = everything;
  const [made] = (await airdate.call('create_video_post', SCHEDULED)).posts;
  const postId = made?.postId;
  const shown = async () => (await airdate.call('get_post', { postId })).post;
  expect(await shown()).toMatchObject({ caption: 'old description', contentUrl: SCHEDULED.contentUrl });

  uploadPost.server.fail({ kind: 'resetAfterAccept' }, ({ method }) => method === 'PATCH', 1);
  expect(await airdate.fail('edit_post', { postId, caption: 'new description' })).toMatchObject({
    code: 'outcome_unknown',
    next: { tool: 'get_post', arguments: { postId } },
  });
  expect(await shown()).not.toHaveProperty('caption');
  expect(await shown()).toMatchObject({ title: 'A title', contentUrl: SCHEDULED.contentUrl });
  const { posts } = await airdate.call('list_posts', { backend: 'upload-post' });
  expect(JSON.stringify(posts)).not.toContain('old description');

  airdate.clock.advance(1_000);
  await airdate.call('edit_post', { postId, caption: 'newest description' });
  expect(await shown()).toMatchObject({ caption: 'newest description' });
});

test('a change that was surely refused leaves what is known as it was', async () => {
  await using everything = await openEverything({ runner: false });
  const { airdate, uploadPost } = everything;
  const [made] = (await airdate.call('create_video_post', SCHEDULED)).posts;
  const postId = made?.postId;
  const body = { success: false, error: 'Daily limit reached' };
  uploadPost.server.fail({ kind: 'status', status: 400, body }, ({ method }) => method === 'PATCH', 1);
  await airdate.fail('edit_post', { postId, caption: 'new description' });
  expect((await airdate.call('get_post', { postId })).post).toMatchObject({ caption: 'old description' });
});
