import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ManualClock } from '../support/clock.ts';
import { openPosteverywhereEmulator, type PosteverywhereEmulator } from './posteverywhere.ts';
import { aprilReading, autumnReading } from './posteverywhere-switches.ts';

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly error: unknown;
}

const Enveloped = z.strictObject({
  data: z.unknown(),
  error: z.unknown(),
  meta: z.strictObject({ request_id: z.string().length(8), timestamp: z.iso.datetime() }),
});

async function ask(
  emulator: PosteverywhereEmulator,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${emulator.apiKey}` },
): Promise<Told> {
  const response = await fetch(`${emulator.baseUrl}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const { data, error } = Enveloped.parse(await response.json());
  return { status: response.status, headers: response.headers, data, error };
}

const refused = (status: number, code: string, message: RegExp = /./): object => ({
  status,
  data: null,
  error: { code, message: expect.stringMatching(message) },
});

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const tiktok = 2280;
const instagram = 2281;
const youtube = 2282;
const linkedin = 2283;
const x = 2284;
const expiredInstagram = 2287;

const now = '2026-11-21T12:00:00.000Z';
const soon = '2026-11-21T14:30:00.000Z';
const later = '2026-11-22T09:00:00.000Z';

const onX = { content: 'Hello', account_ids: [x] };

async function create(emulator: PosteverywhereEmulator, given: object = {}): Promise<string> {
  const { data } = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: soon, ...given });
  return z.object({ post_id: z.string() }).parse(data).post_id;
}

const Rows = z.object({ posts: z.array(z.object({ content: z.string() })) });

async function contents(emulator: PosteverywhereEmulator, query: string): Promise<string[]> {
  const { data } = await ask(emulator, 'GET', `/posts?${query}`);
  return Rows.parse(data).posts.map((post) => post.content);
}

describe('every answer', () => {
  test('is wrapped in data, error and meta, on success as on failure', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const success = await ask(emulator, 'GET', '/accounts');
    expect(success).toMatchObject({ status: 200, data: { accounts: expect.any(Array) }, error: null });
    expect(await ask(emulator, 'GET', '/nowhere')).toMatchObject(refused(404, 'not_found'));
  });

  test('carries what is left of the rate limit, counted over a minute of the clock', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { headers } = await ask(emulator, 'GET', '/me');
    expect(headers.get('x-ratelimit-limit')).toBe('60');
    expect(headers.get('x-ratelimit-remaining')).toBe('59');
    expect(headers.get('x-ratelimit-reset')).toBe(String(Date.parse('2026-11-21T12:01:00Z') / 1000));
    expect((await ask(emulator, 'GET', '/nowhere')).headers.get('x-ratelimit-remaining')).toBe('58');
    emulator.server.clock.advance(60_000);
    expect((await ask(emulator, 'GET', '/me')).headers.get('x-ratelimit-remaining')).toBe('59');
  });

  test('is a 429 with Retry-After once the minute is used up', async () => {
    await using emulator = await openPosteverywhereEmulator({ requestsPerMinute: 1 });
    emulator.server.clock.advance(20_000);
    await ask(emulator, 'GET', '/me');
    const told = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: soon });
    expect(told).toMatchObject(refused(429, 'rate_limited', /Try again in 40 seconds/));
    expect(told.error).toMatchObject({ retryable: true });
    expect(told.headers.get('retry-after')).toBe('40');
    expect(emulator.posts).toEqual([]);
  });

  test('can say how long to wait in the message only, and under the other code', async () => {
    await using emulator = await openPosteverywhereEmulator({
      retryAfter: 'message',
      rateLimitCode: 'rate_limit_exceeded',
    });
    emulator.throttle(30, ({ method }) => method === 'POST');
    expect(await ask(emulator, 'GET', '/me')).toMatchObject({ status: 200 });
    const told = await ask(emulator, 'POST', '/posts', onX);
    expect(told).toMatchObject(refused(429, 'rate_limit_exceeded', /30 seconds/));
    expect(told.headers.get('retry-after')).toBeNull();
    expect(await ask(emulator, 'POST', '/posts', onX)).toMatchObject({ status: 201 });
  });

  test('says whether to retry, unless it is of an older generation', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { error } = await ask(emulator, 'GET', '/posts/unknown');
    expect(error).toEqual({ code: 'not_found', message: 'Post not found.', retryable: false });
    emulator.switches.errorRetryable = false;
    const older = await ask(emulator, 'GET', '/posts/unknown');
    expect(older.error).toEqual({ code: 'not_found', message: 'Post not found.' });
  });

  test('can name the request in camelCase', async () => {
    await using emulator = await openPosteverywhereEmulator({ requestIdName: 'requestId' });
    const response = await fetch(`${emulator.baseUrl}/me`);
    expect(await response.json()).toMatchObject({ meta: { requestId: expect.any(String) } });
  });

  test('can be any refusal of the vendor that a test asks for', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.refuse(402, 'insufficient_credits');
    expect(await ask(emulator, 'POST', '/posts', onX)).toMatchObject(refused(402, 'insufficient_credits'));
    expect(emulator.posts).toEqual([]);
  });
});

describe('the key', () => {
  const wrong = [
    'pe_live_0123456789abcdef0123456789abcdef',
    'Bearer 0123456789abcdef0123456789abcdef',
    'Bearer pe_live_ffffffffffffffffffffffffffffffff',
    'Bearer pe_live_0123456789ABCDEF0123456789ABCDEF',
    'bearer pe_live_0123456789abcdef0123456789abcdef',
  ];

  test.each(wrong)('is a bearer token of the documented form: %s is refused', async (authorization) => {
    await using emulator = await openPosteverywhereEmulator();
    expect(emulator.apiKey).toMatch(/^pe_live_[a-f0-9]{32}$/);
    expect(await ask(emulator, 'GET', '/me', undefined, { authorization })).toMatchObject(
      refused(401, 'invalid_api_key', /Invalid API key/),
    );
  });

  test('is asked for before anything else is looked at', async () => {
    await using emulator = await openPosteverywhereEmulator({ unauthorizedCode: 'unauthorized' });
    expect(await ask(emulator, 'POST', '/posts', '{', {})).toMatchObject(refused(401, 'unauthorized'));
  });

  test('is described by /me', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { data } = await ask(emulator, 'GET', '/me');
    expect(data).toMatchObject({
      api_key: { key_prefix: 'pe_live_0123' },
      scopes: ['read', 'write'],
      workspace: { name: 'My Brand' },
    });
    expect(JSON.stringify(data)).not.toContain(emulator.apiKey);
  });
});

