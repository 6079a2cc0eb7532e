import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openUploadPostEmulator, type UploadPostEmulator } from './upload-post.ts';

interface Told {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

interface Question {
  readonly json?: unknown;
  readonly form?: FormData;
  readonly headers?: Record<string, string>;
  readonly authorization?: string | null;
}

async function ask(
  emulator: UploadPostEmulator,
  method: string,
  path: string,
  { json, form, headers, authorization = `Apikey ${emulator.apiKey}` }: Question = {},
): Promise<Told> {
  const response = await fetch(`${emulator.baseUrl}${path}`, {
    method,
    headers: {
      ...headers,
      ...(authorization === null ? {} : { authorization }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: form ?? (json === undefined ? null : JSON.stringify(json)),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

type Fields = Record<string, string | readonly string[] | File | undefined>;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const tomorrow = '2026-11-22T12:00:00Z';

const video: Fields = {
  user: 'myusername',
  'platform[]': ['tiktok'],
  title: 'Hello',
  video: 'https://media.example.com/clip.mp4',
  async_upload: 'true',
};

function toForm(fields: Fields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    const values = Array.isArray(value) ? value : [value];
    for (const part of values) if (part !== undefined) form.append(name, part);
  }
  return form;
}

function upload(emulator: UploadPostEmulator, fields: Fields = {}, question: Question = {}): Promise<Told> {
  return ask(emulator, 'POST', '/upload', { ...question, form: toForm({ ...video, ...fields }) });
}

const Ids = z.object({ request_id: z.string().default(''), job_id: z.string().default('') });

async function send(emulator: UploadPostEmulator, fields: Fields = {}): Promise<string> {
  return Ids.parse((await upload(emulator, fields)).body).request_id;
}

async function schedule(emulator: UploadPostEmulator, fields: Fields = {}): Promise<string> {
  return Ids.parse((await upload(emulator, { scheduled_date: tomorrow, ...fields })).body).job_id;
}

function statusOf(emulator: UploadPostEmulator, requestId: string): Promise<Told> {
  return ask(emulator, 'GET', `/uploadposts/status?request_id=${requestId}`);
}

/** The only row of a status. */
async function rowOf(emulator: UploadPostEmulator, requestId: string): Promise<unknown> {
  const Status = z.object({ results: z.array(z.unknown()) });
  return Status.parse((await statusOf(emulator, requestId)).body).results[0];
}

const Schedule = z.object({
  scheduled_posts: z.array(
    z.object({ job_id: z.string(), profile_username: z.string(), scheduled_date: z.string() }),
  ),
});

async function listed(emulator: UploadPostEmulator, query = '') {
  const told = await ask(emulator, 'GET', `/uploadposts/schedule${query}`);
  return Schedule.parse(told.body).scheduled_posts;
}

const History = z.object({
  history: z.array(z.looseObject({ post_title: z.string(), request_id: z.string() })),
  in_progress: z.array(z.unknown()),
  total: z.number(),
});

async function history(emulator: UploadPostEmulator, query = '') {
  return History.parse((await ask(emulator, 'GET', `/uploadposts/history${query}`)).body);
}

function refused(status: number, message: string | RegExp, extra: object = {}): object {
  const text = typeof message === 'string' ? message : expect.stringMatching(message);
  return expect.objectContaining({ status, body: { success: false, message: text, ...extra } });
}

function refusedByError(status: number, error: string | RegExp, extra: object = { success: false }): object {
  const text = typeof error === 'string' ? error : expect.stringMatching(error);
  return expect.objectContaining({ status, body: { ...extra, error: text } });
}

function file(size: number): File {
  return new File(['v'.repeat(size)], 'clip.mp4', { type: 'video/mp4' });
}

describe('the key', () => {
  test.each([
    ['no header', null, 'Authorization header required'],
    ['a bearer token', 'Bearer upload-post-emulator-key', 'Invalid or expired token'],
    ['another key', 'Apikey wrong', 'Invalid API key'],
    ['a bare key', 'upload-post-emulator-key', 'Invalid or expired token'],
  ])('is asked for on every route: %s is refused', async (_what, authorization, message) => {
    await using emulator = await openUploadPostEmulator();
    for (const [method, path] of [
      ['POST', '/upload'],
      ['GET', '/uploadposts/users'],
      ['GET', '/uploadposts/status?request_id=1'],
      ['DELETE', '/uploadposts/schedule/1'],
    ] as const) {
      expect(await ask(emulator, method, path, { authorization })).toEqual(refused(401, message));
    }
  });

  test('is taken whatever the case of its scheme', async () => {
    await using emulator = await openUploadPostEmulator();
    const authorization = `ApiKey ${emulator.apiKey}`;
    expect((await ask(emulator, 'GET', '/uploadposts/me', { authorization })).status).toBe(200);
  });

  test('can expire', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.expireKey();
    expect(await ask(emulator, 'GET', '/uploadposts/me')).toEqual(refused(401, 'API key expired'));
  });

  test('that is wrong ten times in a row blocks the address for five minutes, for good keys too', async () => {
    await using emulator = await openUploadPostEmulator();
    for (let count = 0; count < 10; count += 1) {
      await ask(emulator, 'GET', '/uploadposts/me', { authorization: 'Apikey wrong' });
    }
    expect(await ask(emulator, 'GET', '/uploadposts/me')).toEqual(refused(429, /^Too many failed attempts/));
    emulator.server.clock.advance(5 * minute);
    expect((await ask(emulator, 'GET', '/uploadposts/me')).status).toBe(200);
  });
});

describe('the request window', () => {
  test('is told in headers, and a request beyond it is refused until the next minute', async () => {
    await using emulator = await openUploadPostEmulator({ requestsPerMinute: 2 });
    const first = await ask(emulator, 'GET', '/uploadposts/me');
    expect(first.headers.get('x-ratelimit-limit')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
    expect(first.headers.get('x-ratelimit-reset')).toBe(String(Date.parse('2026-11-21T12:01:00Z') / 1000));
    await ask(emulator, 'GET', '/uploadposts/me');
    const third = await ask(emulator, 'GET', '/uploadposts/me');
    expect(third).toEqual(refused(429, 'Too many requests'));
    expect(third.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(third.headers.has('retry-after')).toBe(false);
    emulator.server.clock.advance(minute);
    expect((await ask(emulator, 'GET', '/uploadposts/me')).status).toBe(200);
  });

  test('is not told to a stranger', async () => {
    await using emulator = await openUploadPostEmulator();
    const told = await ask(emulator, 'GET', '/uploadposts/me', { authorization: 'Apikey wrong' });
    expect(told.headers.has('x-ratelimit-limit')).toBe(false);
  });
});

describe('an upload', () => {
  test('must be a multipart form', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await ask(emulator, 'POST', '/upload', { json: video })).toEqual(refused(400, /multipart/));
  });

  test.each<[string, Fields, RegExp]>([
    ['no user', { user: undefined }, /^Username is required/],
    ['no platform', { 'platform[]': undefined }, /^At least one platform/],
    [
      '`platform` without brackets',
      { 'platform[]': undefined, platform: 'tiktok' },
      /^At least one platform/,
    ],
    ['no video', { video: undefined }, /^Video file and title are required/],
    ['a video of less than 1 KB', { video: file(1023) }, /smaller than 1 KB/],
    ['a video that is no http(s) URL', { video: 'file:///clip.mp4' }, /public http\(s\) URL/],
    ['an unknown platform', { 'platform[]': ['tiktok', 'myspace'] }, /^Invalid platforms: myspace$/],
    ['twitter, which is x', { 'platform[]': ['twitter'] }, /^Invalid platforms: twitter$/],
    ['YouTube without a title', { 'platform[]': ['youtube'], title: undefined }, /title are required$/],
    ['an unknown profile', { user: 'nobody' }, /^Username not associated with any profile$/],
    ['a flag that is neither true nor false', { async_upload: 'yes' }, /^async_upload must be/],
    ['a made-up TikTok privacy', { privacy_level: 'PUBLIC' }, /^Invalid privacy_level: PUBLIC/],
    ['a made-up YouTube privacy', { privacyStatus: 'PUBLIC' }, /^Invalid privacyStatus/],
    ['a made-up TikTok mode', { post_mode: 'DRAFT' }, /^Invalid post_mode/],
    ['a made-up Instagram kind', { media_type: 'reel' }, /^Invalid media_type/],
    ['a cover that is no number', { cover_timestamp: '1.5s' }, /^Invalid cover_timestamp/],
    ['a volume above 100', { tiktok_music_volume: '101' }, /^Invalid tiktok_music_volume/],
    ['a TikTok caption of 2,201 characters', { title: 'a'.repeat(2201) }, /exceeds 2200/],
    ['half a location', { tiktok_location_id: '1' }, /belong together/],
    ['a slot size without a queue', { max_posts_per_slot: '2' }, /needs add_to_queue/],
    ['a date and a queue', { scheduled_date: tomorrow, add_to_queue: 'true' }, /exclude each other/],
    ['Pinterest without a board', { 'platform[]': ['pinterest'] }, /^pinterest_board_id is required/],
    ['an external id of 256 characters', { external_id: 'a'.repeat(256) }, /255/],
    ['a request id of 201 characters', { request_id: 'a'.repeat(201) }, /^Invalid request_id$/],
    ['a request id with a control character', { request_id: 'a\u0007' }, /^Invalid request_id$/],
  ])('is refused with %s', async (_what, fields, message) => {
    await using emulator = await openUploadPostEmulator();
    expect(await upload(emulator, fields)).toEqual(refused(400, message));
    expect(emulator.uploads()).toEqual([]);
  });

  test('to YouTube may have its title from youtube_title, of no more than 100 characters', async () => {
    await using emulator = await openUploadPostEmulator();
    const youtube = { 'platform[]': ['youtube'], title: undefined };
    expect((await upload(emulator, { ...youtube, youtube_title: 'Short' })).status).toBe(200);
    expect(await upload(emulator, { ...youtube, youtube_title: 'a'.repeat(101) })).toEqual(
      refused(400, /youtube title exceeds 100/),
    );
  });

  test('needs a title on every platform when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ titleRequired: 'always' });
    expect(await upload(emulator, { title: undefined })).toEqual(
      refused(400, 'Video file and title are required'),
    );
  });

  test('to Reddit is answered with 503', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await upload(emulator, { 'platform[]': ['reddit'] })).toEqual(
      refused(503, /unavailable/, { error_code: 'reddit_unavailable' }),
    );
  });

  test('to TikTok needs a paid plan', async () => {
    await using emulator = await openUploadPostEmulator({ plan: 'Free' });
    expect(await upload(emulator)).toEqual(
      refused(403, 'TikTok uploads are not available on the Free plan.'),
    );
    expect((await upload(emulator, { 'platform[]': ['instagram'] })).status).toBe(200);
  });

  test('of an unknown profile is 404 when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ unknownUser: 404 });
    expect(await upload(emulator, { user: 'nobody' })).toEqual(refused(404, 'User not found'));
  });

  test('is refused when none of its platforms is connected, with a reason for each', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await upload(emulator, { 'platform[]': ['facebook', 'linkedin'] })).toEqual(
      refused(400, 'None of the requested platforms are valid for profile "myusername".', {
        invalid_platforms: {
          facebook: 'Profile myusername has no Facebook account configured',
          linkedin: 'Profile myusername has no Linkedin account configured',
        },
      }),
    );
  });

  test('skips a platform that is not connected when another is', async () => {
    await using emulator = await openUploadPostEmulator();
    const { body } = await upload(emulator, {
      'platform[]': ['tiktok', 'facebook'],
      async_upload: undefined,
    });
    expect(body).toMatchObject({
      success: true,
      results: {
        tiktok: { success: true },
        facebook: {
          success: false,
          skipped: true,
          skip_reason: 'profile_platform_not_configured',
          error_code: 'profile_platform_mapping_invalid',
        },
      },
    });
  });

  test('must name the Facebook page when several are connected', async () => {
    const accounts = { facebook: { displayName: 'Me', pages: ['1', '2'] } };
    await using emulator = await openUploadPostEmulator({ profiles: [{ username: 'me', accounts }] });
    const facebook = { user: 'me', 'platform[]': ['facebook'] };
    expect(await upload(emulator, facebook)).toMatchObject({
      status: 400,
      body: { available_pages: [{ id: '1' }, { id: '2' }] },
    });
    expect((await upload(emulator, { ...facebook, facebook_page_id: '2' })).status).toBe(200);
  });

  test('that is not asked to be asynchronous waits for the end and tells each platform', async () => {
    await using emulator = await openUploadPostEmulator();
    const platforms = ['tiktok', 'instagram', 'youtube'];
    const told = await upload(emulator, { 'platform[]': platforms, async_upload: undefined });
    expect(told).toMatchObject({
      status: 200,
      body: {
        success: true,
        results: {
          tiktok: { success: true, url: expect.any(String), publish_id: expect.any(String) },
          instagram: { success: true, url: expect.any(String), container_id: expect.any(String) },
          youtube: { success: true, url: expect.any(String), video_id: expect.any(String) },
        },
        usage: { count: 1, limit: null, last_reset: '2026-11-01T00:00:00.000Z' },
      },
    });
    expect(emulator.published()).toHaveLength(3);
  });

  test('that waits is a success even where a platform failed', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'spam_risk', message: 'Too many posts' });
    const { status, body } = await upload(emulator, { async_upload: 'false' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      results: { tiktok: { success: false, error: 'Too many posts', error_code: 'spam_risk' } },
    });
  });

  test('that would take 59 seconds or more goes on in the background by itself', async () => {
    await using emulator = await openUploadPostEmulator({ processingMs: 59_000 });
    expect(await upload(emulator, { async_upload: undefined })).toMatchObject({
      status: 200,
      body: {
        success: true,
        request_id: expect.any(String),
        job_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    expect(emulator.published()).toEqual([]);
  });

  test('that is asynchronous is acknowledged with a request id and goes live a little later', async () => {
    await using emulator = await openUploadPostEmulator();
    const told = await upload(emulator, { 'platform[]': ['tiktok', 'instagram'] });
    expect(told).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Upload initiated successfully in background.',
        request_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
        total_platforms: 2,
      },
    });
    expect(told.body).not.toHaveProperty('job_id');
    expect(emulator.published()).toEqual([]);
    emulator.server.clock.advance(5_000);
    expect(emulator.published()).toMatchObject([
      { accountId: 'myusername/tiktok', platform: 'tiktok', publishedAt: '2026-11-21T12:00:05.000Z' },
      { accountId: 'myusername/instagram', platform: 'instagram' },
    ]);
  });

  test('keeps its file and fields for a test to look at', async () => {
    await using emulator = await openUploadPostEmulator();
    await upload(emulator, { video: file(2048), disable_inbox_fallback: 'true' });
    expect(emulator.uploads()[0]?.form).toMatchObject({
      fields: { 'platform[]': ['tiktok'], disable_inbox_fallback: ['true'] },
      video: { kind: 'file', filename: 'clip.mp4', contentType: 'video/mp4', size: 2048 },
    });
  });
});

