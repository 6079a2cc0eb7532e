import { describe, expect, it } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import {
  aprilReading,
  autumnReading,
  type PosteverywhereSwitches,
} from '../../emulators/posteverywhere-switches.ts';
import {
  ALWAYS,
  codeOf,
  FACEBOOK,
  failureOf,
  file,
  HOUR_MS,
  INSTAGRAM,
  isTo,
  LINKEDIN,
  MINUTE_MS,
  NOON,
  onCreate,
  open,
  order,
  orderNow,
  type Setting,
  THREADS,
  TIKTOK,
  VIDEO_URL,
  X,
  YOUTUBE,
} from './support.ts';

const AIRS = NOON + 12 * HOUR_MS;
const AIRS_UTC = '2026-11-22T00:00:00.000Z';

function body(setting: Setting): Record<string, unknown> {
  return setting.sent('POST', /^\/posts$/).at(-1)?.json as Record<string, unknown>;
}

function platformContent(setting: Setting): Record<string, unknown> {
  return body(setting).platform_content as Record<string, unknown>;
}

const READINGS: readonly (readonly [string, Partial<PosteverywhereSwitches>])[] = [
  ['the newest pages', {}],
  ['the page of April 2026', { ...aprilReading, videoImport: 'accepted' }],
  ['the clients of autumn 2026', autumnReading],
];

describe('scheduling a post', () => {
  it.each(READINGS)('airs when it was asked to, as %s have the vendor', async (_, reading) => {
    await using setting = await open(reading);
    const { posts, warnings } = await setting.backend.createVideoPost(order(), setting.call);
    expect(warnings).toEqual([]);
    expect(posts).toEqual([
      {
        id: setting.emulator.posts[0]?.id,
        status: 'scheduled',
        backendStatus: 'scheduled',
        contentType: 'video',
        contentUrl: VIDEO_URL,
        caption: 'Hello #world',
        airAt: AIRS,
        timezone: 'Asia/Tokyo',
        targets: [{ accountId: '2280', platform: 'tiktok', status: 'scheduled' }],
        createdAt: expect.any(Number),
      },
    ]);
    setting.clock.set(AIRS + MINUTE_MS);
    expect(setting.emulator.published()).toMatchObject([
      {
        accountId: '2280',
        platform: 'tiktok',
        caption: 'Hello #world',
        publishedAt: '2026-11-22T00:00:10.000Z',
      },
    ]);
  });

  it('sends the instant in UTC under both names, and the zone beside it for display', async () => {
    await using setting = await open();
    await setting.backend.createVideoPost(order(), setting.call);
    expect(body(setting)).toEqual({
      content: 'Hello #world',
      account_ids: [2280],
      scheduled_for: AIRS_UTC,
      scheduled_at: AIRS_UTC,
      timezone: 'Asia/Tokyo',
      media_ids: [expect.any(String)],
    });
  });

  it('sends the key as a bearer token, and never to the storage', async () => {
    await using setting = await open();
    await setting.backend.createVideoPost(
      order({ content: { kind: 'file', url: '/media/clip.mp4', file: file() } }),
      setting.call,
    );
    for (const { path, headers } of setting.emulator.server.requests)
      expect(headers.authorization).toBe(
        path.startsWith('/storage/') ? undefined : `Bearer ${setting.emulator.apiKey}`,
      );
  });

  it('makes one post for all accounts, in three requests and the looks at the import', async () => {
    await using setting = await open();
    const accounts = [TIKTOK, INSTAGRAM, X];
    const { posts } = await setting.backend.createVideoPost(order({ accounts }), setting.call);
    expect(posts[0]?.targets.map(({ accountId }) => accountId)).toEqual(['2280', '2281', '2284']);
    expect(setting.emulator.posts).toHaveLength(1);
    expect(setting.calls().map((one) => one.replace(/[0-9a-f-]{36}/, 'ID'))).toEqual([
      'POST /media/upload-from-url',
      'GET /media/ID',
      'GET /media/ID',
      'POST /posts',
    ]);
  });

  it('publishes at once where no time is asked, and says that it is on its way', async () => {
    await using setting = await open();
    const { posts, warnings } = await setting.backend.createVideoPost(orderNow(), setting.call);
    expect(body(setting)).not.toHaveProperty('scheduled_for');
    expect(body(setting)).not.toHaveProperty('timezone');
    expect(posts[0]).toMatchObject({
      status: 'processing',
      backendStatus: 'publishing',
      airAt: setting.clock.now(),
    });
    expect(warnings).toEqual([]);
    setting.clock.advance(MINUTE_MS);
    expect(setting.emulator.published()).toHaveLength(1);
  });

  it('does not send a time that passed while the video was brought', async () => {
    await using setting = await open({ pastTime: 'published', mediaPolls: ALWAYS });
    const late = order({ airTime: { at: NOON + 20_000, timezone: 'UTC' } });
    const failure = await failureOf(setting.backend.createVideoPost(late, setting.call));
    expect(failure).toMatchObject({ code: 'invalid_parameter', details: { field: 'scheduledTime' } });
    expect(setting.sent('POST', /^\/posts$/)).toEqual([]);
  });
});