describe('creating a post', () => {
  test('is answered with five fields, as the page of April 2026 has it', async () => {
    await using emulator = await openPosteverywhereEmulator(aprilReading);
    const { status, data } = await ask(emulator, 'POST', '/posts', {
      content: 'Hello',
      account_ids: [linkedin, x, x],
      scheduled_at: soon,
      timezone: 'America/New_York',
    });
    expect(status).toBe(201);
    expect(data).toEqual({
      post_id: expect.stringMatching(uuid),
      status: 'scheduled',
      scheduled_for: soon,
      accounts_count: 2,
      message: 'Post scheduled for 2 accounts.',
    });
  });

  test('is echoed whole by the newer generation', async () => {
    await using emulator = await openPosteverywhereEmulator({ createAnswer: 'full' });
    const given = { ...onX, timezone: 'Asia/Tokyo', platform_content: { x: { content: 'Short' } } };
    const { data } = await ask(emulator, 'POST', '/posts', { ...given, scheduled_for: soon });
    expect(data).toMatchObject({ ...given, status: 'scheduled', scheduled_for: soon, media_ids: [] });
    expect(data).toMatchObject({ created_at: now, updated_at: now, accounts_count: 1 });
    expect(data).not.toHaveProperty('results');
  });

  test('without a time starts to publish at once, and the full answer has a row per destination', async () => {
    await using emulator = await openPosteverywhereEmulator({ createAnswer: 'full' });
    const { data } = await ask(emulator, 'POST', '/posts', onX);
    expect(data).toMatchObject({ status: 'publishing', scheduled_for: null });
    expect(data).toMatchObject({ results: [{ account_id: x, platform: 'x', status: 'queued' }] });
    emulator.server.clock.advance(10_000);
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-21T12:00:10.000Z' }]);
  });

  test.each([
    ['id', ['id']],
    ['post_id', ['post_id']],
    ['both', ['id', 'post_id']],
  ] as const)('names its id as the switch says: %s', async (postIdName, names) => {
    await using emulator = await openPosteverywhereEmulator({ postIdName });
    const { data } = await ask(emulator, 'POST', '/posts', onX);
    const id = emulator.posts[0]?.id;
    const named = Object.entries(data ?? {}).filter(([name]) => /^(post_)?id$/.test(name));
    expect(named).toEqual(names.map((name) => [name, id]));
  });

  test('takes a body that is JSON and says so', async () => {
    await using emulator = await openPosteverywhereEmulator();
    expect(await ask(emulator, 'POST', '/posts', '{')).toMatchObject(refused(400, 'invalid_json'));
    const headers = { authorization: `Bearer ${emulator.apiKey}`, 'content-type': 'text/plain' };
    const plain = await fetch(`${emulator.baseUrl}/posts`, {
      method: 'POST',
      headers,
      body: JSON.stringify(onX),
    });
    expect(await plain.json()).toMatchObject({ error: { code: 'invalid_json' } });
  });

  test.each([{ account_ids: [x] }, { content: '', account_ids: [x] }, { content: 'Hello' }])(
    'needs content and account_ids: %j is refused',
    async (body) => {
      await using emulator = await openPosteverywhereEmulator();
      const told = await ask(emulator, 'POST', '/posts', body);
      expect(told).toMatchObject(
        refused(400, 'validation_error', /^Missing required fields: content and account_ids are required\.$/),
      );
    },
  );

  test('may leave the content out beside media where the newer clients say so', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const body = { account_ids: [tiktok], media_ids: [emulator.addMedia()] };
    expect(await ask(emulator, 'POST', '/posts', body)).toMatchObject(refused(400, 'validation_error'));
    emulator.switches.contentRequired = 'withoutMedia';
    expect(await ask(emulator, 'POST', '/posts', body)).toMatchObject({ status: 201 });
    expect(await ask(emulator, 'POST', '/posts', { account_ids: [x] })).toMatchObject({ status: 400 });
  });

  test('wants integer account ids that exist', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const strings = await ask(emulator, 'POST', '/posts', { ...onX, account_ids: ['2284'] });
    expect(strings).toMatchObject(refused(400, 'validation_error', /account_ids/));
    expect(strings.error).toMatchObject({ details: { validation_errors: [expect.any(String)] } });
    const unknown = await ask(emulator, 'POST', '/posts', { ...onX, account_ids: [x, 9] });
    expect(unknown).toMatchObject(refused(400, 'invalid_accounts', /9/));
  });

  test.each(['media', 'media_id', 'mediaId', 'attachments', 'url'])(
    'points at media_ids when media come as %s',
    async (name) => {
      await using emulator = await openPosteverywhereEmulator();
      const told = await ask(emulator, 'POST', '/posts', { ...onX, [name]: 'x' });
      expect(told).toMatchObject(refused(400, 'invalid_field_name', /media_ids/));
    },
  );

  test('ignores fields that it does not know', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const told = await ask(emulator, 'POST', '/posts', { ...onX, idempotency_key: 'k', publish_now: true });
    expect(told).toMatchObject({ status: 201 });
  });

  test('twice with the same body makes two posts', async () => {
    await using emulator = await openPosteverywhereEmulator();
    expect(await create(emulator)).not.toBe(await create(emulator));
    emulator.server.clock.set(later);
    expect(emulator.published()).toHaveLength(2);
  });

  test('is accepted for an account in bad health, whose destination fails when it fires', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator, {
      account_ids: [instagram, expiredInstagram],
      media_ids: [emulator.addMedia()],
    });
    emulator.server.clock.set(later);
    const { data } = await ask(emulator, 'GET', `/posts/${id}/results`);
    expect(data).toMatchObject({
      post_status: 'partially_failed',
      results: [
        { account_id: instagram, status: 'published', error: null },
        { account_id: expiredInstagram, status: 'failed', error: expect.stringMatching(/reconnect/) },
      ],
    });
  });
});

describe('the air time', () => {
  test.each([
    ['both', 'scheduled_at'],
    ['both', 'scheduled_for'],
    ['scheduled_at', 'scheduled_at'],
    ['scheduled_for', 'scheduled_for'],
  ] as const)('when the vendor honours %s is set by %s', async (scheduleField, name) => {
    await using emulator = await openPosteverywhereEmulator({ scheduleField });
    const { data } = await ask(emulator, 'POST', '/posts', { ...onX, [name]: soon });
    expect(data).toMatchObject({ status: 'scheduled', scheduled_for: soon });
  });

  test.each([
    ['scheduled_at', 'scheduled_for'],
    ['scheduled_for', 'scheduled_at'],
  ] as const)(
    'when the vendor honours %s is not set by %s: the post publishes at once',
    async (scheduleField, name) => {
      await using emulator = await openPosteverywhereEmulator({ scheduleField });
      const { status, data } = await ask(emulator, 'POST', '/posts', { ...onX, [name]: soon });
      expect({ status, data }).toMatchObject({ status: 201, data: { status: 'publishing' } });
      emulator.server.clock.advance(10_000);
      expect(emulator.published()).toHaveLength(1);
      const sameAgain = { ...onX, scheduled_at: soon, scheduled_for: soon };
      expect(await ask(emulator, 'POST', '/posts', sameAgain)).toMatchObject({
        data: { status: 'scheduled' },
      });
    },
  );

  test.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])(
    'is never moved by the timezone: %s is for display',
    async (timezone) => {
      await using emulator = await openPosteverywhereEmulator();
      const id = await create(emulator, { scheduled_for: '2026-11-21T14:30:00', timezone });
      expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject({
        data: { scheduled_for: soon, timezone, destinations: [{ scheduled_for: soon }] },
      });
      emulator.server.clock.set('2026-11-21T14:30:09.999Z');
      expect(emulator.published()).toEqual([]);
      emulator.server.clock.advance(1);
      expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-21T14:30:10.000Z' }]);
    },
  );

  test('may carry an offset, and is answered in UTC', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { data } = await ask(emulator, 'POST', '/posts', {
      ...onX,
      scheduled_for: '2026-11-21T20:00:00+05:30',
    });
    expect(data).toMatchObject({ scheduled_for: soon });
  });

  test.each(['tomorrow', '2026-11-31T10:00:00Z', '2026-11-22', '14:30', '1795271400'])(
    'is an ISO 8601 datetime: %s is refused',
    async (scheduled_for) => {
      await using emulator = await openPosteverywhereEmulator();
      const told = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for });
      expect(told).toMatchObject(refused(400, 'invalid_datetime'));
    },
  );

  test.each(['EST5', '+09:00', 'Tokyo', ''])('goes with an IANA zone: "%s" is refused', async (timezone) => {
    await using emulator = await openPosteverywhereEmulator();
    const told = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: soon, timezone });
    expect(told).toMatchObject(refused(400, 'invalid_timezone'));
  });

  test.each([now, '2026-11-21T11:59:59Z'])('must be in the future: %s is refused', async (scheduled_for) => {
    await using emulator = await openPosteverywhereEmulator();
    const told = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for });
    expect(told).toMatchObject(refused(400, 'past_schedule_time'));
  });

  test('may have to be five minutes ahead', async () => {
    await using emulator = await openPosteverywhereEmulator({ minimumLeadMs: 300_000 });
    const early = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: '2026-11-21T12:04:59Z' });
    expect(early).toMatchObject(refused(400, 'past_schedule_time'));
    const enough = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: '2026-11-21T12:05:00Z' });
    expect(enough).toMatchObject({ status: 201 });
  });

  test('in the past may also publish at once', async () => {
    await using emulator = await openPosteverywhereEmulator({ pastTime: 'published' });
    const told = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: '2026-11-20T00:00:00Z' });
    expect(told).toMatchObject({ status: 201, data: { status: 'publishing' } });
    emulator.server.clock.advance(10_000);
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-21T12:00:10.000Z' }]);
  });

  test('moved into the past may publish at once too', async () => {
    await using emulator = await openPosteverywhereEmulator({ pastTime: 'published' });
    const id = await create(emulator);
    const past = { scheduled_for: '2026-11-20T00:00:00Z' };
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, past)).toMatchObject({
      data: { status: 'publishing' },
    });
    emulator.server.clock.advance(10_000);
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-21T12:00:10.000Z' }]);
  });
});

