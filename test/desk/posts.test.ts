import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openEverything } from '../support/everything.ts';

async function open() {
  const everything = await openEverything({ serverKey: true, runner: false, ticking: true });
  const { airdate, infinipost, posteverywhere, uploadPost, openshorts } = everything;
  const servers = { infinipost, posteverywhere, 'upload-post': uploadPost, openshorts };
  const { profiles } = await airdate.call('list_profiles');
  return {
    ...everything,
    clip: `openshorts:${openshorts.jobs.completed}/0`,
    accountOf: (name: string) =>
      profiles
        .filter(({ backend }) => backend === name)
        .flatMap(({ accounts }) => accounts)
        .find(({ platform, state }) => platform === 'tiktok' && state === 'ready')?.accountId,
    methodsOf: (name: keyof typeof servers) =>
      servers[name].server.requests.map(
        ({ method, path }) => `${method} ${path.replace(/[^/]*\d[^/]*$/, '…')}`,
      ),
  };
}

test.each([
  ['infinipost', ['GET /v1/posts/…', 'DELETE /v1/posts']],
  ['posteverywhere', ['GET /api/v1/posts/…', 'DELETE /api/v1/posts/…']],
  [
    'upload-post',
    ['GET /api/uploadposts/status', 'GET /api/uploadposts/schedule', 'DELETE /api/uploadposts/schedule/…'],
  ],
  ['openshorts', ['DELETE /api/social/scheduled/…']],
] as const)('a cancel on %s reads the post once', async (name, requests) => {
  await using setting = await open();
  const { airdate } = setting;
  const { posts } = await airdate.call('create_video_post', {
    accountIds: [setting.accountOf(name)],
    contentUrl: name === 'openshorts' ? setting.clip : 'https://cdn.example.com/clip.mp4',
    caption: 'to be taken back',
    scheduledTime: '2026-11-25T18:30:00Z',
  });
  const before = setting.methodsOf(name).length;
  const { post } = await airdate.call('cancel_post', { postId: posts[0]?.postId });
  expect(post).toMatchObject({ status: 'cancelled', targets: [{ status: 'cancelled' }] });
  expect(setting.methodsOf(name).slice(before)).toEqual(requests);
});

test('what a vendor made, changed and cancelled is told as such, also where Airdate cannot remember it besides', async () => {
  await using setting = await open();
  const { airdate, posteverywhere } = setting;
  await sql`create trigger full before insert on known_posts begin select raise(abort, 'no space'); end`.execute(
    airdate.program.database.query,
  );
  const draft = {
    accountIds: [setting.accountOf('posteverywhere')],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    caption: 'made',
    scheduledTime: '2026-11-25T18:30:00Z',
  };
  const { posts, failures } = await airdate.call('create_video_post', draft);
  expect([failures, posteverywhere.posts.length]).toEqual([[], 1]);
  const postId = posts[0]?.postId;
  expect((await airdate.call('edit_post', { postId, caption: 'changed' })).post).toMatchObject({ postId });
  expect((await airdate.call('cancel_post', { postId })).post.status).toBe('cancelled');
  expect(airdate.log).toContainEqual(
    expect.objectContaining({ level: 'error', facts: expect.objectContaining({ postId }) }),
  );
});