describe('the text of a post', () => {
  test.each<[string, Fields, string]>([
    ['TikTok: its own title', { title: 'all', tiktok_title: 'own', description: 'long' }, 'own'],
    ['TikTok: the title, never the description', { title: 'all', description: 'long' }, 'all'],
    ['Instagram: the title', { 'platform[]': ['instagram'], title: 'all', description: 'long' }, 'all'],
    ['YouTube: the description', { 'platform[]': ['youtube'], title: 'all', description: 'long' }, 'long'],
    ['YouTube: else the title', { 'platform[]': ['youtube'], title: 'all' }, 'all'],
    ['a text as it was sent', { title: ' two\r\nlines ' }, ' two\r\nlines '],
  ])('is on %s', async (_what, fields, caption) => {
    await using emulator = await openUploadPostEmulator();
    await upload(emulator, { ...fields, async_upload: undefined });
    expect(emulator.published()).toMatchObject([{ caption }]);
  });

  test('loses its links on X', async () => {
    const profiles = [{ username: 'me', accounts: { x: { username: 'me' } } }];
    await using emulator = await openUploadPostEmulator({ profiles });
    const title = 'Look https://example.com/a';
    await upload(emulator, { user: 'me', 'platform[]': ['x'], title, async_upload: undefined });
    expect(emulator.published()).toMatchObject([{ caption: 'Look' }]);
  });
});