describe('platform rules', () => {
  test.each([
    ['instagram', { contentType: 'Reel' }],
    ['instagram', { settings: { contentType: 'reels' } }],
    ['instagram', { settings: { altText: 'a'.repeat(101) } }],
    ['instagram', { settings: { coverPhotoTimestamp: '2.5' } }],
    ['tiktok', { settings: { privacyLevel: 'PUBLIC' } }],
    ['tiktok', { settings: { allowDuet: 'yes' } }],
    ['tiktok', { settings: { videoCoverTimestamp: 2.5 } }],
    ['youtube', { settings: { privacyStatus: 'PUBLIC' } }],
    ['youtube', { settings: { tags: 'a,b' } }],
    ['youtube', { settings: { title: 't'.repeat(101) } }],
    ['youtube', { settings: { title: 'one < two' } }],
    ['youtube', { contentType: 'Shorts' }],
    ['linkedin', { settings: { visibility: 'public' } }],
    ['x', { settings: { replySettings: 'nobody' } }],
    ['facebook', { settings: { videoType: 'Reels' } }],
    ['facebook', { contentType: 'Reel' }],
    ['threads', { content: 1 }],
    ['twitter', { content: 'Hello' }],
  ])('refuse what %s does not know: %j', async (platform, settings) => {
    await using emulator = await openPosteverywhereEmulator();
    const told = await ask(emulator, 'POST', '/posts', {
      ...onX,
      platform_content: { [platform]: settings },
    });
    expect(told).toMatchObject(refused(400, 'validation_error', /platform_content/));
  });

  test('allow every option of the page', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const platform_content = {
      instagram: {
        content: 'On Instagram',
        contentType: 'Trial Reel',
        settings: { altText: 'a'.repeat(100), coverPhotoTimestamp: 2.5 },
      },
      tiktok: {
        settings: { privacyLevel: 'SELF_ONLY', allowComments: false, allowDuet: false, allowStitch: false },
      },
      youtube: { settings: { title: 't'.repeat(100), privacyStatus: 'unlisted', tags: ['a'] } },
      linkedin: { settings: { visibility: 'CONNECTIONS' } },
      x: { settings: { replySettings: 'mentionedUsers' } },
      facebook: { settings: { videoType: 'reel' } },
      threads: { content: 'On Threads' },
    };
    const id = await create(emulator, {
      account_ids: [2280, 2281, 2282, 2283, 2284, 2285, 2286],
      media_ids: [emulator.addMedia()],
      platform_content,
    });
    expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject({ data: { platform_content } });
    emulator.server.clock.set(later);
    const captions = Object.fromEntries(emulator.published().map((post) => [post.platform, post.caption]));
    expect(captions).toMatchObject({ instagram: 'On Instagram', threads: 'On Threads', tiktok: 'Hello' });
  });

  test('limit the text that a platform would show, not the one it overrides', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const long = { ...onX, content: 'a'.repeat(281) };
    const told = await ask(emulator, 'POST', '/posts', long);
    expect(told).toMatchObject(refused(400, 'content_too_long', /x: .*281.*280/));
    const shortened = { ...long, platform_content: { x: { content: 'Short' } } };
    expect(await ask(emulator, 'POST', '/posts', shortened)).toMatchObject({ status: 201 });
    emulator.switches.textTooLongCode = 'post_creation_failed';
    expect(await ask(emulator, 'POST', '/posts', long)).toMatchObject(refused(400, 'post_creation_failed'));
  });

  test('count characters, not code units', async () => {
    await using emulator = await openPosteverywhereEmulator();
    expect(await ask(emulator, 'POST', '/posts', { ...onX, content: '😀'.repeat(280) })).toMatchObject({
      status: 201,
    });
  });

  test('limit TikTok as one of three pages says', async () => {
    await using emulator = await openPosteverywhereEmulator({ tiktokTextLimit: 150 });
    const body = { content: 'a'.repeat(151), account_ids: [tiktok], media_ids: [emulator.addMedia()] };
    expect(await ask(emulator, 'POST', '/posts', body)).toMatchObject(refused(400, 'content_too_long'));
  });

  test('allow thirty hashtags on Instagram', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const content = Array.from({ length: 31 }, (_, index) => `#tag${index}`).join(' ');
    const told = await ask(emulator, 'POST', '/posts', {
      content,
      account_ids: [instagram],
      media_ids: [emulator.addMedia()],
    });
    expect(told).toMatchObject(refused(400, 'validation_error', /30 hashtags/));
  });

  test.each([
    ['tiktok', tiktok],
    ['instagram', instagram],
    ['youtube', youtube],
  ])('require media on %s', async (platform, account) => {
    await using emulator = await openPosteverywhereEmulator();
    const told = await ask(emulator, 'POST', '/posts', { ...onX, account_ids: [x, account] });
    expect(told).toMatchObject(
      refused(400, 'validation_error', new RegExp(`Media is required on ${platform}`)),
    );
  });

  test('require a video and a title on YouTube', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const titled = { content: 'Hello', account_ids: [youtube], media_ids: [emulator.addMedia()] };
    expect(await ask(emulator, 'POST', '/posts', titled)).toMatchObject(
      refused(400, 'validation_error', /title/),
    );
    const image = {
      ...titled,
      media_ids: [emulator.addMedia({ type: 'image' })],
      platform_content: { youtube: { settings: { title: 'A title' } } },
    };
    expect(await ask(emulator, 'POST', '/posts', image)).toMatchObject(
      refused(400, 'validation_error', /video/),
    );
  });

  test('allow one video a post', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const media_ids = [emulator.addMedia(), emulator.addMedia()];
    const told = await ask(emulator, 'POST', '/posts', { ...onX, media_ids });
    expect(told).toMatchObject(refused(400, 'validation_error', /one video/));
  });

  test.each(['uploading', 'processing', 'failed'] as const)(
    'refuse media that are not ready: %s',
    async (status) => {
      await using emulator = await openPosteverywhereEmulator();
      const media_ids = [emulator.addMedia({ status })];
      const told = await ask(emulator, 'POST', '/posts', { ...onX, media_ids });
      expect(told).toMatchObject(refused(400, 'validation_error', /not ready/));
      expect(emulator.posts).toEqual([]);
    },
  );

  test.each(['not-a-uuid', 'a1b2c3d4-e5f6-4890-abcd-ef1234567890'])(
    'refuse media that are unknown: %s',
    async (id) => {
      await using emulator = await openPosteverywhereEmulator();
      const told = await ask(emulator, 'POST', '/posts', { ...onX, media_ids: [id] });
      expect(told).toMatchObject(refused(400, 'validation_error'));
    },
  );
});

