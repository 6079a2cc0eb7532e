import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ManualClock } from '../support/clock.ts';
import { type InfinipostEmulator, openInfinipostEmulator } from './infinipost.ts';

interface Told {
  readonly status: number;
  readonly body: unknown;
}

async function ask(
  emulator: InfinipostEmulator,
  method: string,
  path: string,
  body?: unknown,
  authorization: string | null = `Bearer ${emulator.apiKey}`,
): Promise<Told> {
  const response = await fetch(`${emulator.baseUrl}${path}`, {
    method,
    headers: authorization === null ? {} : { authorization },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const Created = z.object({ posts: z.array(z.object({ postId: z.string() })) });
const List = z.object({
  data: z.array(z.object({ postId: z.string(), caption: z.string(), status: z.string() })),
  hasMore: z.boolean(),
  nextCursor: z.string().nullable(),
});

const video = { accountIds: ['acc_tiktok1'], contentUrl: 'https://example.com/video.mp4' };
const nextMonday = { scheduledTime: '2026-11-23T14:00', timezone: 'America/New_York' };

async function create(emulator: InfinipostEmulator, given: object = {}): Promise<string> {
  const { body } = await ask(emulator, 'POST', '/v1/posts/video', { ...video, ...nextMonday, ...given });
  return Created.parse(body).posts[0]?.postId ?? '';
}

function refused(code: string, message: string | RegExp, status = 400): object {
  const told = typeof message === 'string' ? message : expect.stringMatching(message);
  return { status, body: { error: { code, message: told } } };
}

describe('the key', () => {
  const keys = [null, 'Bearer sk_live_wrong', 'Bearer ', 'Apikey sk_test_emulator', 'sk_test_emulator'];

  test.each(keys)(
    'is asked for on every endpoint, as a bearer token: %s is refused',
    async (authorization) => {
      await using emulator = await openInfinipostEmulator();
      for (const [method, path] of [
        ['GET', '/v1/posts'],
        ['POST', '/v1/posts/video'],
        ['GET', '/v1/accounts'],
        ['DELETE', '/v1/media/sounds/sound_1'],
      ] as const) {
        const told = await ask(emulator, method, path, undefined, authorization);
        expect(told).toEqual(refused('unauthenticated', 'Invalid or missing API key', 401));
      }
    },
  );

  test('is refused in the words of the authentication page when the switch says so', async () => {
    await using emulator = await openInfinipostEmulator({ authErrors: 'authentication' });
    expect(await ask(emulator, 'GET', '/v1/accounts', undefined, null)).toEqual(
      refused('unauthorized', 'No API key provided', 401),
    );
    expect(await ask(emulator, 'GET', '/v1/accounts', undefined, 'Bearer sk_live_wrong')).toEqual(
      refused('invalid_api_key', 'The API key provided is invalid', 401),
    );
  });
});

describe('creating a video post', () => {
  test('makes one post per account, in the order of the accounts, and echoes the local time', async () => {
    await using emulator = await openInfinipostEmulator();
    const accountIds = ['acc_instagram1', 'acc_tiktok1'];
    const told = await ask(emulator, 'POST', '/v1/posts/video', { ...video, ...nextMonday, accountIds });
    const common = { status: 'scheduled', ...nextMonday, createdAt: '2026-11-21T12:00:00Z' };
    const postId = expect.stringMatching(/^post_/);
    expect(told).toEqual({
      status: 200,
      body: {
        posts: [
          { postId, accountId: 'acc_instagram1', platform: 'instagram', ...common },
          { postId, accountId: 'acc_tiktok1', platform: 'tiktok', ...common },
        ],
      },
    });
  });

  test('answers 201 when the switch says so', async () => {
    await using emulator = await openInfinipostEmulator({ createdStatus: 201 });
    expect(await ask(emulator, 'POST', '/v1/posts/video', video)).toMatchObject({ status: 201 });
    const soundUrl = 'https://www.tiktok.com/@user/video/7123456789';
    expect(await ask(emulator, 'POST', '/v1/media/sounds', { soundUrl })).toMatchObject({ status: 201 });
    expect(await ask(emulator, 'GET', '/v1/posts')).toMatchObject({ status: 200 });
  });

  test.each([
    { body: { ...video, accountIds: undefined }, message: /^accountIds is required and must be a non-empty/ },
    { body: { ...video, accountIds: [] }, message: /^accountIds is required/ },
    { body: { ...video, accountIds: 'acc_tiktok1' }, message: /^accountIds is required/ },
    { body: { ...video, contentUrl: undefined }, message: /^contentUrl/ },
    { body: { ...video, contentUrl: ['https://example.com/video.mp4'] }, message: /^contentUrl/ },
    { body: { ...video, caption: 7 }, message: /^caption/ },
    { body: { ...video, caption: null }, message: /^caption/ },
    { body: [], message: /^body/ },
    { body: '{"accountIds":', message: 'Request body must be valid JSON' },
    { body: undefined, message: /^accountIds is required/ },
  ])('refuses a body that does not fit: $body', async ({ body, message }) => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/posts/video', body)).toEqual(
      refused('invalid_parameter', message),
    );
    expect(emulator.posts.size).toBe(0);
  });

  test.each([
    '2026-11-23T14:00:00',
    '2026-11-23T14:00Z',
    '2026-11-23T14:00-05:00',
    '2026-11-23 14:00',
    '2026-11-23',
    '2026-02-30T14:00',
    '2026-11-23T25:00',
    '',
  ])('refuses the time %s, which is no local time to the minute', async (scheduledTime) => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/posts/video', { ...video, scheduledTime })).toEqual(
      refused('invalid_parameter', 'scheduledTime must be a valid ISO 8601 timestamp'),
    );
  });

  test.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Phoenix', 'EST', ''])(
    'refuses the zone %s, which is none of the eleven',
    async (timezone) => {
      await using emulator = await openInfinipostEmulator();
      expect(await ask(emulator, 'POST', '/v1/posts/video', { ...video, ...nextMonday, timezone })).toEqual(
        refused('invalid_parameter', /^timezone/),
      );
    },
  );

  test('fails as a whole, naming the accounts, when one is unknown', async () => {
    await using emulator = await openInfinipostEmulator();
    const accountIds = ['acc_tiktok1', 'acc_gone1', 'acc_gone2'];
    expect(await ask(emulator, 'POST', '/v1/posts/video', { ...video, accountIds })).toEqual(
      refused('not_found', 'Account(s) not found: acc_gone1, acc_gone2', 404),
    );
    expect(emulator.posts.size).toBe(0);
  });

  test('refuses a sound that is unknown or deleted', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/posts/video', { ...video, soundId: 'sound_gone' })).toEqual(
      refused('not_found', 'Sound sound_gone not found', 404),
    );
  });

  test('keeps a sound for TikTok and ignores it for Instagram', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    await create(emulator, { accountIds: ['acc_tiktok1', 'acc_instagram1'], soundId });
    const kept = [...emulator.posts.values()].map((post) => [post.platform, post.soundId]);
    expect(kept).toEqual([
      ['tiktok', soundId],
      ['instagram', null],
    ]);
  });

  test('makes a second post when the same call comes again: nothing guards against it', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await create(emulator)).not.toBe(await create(emulator));
    expect(emulator.posts.size).toBe(2);
  });

  test('needs no content type, as in the samples of the documentation', async () => {
    await using emulator = await openInfinipostEmulator();
    await create(emulator);
    expect(emulator.server.requests[0]?.headers['content-type']).not.toContain('json');
  });
});