describe('a scheduled upload', () => {
  test('is accepted with 202, a job id of 32 hex digits and its date in UTC', async () => {
    await using emulator = await openUploadPostEmulator();
    const told = await upload(emulator, { scheduled_date: '2026-11-22T09:00:00', timezone: 'Asia/Tokyo' });
    expect(told.status).toBe(202);
    expect(told.body).toEqual({
      success: true,
      job_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      scheduled_date: '2026-11-22T00:00:00Z',
    });
  });

  test.each<[string, Fields, string]>([
    ['a bare time is UTC', { scheduled_date: '2026-11-22T09:00:00' }, '2026-11-22T09:00:00Z'],
    [
      'a bare time has microseconds',
      { scheduled_date: '2026-11-22T09:00:00.000123' },
      '2026-11-22T09:00:00Z',
    ],
    ['an offset counts', { scheduled_date: '2026-11-22T09:00:00+09:00' }, '2026-11-22T00:00:00Z'],
    [
      'an offset wins over a zone',
      { scheduled_date: '2026-11-22T09:00:00Z', timezone: 'Asia/Tokyo' },
      '2026-11-22T09:00:00Z',
    ],
    [
      'a time that exists twice is the earlier one',
      { scheduled_date: '2027-10-31T02:30:00', timezone: 'Europe/Berlin' },
      '2027-10-31T00:30:00Z',
    ],
  ])('is read so: %s', async (_what, fields, scheduled_date) => {
    await using emulator = await openUploadPostEmulator();
    expect((await upload(emulator, fields)).body).toMatchObject({ scheduled_date });
  });

  test('with an offset and a zone is read in the zone when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ offsetWithTimezone: 'timezone' });
    const both = { scheduled_date: '2026-11-22T09:00:00Z', timezone: 'Asia/Tokyo' };
    expect((await upload(emulator, both)).body).toMatchObject({ scheduled_date: '2026-11-22T00:00:00Z' });
    const utc = { scheduled_date: '2026-11-22T09:00:00Z', timezone: 'UTC' };
    expect((await upload(emulator, utc)).body).toMatchObject({ scheduled_date: '2026-11-22T09:00:00Z' });
  });

  test.each<[string, Fields, RegExp]>([
    ['now', { scheduled_date: '2026-11-21T12:00:00Z' }, /must be in the future/],
    ['the past', { scheduled_date: '2026-11-20T12:00:00Z' }, /must be in the future/],
    ['more than 365 days ahead', { scheduled_date: '2027-11-21T12:00:01Z' }, /365 days/],
    ['no date', { scheduled_date: 'tomorrow' }, /^Invalid scheduled_date/],
    ['an unknown zone', { scheduled_date: tomorrow, timezone: 'Mars/Base' }, /^Invalid timezone/],
  ])('cannot be for %s', async (_what, fields, message) => {
    await using emulator = await openUploadPostEmulator();
    expect(await upload(emulator, fields)).toEqual(refused(400, message));
  });

  test('goes live at its time and not before', async () => {
    await using emulator = await openUploadPostEmulator();
    await schedule(emulator);
    emulator.server.clock.set('2026-11-22T11:59:59Z');
    expect(emulator.published()).toEqual([]);
    emulator.server.clock.set(tomorrow);
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-11-22T12:00:00.000Z' }]);
  });

  test('is pending without rows and without a total until then', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator);
    const told = await ask(emulator, 'GET', `/uploadposts/status?job_id=${jobId}`);
    expect(told.body).toMatchObject({ job_id: jobId, status: 'pending', total: null, results: [] });
    emulator.server.clock.set(tomorrow);
    const after = await ask(emulator, 'GET', `/uploadposts/status?job_id=${jobId}`);
    expect(after.body).toMatchObject({ job_id: jobId, status: 'completed', completed: 1, total: 1 });
  });

  test('echoes a request id that the client chose, and is found by it', async () => {
    await using emulator = await openUploadPostEmulator();
    const { body } = await upload(emulator, { scheduled_date: tomorrow, request_id: 'mine' });
    expect(body).toMatchObject({ job_id: expect.any(String), request_id: 'mine' });
    expect((await statusOf(emulator, 'mine')).body).toMatchObject({ request_id: 'mine', status: 'pending' });
  });
});

