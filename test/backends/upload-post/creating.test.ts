import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/backends/upload-post/ids.ts';
import { fromExternalId, toExternalId } from '../../../src/backends/upload-post/label.ts';
import type { VideoOrder } from '../../../src/domain/backend.ts';
import { openLocalFile } from '../../../src/media/local-file.ts';
import type { Fault } from '../../emulators/emulator.ts';
import { testCall } from '../../support/call.ts';
import {
  AIR_AT,
  accounts,
  airTime,
  type Bench,
  FIXTURES,
  failureOf,
  HOUR,
  NOW,
  openBench,
  order,
} from './open.ts';

const UPLOAD = 'POST /api/upload';

function fieldsOf({ emulator }: Bench) {
  return emulator.uploads().at(-1)?.form.fields ?? {};
}

async function captionsOf({ emulator, advance }: Bench) {
  advance(48 * HOUR);
  return Object.fromEntries(emulator.published().map(({ platform, caption }) => [platform, caption]));
}

describe('a post that goes out now', () => {
  test('is one request, and goes by the request id that was sent along', async () => {
    await using bench = await openBench();
    const wanted = order();
    const { posts, warnings } = await bench.backend.createVideoPost(wanted, testCall());
    expect(bench.calls()).toEqual([UPLOAD]);
    expect(warnings).toEqual([]);
    expect(posts).toEqual([
      {
        id: `request/${wanted.requestId}`,
        status: 'processing',
        contentType: 'video',
        contentUrl: 'https://media.example.com/clip.mp4',
        caption: 'Hello world #hi',
        airAt: NOW,
        createdAt: NOW,
        targets: [
          { accountId: 'myusername/tiktok', platform: 'tiktok', status: 'processing' },
          { accountId: 'myusername/instagram', platform: 'instagram', status: 'processing' },
        ],
      },
    ]);
    bench.advance(HOUR);
    expect(bench.emulator.published()).toHaveLength(2);
  });

  test('carries its key twice, asks to be asynchronous, and refuses the inbox of TikTok', async () => {
    await using bench = await openBench();
    const wanted = order();
    await bench.backend.createVideoPost(wanted, testCall());
    const [request] = bench.emulator.server.requests;
    expect(request?.headers).toMatchObject({
      authorization: `Apikey ${bench.emulator.apiKey}`,
      'idempotency-key': wanted.requestId,
    });
    expect(fieldsOf(bench)).toEqual({
      user: ['myusername'],
      'platform[]': ['tiktok', 'instagram'],
      async_upload: ['true'],
      request_id: [wanted.requestId],
      external_id: ['airdate:tiktok,instagram:myusername'],
      title: ['Hello world #hi'],
      post_mode: ['DIRECT_POST'],
      disable_inbox_fallback: ['true'],
    });
  });

  test('sends a local file as it is read', async () => {
    await using bench = await openBench();
    const path = join(FIXTURES, 'clip.mp4');
    await using file = await openLocalFile(path, { roots: [FIXTURES], field: 'contentUrl', kind: 'video' });
    await bench.backend.createVideoPost(order({ content: { kind: 'file', url: path, file } }), testCall());
    expect(bench.emulator.uploads()[0]?.form.video).toMatchObject({
      kind: 'file',
      filename: 'clip.mp4',
      contentType: 'video/mp4',
      size: file.bytes,
    });
  });

  test('made again under the same key is the same post', async () => {
    await using bench = await openBench();
    const wanted = order();
    const first = await bench.backend.createVideoPost(wanted, testCall());
    const second = await bench.backend.createVideoPost(wanted, testCall());
    expect(second).toEqual(first);
    expect(bench.emulator.uploads()).toHaveLength(1);
  });

  test('that the vendor takes for one that it has is told', async () => {
    await using bench = await openBench({ contentWindowMs: HOUR });
    const [first] = (await bench.backend.createVideoPost(order(), testCall())).posts;
    const { posts, warnings } = await bench.backend.createVideoPost(order(), testCall());
    expect(posts[0]?.id).toBe(first?.id);
    expect(warnings).toMatchObject([{ code: 'duplicate_content' }]);
  });
});