describe('publishing', () => {
  test('goes from scheduled over publishing to published, with the time and the link of each', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    const status = async () => (await ask(emulator, 'GET', `/posts/${id}/results`)).data;
    expect(await status()).toMatchObject({ post_status: 'scheduled', results: [{ status: 'queued' }] });
    emulator.server.clock.set(soon);
    expect(await status()).toMatchObject({
      post_status: 'publishing',
      results: [{ status: 'publishing', attempts: 1 }],
    });
    emulator.server.clock.set(later);
    expect(await status()).toEqual({
      post_id: id,
      post_status: 'published',
      results: [
        {
          id: expect.stringMatching(uuid),
          platform: 'x',
          status: 'published',
          account_name: 'mybrand',
          account_id: x,
          published_at: '2026-11-21T14:30:10.000Z',
          platform_post_id: expect.any(String),
          platform_post_url: expect.stringMatching(/^https:/),
          error: null,
          attempts: 1,
          next_retry_at: null,
        },
      ],
    });
    expect(emulator.published()).toEqual([
      {
        id,
        accountId: String(x),
        platform: 'x',
        caption: 'Hello',
        publishedAt: '2026-11-21T14:30:10.000Z',
      },
    ]);
  });

  test('can say done for published, of a destination only', async () => {
    await using emulator = await openPosteverywhereEmulator({ publishedWord: 'done' });
    const id = emulator.addPost({ scheduledFor: '2026-11-20T00:00:00Z' });
    expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject({
      data: { status: 'published', destinations: [{ status: 'done' }] },
    });
    expect(await ask(emulator, 'GET', `/posts/${id}/results`)).toMatchObject({
      data: { post_status: 'published', results: [{ status: 'done' }] },
    });
  });

  test('fails where a test says so, with the reason', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.failNextPublish({ accountId: linkedin, reason: 'Duplicate content' });
    const id = await create(emulator, { account_ids: [linkedin, x] });
    emulator.server.clock.set(later);
    expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject({
      data: {
        status: 'partially_failed',
        destinations: [
          { status: 'failed', error: 'Duplicate content', attempts: 1 },
          { status: 'published' },
        ],
      },
    });
    expect(emulator.published()).toMatchObject([{ platform: 'x' }]);
  });

  test('that fails for a while is tried again by the vendor itself', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    emulator.failNextPublish({ postId: id, reason: 'Timeout', retryInMs: 60_000, times: 2 });
    emulator.server.clock.set('2026-11-21T14:30:10Z');
    expect(await ask(emulator, 'GET', `/posts/${id}/results`)).toMatchObject({
      data: {
        post_status: 'failed',
        results: [{ status: 'failed', error: 'Timeout', next_retry_at: '2026-11-21T14:31:10.000Z' }],
      },
    });
    emulator.server.clock.set(later);
    expect(await ask(emulator, 'GET', `/posts/${id}/results`)).toMatchObject({
      data: { post_status: 'published', results: [{ attempts: 3, error: null, next_retry_at: null }] },
    });
    expect(emulator.published()).toHaveLength(1);
  });

  test('is told oldest first, whatever was made first', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.addPost({ content: 'second', scheduledFor: later });
    emulator.addPost({ content: 'first', scheduledFor: soon });
    emulator.server.clock.advance(7 * 86_400_000);
    expect(emulator.published().map((post) => post.caption)).toEqual(['first', 'second']);
  });
});

describe('retrying', () => {
  test('takes up what failed, and nothing that is live', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.failNextPublish({ platform: 'linkedin', reason: 'Server error' });
    const id = await create(emulator, { account_ids: [linkedin, x] });
    emulator.server.clock.set(later);
    const { status, data } = await ask(emulator, 'POST', `/posts/${id}/retry`);
    expect(status).toBe(200);
    expect(data).toMatchObject({
      post_id: id,
      retried_count: 1,
      destinations: [{ platform: 'linkedin', new_status: 'queued' }],
    });
    expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject({ data: { status: 'publishing' } });
    emulator.server.clock.advance(10_000);
    expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject({ data: { status: 'published' } });
    expect(emulator.published().map((post) => post.platform)).toEqual(['x', 'linkedin']);
  });

  test('can be limited to accounts', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.failNextPublish({ reason: 'Server error', times: 2 });
    const id = await create(emulator, { account_ids: [linkedin, x] });
    emulator.server.clock.set(later);
    const told = await ask(emulator, 'POST', `/posts/${id}/retry`, { account_ids: [x] });
    expect(told).toMatchObject({ data: { retried_count: 1, destinations: [{ platform: 'x' }] } });
    const none = await ask(emulator, 'POST', `/posts/${id}/retry`, { account_ids: [tiktok] });
    expect(none).toMatchObject(refused(400, 'no_failed_destinations'));
  });

  test('is refused where nothing failed', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    const told = await ask(emulator, 'POST', `/posts/${id}/retry`);
    expect(told).toMatchObject(refused(400, 'no_failed_destinations'));
    expect(await ask(emulator, 'POST', '/posts/unknown/retry')).toMatchObject(refused(404, 'not_found'));
  });

  test('of content that failed six times meets the circuit breaker, as does posting it anew', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.failNextPublish({ accountId: x, reason: 'Forbidden content', times: 6 });
    const id = await create(emulator);
    emulator.server.clock.set(later);
    for (let retry = 1; retry <= 5; retry += 1) {
      expect(await ask(emulator, 'POST', `/posts/${id}/retry`)).toMatchObject({ status: 200 });
      emulator.server.clock.advance(10_000);
    }
    const breaker = refused(422, 'permanent_failure_circuit_breaker');
    expect(await ask(emulator, 'POST', `/posts/${id}/retry`)).toMatchObject(breaker);
    expect(await ask(emulator, 'POST', '/posts', onX)).toMatchObject(breaker);
    const other = { ...onX, content: 'Something else' };
    expect(await ask(emulator, 'POST', '/posts', other)).toMatchObject({ status: 201 });
  });
});

describe('reading a post', () => {
  test('shows it with its media and one destination per account', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const media = emulator.addMedia();
    const id = await create(emulator, { media_ids: [media] });
    expect((await ask(emulator, 'GET', `/posts/${id}`)).data).toEqual({
      id,
      post_id: id,
      content: 'Hello',
      status: 'scheduled',
      account_ids: [x],
      scheduled_for: soon,
      timezone: 'UTC',
      media_ids: [media],
      media: [{ id: media, type: 'video', url: expect.any(String) }],
      platform_content: null,
      destinations: [
        {
          id: expect.stringMatching(uuid),
          platform: 'x',
          status: 'queued',
          account_name: 'mybrand',
          account_id: x,
          scheduled_for: soon,
          published_at: null,
          platform_post_id: null,
          error: null,
          attempts: 0,
        },
      ],
      created_at: now,
      updated_at: now,
    });
  });

  test.each(['/posts/unknown', '/posts/unknown/results'])('that is not there is a 404: %s', async (path) => {
    await using emulator = await openPosteverywhereEmulator();
    expect(await ask(emulator, 'GET', path)).toMatchObject(refused(404, 'not_found'));
  });
});