describe('time', () => {
  test.each([
    ['2026-11-23T14:00', undefined, '2026-11-23T19:00:00Z'],
    ['2027-04-22T15:00', 'America/New_York', '2027-04-22T19:00:00Z'],
    ['2027-07-01T09:00', 'Asia/Tokyo', '2027-07-01T00:00:00Z'],
    ['2027-01-10T09:00', 'Australia/Sydney', '2027-01-09T22:00:00Z'],
    ['2027-07-10T09:00', 'Europe/London', '2027-07-10T08:00:00Z'],
  ])('%s in %s is told back as %s', async (scheduledTime, timezone, utc) => {
    await using emulator = await openInfinipostEmulator();
    const { body } = await ask(emulator, 'POST', '/v1/posts/video', { ...video, scheduledTime, timezone });
    const postId = Created.parse(body).posts[0]?.postId;
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toMatchObject({
      body: { scheduledTime: utc, timezone: timezone ?? 'America/New_York' },
    });
  });

  test('a wall time that exists twice means the earlier, one that does not exist is moved forward', async () => {
    const clock = new ManualClock('2026-10-01T00:00:00Z');
    await using emulator = await openInfinipostEmulator({ clock });
    await create(emulator, { scheduledTime: '2026-11-01T01:30' });
    await create(emulator, { scheduledTime: '2027-03-14T02:30' });
    const times = [...emulator.posts.values()].map((post) => new Date(post.dueAt).toISOString());
    expect(times).toEqual(['2026-11-01T05:30:00.000Z', '2027-03-14T07:30:00.000Z']);
  });

  test('a waiting post goes live when the clock reaches its time, and not a second before', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator, { caption: 'Hello' });
    emulator.server.clock.set('2026-11-23T18:59:59Z');
    expect(emulator.published()).toEqual([]);
    emulator.server.clock.set('2026-11-23T19:00:00Z');
    const publishedAt = '2026-11-23T19:00:03Z';
    expect(emulator.published()).toEqual([
      { id: postId, accountId: 'acc_tiktok1', platform: 'tiktok', caption: 'Hello', publishedAt },
    ]);
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toMatchObject({
      body: { status: 'posted', postedAt: publishedAt },
    });
  });

  test('what went live is told oldest first', async () => {
    await using emulator = await openInfinipostEmulator();
    await create(emulator, { caption: 'second', scheduledTime: '2026-11-24T10:00' });
    await create(emulator, { caption: 'first', scheduledTime: '2026-11-23T10:00' });
    emulator.server.clock.set('2026-12-01T00:00:00Z');
    expect(emulator.published().map((post) => post.caption)).toEqual(['first', 'second']);
  });

  test.each([
    ['no time', {}, null],
    ['a past time', { scheduledTime: '2020-01-01T10:00' }, '2020-01-01T10:00'],
  ])('a post with %s goes live at once', async (_what, given, scheduledTime) => {
    await using emulator = await openInfinipostEmulator();
    const told = await ask(emulator, 'POST', '/v1/posts/video', { ...video, ...given });
    expect(told).toMatchObject({ body: { posts: [{ status: 'scheduled', scheduledTime }] } });
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-21T12:00:03Z' }]);
  });

  test('a post that is to fail has no reason and no moment, only the status', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.failWhenDue((post) => post.caption === 'doomed');
    const doomed = await create(emulator, { caption: 'doomed' });
    await create(emulator, { caption: 'fine' });
    emulator.server.clock.set('2026-11-24T00:00:00Z');
    expect(emulator.published().map((post) => post.caption)).toEqual(['fine']);
    const { body } = await ask(emulator, 'GET', `/v1/posts/${doomed}`);
    expect(body).toMatchObject({ status: 'failed', postedAt: null });
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(body))).not.toContain('error');
  });

  test('media that cannot be fetched is accepted, and fails when it falls due', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator, { contentUrl: 'file:///tmp/video.mp4' });
    emulator.server.clock.set('2026-11-24T00:00:00Z');
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toMatchObject({ body: { status: 'failed' } });
  });
});

