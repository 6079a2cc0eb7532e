import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { type OpenshortsEmulator, openOpenshortsEmulator } from './openshorts.ts';
import type { OpenshortsOptions } from './openshorts-settings.ts';
import { openUploadPostEmulator, type UploadPostEmulator } from './upload-post.ts';

interface Told {
  readonly status: number;
  readonly body: unknown;
}

interface Pair extends AsyncDisposable {
  readonly app: OpenshortsEmulator;
  readonly vendor: UploadPostEmulator;
}

async function openPair(options: Omit<OpenshortsOptions, 'uploadPost'> = {}): Promise<Pair> {
  const vendor = await openUploadPostEmulator();
  const app = await openOpenshortsEmulator({ uploadPost: vendor, ...options });
  return {
    app,
    vendor,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

interface Question {
  readonly json?: unknown;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

async function ask(
  app: OpenshortsEmulator,
  method: string,
  path: string,
  { json, key = app.apiKey, headers = {} }: Question = {},
): Promise<Told> {
  const response = await fetch(`${app.baseUrl}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { 'x-upload-post-key': key }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: json === undefined ? null : typeof json === 'string' ? json : JSON.stringify(json),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

const tomorrow = '2026-11-22T12:00:00Z';
const clip = {
  job_id: '550e8400-e29b-41d4-a716-446655440000',
  clip_index: 0,
  user_id: 'myusername',
  platforms: ['tiktok', 'instagram', 'youtube'],
};

function post(app: OpenshortsEmulator, given: object = {}, question: Question = {}): Promise<Told> {
  return ask(app, 'POST', '/api/social/post', { ...question, json: { ...clip, ...given } });
}

function fieldsOf(vendor: UploadPostEmulator): unknown {
  return vendor.uploads().at(-1)?.form.fields;
}

const Scheduled = z.object({ job_id: z.string(), scheduled_date: z.string() });

describe('a post', () => {
  test('answers with the body of the vendor', async () => {
    await using pair = await openPair();
    expect(await post(pair.app)).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'Upload initiated successfully in background.',
        request_id: expect.any(String),
        total_platforms: 3,
      },
    });
  });

  test('answers 200 where the vendor says 202', async () => {
    await using pair = await openPair();
    const { status, body } = await post(pair.app, { scheduled_date: '2026-11-22T12:00:00' });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, job_id: expect.any(String), scheduled_date: tomorrow });
  });

  test('answers with an upload id as the documentation has it when the switch says so', async () => {
    await using pair = await openPair({ answers: 'documented' });
    const now = await post(pair.app);
    expect(now.body).toEqual({
      success: true,
      uploadId: pair.vendor.uploads()[0]?.requestId,
      status: 'processing',
      platforms: ['tiktok', 'instagram', 'youtube'],
      message: 'Video upload initiated',
    });
    const later = await post(pair.app, { scheduled_date: tomorrow });
    expect(later.body).toMatchObject({ uploadId: pair.vendor.uploads()[1]?.jobId, status: 'queued' });
  });

  test('sends the vendor these parts and no more, with texts of the clip', async () => {
    await using pair = await openPair();
    await post(pair.app);
    expect(fieldsOf(pair.vendor)).toEqual({
      user: ['myusername'],
      title: ['Viral Short'],
      'platform[]': ['tiktok', 'instagram', 'youtube'],
      async_upload: ['true'],
      tiktok_title: ['Instagram text of clip 1 #reels'],
      post_mode: ['MEDIA_UPLOAD'],
      instagram_title: ['Instagram text of clip 1 #reels'],
      media_type: ['REELS'],
      youtube_title: ['YouTube title of clip 1'],
      youtube_description: ['Instagram text of clip 1 #reels'],
      privacyStatus: ['public'],
    });
    expect(pair.vendor.uploads()[0]?.form.video).toMatchObject({
      kind: 'file',
      filename: 'source_clip_1.mp4',
      contentType: 'video/mp4',
    });
    const [sent] = pair.vendor.server.requests;
    expect(sent?.headers.authorization).toBe(`Apikey ${pair.vendor.apiKey}`);
    expect(sent?.headers).not.toHaveProperty('idempotency-key');
  });

  test('sends one text to every platform, line breaks as they are', async () => {
    await using pair = await openPair();
    const title = 'Mind-blowing';
    const description = 'Two\nlines #ai';
    await post(pair.app, { title, description, scheduled_date: tomorrow, timezone: 'America/Los_Angeles' });
    expect(fieldsOf(pair.vendor)).toMatchObject({
      title: [title],
      scheduled_date: [tomorrow],
      timezone: ['America/Los_Angeles'],
      tiktok_title: [description],
      instagram_title: [description],
      youtube_title: [title],
      youtube_description: [description],
    });
  });

  test('sends the fields of the asked platforms only, and UTC with a date that has no zone', async () => {
    await using pair = await openPair();
    await post(pair.app, { platforms: ['instagram'], scheduled_date: tomorrow });
    expect(fieldsOf(pair.vendor)).toEqual({
      user: ['myusername'],
      title: ['Viral Short'],
      'platform[]': ['instagram'],
      async_upload: ['true'],
      scheduled_date: [tomorrow],
      timezone: ['UTC'],
      instagram_title: ['Instagram text of clip 1 #reels'],
      media_type: ['REELS'],
    });
  });

  test('cannot have an empty text', async () => {
    await using pair = await openPair();
    await post(pair.app, { title: '', description: '' });
    expect(fieldsOf(pair.vendor)).toMatchObject({
      title: ['Viral Short'],
      tiktok_title: ['Instagram text of clip 1 #reels'],
      youtube_title: ['YouTube title of clip 1'],
    });
  });

  test('falls back to the text for TikTok, then to a phrase', async () => {
    await using pair = await openPair();
    const silent = { video_description_for_instagram: '' };
    const clips = [
      silent,
      { ...silent, video_description_for_tiktok: '', video_title_for_youtube_short: '' },
    ];
    const job_id = pair.app.setJob({ clips });
    await post(pair.app, { job_id });
    expect(fieldsOf(pair.vendor)).toMatchObject({ instagram_title: ['TikTok text of clip 1 #fyp'] });
    await post(pair.app, { job_id, clip_index: 1 });
    expect(fieldsOf(pair.vendor)).toMatchObject({
      instagram_title: ['Check this out!'],
      youtube_title: ['Viral Short'],
    });
  });

  test('leaves TikTok a draft, unless the app is set to post directly', async () => {
    await using pair = await openPair();
    await post(pair.app);
    pair.vendor.server.clock.advance(5_000);
    expect(pair.app.published().map(({ platform }) => platform)).toEqual(['instagram', 'youtube']);
    pair.app.switches.tiktokPostMode = 'DIRECT_POST';
    await post(pair.app, { platforms: ['tiktok'], clip_index: 1 });
    pair.vendor.server.clock.advance(5_000);
    expect(pair.app.published().map(({ accountId }) => accountId)).toContain('myusername/tiktok');
  });

  test('takes a negative index from the end, as Python does', async () => {
    await using pair = await openPair();
    await post(pair.app, { clip_index: -1 });
    expect(pair.vendor.uploads()[0]?.form.video).toMatchObject({ filename: 'source_clip_3.mp4' });
    expect(await post(pair.app, { clip_index: -4 })).toEqual({
      status: 500,
      body: { detail: 'list index out of range' },
    });
  });

  test('takes the finished clips of a job that still runs, or failed', async () => {
    await using pair = await openPair();
    for (const job_id of [pair.app.jobs.processing, pair.app.jobs.failed]) {
      expect((await post(pair.app, { job_id })).status).toBe(200);
    }
  });

  test('posts another clip under the same index once the job has gone on', async () => {
    await using pair = await openPair();
    const jobId = pair.app.setJob({ status: 'processing', clips: [{ video_url: '/videos/j/late.mp4' }] });
    await ask(pair.app, 'GET', `/api/status/${jobId}`);
    pair.app.setJob({ jobId, clips: 2 });
    await post(pair.app, { job_id: jobId });
    expect(pair.vendor.uploads()[0]?.form.video).toMatchObject({ filename: 'source_clip_1.mp4' });
  });
});

describe('the key', () => {
  test('comes from the header, else the body, else the environment of the app', async () => {
    await using pair = await openPair();
    const sent = () => pair.vendor.server.requests.at(-1)?.headers.authorization;
    await post(pair.app, { api_key: 'from-body' }, { key: 'from-header' });
    expect(sent()).toBe('Apikey from-header');
    await post(pair.app, { api_key: 'from-body' }, { key: null });
    expect(sent()).toBe('Apikey from-body');
    pair.app.switches.serverKey = true;
    await post(pair.app, { api_key: '' }, { key: null });
    expect(sent()).toBe(`Apikey ${pair.vendor.apiKey}`);
  });

  test('is asked for on every social route where the app has none', async () => {
    await using pair = await openPair();
    expect(await post(pair.app, {}, { key: null })).toEqual({
      status: 400,
      body: { detail: 'Missing Upload-Post API key' },
    });
    for (const [method, path] of [
      ['GET', '/api/social/user'],
      ['GET', '/api/social/scheduled?user=myusername'],
      ['DELETE', '/api/social/scheduled/1?user=myusername'],
    ] as const) {
      expect(await ask(pair.app, method, path, { key: null })).toEqual({
        status: 400,
        body: { detail: 'Missing X-Upload-Post-Key header' },
      });
    }
    expect(pair.vendor.server.requests).toEqual([]);
  });
});

describe('a post that is refused', () => {
  test.each<[string, object, string, (string | number)[]]>([
    ['no job', { job_id: undefined }, 'missing', ['body', 'job_id']],
    ['no index', { clip_index: undefined }, 'missing', ['body', 'clip_index']],
    ['no platforms', { platforms: undefined }, 'missing', ['body', 'platforms']],
    ['a job that is a number', { job_id: 1 }, 'string_type', ['body', 'job_id']],
    ['an index that is a text', { clip_index: 'first' }, 'int_type', ['body', 'clip_index']],
    ['platforms as a text', { platforms: 'tiktok' }, 'list_type', ['body', 'platforms']],
    ['a platform that is a number', { platforms: [1] }, 'string_type', ['body', 'platforms', 0]],
    ['a title that is a number', { title: 1 }, 'string_type', ['body', 'title']],
  ])('for its form is 422: %s', async (_what, given, type, loc) => {
    await using pair = await openPair();
    expect(await post(pair.app, given)).toMatchObject({
      status: 422,
      body: { detail: [{ type, loc, msg: expect.any(String) }] },
    });
  });

  test('for a missing field echoes the whole body, a key in it included', async () => {
    await using pair = await openPair();
    const { body } = await post(pair.app, { platforms: undefined, api_key: 'secret' });
    expect(body).toMatchObject({ detail: [{ input: { api_key: 'secret' } }] });
  });

  test('for a body that is no JSON is 422', async () => {
    await using pair = await openPair();
    expect(await ask(pair.app, 'POST', '/api/social/post', { json: '{' })).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'json_invalid' }] },
    });
    const headers = { 'content-type': 'text/plain' };
    expect(await post(pair.app, {}, { headers })).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'model_attributes_type', loc: ['body'] }] },
    });
  });

  test('takes null for what is optional, and then sends no zone', async () => {
    await using pair = await openPair();
    const nothing = { api_key: null, title: null, description: null, timezone: null };
    expect((await post(pair.app, { ...nothing, scheduled_date: tomorrow })).status).toBe(200);
    expect(fieldsOf(pair.vendor)).not.toHaveProperty('timezone');
  });

  test('looks for the job before the key, the key before the profile, the profile before the result', async () => {
    await using pair = await openPair();
    const nowhere = { job_id: 'none', user_id: '' };
    expect(await post(pair.app, nowhere, { key: null })).toMatchObject({ status: 404 });
    const queued = { job_id: pair.app.jobs.queued, user_id: '' };
    expect((await post(pair.app, queued, { key: null })).body).toEqual({
      detail: 'Missing Upload-Post API key',
    });
    expect((await post(pair.app, queued)).body).toEqual({ detail: 'Missing Upload-Post user profile' });
    expect(await post(pair.app, { ...queued, user_id: 'myusername' })).toEqual({
      status: 400,
      body: { detail: 'Job result not available' },
    });
    expect(pair.vendor.server.requests).toEqual([]);
  });

  test('for an index beyond the clips is 500', async () => {
    await using pair = await openPair();
    expect(await post(pair.app, { clip_index: 3 })).toEqual({
      status: 500,
      body: { detail: 'list index out of range' },
    });
  });

  test('for a lost file is 500 with the true status in the text', async () => {
    await using pair = await openPair();
    const job_id = pair.app.jobs.missingFile;
    expect(await post(pair.app, { job_id, clip_index: 1 })).toEqual({
      status: 500,
      body: { detail: `404: Video file not found: output/${job_id}/source_clip_2.mp4` },
    });
    expect((await post(pair.app, { job_id, clip_index: 0 })).status).toBe(200);
  });

  test('by the vendor is 500 with the status and the body of the vendor in the text', async () => {
    await using pair = await openPair();
    expect(await post(pair.app, {}, { key: 'wrong' })).toEqual({
      status: 500,
      body: { detail: '401: Vendor API Error: {"success":false,"message":"Invalid API key"}' },
    });
    expect(await post(pair.app, { platforms: ['myspace'] })).toEqual({
      status: 500,
      body: { detail: '400: Vendor API Error: {"success":false,"message":"Invalid platforms: myspace"}' },
    });
    expect(await post(pair.app, { platforms: [] })).toMatchObject({
      status: 500,
      body: { detail: expect.stringMatching(/^400: Vendor API Error: /) },
    });
    pair.vendor.addHistory(15, { platforms: ['tiktok'] });
    expect(await post(pair.app)).toMatchObject({
      status: 500,
      body: { detail: expect.stringMatching(/^429: Vendor API Error: .*"violations"/) },
    });
  });

  test('says nothing at all on an old Starlette', async () => {
    await using pair = await openPair({ starlette: 'old' });
    const silence = { status: 500, body: { detail: '' } };
    expect(await post(pair.app, {}, { key: 'wrong' })).toEqual(silence);
    expect(await post(pair.app, { job_id: pair.app.jobs.missingFile, clip_index: 1 })).toEqual(silence);
    expect(await post(pair.app, { clip_index: 3 })).toMatchObject({
      body: { detail: 'list index out of range' },
    });
  });

  test('has the documented statuses when the switch says so', async () => {
    await using pair = await openPair({ statuses: 'documented' });
    const { jobs } = pair.app;
    expect((await post(pair.app, { job_id: undefined })).body).toEqual({
      detail: 'Missing required fields: job_id',
    });
    for (const [given, status, detail] of [
      [{ platforms: undefined }, 400, 'Missing required fields: platforms'],
      [{ user_id: undefined }, 400, 'Missing Upload-Post user profile'],
      [{ job_id: 'none' }, 404, 'Job not found'],
      [{ job_id: jobs.processing }, 400, 'Job result not available'],
      [{ job_id: jobs.missingFile, clip_index: 1 }, 404, 'Video file not found'],
      [{ platforms: ['myspace'] }, 500, expect.stringContaining('Invalid platforms: myspace')],
    ] as const) {
      expect(await post(pair.app, given)).toEqual({ status, body: { detail } });
    }
    expect(await post(pair.app, {}, { key: 'wrong' })).toEqual({
      status: 401,
      body: { detail: 'Invalid Upload-Post API key' },
    });
  });
});

describe('a vendor that does not answer', () => {
  test('is 500 with the words of the HTTP client', async () => {
    await using pair = await openPair();
    await pair.vendor.server.stop();
    expect(await post(pair.app)).toEqual({
      status: 500,
      body: { detail: '[Errno 111] Connection refused' },
    });
  });

  test.each([
    [{ kind: 'resetAfterAccept' }, /^(\[Errno 104\]|Server disconnected)/],
    [{ kind: 'halfAnswer' }, /^peer closed connection/],
    [{ kind: 'errorAfterAccept', status: 502 }, /^502: Vendor API Error: <html>/],
  ] as const)('may hold the post all the same: %o', async (fault, detail) => {
    await using pair = await openPair();
    pair.vendor.server.fail(fault);
    expect(await post(pair.app)).toEqual({ status: 500, body: { detail: expect.stringMatching(detail) } });
    expect(pair.vendor.uploads()).toHaveLength(1);
  });

  test('is given up after two minutes, for which the whole app stands still', async () => {
    await using pair = await openPair();
    pair.vendor.server.fail({ kind: 'lateAnswer', ms: Number.POSITIVE_INFINITY });
    const posting = post(pair.app);
    await eventually(() => expect(pair.vendor.uploads()).toHaveLength(1), { interval: 1 });
    let healthy = false;
    const health = ask(pair.app, 'GET', '/health').then((told) => {
      healthy = true;
      return told;
    });
    await eventually(() => expect(pair.app.server.requests).toHaveLength(2), { interval: 1 });
    expect(healthy).toBe(false);
    pair.vendor.server.clock.advance(120_000);
    expect(await posting).toEqual({ status: 500, body: { detail: 'The read operation timed out' } });
    expect(await health).toEqual({ status: 200, body: { status: 'ok' } });
  });

  test('with 200 but no JSON is 500', async () => {
    await using pair = await openPair();
    pair.vendor.server.fail({ kind: 'html', status: 200 });
    expect(await post(pair.app)).toEqual({
      status: 500,
      body: { detail: 'Expecting value: line 1 column 1 (char 0)' },
    });
  });

  test('with 200 and success false is passed on as it is', async () => {
    await using pair = await openPair();
    pair.vendor.server.fail({ kind: 'status', status: 200, body: { success: false, message: 'no' } });
    expect(await post(pair.app)).toEqual({ status: 200, body: { success: false, message: 'no' } });
  });
});

describe('the profiles', () => {
  test('are those of the vendor, with their connections to three platforms', async () => {
    await using pair = await openPair();
    expect(await ask(pair.app, 'GET', '/api/social/user')).toEqual({
      status: 200,
      body: {
        profiles: [
          { username: 'myusername', connected: ['tiktok', 'instagram', 'youtube'] },
          { username: 'mybrand', connected: ['tiktok', 'instagram'] },
        ],
      },
    });
  });

  test('count an account as connected that must be connected anew, or is empty', async () => {
    const profiles = [
      { username: 'me', accounts: { tiktok: { username: 'me', reauthRequired: true }, youtube: {}, x: {} } },
    ];
    await using vendor = await openUploadPostEmulator({ profiles });
    await using app = await openOpenshortsEmulator({ uploadPost: vendor });
    expect((await ask(app, 'GET', '/api/social/user')).body).toEqual({
      profiles: [{ username: 'me', connected: ['tiktok', 'youtube'] }],
    });
  });

  test('are told to be none as an error within a success', async () => {
    await using vendor = await openUploadPostEmulator({ profiles: [] });
    await using app = await openOpenshortsEmulator({ uploadPost: vendor });
    expect(await ask(app, 'GET', '/api/social/user')).toEqual({
      status: 200,
      body: { profiles: [], error: 'No profiles found' },
    });
  });

  test('hide the status of the vendor in a 500', async () => {
    await using pair = await openPair();
    expect(await ask(pair.app, 'GET', '/api/social/user', { key: 'wrong' })).toEqual({
      status: 500,
      body: { detail: '401: Failed to fetch user: {"success":false,"message":"Invalid API key"}' },
    });
    pair.app.switches.starlette = 'old';
    expect((await ask(pair.app, 'GET', '/api/social/user', { key: 'wrong' })).body).toEqual({ detail: '' });
  });
});

describe('the scheduled posts', () => {
  const list = '/api/social/scheduled?user=myusername';

  test('are those of one profile, soonest first, in the rows of the vendor', async () => {
    await using pair = await openPair();
    pair.vendor.addScheduled(2, { profile: 'mybrand' });
    const later = await post(pair.app, { scheduled_date: '2026-11-23T12:00:00Z' });
    const sooner = await post(pair.app, { scheduled_date: tomorrow, clip_index: 1 });
    expect(await ask(pair.app, 'GET', list)).toMatchObject({
      status: 200,
      body: {
        profile_username: 'myusername',
        scheduled_posts: [
          { job_id: Scheduled.parse(sooner.body).job_id, title: 'Viral Short', post_type: 'video' },
          { job_id: Scheduled.parse(later.body).job_id },
        ],
      },
    });
    expect((await ask(pair.app, 'GET', '/api/social/scheduled?user=nobody')).body).toEqual({
      profile_username: 'nobody',
      scheduled_posts: [],
    });
  });

  test.each(['object', 'array', 'data'] as const)(
    'are read where the vendor lists an %s',
    async (scheduleList) => {
      await using pair = await openPair();
      pair.vendor.switches.scheduleList = scheduleList;
      pair.vendor.addScheduled(3);
      const { body } = await ask(pair.app, 'GET', list);
      expect(z.object({ scheduled_posts: z.array(z.unknown()) }).parse(body).scheduled_posts).toHaveLength(3);
    },
  );

  test('need a profile', async () => {
    await using pair = await openPair();
    expect(await ask(pair.app, 'GET', '/api/social/scheduled')).toEqual({
      status: 400,
      body: { detail: 'Missing Upload-Post user profile' },
    });
  });

  test('keep the status of an error of the vendor', async () => {
    await using pair = await openPair();
    const detail = 'Vendor API Error: {"success":false,"message":"Invalid API key"}';
    expect(await ask(pair.app, 'GET', list, { key: 'wrong' })).toEqual({ status: 401, body: { detail } });
  });

  test('are plain text 500 when the vendor is out of reach', async () => {
    await using pair = await openPair();
    await pair.vendor.server.stop();
    for (const [method, path] of [
      ['GET', list],
      ['DELETE', '/api/social/scheduled/1?user=myusername'],
    ] as const) {
      expect(await ask(pair.app, method, path)).toEqual({ status: 500, body: 'Internal Server Error' });
    }
  });

  test('can be cancelled once, by the profile they belong to', async () => {
    await using pair = await openPair();
    const { job_id } = Scheduled.parse((await post(pair.app, { scheduled_date: tomorrow })).body);
    const gone = { status: 404, body: { detail: 'Scheduled post not found' } };
    const path = (user: string) => `/api/social/scheduled/${job_id}?user=${user}`;
    expect(await ask(pair.app, 'DELETE', path('mybrand'))).toEqual(gone);
    expect(await ask(pair.app, 'DELETE', path('myusername'))).toEqual({
      status: 200,
      body: { success: true, job_id },
    });
    expect(await ask(pair.app, 'DELETE', path('myusername'))).toEqual(gone);
    pair.vendor.server.clock.set(tomorrow);
    expect(pair.app.published()).toEqual([]);
  });

  test('keep the status of an error of the vendor while cancelling', async () => {
    await using pair = await openPair();
    const [jobId = ''] = pair.vendor.addScheduled(1);
    const isCancel = (request: { method: string }) => request.method === 'DELETE';
    pair.vendor.server.fail({ kind: 'status', status: 403, body: { error: 'Forbidden' } }, isCancel);
    expect(await ask(pair.app, 'DELETE', `/api/social/scheduled/${jobId}?user=myusername`)).toEqual({
      status: 403,
      body: { detail: 'Vendor API Error: {"error":"Forbidden"}' },
    });
  });

  test('cannot be edited', async () => {
    await using pair = await openPair();
    const [jobId = ''] = pair.vendor.addScheduled(1);
    const json = { scheduled_date: tomorrow };
    for (const method of ['PATCH', 'PUT']) {
      expect(await ask(pair.app, method, `/api/social/scheduled/${jobId}`, { json })).toEqual({
        status: 405,
        body: { detail: 'Method Not Allowed' },
      });
    }
  });
});

describe('a job', () => {
  test('tells its status, its log and its clips, which have no title', async () => {
    await using pair = await openPair();
    const { status, body } = await ask(pair.app, 'GET', `/api/status/${pair.app.jobs.completed}`, {
      key: null,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      logs: expect.any(Array),
      result: { clips: [{ start: 0, end: 32.5, predicted_score: 90 }, {}, {}], cost_analysis: null },
    });
    expect(JSON.stringify(body)).not.toContain('"title"');
  });

  test('has no result while queued, some clips while processing, and may keep them when it failed', async () => {
    await using pair = await openPair();
    const { queued, processing, failed } = pair.app.jobs;
    const told = async (jobId: string) => (await ask(pair.app, 'GET', `/api/status/${jobId}`)).body;
    expect(await told(queued)).toMatchObject({ status: 'queued', result: null });
    expect(await told(processing)).toMatchObject({ status: 'processing', result: { clips: [{}] } });
    expect(await told(failed)).toMatchObject({ status: 'failed', result: { clips: [{}] } });
  });

  test('is 404 for an id that nobody knows, and after the retention', async () => {
    await using pair = await openPair({ retentionSeconds: 3600 });
    const gone = { status: 404, body: { detail: 'Job not found' } };
    expect(await ask(pair.app, 'GET', '/api/status/none')).toEqual(gone);
    pair.vendor.server.clock.advance(3_600_001);
    expect(await ask(pair.app, 'GET', `/api/status/${pair.app.jobs.completed}`)).toEqual(gone);
    expect(await post(pair.app)).toEqual(gone);
    expect(await ask(pair.app, 'GET', '/api/config')).toMatchObject({ body: { jobRetentionSeconds: 3600 } });
  });

  test('serves the files of its clips to anyone', async () => {
    await using pair = await openPair();
    const path = `/videos/${pair.app.jobs.missingFile}/source_clip_1.mp4`;
    const response = await fetch(`${pair.app.baseUrl}${path}`);
    expect(response.headers.get('content-type')).toBe('video/mp4');
    const bytes = await response.bytes();
    expect(new TextDecoder().decode(bytes.subarray(4, 12))).toBe('ftypmp42');
    const head = await fetch(`${pair.app.baseUrl}${path}`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
    for (const lost of [path.replace('clip_1', 'clip_2'), '/videos/', path.replace('source', 'other')]) {
      expect((await ask(pair.app, 'GET', lost)).status).toBe(404);
    }
  });
});

describe('the app', () => {
  test('has no list of jobs and no outcome of posts', async () => {
    await using pair = await openPair();
    for (const path of ['/api/jobs', '/api/social/status', '/api/social/history', '/']) {
      expect(await ask(pair.app, 'GET', path)).toEqual({ status: 404, body: { detail: 'Not Found' } });
    }
  });

  test('tells an edition without accounts of its own', async () => {
    await using pair = await openPair();
    expect(await ask(pair.app, 'GET', '/api/config', { key: null })).toEqual({
      status: 200,
      body: {
        youtubeUrlEnabled: true,
        billingEnabled: false,
        googleAuthEnabled: false,
        jobRetentionSeconds: 86_400,
      },
    });
  });
});