describe('quotas', () => {
  test('end with the monthly limit, told with the usage', async () => {
    await using emulator = await openUploadPostEmulator({ monthlyLimit: 10 });
    emulator.useUpMonth();
    const usage = { count: 10, limit: 10, last_reset: '2026-11-01T00:00:00.000Z' };
    expect(await upload(emulator)).toEqual(
      refused(429, 'This upload would exceed your monthly limit.', { usage }),
    );
    emulator.switches.monthlyLimitText = 'have-reached';
    expect(await upload(emulator)).toEqual(
      refused(429, 'You have reached your monthly limit of 10 uploads', { usage }),
    );
  });

  test('end with the daily cap of an account, told with the violations', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.addHistory(15, { platforms: ['tiktok'] });
    expect(await upload(emulator)).toEqual(
      refused(429, 'Post verification failed', {
        violations: [
          {
            platform: 'tiktok',
            type: 'hard_cap',
            message: 'Daily cap reached for tiktok: 15/15 in last 24h',
            used_last_24h: 15,
            cap: 15,
          },
        ],
      }),
    );
    expect((await upload(emulator, { user: 'mybrand' })).status).toBe(200);
    emulator.server.clock.advance(day);
    expect((await upload(emulator)).status).toBe(200);
  });

  test('are looked at again when a scheduled upload runs', async () => {
    await using emulator = await openUploadPostEmulator();
    const requestId = 'late';
    await schedule(emulator, { request_id: requestId });
    emulator.server.clock.set(tomorrow.replace('12:00', '11:59'));
    emulator.addHistory(15, { platforms: ['tiktok'], everyMs: 1000 });
    emulator.server.clock.set(tomorrow);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      success: false,
      error_message: 'Daily cap reached for tiktok: 15/15 in last 24h',
    });
  });
});

describe('a key against doubles', () => {
  const repeated: Question = { headers: { 'idempotency-key': 'once' } };

  test.each(['Idempotency-Key', 'X-Idempotency-Key', 'X-Request-Id'])(
    'in %s finds the upload again for 24 hours',
    async (name) => {
      await using emulator = await openUploadPostEmulator();
      const question = { headers: { [name]: 'once' } };
      const first = await upload(emulator, {}, question);
      emulator.server.clock.advance(day - 1);
      expect((await upload(emulator, {}, question)).body).toEqual(first.body);
      expect(emulator.uploads()).toHaveLength(1);
      emulator.server.clock.advance(1);
      await upload(emulator, {}, question);
      expect(emulator.uploads()).toHaveLength(2);
    },
  );

  test('may be the request id alone', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await send(emulator, { request_id: 'mine' })).toBe('mine');
    expect(await send(emulator, { request_id: 'mine' })).toBe('mine');
    expect(emulator.uploads()).toHaveLength(1);
  });

  test('answers a scheduled upload with its job, unless it was cancelled', async () => {
    await using emulator = await openUploadPostEmulator();
    const first = await upload(emulator, { scheduled_date: tomorrow }, repeated);
    const second = await upload(emulator, { scheduled_date: tomorrow }, repeated);
    expect({ ...second, headers: null }).toEqual({ ...first, headers: null });
    const { job_id } = Ids.parse(first.body);
    await ask(emulator, 'DELETE', `/uploadposts/schedule/${job_id}`);
    const third = await upload(emulator, { scheduled_date: tomorrow }, repeated);
    expect(third.status).toBe(202);
    expect(Ids.parse(third.body).job_id).not.toBe(job_id);
  });

  test('of a refused upload is free again', async () => {
    await using emulator = await openUploadPostEmulator();
    expect((await upload(emulator, { video: undefined }, repeated)).status).toBe(400);
    expect((await upload(emulator, {}, repeated)).status).toBe(200);
  });

  test('answers with the old request id when the switch says so, though the upload was scheduled', async () => {
    await using emulator = await openUploadPostEmulator({ replay: 'request-id' });
    await upload(emulator, { scheduled_date: tomorrow }, repeated);
    const { status, body } = await upload(emulator, { scheduled_date: tomorrow }, repeated);
    expect(status).toBe(200);
    expect(body).toMatchObject({ request_id: emulator.uploads()[0]?.requestId });
    expect(body).not.toHaveProperty('job_id');
  });

  test('answers with the old job id when the switch says so, though the upload was immediate', async () => {
    await using emulator = await openUploadPostEmulator({ replay: 'job-id' });
    await upload(emulator, {}, repeated);
    const { status, body } = await upload(emulator, {}, repeated);
    expect(status).toBe(202);
    expect(body).toMatchObject({ job_id: emulator.uploads()[0]?.jobId });
  });

  test('answers 409 when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ replay: 'conflict' });
    await upload(emulator, {}, repeated);
    expect(await upload(emulator, {}, repeated)).toEqual(refused(409, /already exists/));
  });

  test('is not needed for the same content within the window, where there is one', async () => {
    await using emulator = await openUploadPostEmulator({ contentWindowMs: minute });
    const first = await send(emulator);
    expect(await send(emulator)).toBe(first);
    expect(await send(emulator, { video: 'https://media.example.com/other.mp4' })).not.toBe(first);
    emulator.server.clock.advance(minute);
    expect(await send(emulator)).not.toBe(first);
  });
});