describe('a scheduled post', () => {
  test('is sent in UTC with Z and without a zone, and goes by its job', async () => {
    await using bench = await openBench({ offsetWithTimezone: 'timezone' });
    const { posts, warnings } = await bench.backend.createVideoPost(order({ airTime }), testCall());
    expect(bench.calls()).toEqual([UPLOAD]);
    expect(warnings).toEqual([]);
    expect(fieldsOf(bench)).toMatchObject({ scheduled_date: ['2026-11-22T18:30:00Z'] });
    expect(fieldsOf(bench)).not.toHaveProperty('timezone');
    expect(posts).toMatchObject([
      { id: expect.stringMatching(/^job\/[0-9a-f]{32}$/), status: 'scheduled', airAt: AIR_AT },
    ]);
    bench.advance(AIR_AT - NOW - 1);
    expect(bench.emulator.published()).toEqual([]);
    bench.advance(1);
    expect(bench.emulator.published()[0]?.publishedAt).toBe('2026-11-22T18:30:00.000Z');
  });

  test('that comes back with another time is told so', async () => {
    await using bench = await openBench();
    const body = { success: true, job_id: 'a'.repeat(32), scheduled_date: '2026-11-23T18:30:00Z' };
    bench.emulator.server.fail({ kind: 'status', status: 202, body });
    const { posts, warnings } = await bench.backend.createVideoPost(order({ airTime }), testCall());
    expect(posts[0]?.airAt).toBe(Date.parse('2026-11-23T18:30:00Z'));
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
  });

  test('keeps its job where a repeated key is answered with the request id', async () => {
    await using bench = await openBench({ replay: 'request-id' });
    const wanted = order({ airTime });
    const [first] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    const [second] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    expect(second?.id).toBe(first?.id);
    expect(bench.calls()).toEqual([UPLOAD, UPLOAD, 'GET /api/uploadposts/schedule']);
  });

  test('that cannot be told from its twin goes by the request', async () => {
    await using bench = await openBench({ replay: 'request-id' });
    const wanted = order({ airTime });
    await bench.backend.createVideoPost(order({ airTime }), testCall());
    await bench.backend.createVideoPost(wanted, testCall());
    const [post] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    expect(post?.id).toBe(`request/${wanted.requestId}`);
  });
});