describe('an air time that the vendor does not keep', () => {
  /** The vendor as one that reads neither name of the field. */
  const atOnce = { kind: 'status', status: 201, body: undefined } as const;

  async function publishesAtOnce(setting: Setting): Promise<void> {
    const { server } = setting.emulator;
    const id = setting.emulator.addPost({ scheduledFor: null, content: 'Hello #world', accountIds: [2280] });
    const data = { post_id: id, status: 'publishing', scheduled_for: null };
    server.fail({ ...atOnce, body: { data, error: null } }, onCreate);
  }

  it('is cancelled at once, and told', async () => {
    await using setting = await open();
    await publishesAtOnce(setting);
    const { posts, warnings } = await setting.backend.createVideoPost(order(), setting.call);
    expect(posts).toMatchObject([{ status: 'cancelled', targets: [{ status: 'cancelled' }] }]);
    expect(warnings).toEqual([{ code: 'time_not_kept', message: expect.stringContaining('publishing') }]);
    expect(setting.emulator.posts).toEqual([]);
    setting.clock.advance(HOUR_MS);
    expect(setting.emulator.published()).toEqual([]);
    expect(setting.calls().slice(-3)).toEqual([
      'POST /posts',
      expect.stringMatching(/^DELETE \/posts\//),
      expect.stringMatching(/^GET \/posts\//),
    ]);
  });

  it('is cancelled even when nobody waits any more', async () => {
    await using setting = await open();
    await publishesAtOnce(setting);
    const hangUp = new AbortController();
    const call = { ...setting.call, signal: hangUp.signal };
    const tell = (message: string) => {
      if (message.includes('handing')) setTimeout(() => hangUp.abort(), 0);
    };
    await setting.backend.createVideoPost(order(), { ...call, progress: tell });
    expect(setting.emulator.posts).toEqual([]);
  });

  it('is told with its true status where it could not be cancelled', async () => {
    await using setting = await open({ deletePublishing: 'refused' });
    await publishesAtOnce(setting);
    const { posts, warnings } = await setting.backend.createVideoPost(order(), setting.call);
    expect(posts).toMatchObject([{ status: 'processing', backendStatus: 'publishing' }]);
    expect(warnings).toEqual([
      { code: 'time_not_kept', message: expect.stringContaining('it is processing now') },
    ]);
  });

  it('is told as published where it went live', async () => {
    await using setting = await open();
    await publishesAtOnce(setting);
    setting.clock.advance(HOUR_MS);
    const { posts } = await setting.backend.createVideoPost(order(), setting.call);
    expect(posts).toMatchObject([
      { status: 'published', targets: [{ status: 'published', url: expect.any(String) }] },
    ]);
  });

  it('is unconfirmed where nothing more can be learnt', async () => {
    await using setting = await open();
    await publishesAtOnce(setting);
    setting.emulator.server.fail(
      { kind: 'html', status: 502 },
      ({ path }) => /\/posts\/./.test(path),
      ALWAYS,
    );
    const { posts, warnings } = await setting.backend.createVideoPost(order(), setting.call);
    expect(posts).toMatchObject([{ status: 'unconfirmed', targets: [{ status: 'unconfirmed' }] }]);
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
  });

  it('is one that comes back with another time, too', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ scheduledFor: AIRS - 9 * HOUR_MS });
    const data = {
      post_id: id,
      status: 'scheduled',
      scheduled_for: new Date(AIRS - 9 * HOUR_MS).toISOString(),
    };
    setting.emulator.server.fail({ ...atOnce, body: { data, error: null } }, onCreate);
    const { posts, warnings } = await setting.backend.createVideoPost(order(), setting.call);
    expect(posts).toMatchObject([{ status: 'cancelled' }]);
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
    expect(setting.emulator.posts).toEqual([]);
  });

  it('is looked up where the answer does not tell it', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ scheduledFor: AIRS });
    setting.emulator.server.fail({ ...atOnce, body: { data: { post_id: id }, error: null } }, onCreate);
    const { posts, warnings } = await setting.backend.createVideoPost(order(), setting.call);
    expect(posts).toMatchObject([{ id, status: 'scheduled', airAt: AIRS }]);
    expect(warnings).toEqual([]);
    expect(setting.calls().at(-1)).toBe(`GET /posts/${id}`);
  });
});