describe('creating a slideshow', () => {
  const slides = {
    accountIds: ['acc_tiktok1', 'acc_instagram1'],
    contentUrls: ['https://example.com/1.jpg', 'https://example.com/2.jpg'],
    ...nextMonday,
  };

  test('makes a carousel of the images, each of which is stored', async () => {
    await using emulator = await openInfinipostEmulator();
    const told = await ask(emulator, 'POST', '/v1/posts/slideshow', slides);
    expect(told).toMatchObject({
      status: 200,
      body: {
        posts: [
          { platform: 'tiktok', status: 'scheduled', renderAsVideo: false, ...nextMonday },
          { platform: 'instagram', status: 'scheduled', renderAsVideo: false, ...nextMonday },
        ],
      },
    });
    const stored = expect.stringMatching(/^https:\/\/storage\.googleapis\.com\//);
    expect(await ask(emulator, 'GET', '/v1/posts?contentType=slides&limit=1')).toMatchObject({
      body: { data: [{ contentType: 'slides', contentUrl: [stored, stored], thumbnailUrl: null }] },
    });
  });

  test('has no sound on Instagram unless it is rendered', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    await ask(emulator, 'POST', '/v1/posts/slideshow', { ...slides, soundId });
    expect([...emulator.posts.values()].map((post) => post.soundId)).toEqual([soundId, null]);
  });

  test('is first rendered where that is asked, and then carries its sound on Instagram too', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    const rendered = { ...slides, soundId, renderAsVideo: true, slideDuration: 6 };
    expect(await ask(emulator, 'POST', '/v1/posts/slideshow', rendered)).toMatchObject({
      body: { posts: [{ status: 'pending_render', renderAsVideo: true }, { status: 'pending_render' }] },
    });
    expect([...emulator.posts.values()].map((post) => post.soundId)).toEqual([soundId, soundId]);
    emulator.server.clock.advance(30_000);
    expect(await ask(emulator, 'GET', '/v1/posts?status=pending_render')).toMatchObject({
      body: { data: [] },
    });
    const { body } = await ask(emulator, 'GET', '/v1/posts?status=generated');
    expect(List.parse(body).data).toHaveLength(2);
  });

  test('is not live before it is rendered', async () => {
    await using emulator = await openInfinipostEmulator();
    const { scheduledTime: _scheduledTime, timezone: _timezone, ...now } = slides;
    await ask(emulator, 'POST', '/v1/posts/slideshow', { ...now, renderAsVideo: true });
    expect(emulator.published()).toEqual([]);
    emulator.server.clock.advance(30_000);
    expect(emulator.published()).toHaveLength(2);
  });

  test.each([
    { contentUrls: undefined },
    { contentUrls: [] },
    { contentUrls: 'https://example.com/1.jpg' },
    { slideDuration: 5 },
    { slideDuration: '4' },
    { renderAsVideo: 'yes' },
    { accountIds: [] },
  ])('refuses %j', async (wrong) => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/posts/slideshow', { ...slides, ...wrong })).toEqual(
      refused('invalid_parameter', new RegExp(`^${Object.keys(wrong)[0]}`)),
    );
  });
});

