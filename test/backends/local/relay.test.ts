import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../../emulators/infinipost.ts';
import { openUploadPostEmulator } from '../../emulators/upload-post.ts';
import { type Airdate, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';

const DUE = '2026-11-21T13:00:00Z';
const VIDEO = 'https://cdn.example.com/video.mp4';

interface Relayed<Emulator> extends AsyncDisposable {
  readonly airdate: Airdate;
  readonly emulator: Emulator;
  /** What opens the same data directory again. */
  readonly options: NonNullable<Parameters<typeof openAirdate>[0]>;
}

async function openThroughInfinipost(): Promise<Relayed<Awaited<ReturnType<typeof openInfinipostEmulator>>>> {
  const clock = new ManualClock();
  const emulator = await openInfinipostEmulator({ clock });
  const options = {
    clock,
    environment: { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl },
    configFile: { accounts: [{ id: 'brand', platform: 'tiktok', relay: 'infinipost:acc_tiktok1' }] },
  };
  return opened(await openAirdate(options), emulator, options);
}

async function openThroughUploadPost(): Promise<Relayed<Awaited<ReturnType<typeof openUploadPostEmulator>>>> {
  const clock = new ManualClock();
  const emulator = await openUploadPostEmulator({ clock });
  const { profiles } = await profilesOf(emulator);
  const options = {
    clock,
    environment: { UPLOAD_POST_API_KEY: emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl },
    configFile: { accounts: [{ id: 'brand', platform: 'tiktok', relay: `upload-post:${profiles}/tiktok` }] },
  };
  return opened(await openAirdate(options), emulator, options);
}

/** The first profile that has a TikTok account. */
async function profilesOf(emulator: { apiKey: string; baseUrl: string }): Promise<{ profiles: string }> {
  await using airdate = await openAirdate({
    runner: false,
    environment: { UPLOAD_POST_API_KEY: emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl },
  });
  const { profiles } = await airdate.call('list_profiles', { backend: 'upload-post', platform: 'tiktok' });
  const ready = profiles.find(({ accounts }) => accounts.some(({ state }) => state === 'ready'));
  return { profiles: ready?.name ?? '' };
}

function opened<Emulator extends AsyncDisposable>(
  airdate: Airdate,
  emulator: Emulator,
  options: Relayed<Emulator>['options'],
): Relayed<Emulator> {
  return {
    airdate,
    emulator,
    options,
    async [Symbol.asyncDispose]() {
      await airdate[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

async function schedule(airdate: Airdate, more: object = {}) {
  const draft = { accountIds: ['local:brand'], contentUrl: VIDEO, caption: 'relayed', scheduledTime: DUE };
  const { posts, warnings } = await airdate.call('create_video_post', { ...draft, ...more });
  return { postId: posts[0]?.postId ?? '', warnings };
}

async function becomes(airdate: Airdate, postId: string, status: string) {
  await eventually(
    async () => {
      airdate.clock.advance(1_000);
      const { post } = await airdate.call('get_post', { postId });
      expect(post.status).toBe(status);
    },
    { interval: 10 },
  );
  return (await airdate.call('get_post', { postId })).post;
}

const isCreate = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path === '/v1/posts/video';

test('a post is kept here until it is due, can be edited until then, and is published by the vendor', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  const { postId } = await schedule(airdate);
  await airdate.call('edit_post', { postId, caption: 'relayed, edited' });
  expect(emulator.posts.size).toBe(0);
  airdate.clock.set(DUE);
  const post = await becomes(airdate, postId, 'published');
  expect(post).not.toHaveProperty('simulated');
  expect(emulator.published()).toMatchObject([{ caption: 'relayed, edited' }]);
});

test('the account shows through which one it publishes', async () => {
  await using relayed = await openThroughInfinipost();
  const { profiles } = await relayed.airdate.call('list_profiles', { backend: 'local' });
  expect(profiles[0]?.accounts[0]?.detail).toBe('published through infinipost:acc_tiktok1');
});

test('a vendor that answers nothing is looked at, and the post goes out once', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  emulator.server.fail({ kind: 'resetAfterAccept' }, isCreate);
  const { postId } = await schedule(airdate);
  airdate.clock.set(DUE);
  await becomes(airdate, postId, 'published');
  expect(emulator.published()).toHaveLength(1);
  expect(emulator.server.calls().filter((call) => call === 'POST /v1/posts/video')).toHaveLength(1);
});

test('one that never arrived is not taken for another with the same caption, and is sent once that is sure', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  const first = await schedule(airdate);
  airdate.clock.set(DUE);
  await becomes(airdate, first.postId, 'published');
  emulator.server.fail({ kind: 'resetBeforeRead' }, isCreate);
  const now = { scheduledTime: undefined, contentUrl: 'https://cdn.example.com/other.mp4' };
  const { postId } = await schedule(airdate, now);
  await becomes(airdate, postId, 'unconfirmed');
  expect(emulator.posts.size).toBe(1);
  airdate.clock.advance(6 * 60_000);
  await airdate.call('retry_post', { postId });
  await becomes(airdate, postId, 'published');
  expect([...emulator.posts.values()].map(({ sourceUrl }) => sourceUrl)).toEqual([VIDEO, now.contentUrl]);
});

test('a second try that arrives late is waited for as long as the first', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  const sent = () => emulator.server.calls().filter((call) => call === 'POST /v1/posts/video').length;
  emulator.server.fail({ kind: 'resetBeforeRead' }, isCreate, 2);
  const { postId } = await schedule(airdate);
  airdate.clock.set(DUE);
  await becomes(airdate, postId, 'unconfirmed');
  airdate.clock.advance(10 * 60_000);
  await airdate.call('retry_post', { postId });
  await becomes(airdate, postId, 'unconfirmed');
  expect(sent()).toBe(2);
  emulator.addPost({ caption: 'relayed', scheduledTime: airdate.clock.now() });
  await airdate.call('retry_post', { postId });
  await becomes(airdate, postId, 'published');
  expect(emulator.published()).toHaveLength(1);
  expect(sent()).toBe(2);
});

test('looking does not put off what is to be sent once it is surely absent', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  emulator.server.fail({ kind: 'resetBeforeRead' }, isCreate);
  const { postId } = await schedule(airdate);
  airdate.clock.set(DUE);
  await becomes(airdate, postId, 'unconfirmed');
  airdate.clock.advance(60_000);
  await airdate.call('retry_post', { postId });
  await becomes(airdate, postId, 'unconfirmed');
  airdate.clock.advance(2 * 60_000);
  await airdate.call('retry_post', { postId });
  await becomes(airdate, postId, 'published');
  expect(emulator.published()).toHaveLength(1);
});

