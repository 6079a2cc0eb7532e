/** What an agent is told to do next can be done: the call exists there, and the value is one that is taken. */
import { describe, expect, test } from 'vitest';
import { openOpenshortsEmulator } from '../emulators/openshorts.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { openEverything } from '../support/everything.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'a',
  scheduledTime: '2026-11-25T18:30:00Z',
};

describe('a platform or a user name in place of an account', () => {
  test('gets the accounts that it may mean, and the call that lists them all', async () => {
    await using everything = await openEverything({ runner: false });
    const { airdate } = everything;
    const { profiles } = await airdate.call('list_profiles');
    const accounts = profiles.flatMap((profile) =>
      profile.accounts.map((account) => ({ ...account, profile: profile.name })),
    );
    const idsOf = (wanted: string) =>
      accounts
        .filter(({ platform, username, profile }) => [platform, username, profile].includes(wanted))
        .map(({ accountId }) => accountId);
    for (const [given, meant] of [
      ['youtube', 'youtube'],
      ['YouTube', 'youtube'],
      ['@myusername', 'myusername'],
    ] as const) {
      const error = await airdate.fail('create_video_post', { ...DRAFT, accountIds: [given] });
      expect(error).toMatchObject({
        code: 'invalid_parameter',
        field: 'accountIds',
        next: { tool: 'list_profiles', arguments: {} },
      });
      const candidates = error.candidates?.map(({ value }) => value);
      expect(candidates).toEqual(idsOf(meant));
      expect(candidates?.length).toBeGreaterThan(0);
    }
  });

  test('names no account that the caller does not see', async () => {
    await using airdate = await openAirdate({ runner: false, caller: { accounts: ['local:youtube'] } });
    const error = await airdate.fail('create_video_post', { ...DRAFT, accountIds: ['tiktok'] });
    expect(error).not.toHaveProperty('candidates');
  });
});

describe('an id that is not whole, or is of something else', () => {
  test('of a post without its backend gets the post that it may mean', async () => {
    await using everything = await openEverything({ runner: false });
    const { airdate } = everything;
    const { profiles } = await airdate.call('list_profiles', { backend: 'infinipost' });
    const accountIds = ['local:tiktok', profiles[0]?.accounts[0]?.accountId];
    const { posts } = await airdate.call('create_video_post', { ...DRAFT, accountIds });
    expect(posts).toHaveLength(2);
    for (const { postId } of posts) {
      const bare = { postId: postId.slice(postId.indexOf(':') + 1) };
      for (const [tool, input] of [
        ['get_post', bare],
        ['edit_post', { ...bare, caption: 'b' }],
        ['cancel_post', bare],
        ['retry_post', bare],
        ['approve_post', bare],
      ] as const) {
        const error = await airdate.fail(tool, input);
        expect(error).toMatchObject({
          code: 'invalid_parameter',
          field: 'postId',
          candidates: [{ value: postId }],
        });
        expect(error.hint).toMatch(/^Ids of posts look like local:\w{16} /);
      }
    }
    await using other = await openAirdate({
      home: airdate.home,
      clock: airdate.clock,
      runner: false,
      caller: { tenant: 'acme', accounts: ['local:youtube'] },
    });
    const [, bare] = posts.find(({ backend }) => backend === 'local')?.postId.split(':') ?? [];
    expect(await other.fail('get_post', { postId: bare })).not.toHaveProperty('candidates');
  });

  test('the name of a sound gets the sound that is called so', async () => {
    await using airdate = await openAirdate({ runner: false });
    const soundUrl = 'https://cdn.example.com/rain.mp3';
    const { sound } = await airdate.call('upload_sound', { soundUrl, name: 'Rain loop' });
    const { posts } = await airdate.call('create_video_post', DRAFT);
    for (const [tool, input] of [
      ['create_video_post', DRAFT],
      ['edit_post', { postId: posts[0]?.postId }],
    ] as const) {
      const error = await airdate.fail(tool, { ...input, soundId: 'rain loop' });
      expect(error).toMatchObject({
        field: 'soundId',
        candidates: [{ value: sound.soundId, why: 'Rain loop' }],
        hint: expect.stringMatching(/^Ids of sounds /),
      });
    }
  });

  test.each(['local:Simulated', 'simulated'])('the profile %s gets its accounts', async (profile) => {
    await using airdate = await openAirdate({ runner: false });
    const { candidates } = await airdate.fail('create_video_post', { ...DRAFT, accountIds: [profile] });
    expect(candidates?.map(({ value }) => value)).toEqual([
      'local:tiktok',
      'local:instagram',
      'local:youtube',
    ]);
  });
});