describe('reading a post', () => {
  test('shows the whole post, with the time in UTC and the vendor’s own copy of the video', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    const postId = await create(emulator, { caption: 'Hello', soundId });
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toEqual({
      status: 200,
      body: {
        postId,
        accountId: 'acc_tiktok1',
        platform: 'tiktok',
        contentType: 'video',
        contentUrl: expect.stringMatching(/^https:\/\/storage\.googleapis\.com\/.*\.mp4$/),
        thumbnailUrl: expect.stringMatching(/^https:\/\/storage\.googleapis\.com\/.*\/thumb\.jpg$/),
        caption: 'Hello',
        soundId,
        timezone: 'America/New_York',
        scheduledTime: '2026-11-23T19:00:00Z',
        status: 'generated',
        postedAt: null,
        createdAt: '2026-11-21T12:00:00Z',
      },
    });
  });

  test('says scheduled for a waiting post when the switch says so, though the filter still refuses it', async () => {
    await using emulator = await openInfinipostEmulator({ waitingStatus: 'scheduled' });
    const postId = await create(emulator);
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toMatchObject({
      body: { status: 'scheduled' },
    });
    expect(await ask(emulator, 'GET', '/v1/posts?status=generated')).toMatchObject({
      body: { data: [{ postId, status: 'scheduled' }] },
    });
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, {})).toMatchObject({
      body: { status: 'generated' },
    });
    expect(await ask(emulator, 'GET', '/v1/posts?status=scheduled')).toMatchObject({ status: 400 });
  });

  test('does not know a post that is not there', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'GET', '/v1/posts/post_gone')).toEqual(
      refused('not_found', 'Post post_gone not found', 404),
    );
  });

  test('does not know a path that is not documented', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    expect(await ask(emulator, 'DELETE', `/v1/posts/${postId}`)).toMatchObject({ status: 404 });
    expect(await ask(emulator, 'POST', '/v1/posts', video)).toMatchObject({ status: 404 });
    expect(emulator.posts.size).toBe(1);
  });
});

