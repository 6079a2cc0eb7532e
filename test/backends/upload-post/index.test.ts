import { describe, expect, test } from 'vitest';
import { uploadPost } from '../../../src/backends/upload-post/index.ts';
import { testCall } from '../../support/call.ts';
import { AIR_AT, accounts, airTime, failureOf, HOUR, NOW, openBench, order } from './open.ts';

describe('the settings', () => {
  test('turn it on by the key alone', async () => {
    const { clock } = { clock: { now: Date.now, sleep: async () => {} } };
    expect(await uploadPost.open({ UPLOAD_POST_BASE_URL: 'https://example.com' }, { clock })).toBeUndefined();
    const backend = await uploadPost.open({ UPLOAD_POST_API_KEY: 'key' }, { clock });
    const plan = await backend?.planVideoPost(order(), testCall());
    expect(plan?.requests[0]?.url).toBe('https://api.upload-post.com/api/upload');
    await backend?.[Symbol.asyncDispose]();
  });
});

describe('the profiles', () => {
  test('are listed in one request, with the accounts that are connected', async () => {
    await using bench = await openBench();
    expect(await bench.backend.profiles(testCall())).toEqual([
      {
        id: 'myusername',
        name: 'myusername',
        accounts: [
          { id: 'myusername/tiktok', platform: 'tiktok', username: 'myusername', state: 'ready' },
          { id: 'myusername/instagram', platform: 'instagram', username: 'myusername', state: 'ready' },
          { id: 'myusername/youtube', platform: 'youtube', username: '@myusername', state: 'ready' },
        ],
      },
      {
        id: 'mybrand',
        name: 'mybrand',
        accounts: [
          { id: 'mybrand/tiktok', platform: 'tiktok', username: 'mybrand', state: 'ready' },
          { id: 'mybrand/instagram', platform: 'instagram', username: 'mybrand.official', state: 'ready' },
        ],
      },
    ]);
    expect(bench.calls()).toEqual(['GET /api/uploadposts/users']);
  });

  test.each(['list', 'map'] as const)(
    'say what must be done about an account, capabilities as a %s',
    async (capabilities) => {
      await using bench = await openBench({
        capabilities,
        profiles: [
          {
            username: 'me',
            accounts: {
              tiktok: { username: 'me', capabilities: ['draft'] },
              instagram: { displayName: 'Me', reauthRequired: true },
              youtube: {},
              twitter: { username: 'me' },
              pinterest: { username: 'me' },
              lemmy: { username: 'me' },
            },
          },
        ],
      });
      const [profile] = await bench.backend.profiles(testCall());
      expect(profile?.accounts).toMatchObject([
        { id: 'me/tiktok', state: 'ready', detail: expect.stringContaining('sounds') },
        {
          id: 'me/instagram',
          username: 'Me',
          state: 'needs_reconnect',
          detail: expect.stringContaining('reconnect'),
        },
        { id: 'me/x', platform: 'x', username: 'me' },
      ]);
    },
  );
});

describe('the sounds', () => {
  test('are the music of TikTok that trends, seen through the first profile that may look', async () => {
    await using bench = await openBench({
      profiles: [
        { username: 'none', accounts: { tiktok: '' } },
        { username: 'deaf', accounts: { tiktok: { username: 'a', capabilities: [] } } },
        { username: 'gone', accounts: { tiktok: { username: 'b', reauthRequired: true } } },
        { username: 'me', accounts: { tiktok: { username: 'c' } } },
      ],
    });
    const { rows, nextCursor } = await bench.backend.listSounds({ limit: 2 }, testCall());
    expect(rows).toEqual([
      {
        id: '6817312022837872641',
        name: 'Árvore da vida · Marina Sol',
        url: 'https://music.example.com/1.mp3',
        durationSeconds: 31,
        platforms: ['tiktok'],
      },
      expect.objectContaining({ name: 'Night Drive · The Neon Owls' }),
    ]);
    expect(bench.calls()).toEqual([
      'GET /api/uploadposts/users',
      'GET /api/uploadposts/tiktok/music/trending',
    ]);
    expect(bench.emulator.server.requests.at(-1)?.query.get('profile')).toBe('me');
    const rest = await bench.backend.listSounds({ limit: 5, cursor: nextCursor ?? '' }, testCall());
    expect(rest.rows).toHaveLength(3);
    expect(rest.nextCursor).toBeUndefined();
  });

  test('can be searched, by no more than 80 characters', async () => {
    await using bench = await openBench();
    const { rows } = await bench.backend.listSounds({ limit: 5, query: 'drive' }, testCall());
    expect(rows.map(({ name }) => name)).toEqual(['Night Drive · The Neon Owls', 'Drive Me Home · Ada Park']);
    const failure = await failureOf(
      bench.backend.listSounds({ limit: 5, query: 'a'.repeat(81) }, testCall()),
    );
    expect(failure).toMatchObject({ code: 'invalid_parameter', details: { field: 'query' } });
  });

  test('need a TikTok account', async () => {
    await using bench = await openBench({ profiles: [] });
    expect((await failureOf(bench.backend.listSounds({ limit: 5 }, testCall()))).code).toBe('unsupported');
  });

  test('cannot be uploaded', async () => {
    await using bench = await openBench();
    const content = { kind: 'url', url: 'https://media.example.com/a.mp3' } as const;
    const failure = await failureOf(bench.backend.uploadSound({ content }, testCall()));
    expect(failure.code).toBe('unsupported');
    expect(bench.calls()).toEqual([]);
  });
});