describe('the status of an upload', () => {
  test('needs an id', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await ask(emulator, 'GET', '/uploadposts/status')).toEqual(
      refusedByError(400, 'request_id or job_id is required', {}),
    );
  });

  test('is not_found with 404 for an id that nobody knows', async () => {
    await using emulator = await openUploadPostEmulator();
    const told = await statusOf(emulator, 'none');
    expect(told).toMatchObject({ status: 404, body: { request_id: 'none', status: 'not_found' } });
  });

  test('goes from queued through processing to completed', async () => {
    await using emulator = await openUploadPostEmulator();
    const requestId = await send(emulator, { external_id: 'label' });
    expect((await statusOf(emulator, requestId)).body).toMatchObject({
      status: 'queued',
      completed: 0,
      total: 1,
    });
    emulator.server.clock.advance(3_000);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({ status: 'processing' });
    emulator.switches.runningStatus = 'in_progress';
    expect((await statusOf(emulator, requestId)).body).toMatchObject({ status: 'in_progress' });
    emulator.server.clock.advance(2_000);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({
      request_id: requestId,
      external_id: 'label',
      status: 'completed',
      completed: 1,
      failed: 0,
      total: 1,
      results: [
        {
          platform: 'tiktok',
          status: 'completed',
          success: true,
          platform_post_id: expect.any(String),
          post_url: expect.stringMatching(/^https:\/\/www\.tiktok\.com\/@myusername\/video\/\d+$/),
          upload_timestamp: '2026-11-21T12:00:05.000',
          attempts: 1,
          request_id: requestId,
        },
      ],
      last_update: '2026-11-21T12:00:05.000',
    });
  });

  test('has its rows by platform when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ statusResults: 'object' });
    const requestId = await send(emulator, { 'platform[]': ['tiktok', 'instagram'] });
    emulator.server.clock.advance(5_000);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({
      results: { tiktok: { success: true }, instagram: { success: true } },
    });
  });

  test('may say success and "Queued" of a row that still runs', async () => {
    await using emulator = await openUploadPostEmulator();
    const requestId = await send(emulator);
    expect(await rowOf(emulator, requestId)).toMatchObject({ status: 'processing', success: false });
    emulator.switches.runningRows = 'queued-as-success';
    expect(await rowOf(emulator, requestId)).toMatchObject({ success: true, message: 'Queued' });
  });

  test('may leave the post to the history', async () => {
    await using emulator = await openUploadPostEmulator({ statusLinks: 'absent' });
    const requestId = await send(emulator);
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).not.toHaveProperty('post_url');
    expect((await history(emulator, `?request_id=${requestId}`)).history).toMatchObject([
      { post_url: expect.stringMatching(/^https/), platform_post_id: expect.any(String) },
    ]);
  });

  test('is completed though every platform failed, or failed when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'spam_risk', message: 'Too many posts' });
    const requestId = await send(emulator);
    emulator.server.clock.advance(5_000);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({
      status: 'completed',
      completed: 1,
      failed: 1,
      results: [
        {
          platform: 'tiktok',
          status: 'failed',
          success: false,
          error_code: 'spam_risk',
          error_message: 'Too many posts',
          failure_stage: 'upload',
        },
      ],
    });
    emulator.switches.allFailedStatus = 'failed';
    expect((await statusOf(emulator, requestId)).body).toMatchObject({ status: 'failed' });
    expect(emulator.published()).toEqual([]);
  });

  test('of a mixed upload is completed, with a row for each platform', async () => {
    await using emulator = await openUploadPostEmulator({ allFailedStatus: 'failed' });
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'busy', message: 'Later', retryable: true });
    const requestId = await send(emulator, { 'platform[]': ['tiktok', 'instagram', 'facebook'] });
    emulator.server.clock.advance(5_000);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({
      status: 'completed',
      completed: 3,
      failed: 0,
      retryable: 1,
      skipped: 1,
      results: [
        { platform: 'tiktok', status: 'retryable', success: false },
        { platform: 'instagram', status: 'completed', success: true },
        { platform: 'facebook', status: 'skipped', success: false, skipped: true },
      ],
    });
  });

  test('turns to failed after an hour without activity', async () => {
    await using emulator = await openUploadPostEmulator();
    const requestId = await send(emulator);
    emulator.stall(requestId);
    emulator.server.clock.advance(hour);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({ status: 'processing' });
    emulator.server.clock.advance(1);
    expect((await statusOf(emulator, requestId)).body).toMatchObject({
      status: 'failed',
      message: 'Upload appears to have failed (no activity for over 1 hour)',
    });
  });
});

describe('a failure on a platform', () => {
  test('can be for one profile, and for as many posts as a test wants', async () => {
    await using emulator = await openUploadPostEmulator();
    const failure = { errorCode: 'x', message: 'no', profile: 'mybrand', times: 1 };
    emulator.failPlatform({ platform: 'tiktok', ...failure });
    await upload(emulator);
    await upload(emulator, { user: 'mybrand' });
    await upload(emulator, { user: 'mybrand' });
    emulator.server.clock.advance(5_000);
    const live = emulator.published().map(({ accountId }) => accountId);
    expect(live).toEqual(['myusername/tiktok', 'mybrand/tiktok']);
  });

  test('lasts until a test ends it', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'x', message: 'no' });
    const waiting = { async_upload: 'false' };
    expect((await upload(emulator, waiting)).body).toMatchObject({ results: { tiktok: { success: false } } });
    expect((await upload(emulator, waiting)).body).toMatchObject({ results: { tiktok: { success: false } } });
    emulator.stopFailing();
    expect((await upload(emulator, waiting)).body).toMatchObject({ results: { tiktok: { success: true } } });
  });

  test('comes from a video that the vendor cannot load, though the upload was accepted', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.loseMedia('https://media.example.com/clip.mp4');
    const lost = await send(emulator);
    const local = await send(emulator, { video: 'http://127.0.0.1:9/clip.mp4' });
    emulator.server.clock.advance(5_000);
    for (const requestId of [lost, local]) {
      expect(await rowOf(emulator, requestId)).toMatchObject({
        success: false,
        error_message: expect.stringMatching(/^Could not download the video/),
      });
    }
  });

  test('comes from an account that is disconnected before its time', async () => {
    await using emulator = await openUploadPostEmulator();
    await schedule(emulator, { request_id: 'mine' });
    emulator.disconnect('myusername', 'tiktok');
    emulator.server.clock.set(tomorrow);
    expect(await rowOf(emulator, 'mine')).toMatchObject({
      skipped: true,
      error_code: 'profile_platform_mapping_invalid',
    });
  });
});

describe('an account that must be connected anew', () => {
  test.each([400, 403] as const)('is refused with %i before anything is sent', async (reauthRequired) => {
    await using emulator = await openUploadPostEmulator({ reauthRequired });
    emulator.requireReauth('myusername', 'tiktok');
    expect(await upload(emulator)).toMatchObject({
      status: reauthRequired,
      body: { success: false, error_code: 'account_reauth_required', failure_stage: 'precheck' },
    });
    emulator.requireReauth('myusername', 'tiktok', false);
    expect((await upload(emulator)).status).toBe(200);
  });

  test('is accepted and fails in its row when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ reauthRequired: 'row' });
    emulator.requireReauth('myusername', 'tiktok');
    const requestId = await send(emulator);
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      success: false,
      error_code: 'account_reauth_required',
    });
  });

  test('makes a scheduled post fail that was accepted before', async () => {
    await using emulator = await openUploadPostEmulator();
    await schedule(emulator, { request_id: 'mine' });
    emulator.requireReauth('myusername', 'tiktok');
    emulator.server.clock.set(tomorrow);
    expect(await rowOf(emulator, 'mine')).toMatchObject({ error_code: 'account_reauth_required' });
  });
});