describe('an idempotencyKey that was used with other arguments', () => {
  test.each(['full', 'draft'] as const)('names what it made first, with the level %s', async (level) => {
    await using airdate = await openAirdate({ runner: false, level });
    const draft = { ...DRAFT, idempotencyKey: 'monday' };
    const { posts } = await airdate.call('create_video_post', draft);
    const error = await airdate.fail('create_video_post', { ...draft, caption: 'b' });
    expect(error).toMatchObject({
      code: 'conflict',
      field: 'idempotencyKey',
      message: expect.stringContaining(`it made ${posts[0]?.postId}`),
      hint: expect.stringContaining('use edit_post'),
      next: { tool: 'get_post', arguments: { postId: posts[0]?.postId } },
    });
    await airdate.call('get_post', error.next?.arguments);
  });

  test('names no post whose accounts the caller does not see', async () => {
    await using airdate = await openAirdate({ runner: false });
    await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'monday' });
    await using other = await openAirdate({
      home: airdate.home,
      clock: airdate.clock,
      runner: false,
      caller: { accounts: ['local:youtube'] },
    });
    const error = await other.fail('create_video_post', {
      ...DRAFT,
      accountIds: ['local:youtube'],
      idempotencyKey: 'monday',
    });
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringMatching(/other arguments\.$/) });
    expect(error).not.toHaveProperty('next');
  });
});

describe('a sound for the backend that is asked where none is named', () => {
  test.each(['https://cdn.example.com/rain.mp3', 'a file'])(
    'and that it refuses, gets the one that takes %s',
    async (given) => {
      await using everything = await openEverything({ runner: false });
      const { airdate } = everything;
      const soundUrl = given === 'a file' ? airdate.media('tone.mp3') : given;
      const error = await airdate.fail('upload_sound', { soundUrl });
      expect(error).toMatchObject({
        field: 'backend',
        backend: 'infinipost',
        message: expect.stringContaining('No backend was named, so infinipost was asked.'),
        candidates: [{ value: 'local' }],
      });
      await airdate.call('upload_sound', { soundUrl, backend: error.candidates?.[0]?.value });
      expect(await airdate.fail('upload_sound', { soundUrl, backend: 'infinipost' })).not.toHaveProperty(
        'candidates',
      );
    },
  );
});

describe('a sound of another backend', () => {
  test.each(['posteverywhere', 'openshorts'])('is left out for %s, which takes none', async (backend) => {
    await using everything = await openEverything({ runner: false });
    const { airdate, openshorts } = everything;
    const { profiles } = await airdate.call('list_profiles', { backend });
    const account = profiles[0]?.accounts.find(({ platform }) => platform === 'tiktok');
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      accountIds: [account?.accountId],
      soundId: 'local:rain',
      ...(backend === 'openshorts' && { contentUrl: `openshorts:${openshorts.jobs.completed}/0` }),
    });
    expect(error).toMatchObject({
      code: 'invalid_parameter',
      field: 'soundId',
      hint: expect.stringMatching(/^Leave soundId out: /),
    });
    expect(error).not.toHaveProperty('next');
  });

  test.each(['local', 'upload-post'])('is replaced for %s by one that it lists', async (backend) => {
    await using everything = await openEverything({ runner: false });
    const { airdate } = everything;
    const { profiles } = await airdate.call('list_profiles', { backend });
    const accountIds = [profiles[0]?.accounts[0]?.accountId];
    const error = await airdate.fail('create_video_post', { ...DRAFT, accountIds, soundId: 'infinipost:s' });
    expect(error.next).toMatchObject({ tool: 'list_sounds', arguments: { backend } });
    expect(error.hint?.includes('uploaded')).toBe(backend === 'local');
    await airdate.call('list_sounds', error.next?.arguments);
  });
});