describe('what each platform gets', () => {
  it('are its own options, in its own units, with the content type beside the settings', async () => {
    await using setting = await open();
    await setting.backend.createVideoPost(
      order({
        accounts: [TIKTOK, INSTAGRAM, YOUTUBE, LINKEDIN, X, FACEBOOK, THREADS],
        options: {
          tiktok: {
            privacyLevel: 'SELF_ONLY',
            allowComments: false,
            allowDuet: false,
            allowStitch: true,
            coverTimestampMs: 2500,
            draft: true,
            caption: 'tik',
          },
          instagram: {
            contentType: 'Trial Reel',
            altText: 'alt',
            coverTimestampMs: 2500,
            shareToFeed: true,
            caption: 'ig',
          },
          youtube: { title: 'Title', privacyStatus: 'unlisted', tags: ['a', 'b'], description: 'yt' },
          linkedin: { visibility: 'CONNECTIONS', caption: 'li' },
          x: { replySettings: 'following', caption: 'x' },
          facebook: { videoType: 'reel', caption: 'fb' },
          threads: { caption: 'th' },
        },
      }),
      setting.call,
    );
    expect(platformContent(setting)).toEqual({
      tiktok: {
        content: 'tik',
        settings: {
          privacyLevel: 'SELF_ONLY',
          allowComments: false,
          allowDuet: false,
          allowStitch: true,
          videoCoverTimestamp: 2500,
        },
      },
      instagram: {
        content: 'ig',
        contentType: 'Trial Reel',
        settings: { altText: 'alt', coverPhotoTimestamp: 2.5 },
      },
      youtube: { content: 'yt', settings: { title: 'Title', privacyStatus: 'unlisted', tags: ['a', 'b'] } },
      linkedin: { content: 'li', settings: { visibility: 'CONNECTIONS' } },
      x: { content: 'x', settings: { replySettings: 'following' } },
      facebook: { content: 'fb', contentType: 'Reels', settings: { videoType: 'reel' } },
      threads: { content: 'th' },
    });
  });

  it('is nothing of the platforms that are not posted to', async () => {
    await using setting = await open();
    await setting.backend.createVideoPost(order({ options: { x: { caption: 'x' } } }), setting.call);
    expect(body(setting)).not.toHaveProperty('platform_content');
  });

  it('names every carried option in the capabilities, and none besides', async () => {
    await using setting = await open();
    const { options } = setting.backend.capabilities;
    expect(options.tiktok).not.toContain('draft');
    expect(options.instagram).not.toContain('shareToFeed');
    expect(options.youtube).toContain('description');
  });

  it('is the description before the caption on YouTube, which is told', async () => {
    await using setting = await open();
    const options = { youtube: { title: 'T', description: 'long', caption: 'short' } };
    const { warnings } = await setting.backend.createVideoPost(
      order({ accounts: [YOUTUBE], options }),
      setting.call,
    );
    expect(platformContent(setting)).toEqual({ youtube: { content: 'long', settings: { title: 'T' } } });
    expect(warnings).toMatchObject([
      { code: 'option_ignored', message: expect.stringContaining('youtube.caption') },
    ]);
  });
});