describe('listing posts', () => {
  async function walk(emulator: InfinipostEmulator, query: string): Promise<string[][]> {
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = List.parse((await ask(emulator, 'GET', `/v1/posts?${query}${after}`)).body);
      pages.push(page.data.map((post) => post.caption));
      expect(page.hasMore).toBe(page.nextCursor !== null);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return pages;
  }

  test('gives fifty at a time, each post once', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPosts(120);
    const pages = await walk(emulator, '');
    expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat()).size).toBe(120);
  });

  test('gives at most a hundred', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPosts(250);
    const pages = await walk(emulator, 'limit=100');
    expect(pages.map((page) => page.length)).toEqual([100, 100, 50]);
  });

  test('ends without an empty page when the last one is full', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPosts(50);
    expect(await walk(emulator, '')).toHaveLength(1);
  });

  test('puts what was made last first', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost({ caption: 'old', createdAt: '2026-11-02T00:00:00Z' });
    emulator.addPost({ caption: 'older', createdAt: '2026-11-01T00:00:00Z' });
    await create(emulator, { caption: 'new' });
    expect(await walk(emulator, '')).toEqual([['new', 'old', 'older']]);
  });

  test('shows an imported post as the vendor would have settled it', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost({ createdAt: '2026-10-01T00:00:00Z', scheduledTime: '2026-10-02T10:00:00Z' });
    expect(await ask(emulator, 'GET', '/v1/posts')).toMatchObject({
      body: { data: [{ status: 'posted', postedAt: '2026-10-02T10:00:03Z' }] },
    });
  });

  test.each([
    ['status=posted', ['posted']],
    ['status=failed', ['failed']],
    ['status=generated', ['slides', 'waiting']],
    ['platform=instagram', ['slides']],
    ['contentType=slides', ['slides']],
    ['accountId=acc_tiktok2', ['failed']],
    ['status=generated&platform=tiktok', ['waiting']],
    ['accountId=acc_unknown', []],
  ])('filters by %s', async (query, captions) => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost({ caption: 'waiting' });
    emulator.addPost({ caption: 'posted', status: 'posted' });
    emulator.addPost({ caption: 'failed', status: 'failed', accountId: 'acc_tiktok2' });
    emulator.addPost({ caption: 'slides', contentType: 'slides', accountId: 'acc_instagram1' });
    expect(await walk(emulator, query)).toEqual([captions]);
  });

  test('pages through what a filter leaves', async () => {
    await using emulator = await openInfinipostEmulator();
    const accounts = ['acc_tiktok1', 'acc_instagram1'];
    emulator.addPosts(60, (index) => ({ accountId: accounts[index % 2] ?? '', caption: `post ${index}` }));
    const pages = await walk(emulator, 'platform=instagram&limit=20');
    expect(pages.map((page) => page.length)).toEqual([20, 10]);
  });

  test.each([
    ['status=scheduled', 'status must be one of: generated, pending_render, posted, failed'],
    ['status=generated,posted', 'status must be one of: generated, pending_render, posted, failed'],
    ['platform=youtube', 'platform must be one of: tiktok, instagram'],
    ['contentType=slideshow', 'contentType must be one of: video, slides'],
    ['limit=0', /^limit/],
    ['limit=101', /^limit/],
    ['limit=many', /^limit/],
    ['cursor=cG9zdF9nb25l', 'Invalid cursor'],
    ['cursor=', 'Invalid cursor'],
    ['cursor=post_1', 'Invalid cursor'],
  ])('refuses %s', async (query, message) => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost({ postId: 'post_1' });
    expect(await ask(emulator, 'GET', `/v1/posts?${query}`)).toEqual(refused('invalid_parameter', message));
  });

  test('takes the id of the last row, in base64, for the cursor', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost();
    emulator.addPost({ postId: 'post_abc123' });
    expect(await ask(emulator, 'GET', '/v1/posts?limit=1')).toMatchObject({
      body: { nextCursor: 'cG9zdF9hYmMxMjM' },
    });
  });
});