describe('listing posts', () => {
  test('gives twenty at a time, the newest first, and says whether there are more', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.addPosts(250);
    const { data } = await ask(emulator, 'GET', '/posts');
    expect(data).toMatchObject({ pagination: { limit: 20, offset: 0, total: 250, has_more: true } });
    const first = await contents(emulator, '');
    expect([first.length, first[0], first.at(-1)]).toEqual([20, 'Post 249', 'Post 230']);
    const { data: last } = await ask(emulator, 'GET', '/posts?limit=100&offset=200');
    expect(last).toMatchObject({ pagination: { limit: 100, offset: 200, has_more: false } });
    expect(Rows.parse(last).posts).toHaveLength(50);
    expect(await contents(emulator, 'offset=250')).toEqual([]);
  });

  test.each([
    ['bare', { pagination: { limit: 20, offset: 0 } }],
    ['flat', { total: 1, limit: 20, offset: 0 }],
  ] as const)('can paginate in fewer words: %s', async (pagination, words) => {
    await using emulator = await openPosteverywhereEmulator({ pagination });
    emulator.addPost();
    const { data } = await ask(emulator, 'GET', '/posts');
    expect(data).toEqual({ posts: [expect.objectContaining({ status: 'scheduled' })], ...words });
  });

  test.each(['limit=0', 'limit=101', 'limit=ten', 'offset=-1', 'sort=content', 'order=up', 'account_id=x'])(
    'refuses a query out of bounds: %s',
    async (query) => {
      await using emulator = await openPosteverywhereEmulator();
      const told = await ask(emulator, 'GET', `/posts?${query}`);
      expect(told).toMatchObject(refused(400, 'validation_error'));
    },
  );

  test('sorts by any of four moments, posts without one last', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.addPost({ content: 'tomorrow', scheduledFor: later });
    emulator.addPost({ content: 'draft', draft: true });
    emulator.addPost({ content: 'today', scheduledFor: soon });
    emulator.addPost({
      content: 'old',
      scheduledFor: '2026-11-20T00:00:00Z',
      createdAt: '2026-11-19T00:00:00Z',
    });
    expect(await contents(emulator, 'sort=scheduled_for&order=asc')).toEqual([
      'old',
      'today',
      'tomorrow',
      'draft',
    ]);
    expect(await contents(emulator, 'sort=scheduled_for')).toEqual(['tomorrow', 'today', 'old', 'draft']);
    expect(await contents(emulator, 'sort=created_at&order=asc')).toEqual([
      'old',
      'tomorrow',
      'draft',
      'today',
    ]);
    expect((await contents(emulator, 'sort=published_at'))[0]).toBe('old');
    expect((await contents(emulator, 'sort=updated_at&order=asc'))[0]).toBe('old');
  });

  test('filters by status, platform, account and text, several at once', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.addPost({ content: 'Morning on X', accountIds: [x] });
    emulator.addPost({ content: 'Morning on TikTok', accountIds: [tiktok] });
    emulator.addPost({ content: 'A draft', accountIds: [linkedin], draft: true });
    emulator.addPost({
      content: 'Gone out',
      accountIds: [x, linkedin],
      scheduledFor: '2026-11-20T00:00:00Z',
    });
    expect(await contents(emulator, 'status=draft,published')).toEqual(['Gone out', 'A draft']);
    expect(await contents(emulator, 'platform=x')).toEqual(['Gone out', 'Morning on X']);
    expect(await contents(emulator, `account_id=${linkedin}`)).toEqual(['Gone out', 'A draft']);
    expect(await contents(emulator, 'search=MORNING&platform=tiktok,linkedin')).toEqual([
      'Morning on TikTok',
    ]);
    const wrong = await ask(emulator, 'GET', '/posts?status=cancelled');
    expect(wrong).toMatchObject(refused(400, 'validation_error'));
  });

  test('may know one of three statuses only', async () => {
    await using emulator = await openPosteverywhereEmulator({ statusFilter: 'one' });
    emulator.addPost({ content: 'waiting' });
    expect(await contents(emulator, 'status=scheduled')).toEqual(['waiting']);
    for (const status of ['scheduled,draft', 'failed'])
      expect(await ask(emulator, 'GET', `/posts?status=${status}`)).toMatchObject(
        refused(400, 'validation_error'),
      );
  });

  test('filters by the moments of making, airing and publishing', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.addPost({
      content: 'old',
      scheduledFor: '2026-11-20T00:00:00Z',
      createdAt: '2026-11-19T00:00:00Z',
    });
    emulator.addPost({ content: 'today', scheduledFor: soon });
    emulator.addPost({ content: 'draft', draft: true });
    expect(await contents(emulator, 'created_after=2026-11-20T00:00:00Z')).toEqual(['draft', 'today']);
    expect(await contents(emulator, 'created_before=2026-11-20T00:00:00Z')).toEqual(['old']);
    expect(await contents(emulator, 'scheduled_after=2026-11-20T00:00:00Z')).toEqual(['today']);
    expect(await contents(emulator, 'scheduled_before=2026-11-22T00:00:00Z')).toEqual(['today', 'old']);
    expect(await contents(emulator, 'published_after=2026-11-20T00:00:00Z')).toEqual(['old']);
    expect(await contents(emulator, 'updated_after=2026-11-21T00:00:00Z')).toEqual(['draft', 'today']);
  });
});

describe('editing a post', () => {
  test('changes what is named and leaves the rest', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const media = emulator.addMedia();
    const id = await create(emulator, { media_ids: [media], timezone: 'Asia/Tokyo' });
    emulator.server.clock.advance(1000);
    const { status, data } = await ask(emulator, 'PATCH', `/posts/${id}`, { content: 'Changed' });
    expect(status).toBe(200);
    expect(data).toMatchObject({
      id,
      content: 'Changed',
      media_ids: [media],
      timezone: 'Asia/Tokyo',
      scheduled_for: soon,
      account_ids: [x],
      created_at: now,
      updated_at: '2026-11-21T12:00:01.000Z',
    });
  });

  test('replaces media and accounts whole, and merges settings', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const [first, second] = [emulator.addMedia(), emulator.addMedia()];
    const id = await create(emulator, {
      account_ids: [tiktok, x],
      media_ids: [first],
      platform_content: { tiktok: { content: 'Kept', settings: { allowDuet: false, allowStitch: false } } },
    });
    const { data } = await ask(emulator, 'PATCH', `/posts/${id}`, {
      account_ids: [tiktok, linkedin],
      media_ids: [second],
      platform_content: { tiktok: { settings: { allowStitch: true } }, linkedin: { content: 'New' } },
    });
    expect(data).toMatchObject({
      account_ids: [tiktok, linkedin],
      media_ids: [second],
      destinations: [{ scheduled_for: soon }, { scheduled_for: soon }],
      platform_content: {
        tiktok: { content: 'Kept', settings: { allowDuet: false, allowStitch: true } },
        linkedin: { content: 'New' },
      },
    });
  });

  test('moves the air time of the post and of its destinations', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    const { data } = await ask(emulator, 'PATCH', `/posts/${id}`, { scheduled_at: later });
    expect(data).toMatchObject({ scheduled_for: later, destinations: [{ scheduled_for: later }] });
    emulator.server.clock.set('2026-11-21T20:00:00Z');
    expect(emulator.published()).toEqual([]);
    emulator.server.clock.set('2026-11-22T09:00:10Z');
    expect(emulator.published()).toHaveLength(1);
  });

  test('may not reach the destinations, which then fire at the old time', async () => {
    await using emulator = await openPosteverywhereEmulator({ rescheduleReaches: 'post' });
    const id = await create(emulator);
    const { data } = await ask(emulator, 'PATCH', `/posts/${id}`, { scheduled_for: later });
    expect(data).toMatchObject({ scheduled_for: later, destinations: [{ scheduled_for: soon }] });
    emulator.server.clock.set('2026-11-21T20:00:00Z');
    expect(emulator.published()).toHaveLength(1);
  });

  test('never hears a time in the field that is not honoured', async () => {
    await using emulator = await openPosteverywhereEmulator({ scheduleField: 'scheduled_at' });
    const id = emulator.addPost({ scheduledFor: soon });
    const both = { content: 'Changed', scheduled_for: later };
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, both)).toMatchObject({
      status: 200,
      data: { content: 'Changed', scheduled_for: soon },
    });
    const alone = await ask(emulator, 'PATCH', `/posts/${id}`, { scheduled_for: later });
    expect(alone).toMatchObject(refused(400, 'validation_error', /At least one field/));
  });

  test.each([
    [{}, 'validation_error'],
    [{ content: '' }, 'validation_error'],
    [{ content: 'a'.repeat(281) }, 'content_too_long'],
    [{ account_ids: [] }, 'validation_error'],
    [{ account_ids: [9] }, 'invalid_accounts'],
    [{ account_ids: [tiktok] }, 'validation_error'],
    [{ scheduled_for: '2026-11-21T11:00:00Z' }, 'past_schedule_time'],
    [{ timezone: 'Mars/Olympus' }, 'invalid_timezone'],
    [{ media_id: 'x' }, 'invalid_field_name'],
    [{ media_ids: ['a1b2c3d4-e5f6-4890-abcd-ef1234567890'] }, 'validation_error'],
    [{ platform_content: { instagram: { contentType: 'Reel' } } }, 'validation_error'],
  ])('holds to the rules of making one: %j is refused', async (body, code) => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, body)).toMatchObject(refused(400, code));
    expect(emulator.posts).toMatchObject([{ content: 'Hello', scheduledFor: Date.parse(soon) }]);
  });

  test('is refused once the post is on its way, and where there is none', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    const change = { content: 'Too late' };
    emulator.server.clock.set(soon);
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, change)).toMatchObject(refused(409, 'conflict'));
    emulator.server.clock.set(later);
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, change)).toMatchObject(refused(409, 'conflict'));
    expect(await ask(emulator, 'PATCH', '/posts/unknown', change)).toMatchObject(refused(404, 'not_found'));
  });

  test('of a failed post may be allowed, but for taking away where it is live', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.failNextPublish({ accountId: linkedin, reason: 'Too rude' });
    const id = await create(emulator, { account_ids: [linkedin, x] });
    emulator.server.clock.set(later);
    const change = { content: 'Polite' };
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, change)).toMatchObject(refused(409, 'conflict'));
    emulator.switches.editFailed = 'allowed';
    const told = await ask(emulator, 'PATCH', `/posts/${id}`, { account_ids: [linkedin] });
    expect(told).toMatchObject(refused(400, 'validation_error', /published/));
    expect(await ask(emulator, 'PATCH', `/posts/${id}`, change)).toMatchObject({ status: 200 });
    await ask(emulator, 'POST', `/posts/${id}/retry`);
    emulator.server.clock.advance(10_000);
    expect(emulator.published().map((post) => post.caption)).toEqual(['Hello', 'Polite']);
  });
});