describe('the title that YouTube needs', () => {
  async function titled(differences: Parameters<typeof order>[0]) {
    await using setting = await open();
    const created = await setting.backend.createVideoPost(
      order({ accounts: [YOUTUBE, TIKTOK], ...differences }),
      setting.call,
    );
    return { ...created, content: platformContent(setting) };
  }

  it('is youtube.title before title', async () => {
    const { content, warnings } = await titled({ title: 'common', options: { youtube: { title: 'own' } } });
    expect(content).toEqual({ youtube: { settings: { title: 'own' } } });
    expect(warnings).toEqual([]);
  });

  it('is title where there is no youtube.title', async () => {
    const { content, posts, warnings } = await titled({ title: 'common' });
    expect(content).toEqual({ youtube: { settings: { title: 'common' } } });
    expect(posts[0]?.title).toBe('common');
    expect(warnings).toEqual([]);
  });

  it('is made of the first line of the caption where there is none, which is told', async () => {
    const caption = `\n  Look <b>here</b>  now ${'🎬'.repeat(60)}\nsecond line`;
    const { content, posts, warnings } = await titled({ caption });
    const title = `Look bhere/b now ${'🎬'.repeat(41)}`;
    expect(content).toEqual({ youtube: { settings: { title } } });
    expect(title.length).toBeLessThanOrEqual(100);
    expect(posts[0]?.title).toBe(title);
    expect(warnings).toEqual([
      { code: 'title_from_caption', message: expect.stringContaining(title), accountIds: ['2282'] },
    ]);
  });

  it('is asked for where there is nothing to make it of, before anything is sent', async () => {
    await using setting = await open();
    for (const caption of [undefined, '', ' \n<>\n']) {
      const { caption: _, ...silent } = order({ accounts: [YOUTUBE] });
      const asked = caption === undefined ? silent : { ...silent, caption };
      const failure = await failureOf(setting.backend.createVideoPost(asked, setting.call));
      expect(failure).toMatchObject({ code: 'invalid_parameter', details: { field: 'title' } });
    }
    expect(setting.calls()).toEqual([]);
  });

  it('is refused with angle brackets, before anything is sent', async () => {
    await using setting = await open();
    const asked = order({ accounts: [YOUTUBE], title: 'a <b> c' });
    expect(await failureOf(setting.backend.createVideoPost(asked, setting.call))).toMatchObject({
      code: 'invalid_parameter',
      details: { field: 'title' },
    });
    expect(setting.calls()).toEqual([]);
  });

  it('is for YouTube alone, which is told where nothing goes there', async () => {
    await using setting = await open();
    const { posts, warnings } = await setting.backend.createVideoPost(order({ title: 'lost' }), setting.call);
    expect(warnings).toMatchObject([{ code: 'title_ignored' }]);
    expect(posts[0]).not.toHaveProperty('title');
    expect(body(setting)).not.toHaveProperty('platform_content');
  });
});