describe('editing a post', () => {
  test('changes what is named and answers the post in UTC, without postedAt', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator, { caption: 'Old' });
    const told = await ask(emulator, 'PATCH', `/v1/posts/${postId}`, {
      caption: 'New',
      scheduledTime: '2027-04-22T15:00',
      timezone: 'America/New_York',
    });
    expect(told).toMatchObject({
      status: 200,
      body: { postId, caption: 'New', scheduledTime: '2027-04-22T19:00:00Z', status: 'generated' },
    });
    expect(told.body).not.toHaveProperty('postedAt');
    emulator.server.clock.set('2026-12-24T00:00:00Z');
    expect(emulator.published()).toEqual([]);
  });

  test('leaves what is not named, but removes the sound', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    const postId = await create(emulator, { caption: 'Kept', soundId });
    const edit = { scheduledTime: '2026-11-25T09:00', timezone: 'Asia/Tokyo' };
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, edit)).toMatchObject({
      body: {
        caption: 'Kept',
        soundId: null,
        timezone: 'Asia/Tokyo',
        scheduledTime: '2026-11-25T00:00:00Z',
      },
    });
  });

  test('keeps the sound that is sent again, also one that was deleted since', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    const postId = await create(emulator, { soundId });
    await ask(emulator, 'DELETE', `/v1/media/sounds/${soundId}`);
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, { soundId })).toMatchObject({
      body: { soundId },
    });
  });

  test('has no sound for Instagram', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    const postId = await create(emulator, { accountIds: ['acc_instagram1'] });
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, { soundId })).toMatchObject({
      body: { soundId: null },
    });
  });

  test('takes new content together with its kind, and stores a new copy', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    const before = emulator.posts.get(postId)?.contentUrl;
    const contentUrl = ['https://example.com/1.jpg', 'https://example.com/2.jpg'];
    const told = await ask(emulator, 'PATCH', `/v1/posts/${postId}`, { contentType: 'slides', contentUrl });
    expect(told).toMatchObject({ status: 200, body: { contentType: 'slides', thumbnailUrl: null } });
    expect(emulator.posts.get(postId)).toMatchObject({ sourceUrl: contentUrl });
    expect(emulator.posts.get(postId)?.contentUrl).not.toEqual(before);
  });

  test.each([
    [{ scheduledTime: '2026-11-25T09:00' }, 'timezone is required when scheduledTime is provided'],
    [{ scheduledTime: '2026-11-25T09:00:00', timezone: 'Asia/Tokyo' }, /^scheduledTime must be a valid/],
    [{ scheduledTime: '2026-11-25T09:00', timezone: 'UTC' }, /^timezone/],
    [{ contentUrl: 'https://example.com/new.mp4' }, /^contentType and contentUrl/],
    [{ contentType: 'video' }, /^contentType and contentUrl/],
    [{ contentType: 'slides', contentUrl: 'https://example.com/new.mp4' }, /^contentType and contentUrl/],
    [{ contentType: 'video', contentUrl: ['https://example.com/1.jpg'] }, /^contentType and contentUrl/],
    [{ contentType: 'slideshow', contentUrl: ['https://example.com/1.jpg'] }, /^contentType/],
    [{ soundId: null }, /^soundId/],
    [{ caption: 7 }, /^caption/],
  ])('refuses %j and changes nothing', async (edit, message) => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    const before = { ...emulator.posts.get(postId) };
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, { caption: 'New', ...edit })).toEqual(
      refused('invalid_parameter', message),
    );
    expect(emulator.posts.get(postId)).toEqual(before);
  });

  test('refuses an unknown post and an unknown sound', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    expect(await ask(emulator, 'PATCH', '/v1/posts/post_gone', {})).toEqual(
      refused('not_found', 'Post post_gone not found', 404),
    );
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, { soundId: 'sound_gone' })).toEqual(
      refused('not_found', 'Sound sound_gone not found', 404),
    );
  });

  test.each([400, 409] as const)('is over once a post is posted or failed: %i', async (cannotEditStatus) => {
    await using emulator = await openInfinipostEmulator({ cannotEditStatus });
    const over = refused(
      'cannot_edit',
      "Only posts with status 'generated' or 'pending_render' can be edited",
      cannotEditStatus,
    );
    const postId = await create(emulator);
    emulator.addPost({ postId: 'post_failed', status: 'failed' });
    emulator.server.clock.set('2026-11-23T19:00:00Z');
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, { caption: 'Late' })).toEqual(over);
    expect(await ask(emulator, 'PATCH', '/v1/posts/post_failed', { caption: 'Late' })).toEqual(over);
  });

  test('still works while a slideshow is rendered', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost({ postId: 'post_1', status: 'pending_render', readyAt: Number.POSITIVE_INFINITY });
    expect(await ask(emulator, 'PATCH', '/v1/posts/post_1', { caption: 'New' })).toMatchObject({
      body: { caption: 'New', status: 'pending_render' },
    });
  });

  test('to a past time publishes at once', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    emulator.server.clock.set('2026-11-22T00:00:00Z');
    const past = { scheduledTime: '2026-11-20T09:00', timezone: 'America/New_York' };
    expect(await ask(emulator, 'PATCH', `/v1/posts/${postId}`, past)).toMatchObject({ status: 200 });
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-22T00:00:03Z' }]);
  });
});