describe('texts', () => {
  const title = 'A title';
  const caption = 'First line\nsecond line';

  test.each<[string, Partial<VideoOrder>, Record<string, string[]>]>([
    [
      'of YouTube alone are title and description',
      { accounts: accounts('youtube'), title, caption },
      {
        title: [title],
        description: [caption],
        external_id: ['airdate:youtube:myusername'],
      },
    ],
    [
      'of platforms with a description stand the same way',
      { accounts: accounts('youtube', 'linkedin'), title, caption },
      {
        title: [title],
        description: [caption],
        external_id: ['airdate:youtube,linkedin:myusername'],
      },
    ],
    [
      'of a mixed post leave the title to the caption',
      { accounts: accounts('tiktok', 'youtube'), title, caption },
      {
        title: [caption],
        description: [caption],
        youtube_title: [title],
        external_id: ['airdate:tiktok,youtube.t:myusername'],
      },
    ],
    [
      'of one platform alone are the common ones, where an edit reaches them',
      { accounts: accounts('tiktok'), caption, options: { tiktok: { caption: 'Own' } } },
      {
        title: ['Own'],
        external_id: ['airdate:tiktok:myusername'],
      },
    ],
    [
      'of one platform among others stand apart',
      {
        accounts: accounts('tiktok', 'instagram', 'facebook'),
        caption,
        options: { tiktok: { caption: 'Own' }, facebook: { caption: 'Page' } },
      },
      {
        title: [caption],
        description: [caption],
        tiktok_title: ['Own'],
        facebook_description: ['Page'],
        external_id: ['airdate:tiktok.c,instagram,facebook.c:myusername'],
      },
    ],
    [
      'of YouTube may be given apart',
      {
        accounts: accounts('youtube', 'linkedin'),
        title,
        caption,
        options: { youtube: { title: 'Video', description: 'Long' } },
      },
      {
        title: [title],
        description: [caption],
        youtube_title: ['Video'],
        youtube_description: ['Long'],
        external_id: ['airdate:youtube.ct,linkedin:myusername'],
      },
    ],
    [
      'that are too long for a title on Facebook are cut there',
      { accounts: accounts('instagram', 'facebook'), caption: 'a'.repeat(300) },
      {
        facebook_title: ['a'.repeat(255)],
        title: ['a'.repeat(300)],
        description: ['a'.repeat(300)],
        external_id: ['airdate:instagram,facebook.t:myusername'],
      },
    ],
  ])('%s', async (_what, changes, fields) => {
    await using bench = await openBench();
    const backend = bench.backend;
    const plan = await backend.planVideoPost(order(changes), testCall());
    const form = plan.requests[0]?.body as [string, string][];
    const texts = form.filter(([name]) => /title$|description$|^external_id$/.test(name));
    expect(Object.fromEntries(texts.map(([name, value]) => [name, [value]]))).toEqual(fields);
    expect(bench.calls()).toEqual([]);
  });

  test('come out as they were asked for', async () => {
    await using bench = await openBench();
    await bench.backend.createVideoPost(
      order({
        accounts: accounts('tiktok', 'instagram', 'youtube'),
        title,
        caption,
        options: { tiktok: { caption: 'Own' } },
      }),
      testCall(),
    );
    expect(await captionsOf(bench)).toEqual({ tiktok: 'Own', instagram: caption, youtube: caption });
    expect(fieldsOf(bench)).toMatchObject({ youtube_title: [title] });
  });

  test('give YouTube the first line of the caption as a title, cut to 100, and say so', async () => {
    await using bench = await openBench();
    const long = `${'é'.repeat(120)}\nmore`;
    const wanted = order({ accounts: accounts('youtube'), caption: long });
    const { warnings } = await bench.backend.createVideoPost(wanted, testCall());
    expect(warnings).toMatchObject([{ code: 'title_from_caption', accountIds: ['myusername/youtube'] }]);
    expect(fieldsOf(bench)).toMatchObject({ title: ['é'.repeat(100)], description: [long] });
  });

  test('are refused for YouTube where there is nothing to make a title of', async () => {
    await using bench = await openBench();
    const { caption: _, ...wanted } = order({ accounts: accounts('youtube') });
    for (const attempt of [
      bench.backend.createVideoPost(wanted, testCall()),
      bench.backend.planVideoPost(wanted, testCall()),
    ]) {
      expect(await failureOf(attempt)).toMatchObject({
        code: 'invalid_parameter',
        details: { field: 'title' },
      });
    }
    expect(bench.calls()).toEqual([]);
  });

  test('cannot be left out on one platform alone', async () => {
    await using bench = await openBench();
    const failure = await failureOf(
      bench.backend.createVideoPost(order({ options: { tiktok: { caption: '' } } }), testCall()),
    );
    expect(failure).toMatchObject({
      code: 'unsupported',
      details: { field: 'platformOptions.tiktok.caption' },
    });
  });

  test('lose a title that no platform of the post has, and say so', async () => {
    await using bench = await openBench();
    const { warnings } = await bench.backend.createVideoPost(order({ title }), testCall());
    expect(warnings).toMatchObject([{ code: 'title_ignored' }]);
    expect(await captionsOf(bench)).toEqual({ tiktok: 'Hello world #hi', instagram: 'Hello world #hi' });
  });

  test('may be missing where the server does not want a title, and are refused where it does', async () => {
    await using bench = await openBench();
    const { caption: _, ...bare } = order();
    await bench.backend.createVideoPost(bare, testCall());
    bench.emulator.switches.titleRequired = 'always';
    const { caption: __, ...again } = order();
    const failure = await failureOf(bench.backend.createVideoPost(again, testCall()));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.message).toContain('title are required');
  });
});