describe('a post without a caption', () => {
  it.each(['always', 'withoutMedia'] as const)(
    'goes out with a space in its place, told, where a text is required %s',
    async (contentRequired) => {
      await using setting = await open({ contentRequired });
      const { caption: _, ...silent } = order();
      const { posts, warnings } = await setting.backend.createVideoPost(silent, setting.call);
      expect(body(setting).content).toBe(' ');
      expect(posts[0]).not.toHaveProperty('caption');
      expect(warnings).toMatchObject([{ code: 'caption_blank' }]);
      const read = await setting.backend.getPost(posts[0]?.id ?? '', setting.call);
      expect(read).not.toHaveProperty('caption');
    },
  );

  it('needs no telling where every platform has a caption of its own', async () => {
    await using setting = await open();
    const { caption: _, ...silent } = order({ options: { tiktok: { caption: 'own' } } });
    const { warnings } = await setting.backend.createVideoPost(silent, setting.call);
    expect(warnings).toEqual([]);
    expect(platformContent(setting)).toEqual({ tiktok: { content: 'own' } });
  });
});

describe('the plan of a post', () => {
  it('is the import and the post, with the media id still open, and sends nothing', async () => {
    await using setting = await open();
    const plan = await setting.backend.planVideoPost(order({ accounts: [TIKTOK, X] }), setting.call);
    const { baseUrl } = setting.emulator;
    expect(plan.requests).toEqual([
      {
        accountIds: ['2280', '2284'],
        method: 'POST',
        url: `${baseUrl}/media/upload-from-url`,
        body: { url: VIDEO_URL },
      },
      {
        accountIds: ['2280', '2284'],
        method: 'POST',
        url: `${baseUrl}/posts`,
        body: {
          content: 'Hello #world',
          account_ids: [2280, 2284],
          scheduled_for: AIRS_UTC,
          scheduled_at: AIRS_UTC,
          timezone: 'Asia/Tokyo',
          media_ids: ['<media id of the import>'],
        },
      },
    ]);
    expect(setting.calls()).toEqual([]);
  });

  it('has the steps of an upload for a file', async () => {
    await using setting = await open();
    const content = { kind: 'file', url: '/media/clip.mp4', file: file() } as const;
    const plan = await setting.backend.planVideoPost(order({ content }), setting.call);
    const { baseUrl } = setting.emulator;
    expect(
      plan.requests.map(({ method, url, body: planned }) => ({ method, url, body: planned })),
    ).toMatchObject([
      {
        method: 'POST',
        url: `${baseUrl}/media/upload`,
        body: {
          filename: 'clip.mp4',
          content_type: 'video/mp4',
          size: 20,
          width: 1080,
          height: 1920,
          duration: 12.5,
        },
      },
      { method: 'PUT', url: '<upload address>', body: '(the file clip.mp4, 20 bytes)' },
      { method: 'POST', url: `${baseUrl}/media/<media id of the upload>/complete`, body: null },
      { method: 'POST', url: `${baseUrl}/posts`, body: { media_ids: ['<media id of the upload>'] } },
    ]);
    expect(setting.calls()).toEqual([]);
  });

  it('holds no key even where a text does', async () => {
    await using setting = await open();
    const plan = await setting.backend.planVideoPost(
      order({ caption: `my ${setting.emulator.apiKey}` }),
      setting.call,
    );
    expect(JSON.stringify(plan)).not.toContain(setting.emulator.apiKey);
  });
});