describe('TikTok', () => {
  test('takes a draft without making it public, and does not call it a fallback', async () => {
    await using emulator = await openUploadPostEmulator();
    const requestId = await send(emulator, { post_mode: 'MEDIA_UPLOAD' });
    emulator.server.clock.advance(5_000);
    const row = await rowOf(emulator, requestId);
    expect(row).toMatchObject({ success: true, platform_post_id: expect.stringMatching(/^v_inbox_file/) });
    expect(row).not.toHaveProperty('post_url');
    expect(row).not.toHaveProperty('fallback_to_inbox');
    expect(emulator.published()).toEqual([]);
  });

  test('puts a post in the inbox, as a success, when it takes no more of them', async () => {
    await using emulator = await openUploadPostEmulator({ tiktokUserCapReached: true });
    const requestId = await send(emulator);
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      success: true,
      fallback_to_inbox: true,
      platform_post_id: expect.stringMatching(/^v_inbox_file/),
    });
    expect(emulator.published()).toEqual([]);
    const waited = await upload(emulator, { async_upload: undefined });
    expect(waited.body).toMatchObject({
      results: {
        tiktok: {
          success: true,
          fallback_to_inbox: true,
          publish_id: expect.stringMatching(/^v_inbox_file/),
        },
      },
    });
  });

  test('fails instead when disable_inbox_fallback is true', async () => {
    await using emulator = await openUploadPostEmulator({ tiktokUserCapReached: true });
    const requestId = await send(emulator, { disable_inbox_fallback: 'true' });
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      success: false,
      error_code: 'reached_active_user_cap',
    });
  });

  test('fails with the allowed levels where the account lacks the asked one', async () => {
    const accounts = { tiktok: { username: 'me', privacyLevels: ['SELF_ONLY'] } };
    await using emulator = await openUploadPostEmulator({ profiles: [{ username: 'me', accounts }] });
    const requestId = await send(emulator, { user: 'me', privacy_level: 'PUBLIC_TO_EVERYONE' });
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      error_code: 'tiktok_privacy_unavailable',
      error_message: expect.stringContaining('Allowed: SELF_ONLY'),
    });
    const settings = await ask(emulator, 'GET', '/uploadposts/tiktok/settings?profile=me');
    expect(settings.body).toMatchObject({ success: true, privacy_level_options: ['SELF_ONLY'] });
  });

  test('publishes all the same, with a warning for each field, where a capability is missing', async () => {
    const accounts = { tiktok: { username: 'me', capabilities: ['location'] } };
    await using emulator = await openUploadPostEmulator({ profiles: [{ username: 'me', accounts }] });
    const fields = { tiktok_music_id: '1', privacy_level: 'SELF_ONLY', tiktok_upload_to_draft: 'true' };
    const requestId = await send(emulator, { user: 'me', ...fields });
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      success: true,
      warnings: [
        expect.stringMatching(/^tiktok_music_id was ignored/),
        expect.stringMatching(/^tiktok_upload_to_draft was ignored/),
        expect.stringMatching(/^privacy_level was ignored/),
      ],
    });
    expect(emulator.published()).toHaveLength(1);
  });
});

describe('the list of scheduled posts', () => {
  test('holds the pending posts of every profile, soonest first, without their platforms', async () => {
    await using emulator = await openUploadPostEmulator();
    const later = await schedule(emulator, { scheduled_date: '2026-11-23T12:00:00Z', title: undefined });
    const sooner = await schedule(emulator, { user: 'mybrand', video: file(2000) });
    const { body } = await ask(emulator, 'GET', '/uploadposts/schedule');
    expect(body).toMatchObject({
      scheduled_posts: [
        {
          job_id: sooner,
          scheduled_date: '2026-11-22T12:00:00Z',
          post_type: 'video',
          profile_username: 'mybrand',
          title: 'Hello',
          preview_url: expect.stringMatching(/^https/),
        },
        { job_id: later, profile_username: 'myusername', title: '', preview_url: null },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('tiktok');
  });

  test('can be of one profile, of a period, and in pages', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobs = emulator.addScheduled(60, { firstAt: tomorrow });
    emulator.addScheduled(3, { profile: 'mybrand', firstAt: tomorrow });
    const mine = await listed(emulator, '?profile_username=myusername');
    expect(mine.map(({ job_id }) => job_id)).toEqual(jobs);
    expect(await listed(emulator, '?profile_username=mybrand')).toHaveLength(3);
    const period = '?profile_username=myusername&from=2026-11-22T13:00:00Z&to=2026-11-22T15:00:00Z';
    expect((await listed(emulator, period)).map(({ job_id }) => job_id)).toEqual(jobs.slice(1, 3));
    const page = await listed(emulator, '?profile_username=myusername&limit=20&offset=50');
    expect(page.map(({ job_id }) => job_id)).toEqual(jobs.slice(50));
  });

  test('ignores what it cannot read', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.addScheduled(5);
    expect(await listed(emulator, '?from=soon&to=later&limit=few&offset=-1')).toHaveLength(5);
  });

  test('takes no parameters at all on an older server', async () => {
    await using emulator = await openUploadPostEmulator({ scheduleQuery: 'ignored' });
    emulator.addScheduled(5);
    expect(await listed(emulator, '?profile_username=mybrand&limit=2&offset=4')).toHaveLength(5);
  });

  test('is an object, a bare array or under data, as the switch says', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.addScheduled(1);
    const row = expect.objectContaining({ job_id: expect.any(String) });
    const list = async () => (await ask(emulator, 'GET', '/uploadposts/schedule')).body;
    expect(await list()).toMatchObject({ scheduled_posts: [row] });
    emulator.switches.scheduleList = 'array';
    expect(await list()).toEqual([row]);
    emulator.switches.scheduleList = 'data';
    expect(await list()).toMatchObject({ data: [row] });
  });

  test('forgets a post that has run', async () => {
    await using emulator = await openUploadPostEmulator();
    await schedule(emulator);
    emulator.server.clock.set(tomorrow);
    expect(await listed(emulator)).toEqual([]);
  });

  test('has no address for one post', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator);
    expect((await ask(emulator, 'GET', `/uploadposts/schedule/${jobId}`)).status).toBe(405);
  });
});

describe('editing a scheduled post', () => {
  const path = (jobId: string) => `/uploadposts/schedule/${jobId}`;

  test('changes date, title and caption and answers with them', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator);
    const json = {
      scheduled_date: '2026-11-23T09:00:00',
      timezone: 'Asia/Tokyo',
      title: 'New title',
      caption: 'New caption',
    };
    const told = await ask(emulator, 'PATCH', path(jobId), { json });
    expect(told.status).toBe(200);
    expect(told.body).toEqual({
      success: true,
      job_id: jobId,
      scheduled_date: '2026-11-23T00:00:00Z',
      title: 'New title',
      caption: 'New caption',
    });
    emulator.server.clock.set('2026-11-23T00:00:00Z');
    expect(emulator.published()).toMatchObject([
      { caption: 'New caption', publishedAt: '2026-11-23T00:00:00.000Z' },
    ]);
  });

  test('does not reach a text that was given for one platform', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator, { 'platform[]': ['tiktok', 'instagram'], tiktok_title: 'own' });
    await ask(emulator, 'PATCH', path(jobId), { json: { caption: 'new' } });
    emulator.server.clock.set(tomorrow);
    expect(emulator.published().map(({ caption }) => caption)).toEqual(['own', 'new']);
  });

  test.each<[string, unknown, RegExp]>([
    ['a body that is no object', ['title'], /^Invalid JSON body/],
    ['nothing', {}, /^Nothing to update/],
    [
      'the video',
      { video: 'https://media.example.com/b.mp4' },
      /^video of a scheduled job cannot be changed/,
    ],
    ['a text of one platform', { tiktok_title: 'x' }, /^tiktok_title of a scheduled job/],
    ['a title that is no text', { title: 1 }, /^title must be a string/],
    ['a past date', { scheduled_date: '2026-11-20T12:00:00Z' }, /in the future/],
    ['a date after more than a year', { scheduled_date: '2027-11-22T12:00:00Z' }, /365 days/],
    ['an unknown zone', { scheduled_date: tomorrow, timezone: 'Mars/Base' }, /^Invalid timezone/],
  ])('refuses %s', async (_what, json, error) => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator);
    expect(await ask(emulator, 'PATCH', path(jobId), { json })).toEqual(refusedByError(400, error));
  });

  test('is refused for a date on which the account is at its daily cap', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator, { scheduled_date: '2026-11-23T12:00:00Z' });
    emulator.addHistory(15, { platforms: ['tiktok'] });
    const json = { scheduled_date: '2026-11-21T13:00:00Z' };
    expect(await ask(emulator, 'PATCH', path(jobId), { json })).toEqual(
      refusedByError(400, /^Daily limit reached/),
    );
  });

  test('is over while the post runs, and 404 afterwards', async () => {
    await using emulator = await openUploadPostEmulator({ scheduledProcessingMs: minute });
    const jobId = await schedule(emulator);
    const json = { title: 'late' };
    emulator.server.clock.set(tomorrow);
    expect(await ask(emulator, 'PATCH', path(jobId), { json })).toEqual(
      refusedByError(400, /cannot be edited/),
    );
    emulator.server.clock.advance(minute);
    expect(await ask(emulator, 'PATCH', path(jobId), { json })).toEqual(refusedByError(404, 'Job not found'));
  });
});