describe('options', () => {
  test('reach their fields', async () => {
    await using bench = await openBench({
      profiles: [
        {
          username: 'myusername',
          accounts: Object.fromEntries(
            ['tiktok', 'instagram', 'youtube', 'linkedin', 'x', 'facebook'].map((name) => [
              name,
              { username: 'me' },
            ]),
          ),
        },
      ],
    });
    const { warnings } = await bench.backend.createVideoPost(
      order({
        accounts: accounts('tiktok', 'instagram', 'youtube', 'linkedin', 'x', 'facebook'),
        title: 'T',
        soundId: '6817312022837872641',
        options: {
          tiktok: {
            privacyLevel: 'SELF_ONLY',
            allowComments: false,
            allowDuet: true,
            allowStitch: false,
            coverTimestampMs: 1500,
          },
          instagram: { contentType: 'Trial Reel', shareToFeed: false, coverTimestampMs: 2500 },
          youtube: { privacyStatus: 'unlisted', tags: ['a', 'b'] },
          linkedin: { visibility: 'LOGGED_IN_MEMBERS' },
          x: { replySettings: 'following' },
          facebook: { videoType: 'video' },
        },
      }),
      testCall(),
    );
    expect(warnings).toEqual([]);
    expect(fieldsOf(bench)).toMatchObject({
      privacy_level: ['SELF_ONLY'],
      disable_comment: ['true'],
      disable_duet: ['false'],
      disable_stitch: ['true'],
      cover_timestamp: ['1500'],
      tiktok_music_id: ['6817312022837872641'],
      media_type: ['REELS'],
      share_mode: ['TRIAL_REELS_DONT_SHARE_TO_FOLLOWERS'],
      share_to_feed: ['false'],
      thumb_offset: ['2500'],
      privacyStatus: ['unlisted'],
      'tags[]': ['a', 'b'],
      visibility: ['LOGGED_IN'],
      reply_settings: ['following'],
      facebook_media_type: ['VIDEO'],
    });
  });

  test('for platforms that are not posted to are not sent', async () => {
    await using bench = await openBench();
    await bench.backend.createVideoPost(
      order({
        accounts: accounts('instagram'),
        soundId: '1',
        options: { tiktok: { draft: true }, youtube: { tags: ['a'] } },
      }),
      testCall(),
    );
    const names = Object.keys(fieldsOf(bench));
    for (const name of ['post_mode', 'tiktok_music_id', 'tags[]', 'disable_inbox_fallback'])
      expect(names).not.toContain(name);
  });

  test.each([
    ['Reels', { media_type: ['REELS'] }, []],
    ['Story', { media_type: ['STORIES'] }, []],
    ['Post', { media_type: ['REELS'], share_to_feed: ['true'] }, [{ code: 'option_changed' }]],
  ] as const)('make %s of an Instagram video', async (contentType, fields, told) => {
    await using bench = await openBench();
    const wanted = order({ accounts: accounts('instagram'), options: { instagram: { contentType } } });
    const { warnings } = await bench.backend.createVideoPost(wanted, testCall());
    expect(fieldsOf(bench)).toMatchObject(fields);
    expect(warnings).toMatchObject(told);
  });

  test('can ask for a TikTok draft, which is never public and says what it leaves behind', async () => {
    await using bench = await openBench();
    const wanted = order({ accounts: accounts('tiktok'), options: { tiktok: { draft: true } } });
    const { posts, warnings } = await bench.backend.createVideoPost(wanted, testCall());
    expect(warnings).toMatchObject([{ code: 'draft_without_settings', accountIds: ['myusername/tiktok'] }]);
    expect(fieldsOf(bench)).toMatchObject({ post_mode: ['MEDIA_UPLOAD'] });
    bench.advance(HOUR);
    expect(bench.emulator.published()).toEqual([]);
    const post = await bench.backend.getPost(posts[0]?.id ?? '', testCall());
    expect(post).toMatchObject({ status: 'draft', targets: [{ status: 'draft' }] });
  });
});