describe('a create that goes wrong', () => {
  const inDoubt: readonly (readonly [string, Fault, number])[] = [
    ['is reset after it was taken', { kind: 'resetAfterAccept' }, 1],
    ['is answered 502 after it was taken', { kind: 'errorAfterAccept', status: 502 }, 1],
    ['is answered by half', { kind: 'halfAnswer' }, 1],
    ['is answered 502 with HTML', { kind: 'html', status: 502 }, 0],
    [
      'is answered 500 in the vendor’s form',
      {
        kind: 'status',
        status: 500,
        body: { data: null, error: { code: 'internal_error', message: 'x', retryable: true } },
      },
      0,
    ],
    ['is reset before it was read', { kind: 'resetBeforeRead' }, 0],
    ['succeeds without data', { kind: 'status', status: 201, body: { data: null, error: null } }, 0],
    [
      'succeeds without an id',
      { kind: 'status', status: 201, body: { data: { status: 'scheduled' }, error: null } },
      0,
    ],
    [
      'succeeds with an error that nobody knows',
      { kind: 'status', status: 200, body: { data: null, error: { code: 'odd', message: 'x' } } },
      0,
    ],
    [
      'succeeds with data and an error',
      { kind: 'status', status: 201, body: { data: { post_id: 'p' }, error: 'half done' } },
      0,
    ],
    ['succeeds with a text', { kind: 'status', status: 200, body: 'fine' }, 0],
  ];

  it.each(inDoubt)('has an unknown outcome when it %s, and is sent once', async (_, fault, posts) => {
    await using setting = await open();
    setting.emulator.server.fail(fault, onCreate);
    const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
    expect(failure.code).toBe('outcome_unknown');
    expect(setting.sent('POST', /^\/posts$/)).toHaveLength(1);
    expect(setting.emulator.posts).toHaveLength(posts);
    expect(JSON.stringify(failure.toAnswer())).not.toContain(setting.emulator.apiKey.slice(8));
  });

  it('is unavailable where the connection is refused, and was surely not sent', async () => {
    await using setting = await open();
    await setting.emulator.server.stop();
    expect(await codeOf(setting.backend.createVideoPost(order(), setting.call))).toBe('unavailable');
    await setting.emulator.server.listen();
    expect(setting.emulator.posts).toEqual([]);
  });

  it.each([
    ['with Retry-After', 'header', 'rate_limited'],
    ['with the wait in its text alone', 'message', 'rate_limit_exceeded'],
  ] as const)('is rate limited %s', async (_, retryAfter, rateLimitCode) => {
    await using setting = await open({ retryAfter, rateLimitCode });
    setting.emulator.throttle(30, onCreate);
    const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
    expect(failure).toMatchObject({
      code: 'rate_limited',
      details: { retryAfterSeconds: expect.any(Number) },
    });
    expect(setting.emulator.posts).toEqual([]);
    expect(setting.sent('POST', /^\/posts$/)).toHaveLength(1);
  });

  it('reads the wait out of a body without envelope, and out of a text', async () => {
    await using setting = await open();
    for (const error of [
      { code: 'rate_limited', message: 'x', retryAfter: 17 },
      { code: 'x', message: 'Try again in 17 seconds.' },
    ]) {
      setting.emulator.server.fail({ kind: 'status', status: 429, body: { error } }, onCreate);
      const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
      expect(failure.details.retryAfterSeconds).toBe(17);
      setting.clock.advance(MINUTE_MS);
    }
  });

  it('is refused where a success carries a refusal that is known', async () => {
    await using setting = await open();
    const said = {
      data: null,
      error: { code: 'validation_error', message: 'no' },
      meta: { requestId: 'r1' },
    };
    setting.emulator.server.fail({ kind: 'status', status: 200, body: said }, onCreate);
    const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
    expect(failure).toMatchObject({
      code: 'invalid_parameter',
      details: { upstream: { status: 200, code: 'validation_error', requestId: 'r1' } },
    });
  });

  it.each([
    [400, 'validation_error', 'invalid_parameter'],
    [400, 'bad_request', 'invalid_parameter'],
    [400, 'invalid_json', 'invalid_parameter'],
    [400, 'invalid_field_name', 'invalid_parameter'],
    [400, 'content_too_long', 'invalid_parameter'],
    [400, 'post_creation_failed', 'invalid_parameter'],
    [400, 'past_schedule_time', 'invalid_parameter'],
    [400, 'invalid_datetime', 'invalid_parameter'],
    [400, 'invalid_timezone', 'invalid_parameter'],
    [400, 'too_many_accounts', 'invalid_parameter'],
    [400, 'invalid_accounts', 'not_found'],
    [400, 'unsupported_media_type', 'media_rejected'],
    [400, 'file_too_large', 'media_rejected'],
    [400, 'file_type_mismatch', 'media_rejected'],
    [400, 'some_new_code', 'invalid_parameter'],
    [401, 'invalid_api_key', 'unauthenticated'],
    [401, 'unauthorized', 'unauthenticated'],
    [401, 'insufficient_scope', 'forbidden'],
    [402, 'subscription_required', 'quota_exceeded'],
    [402, 'insufficient_credits', 'quota_exceeded'],
    [403, 'forbidden', 'forbidden'],
    [404, 'not_found', 'not_found'],
    [415, 'unsupported_media_type', 'media_rejected'],
    [422, 'permanent_failure_circuit_breaker', 'invalid_parameter'],
    [429, 'rate_limited', 'rate_limited'],
    [429, 'rate_limit_exceeded', 'rate_limited'],
    [500, 'internal_error', 'outcome_unknown'],
    [503, 'service_unavailable', 'outcome_unknown'],
  ] as const)('with %i %s is %s', async (status, code, ours) => {
    for (const errorRetryable of [true, false]) {
      await using setting = await open({ errorRetryable });
      setting.emulator.refuse(status, code, onCreate);
      const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
      expect(failure).toMatchObject({ code: ours, details: { upstream: { status, code } } });
      expect(setting.emulator.posts).toEqual([]);
      expect(JSON.stringify(failure.toAnswer())).not.toContain(setting.emulator.apiKey);
    }
  });

  it('says which text was too long, whatever the vendor calls it', async () => {
    for (const textTooLongCode of ['content_too_long', 'post_creation_failed'] as const) {
      await using setting = await open({ textTooLongCode });
      const failure = await failureOf(
        setting.backend.createVideoPost(order({ accounts: [X], caption: 'x'.repeat(281) }), setting.call),
      );
      expect(failure).toMatchObject({ code: 'invalid_parameter', message: expect.stringContaining('281') });
    }
  });

  it('repeats what stands in the details alone', async () => {
    await using setting = await open();
    const error = {
      code: 'post_creation_failed',
      message: 'Failed.',
      details: { validation_errors: ['x: 281 characters', { a: 1 }] },
    };
    setting.emulator.server.fail({ kind: 'status', status: 400, body: { data: null, error } }, onCreate);
    const { message } = await failureOf(setting.backend.createVideoPost(order(), setting.call));
    expect(message).toContain('Failed. x: 281 characters {"a":1}');
  });

  it('names the parameter where the time is too near', async () => {
    await using setting = await open({ minimumLeadMs: 5 * MINUTE_MS });
    const near = order({ airTime: { at: NOON + 2 * MINUTE_MS, timezone: 'UTC' } });
    const failure = await failureOf(setting.backend.createVideoPost(near, setting.call));
    expect(failure).toMatchObject({
      code: 'invalid_parameter',
      details: { field: 'scheduledTime', hint: expect.stringContaining('five minutes') },
    });
  });

  it('says what to do where the same content failed too often', async () => {
    await using setting = await open();
    setting.emulator.refuse(422, 'permanent_failure_circuit_breaker', onCreate);
    const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
    expect(failure.details.hint).toContain('Change the caption or the video');
  });

  it('names the setting where the key is not accepted, and never the key', async () => {
    await using setting = await open();
    setting.emulator.refuse(401, 'invalid_api_key', isTo('POST', /./));
    const failure = await failureOf(setting.backend.createVideoPost(order(), setting.call));
    expect(failure.code).toBe('unauthenticated');
    expect(failure.details.hint).toContain('POSTEVERYWHERE_API_KEY');
  });
});