describe('a refusal', () => {
  test('of the key names the setting and never the key', async () => {
    const key = 'sk-upload-post-4711-secret';
    await using bench = await openBench({ key });
    for (const attempt of [
      bench.backend.profiles(testCall()),
      bench.backend.createVideoPost(order(), testCall()),
    ]) {
      const failure = await failureOf(attempt);
      expect(failure.toAnswer()).toMatchObject({
        code: 'unauthenticated',
        hint: expect.stringContaining('UPLOAD_POST_API_KEY'),
      });
      expect(JSON.stringify(failure.toAnswer())).not.toContain(key);
    }
  });

  test('by the monthly quota, the daily cap and the window are told apart', async () => {
    await using bench = await openBench({ monthlyLimit: 1 });
    bench.emulator.useUpMonth();
    const attempt = async () =>
      (await failureOf(bench.backend.createVideoPost(order(), testCall()))).toAnswer();
    expect(await attempt()).toMatchObject({
      code: 'quota_exceeded',
      message: expect.stringContaining('monthly limit'),
    });
    bench.emulator.switches.monthlyLimitText = 'have-reached';
    expect(await attempt()).toMatchObject({ code: 'quota_exceeded' });
    bench.emulator.limits.monthlyLimit = null;
    bench.emulator.addHistory(15, { platforms: ['tiktok'], everyMs: 1000 });
    expect(await attempt()).toMatchObject({
      code: 'quota_exceeded',
      message: expect.stringContaining('15/15 in last 24h'),
    });
    bench.emulator.limits.requestsPerMinute = 0;
    expect(await attempt()).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60, retryable: true });
    expect(bench.emulator.uploads()).toHaveLength(15);
  });

  test.each(['documented', 'message', 'error', 'detail'] as const)(
    'is read where its text stands under %s',
    async (errorText) => {
      await using bench = await openBench({ errorText });
      const failure = await failureOf(
        bench.backend.createVideoPost(order({ accounts: accounts('facebook') }), testCall()),
      );
      expect(failure.code).toBe('invalid_parameter');
      expect(failure.message).toContain('None of the requested platforms');
      expect(failure.message).toContain('no Facebook account configured');
    },
  );

  test.each([
    [{ reauthRequired: 400 }, 'forbidden'],
    [{ reauthRequired: 403 }, 'forbidden'],
    [{ plan: 'Free' }, 'forbidden'],
    [{ unknownUser: 400, profiles: [] }, 'invalid_parameter'],
    [{ unknownUser: 404, profiles: [] }, 'not_found'],
  ] as const)('under %j is %s, and nothing is posted', async (options, code) => {
    await using bench = await openBench(options);
    if ('reauthRequired' in options) bench.emulator.requireReauth('myusername', 'tiktok');
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure.code).toBe(code);
    expect(bench.emulator.uploads()).toEqual([]);
  });

  test('of a platform that is switched off is no doubt, though it is 503', async () => {
    await using bench = await openBench();
    const body = { success: false, message: 'Reddit is off', error_code: 'reddit_unavailable' };
    bench.emulator.server.fail({ kind: 'status', status: 503, body }, undefined, 9);
    expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe('unsupported');
  });

  test('of a restricted account says for how long', async () => {
    await using bench = await openBench();
    const body = {
      success: false,
      message: 'Restricted',
      error_code: 'account_restricted',
      retry_after_seconds: 3600,
    };
    bench.emulator.server.fail({ kind: 'status', status: 403, body });
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure.toAnswer()).toMatchObject({ code: 'forbidden', retryAfterSeconds: 3600 });
  });

  test('of a past or too distant time is an argument, should it ever get there', async () => {
    await using bench = await openBench();
    for (const at of [NOW - 1000, NOW + 366 * 24 * HOUR]) {
      const failure = await failureOf(
        bench.backend.createVideoPost(order({ airTime: { at, timezone: 'UTC' } }), testCall()),
      );
      expect(failure.code).toBe('invalid_parameter');
    }
    expect(bench.emulator.uploads()).toEqual([]);
  });

  test('of a read is passing when the server fails', async () => {
    await using bench = await openBench();
    bench.emulator.server.fail({
      kind: 'status',
      status: 500,
      body: { error: 'Failed to get status', details: 'x' },
    });
    const { posts } = await bench.backend.createVideoPost(order({ airTime }), testCall());
    expect(posts[0]?.airAt).toBe(AIR_AT);
    bench.emulator.server.fail({ kind: 'html', status: 502 }, undefined, 9);
    expect((await failureOf(bench.backend.profiles(testCall()))).code).toBe('unavailable');
  });
});