describe('a plan', () => {
  test('shows the request without sending it, and without the key', async () => {
    await using bench = await openBench();
    const wanted = order({ airTime, caption: `my key is ${bench.emulator.apiKey}` });
    const plan = await bench.backend.planVideoPost(wanted, testCall());
    expect(plan.requests).toMatchObject([
      {
        accountIds: ['myusername/tiktok', 'myusername/instagram'],
        method: 'POST',
        url: `${bench.emulator.baseUrl}/upload`,
      },
    ]);
    expect(plan.requests[0]?.body).toContainEqual(['video', 'https://media.example.com/clip.mp4']);
    expect(plan.requests[0]?.body).toContainEqual(['scheduled_date', '2026-11-22T18:30:00Z']);
    expect(JSON.stringify(plan)).not.toContain(bench.emulator.apiKey);
    expect(bench.calls()).toEqual([]);
  });
});

describe('a create that meets trouble', () => {
  const isUpload = (request: { path: string }) => request.path === '/api/upload';

  test.each<[string, Fault]>([
    ['is cut off after it was accepted', { kind: 'resetAfterAccept' }],
    ['is answered 502 after it was accepted', { kind: 'errorAfterAccept', status: 502 }],
    ['is answered by half', { kind: 'halfAnswer' }],
    ['is answered 502 in HTML', { kind: 'html', status: 502 }],
    ['is cut off before it was read', { kind: 'resetBeforeRead' }],
    [
      'may come back in a second',
      {
        kind: 'status',
        status: 429,
        body: { success: false, message: 'slow' },
        headers: { 'retry-after': '1' },
      },
    ],
  ])('goes out again under its key when it %s, and posts once', async (_what, fault) => {
    await using bench = await openBench();
    bench.emulator.server.fail(fault, isUpload);
    const wanted = order({ airTime });
    const { posts } = await bench.backend.createVideoPost(wanted, testCall());
    expect(posts).toMatchObject([{ id: expect.stringMatching(/^job\//), status: 'scheduled' }]);
    expect(bench.calls()).toEqual([UPLOAD, UPLOAD]);
    expect(bench.emulator.uploads()).toHaveLength(1);
    bench.advance(48 * HOUR);
    expect(bench.emulator.published()).toHaveLength(2);
  });

  test.each<[string, Fault, number]>([
    ['cut off after they were accepted', { kind: 'resetAfterAccept' }, 1],
    ['answered 500 after they were accepted', { kind: 'errorAfterAccept', status: 500 }, 1],
    ['answered in HTML', { kind: 'html', status: 502 }, 0],
  ])('has an unknown outcome when all tries are %s', async (_what, fault, held) => {
    await using bench = await openBench();
    bench.emulator.server.fail(fault, isUpload, 99);
    const wanted = order();
    const failure = await failureOf(bench.backend.createVideoPost(wanted, testCall()));
    expect(failure).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(bench.emulator.uploads()).toHaveLength(held);
    const found = await bench.backend.findVideoPost({ order: wanted, sentAt: NOW }, testCall());
    expect(found).toEqual(held ? [expect.objectContaining({ id: `request/${wanted.requestId}` })] : 'absent');
  });

  test('has an unknown outcome when a 2xx says nothing that is known', async () => {
    await using bench = await openBench();
    for (const body of ['<html>', {}, { success: false, message: 'no' }]) {
      bench.emulator.server.fail({ kind: 'status', status: 200, body }, isUpload);
      expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe(
        'outcome_unknown',
      );
    }
  });

  test('is found when a repeated key is answered 409', async () => {
    await using bench = await openBench({ replay: 'conflict' });
    const wanted = order({ airTime });
    const [first] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    const [second] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    expect(second).toMatchObject({ id: first?.id, status: 'scheduled', airAt: AIR_AT });
    expect(bench.emulator.uploads()).toHaveLength(1);
  });

  test('stays in doubt when it was cut off and its key is then answered 409', async () => {
    await using bench = await openBench({ replay: 'conflict' });
    bench.emulator.server.fail({ kind: 'resetAfterAccept' }, isUpload);
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure.code).toBe('outcome_unknown');
  });

  test('is a conflict when 409 is about something else', async () => {
    await using bench = await openBench();
    bench.emulator.server.fail(
      { kind: 'status', status: 409, body: { success: false, message: 'exists' } },
      isUpload,
    );
    expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe('conflict');
  });

  test('surely did not arrive when nobody answers', async () => {
    await using bench = await openBench();
    await bench.emulator.server.stop();
    expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe('unavailable');
  });

  test('is not waited for when the vendor wants a pause that is longer', async () => {
    await using bench = await openBench();
    bench.emulator.server.fail({ kind: 'status', status: 429, headers: { 'retry-after': '30' } }, isUpload);
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure.toAnswer()).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 30 });
    expect(bench.calls()).toEqual([UPLOAD]);
  });

  test('tells of the request window until when it is shut', async () => {
    await using bench = await openBench({ requestsPerMinute: 0 });
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure.toAnswer()).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60 });
  });
});