describe('deleting posts', () => {
  test('takes the ids in the body, and tells inside a success which of them it left', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.addPost({ postId: 'post_waiting' });
    emulator.addPost({ postId: 'post_rendering', status: 'pending_render' });
    emulator.addPost({ postId: 'post_posted', status: 'posted' });
    emulator.addPost({ postId: 'post_failed', status: 'failed' });
    const postIds = ['post_waiting', 'post_posted', 'post_rendering', 'post_gone', 'post_failed'];
    const reason = "Only posts with status 'generated' or 'pending_render' can be deleted";
    expect(await ask(emulator, 'DELETE', '/v1/posts', { postIds })).toEqual({
      status: 200,
      body: {
        deleted: ['post_waiting', 'post_rendering'],
        failed: [
          { postId: 'post_posted', reason },
          { postId: 'post_gone', reason: 'Post post_gone not found' },
          { postId: 'post_failed', reason },
        ],
        deletedAt: '2026-11-21T12:00:00Z',
      },
    });
    expect([...emulator.posts.keys()]).toEqual(['post_posted', 'post_failed']);
  });

  test('keeps a post from going live', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    await ask(emulator, 'DELETE', '/v1/posts', { postIds: [postId] });
    emulator.server.clock.set('2026-12-01T00:00:00Z');
    expect(emulator.published()).toEqual([]);
  });

  test.each([undefined, {}, { postIds: [] }, { postIds: 'post_1' }, { postIds: [1] }])(
    'refuses the body %j',
    async (body) => {
      await using emulator = await openInfinipostEmulator();
      expect(await ask(emulator, 'DELETE', '/v1/posts', body)).toEqual(
        refused('missing_required_fields', 'postIds is required and must be a non-empty array'),
      );
    },
  );
});

describe('accounts', () => {
  test('are listed with how ready they are; a young one has no name yet', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'GET', '/v1/accounts')).toMatchObject({
      status: 200,
      body: {
        accounts: [
          { accountId: 'acc_tiktok1', platform: 'tiktok', accountStatus: 'ready' },
          { accountId: 'acc_tiktok2', platform: 'tiktok', accountStatus: 'ready' },
          { accountId: 'acc_instagram1', platform: 'instagram', accountStatus: 'ready' },
          { accountId: 'acc_warming1', accountStatus: 'warming_up', username: '', warmupDay: 3 },
          { accountId: 'acc_new1', accountStatus: 'created_pending_warmup', username: null, warmupDay: 0 },
        ],
      },
    });
  });

  test('are wrapped and paged as posts are when the switch says so', async () => {
    const accounts = [{ accountId: 'acc_1', platform: 'tiktok' }] as const;
    await using emulator = await openInfinipostEmulator({ accountsWrapper: 'data', accounts });
    expect(await ask(emulator, 'GET', '/v1/accounts')).toMatchObject({
      body: { data: [{ accountId: 'acc_1' }], hasMore: false, nextCursor: null },
    });
    for (let nth = 2; nth <= 51; nth += 1)
      emulator.addAccount({ accountId: `acc_${nth}`, platform: 'tiktok' });
    expect(await ask(emulator, 'GET', '/v1/accounts')).toMatchObject({
      body: { hasMore: true, nextCursor: Buffer.from('acc_50').toString('base64url') },
    });
  });

  test('are read one by one', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'GET', '/v1/accounts/acc_warming1')).toEqual({
      status: 200,
      body: {
        accountId: 'acc_warming1',
        phoneId: 'phone_acc_warming1',
        platform: 'tiktok',
        name: 'Morning Runs',
        username: '',
        bio: '',
        accountStatus: 'warming_up',
        warmupDay: 3,
        warmupStartDate: '2026-11-18T10:00:00Z',
        warmupCompletionDate: '2026-11-25T10:00:00Z',
        profilePicUrl: expect.stringMatching(/^https:\/\/storage\.googleapis\.com\//),
        createdAt: '2026-11-21T12:00:00Z',
      },
    });
    expect(await ask(emulator, 'GET', '/v1/accounts/acc_gone')).toEqual(
      refused('not_found', 'Account acc_gone not found', 404),
    );
  });
});