describe('deleting a post', () => {
  test('cancels it: it is gone, and never goes out', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    const told = await ask(emulator, 'DELETE', `/posts/${id}`);
    expect(told).toMatchObject({ status: 200, data: { id, post_id: id, deleted: true } });
    expect(await ask(emulator, 'GET', `/posts/${id}`)).toMatchObject(refused(404, 'not_found'));
    expect(await ask(emulator, 'DELETE', `/posts/${id}`)).toMatchObject(refused(404, 'not_found'));
    emulator.server.clock.set(later);
    expect(emulator.published()).toEqual([]);
  });

  test('is refused once it is live', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    emulator.server.clock.set(later);
    const told = await ask(emulator, 'DELETE', `/posts/${id}`);
    expect(told).toMatchObject(refused(409, 'post_already_published'));
  });

  test('may be allowed once it is live, and leaves what the world has seen', async () => {
    await using emulator = await openPosteverywhereEmulator({ deletePublished: 'allowed' });
    const id = await create(emulator);
    emulator.server.clock.set(later);
    const strange = await ask(emulator, 'DELETE', `/posts/${id}?delete_on_platforms=tiktok`);
    expect(strange).toMatchObject(refused(400, 'validation_error'));
    const told = await ask(emulator, 'DELETE', `/posts/${id}?delete_on_platforms=x`);
    expect(told).toMatchObject({ status: 200 });
    expect(emulator.published()).toHaveLength(1);
  });

  test('while it is being published stops it, or is refused', async () => {
    await using emulator = await openPosteverywhereEmulator({ deletePublishing: 'refused' });
    const id = await create(emulator, { scheduled_for: null });
    expect(await ask(emulator, 'DELETE', `/posts/${id}`)).toMatchObject(refused(409, 'conflict'));
    emulator.switches.deletePublishing = 'allowed';
    expect(await ask(emulator, 'DELETE', `/posts/${id}`)).toMatchObject({ status: 200 });
    emulator.server.clock.set(later);
    expect(emulator.published()).toEqual([]);
  });
});

describe('drafts', () => {
  test('need content alone, have no time, and never go out by themselves', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { status, data } = await ask(emulator, 'POST', '/posts', {
      content: 'An idea',
      draft: true,
      scheduled_for: soon,
    });
    expect(status).toBe(201);
    expect(data).toMatchObject({ status: 'draft', scheduled_for: null, next_steps: expect.any(Object) });
    const empty = await ask(emulator, 'POST', '/posts', { draft: true });
    expect(empty).toMatchObject(refused(400, 'validation_error', /content is required/));
    emulator.server.clock.set(later);
    expect(emulator.posts).toMatchObject([{ draft: true }]);
    expect(emulator.published()).toEqual([]);
  });

  test('can break platform rules until they are scheduled', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator, { draft: true, account_ids: [tiktok] });
    const schedule = () => ask(emulator, 'POST', `/posts/${id}/schedule`, { scheduled_for: later });
    expect(await schedule()).toMatchObject(refused(400, 'validation_error', /Media is required/));
    await ask(emulator, 'PATCH', `/posts/${id}`, { media_ids: [emulator.addMedia()] });
    expect(await schedule()).toMatchObject({ status: 200 });
  });

  test('stay drafts without a time when a PATCH gives them one', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator, { draft: true });
    const { data } = await ask(emulator, 'PATCH', `/posts/${id}`, { scheduled_for: later });
    expect(data).toMatchObject({ status: 'draft', scheduled_for: null });
  });

  test('are scheduled by their own endpoint', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator, { draft: true, account_ids: [] });
    const without = await ask(emulator, 'POST', `/posts/${id}/schedule`, { scheduled_for: later });
    expect(without).toMatchObject(refused(400, 'validation_error', /account_ids/));
    const { status, data } = await ask(emulator, 'POST', `/posts/${id}/schedule`, {
      scheduled_for: later,
      account_ids: [x],
      timezone: 'Europe/Berlin',
    });
    expect(status).toBe(200);
    expect(data).toEqual({
      id,
      post_id: id,
      status: 'scheduled',
      scheduled_for: later,
      publish_now: false,
      destinations: [{ account_id: x, platform: 'x', status: 'queued' }],
      message: 'Post scheduled for 1 accounts.',
    });
    emulator.server.clock.set('2026-11-22T09:00:10Z');
    expect(emulator.published()).toHaveLength(1);
  });

  test('can be published at once', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator, { draft: true });
    const told = await ask(emulator, 'POST', `/posts/${id}/schedule`, { publish_now: true });
    expect(told).toMatchObject({ data: { status: 'publishing', scheduled_for: null, publish_now: true } });
    emulator.server.clock.advance(10_000);
    expect(emulator.published()).toHaveLength(1);
  });

  test.each([
    [{}, 'validation_error'],
    [{ scheduled_for: later, publish_now: true }, 'validation_error'],
    [{ scheduled_for: '2026-11-21T12:00:59Z' }, 'past_schedule_time'],
  ])('are scheduled a minute ahead at least, or at once, not both: %j is refused', async (body, code) => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator, { draft: true });
    expect(await ask(emulator, 'POST', `/posts/${id}/schedule`, body)).toMatchObject(refused(400, code));
  });

  test('are all that can be scheduled so', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const id = await create(emulator);
    const told = await ask(emulator, 'POST', `/posts/${id}/schedule`, { scheduled_for: later });
    expect(told).toMatchObject(refused(409, 'conflict'));
  });
});

const Presigned = z.object({ media_id: z.string(), upload_url: z.url() });
const clip = { filename: 'clip.mp4', content_type: 'video/mp4', size: 4 };

async function presign(
  emulator: PosteverywhereEmulator,
  body: object = clip,
): Promise<z.infer<typeof Presigned>> {
  return Presigned.parse((await ask(emulator, 'POST', '/media/upload', body)).data);
}