test('a vendor that honours a key is asked with the same one after a lost answer', async () => {
  await using relayed = await openThroughUploadPost();
  const { airdate, emulator } = relayed;
  emulator.server.fail(
    { kind: 'resetAfterAccept' },
    ({ method, path }) => method === 'POST' && path.endsWith('/upload'),
  );
  const { postId } = await schedule(airdate);
  airdate.clock.set(DUE);
  await becomes(airdate, postId, 'published');
  expect(emulator.published()).toHaveLength(1);
});

test('what the vendor brings into the drafts of the app is a draft at once, and nothing more is done with it', async () => {
  await using relayed = await openThroughUploadPost();
  const { airdate, emulator } = relayed;
  const { postId } = await schedule(airdate, { platformOptions: { tiktok: { draft: true } } });
  airdate.clock.set(DUE);
  const post = await becomes(airdate, postId, 'draft');
  expect(airdate.clock.now() - Date.parse(DUE)).toBeLessThan(15 * 60_000);
  expect(post.targets).toMatchObject([{ status: 'draft' }]);
  const asked = emulator.server.requests.length;
  for (const [tool, more] of [
    ['cancel_post', {}],
    ['edit_post', { scheduledTime: '2026-11-25T18:30:00Z' }],
    ['retry_post', {}],
  ] as const)
    expect(await airdate.fail(tool, { postId, ...more })).toMatchObject({ code: 'cannot_edit' });
  expect(await airdate.fail('cancel_post', { postId })).toMatchObject({
    hint: expect.stringContaining('app'),
  });
  await becomes(airdate, postId, 'draft');
  expect(emulator.server.requests).toHaveLength(asked);
});

test('a vendor that cannot be reached is tried again, and then the post is failed with the reason', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  const { postId } = await schedule(airdate);
  await emulator.server.stop();
  airdate.clock.set(DUE);
  const post = await becomes(airdate, postId, 'failed');
  expect(post.targets[0]?.error).toMatchObject({ code: 'unavailable' });
  await emulator.server.listen();
  await airdate.call('retry_post', { postId });
  await becomes(airdate, postId, 'published');
  expect(emulator.published()).toHaveLength(1);
});

test('a post that the vendor refuses is failed with its reason at once', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  const body = { error: { code: 'not_found', message: 'Account(s) not found: acc_tiktok1' } };
  emulator.server.fail({ kind: 'status', status: 404, body }, isCreate);
  const { postId } = await schedule(airdate);
  airdate.clock.set(DUE);
  const post = await becomes(airdate, postId, 'failed');
  expect(post.targets[0]?.error).toMatchObject({ code: 'not_found' });
  expect(emulator.server.calls().filter((call) => call === 'POST /v1/posts/video')).toHaveLength(1);
});

test('what the vendor cannot take is refused or warned of when the post is made', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate } = relayed;
  const file = await airdate.fail('create_video_post', {
    accountIds: ['local:brand'],
    contentUrl: airdate.media(),
    scheduledTime: DUE,
  });
  expect(file).toMatchObject({ code: 'unsupported', field: 'contentUrl' });
  const { warnings } = await schedule(airdate, {
    platformOptions: { tiktok: { privacyLevel: 'SELF_ONLY' } },
  });
  expect(warnings).toMatchObject([{ code: 'option_ignored', accountIds: ['local:brand'] }]);
});

test('an edit is held to what the vendor can take as well', async () => {
  await using relayed = await openThroughInfinipost();
  const { airdate, emulator } = relayed;
  const { postId } = await schedule(airdate);
  for (const dryRun of [true, false]) {
    const file = await airdate.fail('edit_post', { postId, contentUrl: airdate.media(), dryRun });
    expect(file).toMatchObject({ code: 'unsupported', field: 'contentUrl' });
    const platformOptions = { tiktok: { privacyLevel: 'SELF_ONLY' } };
    const { warnings } = await airdate.call('edit_post', { postId, platformOptions, dryRun });
    expect(warnings).toMatchObject([{ code: 'option_ignored', accountIds: ['local:brand'] }]);
    const unwarned = await airdate.call('edit_post', { postId, caption: `as it was, ${dryRun}`, dryRun });
    expect(unwarned.warnings).toEqual([]);
  }
  airdate.clock.set(DUE);
  await becomes(airdate, postId, 'published');
  expect(emulator.published()).toHaveLength(1);
});

test('a relay to a backend that is not configured is told at the start', async () => {
  const configFile = { accounts: [{ id: 'brand', platform: 'tiktok', relay: 'infinipost:acc_1' }] };
  await expect(openAirdate({ configFile })).rejects.toThrow(/infinipost is not configured/);
});