describe('sounds', () => {
  const soundUrl = 'https://www.tiktok.com/@user.name/video/7123456789012345678';

  test('are imported from a TikTok video, and take its name where none is given', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/media/sounds', { soundUrl, name: 'Beat' })).toEqual({
      status: 200,
      body: {
        soundId: expect.stringMatching(/^sound_/),
        name: 'Beat',
        url: expect.stringMatching(/^https:\/\/storage\.googleapis\.com\/.*\.mp3$/),
        duration: 45.2,
        createdAt: '2026-11-21T12:00:00Z',
      },
    });
    expect(await ask(emulator, 'POST', '/v1/media/sounds', { soundUrl })).toMatchObject({
      body: { name: 'original sound - user.name' },
    });
  });

  test.each([
    'https://example.com/audio.mp3',
    'https://www.youtube.com/watch?v=abc',
    'https://tiktok.com.example.com/@user/video/7123',
    'https://www.tiktok.com/@user',
    'https://www.tiktok.com/music/name-7123',
    'no address',
    '',
  ])('are refused from %s', async (wrong) => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/media/sounds', { soundUrl: wrong })).toEqual(
      refused('invalid_url', 'Invalid TikTok video URL. Please provide a valid TikTok video URL.'),
    );
    expect(emulator.sounds.size).toBe(0);
  });

  test('need an address', async () => {
    await using emulator = await openInfinipostEmulator();
    expect(await ask(emulator, 'POST', '/v1/media/sounds', { name: 'Beat' })).toEqual(
      refused('missing_required_fields', /^soundUrl/),
    );
  });

  test('are listed by pages, newest first', async () => {
    await using emulator = await openInfinipostEmulator();
    for (const soundId of ['sound_1', 'sound_2', 'sound_3']) emulator.addSound({ soundId });
    const first = await ask(emulator, 'GET', '/v1/media/sounds?limit=2');
    expect(first).toMatchObject({
      body: {
        sounds: [{ soundId: 'sound_3' }, { soundId: 'sound_2' }],
        hasMore: true,
        nextCursor: 'c291bmRfMg',
      },
    });
    expect(await ask(emulator, 'GET', '/v1/media/sounds?limit=2&cursor=c291bmRfMg')).toMatchObject({
      body: { sounds: [{ soundId: 'sound_1' }], hasMore: false, nextCursor: null },
    });
    expect(await ask(emulator, 'GET', '/v1/media/sounds?cursor=nonsense')).toEqual(
      refused('invalid_parameter', 'Invalid cursor'),
    );
  });

  test('are deleted for new posts, while old ones keep them', async () => {
    await using emulator = await openInfinipostEmulator();
    const { soundId } = emulator.addSound();
    const postId = await create(emulator, { soundId });
    expect(await ask(emulator, 'DELETE', `/v1/media/sounds/${soundId}`)).toEqual({
      status: 200,
      body: { success: true, soundId, message: 'Sound deleted successfully' },
    });
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toMatchObject({ body: { soundId } });
    const missing = refused('not_found', `Sound ${soundId} not found`, 404);
    expect(await ask(emulator, 'POST', '/v1/posts/video', { ...video, soundId })).toEqual(missing);
    expect(await ask(emulator, 'DELETE', `/v1/media/sounds/${soundId}`)).toEqual(missing);
  });
});

describe('the emulator', () => {
  test('carries out a write whose answer is lost', async () => {
    await using emulator = await openInfinipostEmulator();
    emulator.server.fail({ kind: 'errorAfterAccept', status: 502 }, (request) => request.method === 'POST');
    await expect(create(emulator)).rejects.toThrow();
    expect(emulator.posts.size).toBe(1);
    expect(emulator.server.calls()).toEqual(['POST /v1/posts/video']);
  });

  test('keeps what it holds while it is away', async () => {
    await using emulator = await openInfinipostEmulator();
    const postId = await create(emulator);
    await emulator.server.stop();
    emulator.server.clock.set('2026-11-24T00:00:00Z');
    await emulator.server.listen();
    expect(await ask(emulator, 'GET', `/v1/posts/${postId}`)).toMatchObject({ body: { status: 'posted' } });
  });
});