async function put(url: string, headers: Record<string, string> = { 'content-type': 'video/mp4' }) {
  const response = await fetch(url, { method: 'PUT', headers, body: 'mp4!' });
  return { status: response.status, text: await response.text() };
}

describe('uploading media', () => {
  test('goes in three steps: a place is asked for, the bytes are put there, the upload is completed', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { data } = await ask(emulator, 'POST', '/media/upload', clip);
    expect(data).toMatchObject({
      media_ids: [expect.stringMatching(uuid)],
      upload_url: expect.stringContaining(emulator.server.url),
      upload_method: { method: 'PUT', content_type: 'video/mp4' },
      expires_in: 900,
      max_size: 524_288_000,
    });
    const { media_id, upload_url } = Presigned.parse(data);
    expect(await put(upload_url)).toMatchObject({ status: 200 });
    expect(emulator.media(media_id)?.bytes?.toString()).toBe('mp4!');
    const told = await ask(emulator, 'POST', `/media/${media_id}/complete`);
    expect(told).toMatchObject({
      status: 200,
      data: { media_id, status: 'processing', type: 'video', size: 4, content_type: 'video/mp4' },
    });
  });

  test('ends ready after some polls', async () => {
    await using emulator = await openPosteverywhereEmulator({ mediaPolls: 3 });
    const { media_id, upload_url } = await presign(emulator, { ...clip, width: 1080, height: 1920 });
    await put(upload_url);
    await ask(emulator, 'POST', `/media/${media_id}/complete`);
    const statuses = [];
    for (let poll = 0; poll < 3; poll += 1)
      statuses.push((await ask(emulator, 'GET', `/media/${media_id}`)).data);
    expect(statuses).toMatchObject([
      { status: 'processing' },
      { status: 'processing' },
      {
        id: media_id,
        type: 'video',
        mime_type: 'video/mp4',
        file_size: 4,
        status: 'ready',
        media_status: 'ready',
        dimensions: { width: 1080, height: 1920 },
        aspect_ratio: 0.5625,
        orientation: 'portrait',
        created_at: now,
      },
    ]);
  });

  test('ends ready after some time on the clock', async () => {
    await using emulator = await openPosteverywhereEmulator({ mediaPolls: Number.POSITIVE_INFINITY });
    const { media_id, upload_url } = await presign(emulator);
    await put(upload_url);
    await ask(emulator, 'POST', `/media/${media_id}/complete`);
    const body = { content: 'Hello', account_ids: [tiktok], media_ids: [media_id] };
    emulator.server.clock.advance(29_999);
    expect(await ask(emulator, 'POST', '/posts', body)).toMatchObject(refused(400, 'validation_error'));
    emulator.server.clock.advance(1);
    expect(await ask(emulator, 'POST', '/posts', body)).toMatchObject({ status: 201 });
  });

  test('can fail while it is processed', async () => {
    await using emulator = await openPosteverywhereEmulator({ mediaPolls: 1 });
    emulator.failNextMedia('Codec not supported');
    const { media_id, upload_url } = await presign(emulator);
    await put(upload_url);
    await ask(emulator, 'POST', `/media/${media_id}/complete`);
    expect(await ask(emulator, 'GET', `/media/${media_id}`)).toMatchObject({
      data: { status: 'failed', error_message: 'Codec not supported' },
    });
  });

  test('fails when fewer bytes came than were announced', async () => {
    await using emulator = await openPosteverywhereEmulator({ mediaPolls: 1 });
    const { media_id, upload_url } = await presign(emulator, { ...clip, size: 5 });
    await put(upload_url);
    await ask(emulator, 'POST', `/media/${media_id}/complete`);
    expect(await ask(emulator, 'GET', `/media/${media_id}`)).toMatchObject({ data: { status: 'failed' } });
  });

  test('cannot be completed before the bytes are there', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { media_id } = await presign(emulator);
    const told = await ask(emulator, 'POST', `/media/${media_id}/complete`);
    expect(told).toMatchObject(refused(404, 'not_found'));
    expect(await ask(emulator, 'POST', '/media/unknown/complete')).toMatchObject(refused(404, 'not_found'));
  });

  test('takes bytes of the announced kind, without the API key, within fifteen minutes', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { media_id, upload_url } = await presign(emulator);
    const kind = { 'content-type': 'video/mp4' };
    expect(await put(upload_url, { 'content-type': 'application/octet-stream' })).toMatchObject({
      status: 403,
      text: expect.stringContaining('SignatureDoesNotMatch'),
    });
    expect(await put(upload_url, { ...kind, authorization: `Bearer ${emulator.apiKey}` })).toMatchObject({
      status: 400,
      text: expect.stringContaining('InvalidArgument'),
    });
    const post = await fetch(upload_url, { method: 'POST', headers: kind, body: 'mp4!' });
    expect(post.status).toBe(405);
    emulator.server.clock.advance(900_000);
    expect(await put(upload_url)).toMatchObject({ status: 403, text: expect.stringContaining('expired') });
    expect(emulator.media(media_id)?.bytes).toBeNull();
    expect((await put(`${emulator.server.url}/storage/unknown`)).status).toBe(404);
  });

  test('of an image is a multipart form, and ready when completed', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const image = { filename: 'cover.png', content_type: 'image/png', file_size: 3 };
    const { data } = await ask(emulator, 'POST', '/media/upload', image);
    expect(data).toMatchObject({ upload_method: { method: 'POST', field_name: 'file' } });
    const { media_id, upload_url } = Presigned.parse(data);
    expect((await put(upload_url, { 'content-type': 'image/png' })).status).toBe(405);
    const send = async (field: string, type: string) => {
      const body = new FormData();
      body.set(field, new File(['png'], 'cover.png', { type }));
      return (await fetch(upload_url, { method: 'POST', body })).status;
    };
    expect(await send('image', 'image/png')).toBe(400);
    expect(await send('file', 'image/jpeg')).toBe(400);
    expect(await send('file', 'image/png')).toBe(200);
    expect(await ask(emulator, 'POST', `/media/${media_id}/complete`)).toMatchObject({
      data: { status: 'ready', type: 'image', size: 3 },
    });
  });

  test.each([
    [{ ...clip, filename: undefined }, 400, 'validation_error'],
    [{ ...clip, content_type: undefined }, 400, 'validation_error'],
    [{ ...clip, size: undefined }, 400, 'validation_error'],
    [{ ...clip, size: 0 }, 400, 'validation_error'],
    [{ ...clip, content_type: 'video/quicktime' }, 415, 'unsupported_media_type'],
    [{ ...clip, size: 524_288_001 }, 400, 'file_too_large'],
    [{ filename: 'a.png', content_type: 'image/png', size: 20_971_521 }, 400, 'file_too_large'],
  ])('is refused without what the vendor must know, or beyond its limits: %j', async (body, status, code) => {
    await using emulator = await openPosteverywhereEmulator();
    expect(await ask(emulator, 'POST', '/media/upload', body)).toMatchObject(refused(status, code));
  });
});