describe('a post of OpenShorts, which does not list its posts', () => {
  test('that there is not is looked for among those of Upload-Post', async () => {
    await using everything = await openEverything({ runner: false });
    const { airdate } = everything;
    const error = await airdate.fail('get_post', { postId: 'openshorts:nope' });
    expect(error).toMatchObject({
      code: 'not_found',
      next: { tool: 'list_posts', arguments: { backend: 'upload-post' } },
    });
    await airdate.call('list_posts', error.next?.arguments);
  });

  test('that may have been made is looked for there too, around its time', async () => {
    await using everything = await openEverything({ runner: false, ticking: true });
    const { airdate, openshorts } = everything;
    openshorts.server.fail({ kind: 'resetAfterAccept' }, ({ method }) => method === 'POST');
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      accountIds: ['openshorts:myusername/tiktok'],
      contentUrl: `openshorts:${openshorts.jobs.completed}/0`,
    });
    expect(error).toMatchObject({
      code: 'outcome_unknown',
      next: {
        tool: 'list_posts',
        arguments: { backend: 'upload-post', from: '2026-11-25T18:25:00Z', to: '2026-11-25T18:35:00Z' },
      },
    });
    await airdate.call('list_posts', error.next?.arguments);
  });

  test('is looked for in the activity, where nothing else tells', async () => {
    const clock = new ManualClock();
    await using uploadPost = await openUploadPostEmulator({ clock });
    await using openshorts = await openOpenshortsEmulator({ uploadPost, serverKey: true });
    await using airdate = await openAirdate({
      clock,
      runner: false,
      environment: { OPENSHORTS_URL: openshorts.baseUrl },
    });
    const error = await airdate.fail('get_post', { postId: 'openshorts:nope' });
    expect(error.next).toMatchObject({ tool: 'get_activity', arguments: { backend: 'openshorts' } });
    await airdate.call('get_activity', error.next?.arguments);
  });
});

describe('an address that is none yet', () => {
  test.each([
    ['cdn.example.com/v.mp4', 'https://cdn.example.com/v.mp4'],
    ['cdn.example.com:443/v.mp4?a=1', 'https://cdn.example.com/v.mp4?a=1'],
    ['ftp://cdn.example.com/v.mp4', undefined],
    ['http://cdn.example.com/v.mp4', 'https://cdn.example.com/v.mp4'],
    ['s3://bucket/v.mp4', undefined],
    ['data:video/mp4;base64,AAAA', undefined],
  ])('%s is no path: what is taken is a link', async (url, meant) => {
    await using airdate = await openAirdate({ runner: false });
    for (const [tool, field] of [
      ['create_video_post', 'contentUrl'],
      ['upload_sound', 'soundUrl'],
    ] as const) {
      const error = await airdate.fail(tool, {
        ...(tool === 'create_video_post' && DRAFT),
        [field]: url,
      });
      expect(error).toMatchObject({ code: 'invalid_parameter', field });
      expect(error.hint).toContain('https://cdn.example.com/clip.mp4');
      expect(error.message).not.toContain('path');
      expect(error.candidates?.map(({ value }) => value)).toEqual(meant && [meant]);
    }
  });

  test.each(['clip.mp4', './clip.mp4', 'folder/clip.mp4'])(
    '%s is a path, which has to be absolute',
    async (path) => {
      await using airdate = await openAirdate({ runner: false });
      const error = await airdate.fail('create_video_post', { ...DRAFT, contentUrl: path });
      expect(error.message).toContain('absolute path');
    },
  );
});
