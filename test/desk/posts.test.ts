import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openOpenshortsEmulator } from '../emulators/openshorts.ts';
import { openPosteverywhereEmulator } from '../emulators/posteverywhere.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

async function open() {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const infinipost = stack.use(await openInfinipostEmulator({ clock }));
  const posteverywhere = stack.use(await openPosteverywhereEmulator({ clock, requestsPerMinute: 1_000 }));
  const uploadPost = stack.use(await openUploadPostEmulator({ clock }));
  const openshorts = stack.use(await openOpenshortsEmulator({ uploadPost, serverKey: true }));
  const environment = {
    INFINIPOST_API_KEY: infinipost.apiKey,
    INFINIPOST_BASE_URL: infinipost.baseUrl,
    POSTEVERYWHERE_API_KEY: posteverywhere.apiKey,
    POSTEVERYWHERE_BASE_URL: posteverywhere.baseUrl,
    UPLOAD_POST_API_KEY: uploadPost.apiKey,
    UPLOAD_POST_BASE_URL: uploadPost.baseUrl,
    OPENSHORTS_URL: openshorts.baseUrl,
  };
  const airdate = stack.use(await openAirdate({ clock, environment, runner: false }));
  const moving = setInterval(() => clock.advance(1_000), 20);
  stack.defer(() => clearInterval(moving));
  const servers = { infinipost, posteverywhere, 'upload-post': uploadPost, openshorts };
  const { profiles } = await airdate.call('list_profiles');
  return {
    airdate,
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
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
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