describe('a post whose outcome nobody recorded', () => {
  test('is found by the id that was sent along, with its job', async () => {
    await using bench = await openBench();
    const wanted = order({ airTime });
    const [made] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    bench.calls();
    const { content: _, ...sent } = wanted;
    const found = await bench.backend.findVideoPost({ order: sent, sentAt: NOW }, testCall());
    expect(found).toEqual([
      expect.objectContaining({
        id: made?.id,
        status: 'scheduled',
        airAt: AIR_AT,
        caption: 'Hello world #hi',
        targets: made?.targets,
      }),
    ]);
    expect(bench.calls()).toEqual(['GET /api/uploadposts/status', 'GET /api/uploadposts/schedule']);
  });

  test('is found with its job and its outcome when it has run', async () => {
    await using bench = await openBench();
    const wanted = order({ airTime });
    const [made] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    bench.advance(AIR_AT - NOW);
    const found = await bench.backend.findVideoPost({ order: wanted, sentAt: NOW }, testCall());
    expect(found).toMatchObject([
      {
        id: made?.id,
        status: 'published',
        airAt: AIR_AT,
        targets: [{ status: 'published' }, { status: 'published' }],
      },
    ]);
  });

  test('is found among all others where the server takes no filters', async () => {
    await using bench = await openBench({ scheduleQuery: 'ignored', scheduleList: 'array' });
    bench.emulator.addScheduled(5, { firstAt: AIR_AT });
    const wanted = order({ airTime });
    const [made] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    const found = await bench.backend.findVideoPost({ order: wanted, sentAt: NOW }, testCall());
    expect(found).toMatchObject([{ id: made?.id }]);
  });

  test('is absent while its key would still keep a second one from being made, and unknown after a day', async () => {
    await using bench = await openBench();
    const sent = { order: order(), sentAt: NOW };
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('absent');
    expect(bench.calls()).toEqual(['GET /api/uploadposts/status']);
    bench.advance(24 * HOUR);
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('unknown');
  });

  test('is neither when the vendor does not answer', async () => {
    await using bench = await openBench();
    await bench.emulator.server.stop();
    const failure = await failureOf(bench.backend.findVideoPost({ order: order(), sentAt: NOW }, testCall()));
    expect(failure.code).toBe('unavailable');
  });
});

describe('the label of a post', () => {
  test('says whose it is and where its texts stand, whatever the profile is called', () => {
    const label = {
      profile: 'a:b/c, d',
      placements: [
        { platform: 'tiktok', ownCaption: true, ownTitle: false },
        { platform: 'google_business', ownCaption: false, ownTitle: false },
        { platform: 'youtube', ownCaption: true, ownTitle: true },
      ],
    } as const;
    expect(fromExternalId(toExternalId(label))).toEqual(label);
    expect(profileOf('a:b/c, d/tiktok')).toBe('a:b/c, d');
  });

  test('is left out where it would be too long, and is nothing in a label of somebody else', () => {
    expect(toExternalId({ profile: 'x'.repeat(250), placements: [] })).toBeUndefined();
    expect(fromExternalId('campaign:tiktok:summer')).toBeUndefined();
    expect(fromExternalId(null)).toBeUndefined();
  });
});