describe('cancelling a scheduled post', () => {
  const path = (jobId: string) => `/uploadposts/schedule/${jobId}`;

  test('takes it off the list for good', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator);
    expect(await ask(emulator, 'DELETE', path(jobId))).toMatchObject({
      status: 200,
      body: { success: true, message: `Job ${jobId} cancelled and assets deleted.` },
    });
    expect(await listed(emulator)).toEqual([]);
    expect((await ask(emulator, 'GET', `/uploadposts/status?job_id=${jobId}`)).status).toBe(404);
    emulator.server.clock.set(tomorrow);
    expect(emulator.published()).toEqual([]);
  });

  test('is 404 the second time, for a job nobody knows, and for one that has run', async () => {
    await using emulator = await openUploadPostEmulator();
    const gone = refusedByError(404, 'Job not found');
    const jobId = await schedule(emulator);
    await ask(emulator, 'DELETE', path(jobId));
    expect(await ask(emulator, 'DELETE', path(jobId))).toEqual(gone);
    expect(await ask(emulator, 'DELETE', path('..%2F..%2Fusers'))).toEqual(gone);
    const run = await schedule(emulator);
    emulator.server.clock.set(tomorrow);
    expect(await ask(emulator, 'DELETE', path(run))).toEqual(gone);
  });
});

describe('the history', () => {
  test('has a row for each platform, with everything the vendor tells', async () => {
    await using emulator = await openUploadPostEmulator();
    await schedule(emulator, { request_id: 'mine', external_id: 'label', video: file(2000) });
    const requestId = await send(emulator, { 'platform[]': ['instagram', 'facebook'] });
    expect(await history(emulator)).toMatchObject({ history: [], in_progress: [{ request_id: requestId }] });
    emulator.server.clock.set(tomorrow);
    const { history: rows, total } = await history(emulator);
    expect(total).toBe(3);
    expect(rows).toMatchObject([
      {
        user_email: 'owner@example.com',
        profile_username: 'myusername',
        platform: 'tiktok',
        media_type: 'video',
        upload_timestamp: '2026-11-22T12:00:00.000',
        success: true,
        post_url: expect.any(String),
        media_size_bytes: 2000,
        post_caption: 'Hello',
        job_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        request_id: 'mine',
        external_id: 'label',
      },
      { platform: 'facebook', success: false, post_url: null, platform_post_id: null, job_id: null },
      { platform: 'instagram', success: true, request_id: requestId },
    ]);
  });

  test('comes in pages of 10, 20, 50 or 100, newest first', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.addHistory(250);
    const first = await history(emulator);
    expect(first.total).toBe(250);
    expect(first.history.map((row) => row.post_title)).toEqual(
      Array.from({ length: 10 }, (_, index) => `Post ${250 - index}`),
    );
    const last = await history(emulator, '?page=3&limit=100');
    expect(last.history).toHaveLength(50);
    expect(last.history.at(-1)).toMatchObject({ post_title: 'Post 1', success: true });
  });

  test.each([
    ['page=0', 'Invalid page'],
    ['page=x', 'Invalid page'],
    ['limit=25', 'Invalid limit'],
    ['limit=1000', 'Invalid limit'],
    [`request_id=${'a'.repeat(201)}`, 'Invalid request_id'],
  ])('refuses %s', async (query, error) => {
    await using emulator = await openUploadPostEmulator();
    expect(await ask(emulator, 'GET', `/uploadposts/history?${query}`)).toEqual(
      refusedByError(400, error, {}),
    );
  });

  test('can be of one upload, one job, one label, one profile or one outcome', async () => {
    await using emulator = await openUploadPostEmulator();
    const jobId = await schedule(emulator, { external_id: 'label' });
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'x', message: 'no', profile: 'mybrand' });
    const requestId = await send(emulator, { user: 'mybrand' });
    emulator.addHistory(3);
    emulator.server.clock.set(tomorrow);
    for (const query of [`job_id=${jobId}`, 'external_id=label']) {
      expect((await history(emulator, `?${query}`)).history).toMatchObject([{ job_id: jobId }]);
    }
    for (const query of [`request_id=${requestId}`, 'profile_username=mybrand', 'status=failed']) {
      expect((await history(emulator, `?${query}`)).history).toMatchObject([
        { request_id: requestId, success: false, error_message: 'no' },
      ]);
    }
  });
});

describe('a retry', () => {
  const path = '/uploadposts/posts/retry';

  test('runs the failed platforms again and leaves the others alone', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'busy', message: 'Later', times: 1 });
    const requestId = await send(emulator, { 'platform[]': ['tiktok', 'instagram'] });
    emulator.server.clock.advance(5_000);
    const json = { request_id: requestId };
    expect(await ask(emulator, 'POST', path, { json })).toMatchObject({
      status: 200,
      body: { success: true, request_id: requestId, message: 'Failed platforms re-enqueued for retry' },
    });
    expect((await statusOf(emulator, requestId)).body).toMatchObject({ status: 'queued', completed: 1 });
    emulator.server.clock.advance(5_000);
    expect(await rowOf(emulator, requestId)).toMatchObject({
      platform: 'tiktok',
      success: true,
      attempts: 2,
    });
    expect(emulator.published().map(({ platform }) => platform)).toEqual(['instagram', 'tiktok']);
  });

  test('takes a job id as well', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.failPlatform({ platform: 'tiktok', errorCode: 'busy', message: 'Later', times: 1 });
    const jobId = await schedule(emulator);
    emulator.server.clock.set(tomorrow);
    expect((await ask(emulator, 'POST', path, { json: { job_id: jobId } })).status).toBe(200);
  });

  test('needs an id that is known and something that failed', async () => {
    await using emulator = await openUploadPostEmulator();
    const requestId = await send(emulator);
    emulator.server.clock.advance(5_000);
    expect(await ask(emulator, 'POST', path, { json: {} })).toEqual(refused(400, /is required/));
    expect(await ask(emulator, 'POST', path, { json: { request_id: 'none' } })).toEqual(
      refused(404, /^No upload found/),
    );
    expect(await ask(emulator, 'POST', path, { json: { request_id: requestId } })).toEqual(
      refused(409, /^Nothing to retry/),
    );
  });
});