describe('importing media by URL', () => {
  const Imported = z.object({ media_id: z.string() });
  const movie = 'https://cdn.example.com/clip.mp4';

  test('takes a while for a video: uploading, then ready', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { status, data } = await ask(emulator, 'POST', '/media/upload-from-url', { url: movie });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      media_status: 'uploading',
      type: 'video',
      filename: 'clip.mp4',
      content_type: 'video/mp4',
      source_url: movie,
      url: null,
      size: null,
    });
    const path = `/media/${Imported.parse(data).media_id}`;
    expect(await ask(emulator, 'GET', path)).toMatchObject({ data: { media_status: 'uploading' } });
    expect(await ask(emulator, 'GET', path)).toMatchObject({ data: { media_status: 'ready' } });
  });

  test('can fail for a video, with the reason', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.failNextMedia('The URL answered 404');
    const { data } = await ask(emulator, 'POST', '/media/upload-from-url', { url: movie });
    emulator.server.clock.advance(30_000);
    expect(await ask(emulator, 'GET', `/media/${Imported.parse(data).media_id}`)).toMatchObject({
      data: { media_status: 'failed', error_message: 'The URL answered 404' },
    });
  });

  test('is done at once for an image', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const body = { url: 'https://cdn.example.com/cover.PNG', filename: 'cover' };
    expect(await ask(emulator, 'POST', '/media/upload-from-url', body)).toMatchObject({
      data: { media_status: 'ready', type: 'image', filename: 'cover', content_type: 'image/png' },
    });
  });

  test('takes no video in the older generation, and no other kind in any', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const ask415 = (url: string) => ask(emulator, 'POST', '/media/upload-from-url', { url });
    expect(await ask415('https://cdn.example.com/clip.mov')).toMatchObject(
      refused(415, 'unsupported_media_type'),
    );
    emulator.switches.videoImport = 'refused';
    expect(await ask415(movie)).toMatchObject(refused(415, 'unsupported_media_type', /Only images/));
  });

  test.each([
    'clip.mp4',
    'ftp://example.com/clip.mp4',
    'file:///clip.mp4',
    'http://localhost/clip.mp4',
    'http://127.0.0.1:8080/clip.mp4',
    'http://2130706433/clip.mp4',
    'http://10.1.2.3/clip.mp4',
    'http://192.168.1.1/clip.mp4',
    'http://169.254.169.254/clip.mp4',
    'http://[::1]/clip.mp4',
    'http://[::ffff:127.0.0.1]/clip.mp4',
    'http://[fd00::1]/clip.mp4',
    'http://printer.local/clip.mp4',
  ])('wants a public address: %s is refused', async (url) => {
    await using emulator = await openPosteverywhereEmulator();
    const told = await ask(emulator, 'POST', '/media/upload-from-url', { url });
    expect(told).toMatchObject(refused(400, 'validation_error', /public/));
  });

  test('may take a private address where a test says so', async () => {
    await using emulator = await openPosteverywhereEmulator({ privateUrls: 'allowed' });
    const body = { url: 'http://127.0.0.1:8080/clip.mp4' };
    expect(await ask(emulator, 'POST', '/media/upload-from-url', body)).toMatchObject({ status: 201 });
  });
});

describe('the media library', () => {
  test.each(['status', 'media_status', 'upload_status'] as const)(
    'can name the status %s',
    async (mediaStatusName) => {
      await using emulator = await openPosteverywhereEmulator({ mediaStatusName });
      const { data } = await ask(emulator, 'GET', `/media/${emulator.addMedia()}`);
      const named = Object.keys(data ?? {}).filter((name) => name.endsWith('status'));
      expect(named).toEqual([mediaStatusName]);
    },
  );

  test('is listed by kind, the newest first', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const videos = [emulator.addMedia(), emulator.addMedia()];
    emulator.addMedia({ type: 'image' });
    expect(await ask(emulator, 'GET', '/media?type=video&limit=1')).toMatchObject({
      data: { media: [{ id: videos[1] }], pagination: { limit: 1, offset: 0, total: 2, has_more: true } },
    });
    expect(await ask(emulator, 'GET', '/media?type=gif')).toMatchObject(refused(400, 'validation_error'));
  });

  test('keeps what a post uses, unless it is forced', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const media = emulator.addMedia();
    const id = await create(emulator, { media_ids: [media] });
    const told = await ask(emulator, 'DELETE', `/media/${media}`);
    expect(told).toMatchObject(refused(409, 'media_in_use'));
    expect(told.error).toMatchObject({ details: { post_ids: [id] } });
    expect(await ask(emulator, 'DELETE', `/media/${media}?force=true`)).toMatchObject({
      data: { id: media, deleted: true },
    });
    expect(await ask(emulator, 'GET', `/media/${media}`)).toMatchObject(refused(404, 'not_found'));
  });
});

describe('accounts', () => {
  test('are listed with their health, one per platform and one whose token has expired', async () => {
    await using emulator = await openPosteverywhereEmulator();
    const { data } = await ask(emulator, 'GET', '/accounts');
    expect(data).toMatchObject({
      account_ids: [2280, 2281, 2282, 2283, 2284, 2285, 2286, 2287],
      accounts: expect.arrayContaining([
        {
          id: tiktok,
          account_id: tiktok,
          platform: 'tiktok',
          account_name: 'mybrand',
          avatar_url: null,
          is_active: true,
          created_at: '2026-10-22T12:00:00.000Z',
          health: { status: 'healthy', can_post: true },
        },
        expect.objectContaining({ id: expiredInstagram, health: { status: 'expired', can_post: false } }),
      ]),
    });
  });

  test.each([
    ['id', { id: tiktok }],
    ['account_id', { account_id: tiktok }],
    ['stringId', { id: '2280' }],
    ['both', { id: tiktok, account_id: tiktok }],
  ] as const)('name their id as the switch says: %s', async (accountIdName, named) => {
    await using emulator = await openPosteverywhereEmulator({ accountIdName });
    const { data } = await ask(emulator, 'GET', `/accounts/${tiktok}`);
    const ids = Object.entries(data ?? {}).filter(([name]) => /^(account_)?id$/.test(name));
    expect(Object.fromEntries(ids)).toEqual(named);
  });

  test('can be others than the default ones', async () => {
    await using emulator = await openPosteverywhereEmulator({
      accounts: [{ id: 7, platform: 'tiktok', name: 'other', health: 'inactive' }],
    });
    expect(await ask(emulator, 'GET', '/accounts')).toMatchObject({
      data: { account_ids: [7], accounts: [{ is_active: false, health: { can_post: false } }] },
    });
    expect(await ask(emulator, 'GET', '/accounts/2280')).toMatchObject(refused(404, 'not_found'));
  });

  test.each([
    ['healthy', { status: 'healthy', can_post: true, reasons: [] }],
    ['expiring', { status: 'warning', can_post: true, reasons: ['token_expiring_soon'] }],
    ['expired', { status: 'broken', can_post: false, reasons: ['needs_reconnection', 'token_expired'] }],
    ['unhealthy', { status: 'broken', can_post: false, needs_reconnection: true }],
    ['inactive', { status: 'broken', is_active: false, reasons: ['account_inactive'] }],
  ] as const)('tell more about their health on request: %s', async (health, told) => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.setHealth(tiktok, health);
    const { data } = await ask(emulator, 'GET', `/accounts/${tiktok}/health`);
    expect(data).toMatchObject({ account_id: tiktok, platform: 'tiktok', ...told });
    expect(data).toMatchObject({
      token: { expired: health === 'expired', expiring_soon: health === 'expiring' },
    });
  });
});

describe('the emulator', () => {
  test('settles by a clock that a test shares', async () => {
    const clock = new ManualClock('2027-01-01T00:00:00Z');
    await using emulator = await openPosteverywhereEmulator({ clock, publishingMs: 0 });
    emulator.addPost({ scheduledFor: '2027-01-01T00:00:01Z' });
    clock.advance(1000);
    expect(emulator.published()).toMatchObject([{ publishedAt: '2027-01-01T00:00:01.000Z' }]);
  });

  test('carries a request out whose answer is lost', async () => {
    await using emulator = await openPosteverywhereEmulator();
    emulator.server.fail({ kind: 'resetAfterAccept' });
    await expect(create(emulator)).rejects.toThrow();
    expect(emulator.posts).toHaveLength(1);
  });

  test('can be the vendor of autumn 2026 as a whole', async () => {
    await using emulator = await openPosteverywhereEmulator(autumnReading);
    const { data } = await ask(emulator, 'POST', '/posts', { ...onX, scheduled_for: soon });
    expect(data).toMatchObject({ id: expect.any(String), content: 'Hello', status: 'scheduled' });
    expect(data).not.toHaveProperty('post_id');
    expect((await ask(emulator, 'GET', '/posts')).data).toHaveProperty('pagination', {
      limit: 20,
      offset: 0,
    });
  });
});