describe('the profiles', () => {
  test('are listed with their accounts, and what is not connected is an empty text or null', async () => {
    await using emulator = await openUploadPostEmulator();
    emulator.requireReauth('mybrand', 'instagram');
    const { body } = await ask(emulator, 'GET', '/uploadposts/users');
    expect(body).toMatchObject({
      success: true,
      limit: 5,
      plan: 'Basic',
      profiles: [
        {
          username: 'myusername',
          created_at: expect.any(String),
          social_accounts: {
            tiktok: {
              display_name: 'My Name',
              username: 'myusername',
              reauth_required: false,
              capabilities: expect.arrayContaining(['music']),
            },
            facebook: '',
            linkedin: null,
          },
        },
        { username: 'mybrand', social_accounts: { instagram: { reauth_required: true } } },
      ],
    });
  });

  test('have capabilities as a map when the switch says so', async () => {
    await using emulator = await openUploadPostEmulator({ capabilities: 'map' });
    const { body } = await ask(emulator, 'GET', '/uploadposts/users/myusername');
    expect(body).toMatchObject({
      profile: { social_accounts: { tiktok: { capabilities: { music: true } } } },
    });
  });

  test('may hold an account without a name, which is not connected', async () => {
    await using emulator = await openUploadPostEmulator({
      profiles: [{ username: 'a b/c', accounts: { tiktok: {} } }],
    });
    const { body } = await ask(emulator, 'GET', `/uploadposts/users/${encodeURIComponent('a b/c')}`);
    expect(body).toMatchObject({ profile: { username: 'a b/c', social_accounts: { tiktok: {} } } });
    expect(await upload(emulator, { user: 'a b/c' })).toMatchObject({
      status: 400,
      body: { invalid_platforms: { tiktok: expect.any(String) } },
    });
  });

  test('are 404 one by one when nobody knows them', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await ask(emulator, 'GET', '/uploadposts/users/nobody')).toEqual(
      refused(404, 'Profile not found'),
    );
  });

  test('belong to an account with a plan and a usage', async () => {
    await using emulator = await openUploadPostEmulator();
    await upload(emulator);
    expect((await ask(emulator, 'GET', '/uploadposts/me')).body).toMatchObject({
      success: true,
      email: 'owner@example.com',
      plan: 'Basic',
      api_usage: { count: 1 },
    });
  });
});

describe('the music of TikTok', () => {
  const trending = '/uploadposts/tiktok/music/trending?profile=myusername';
  const search = '/uploadposts/tiktok/music/search?profile=myusername';
  const Tracks = z.object({ tracks: z.array(z.object({ title: z.string() })), total: z.number().optional() });

  async function titles(emulator: UploadPostEmulator, path: string): Promise<string[]> {
    return Tracks.parse((await ask(emulator, 'GET', path)).body).tracks.map(({ title }) => title);
  }

  test('is a chart, in which a track has two ids', async () => {
    await using emulator = await openUploadPostEmulator();
    const { body } = await ask(emulator, 'GET', trending);
    const { tracks } = z.object({ tracks: z.array(z.looseObject({})) }).parse(body);
    expect(tracks).toHaveLength(5);
    expect(tracks[0]).toEqual({
      id: expect.any(String),
      commercial_music_id: expect.any(String),
      title: 'Árvore da vida',
      artist: 'Marina Sol',
      duration: 31,
      genres: ['LATIN'],
      cover_url: expect.stringMatching(/^https/),
      preview_url: expect.stringMatching(/^https/),
      rank: 1,
    });
    expect(await titles(emulator, `${trending}&genre=JAZZ`)).toEqual(['Morning Coffee', 'Paper Lanterns']);
  });

  test('is found by every word of title and artist, without regard to case and accents', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await titles(emulator, `${search}&q=ARVORE`)).toEqual(['Árvore da vida']);
    expect(await titles(emulator, `${search}&q=drive`)).toEqual(['Night Drive', 'Drive Me Home']);
    expect(await titles(emulator, `${search}&q=drive%20park`)).toEqual(['Drive Me Home']);
    expect(await titles(emulator, `${search}&q=drive&limit=1`)).toEqual(['Night Drive']);
    expect((await ask(emulator, 'GET', `${search}&q=drive&limit=1`)).body).toMatchObject({ total: 2 });
    expect(await titles(emulator, search)).toHaveLength(5);
  });

  test.each([
    [`${search}&q=${'a'.repeat(81)}`, 400],
    [`${search}&limit=101`, 400],
    [`${trending}&date_range=2DAY`, 400],
    ['/uploadposts/tiktok/music/trending', 400],
    ['/uploadposts/tiktok/music/trending?profile=nobody', 404],
  ])('refuses %s with %i', async (path, status) => {
    await using emulator = await openUploadPostEmulator();
    expect(await ask(emulator, 'GET', path)).toMatchObject({ status, body: { success: false } });
  });

  test('needs a connection with that capability', async () => {
    const accounts = { tiktok: { username: 'myusername', capabilities: [] } };
    await using emulator = await openUploadPostEmulator({ profiles: [{ username: 'myusername', accounts }] });
    expect(await ask(emulator, 'GET', trending)).toEqual(
      refused(403, /^Reconnect/, { error_code: 'tiktok_reconnect_required' }),
    );
  });
});

describe('the text of an error', () => {
  test.each(['message', 'error', 'detail'] as const)(
    'is under %s everywhere when the switch says so',
    async (errorText) => {
      await using emulator = await openUploadPostEmulator({ errorText });
      for (const [method, path] of [
        ['POST', '/upload'],
        ['DELETE', '/uploadposts/schedule/none'],
        ['GET', '/uploadposts/history?limit=1'],
      ] as const) {
        expect((await ask(emulator, method, path)).body).toMatchObject({ [errorText]: expect.any(String) });
      }
    },
  );

  test('is there for an unknown address and a wrong method too', async () => {
    await using emulator = await openUploadPostEmulator();
    expect(await ask(emulator, 'GET', '/uploadposts/nothing')).toEqual(refusedByError(404, 'Not found'));
    expect(await ask(emulator, 'PUT', '/uploadposts/users')).toEqual(
      refusedByError(405, 'Method not allowed'),
    );
  });
});
