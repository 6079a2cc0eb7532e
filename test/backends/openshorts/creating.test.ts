import { describe, expect, test } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { testCall } from '../../support/call.ts';
import {
  AIR_AT,
  accounts,
  airTime,
  type Bench,
  clip,
  failureOf,
  HOUR,
  JOB,
  NOW,
  openBench,
  order,
} from './open.ts';

const STATUS = `GET /api/status/${JOB}`;
const POST = 'POST /api/social/post';

function fieldsOf({ vendor }: Bench) {
  return vendor.uploads().at(-1)?.form.fields ?? {};
}

describe('a clip that is posted now', () => {
  test.each(['vendor', 'documented'] as const)(
    'goes by the request that Upload-Post made of it, answers as %s',
    async (answers) => {
      await using bench = await openBench({ answers });
      const { posts, warnings } = await bench.backend.createVideoPost(order(), testCall());
      expect(bench.calls()).toEqual([STATUS, POST]);
      expect(posts).toEqual([
        {
          id: `myusername/request/${bench.vendor.uploads()[0]?.requestId}`,
          status: 'processing',
          contentType: 'video',
          contentUrl: `openshorts:${JOB}/0`,
          caption: 'Hello clip #hi',
          title: 'Hello clip #hi',
          airAt: NOW,
          createdAt: NOW,
          targets: [
            { accountId: 'myusername/tiktok', platform: 'tiktok', status: 'processing' },
            { accountId: 'myusername/instagram', platform: 'instagram', status: 'processing' },
          ],
        },
      ]);
      expect(warnings).toMatchObject([{ code: 'lands_in_drafts', accountIds: ['myusername/tiktok'] }]);
      const [request] = bench.app.server.requests.slice(-1);
      expect(request?.headers['x-upload-post-key']).toBe(bench.vendor.apiKey);
      expect(JSON.stringify(request?.json)).not.toContain(bench.vendor.apiKey);
    },
  );

  test('lands in the drafts of TikTok, and is told as one', async () => {
    await using bench = await openBench();
    const { posts } = await bench.backend.createVideoPost(order(), testCall());
    bench.advance(HOUR);
    expect(bench.vendor.published()).toMatchObject([{ platform: 'instagram', caption: 'Hello clip #hi' }]);
    expect(await bench.backend.getPost(posts[0]?.id ?? '', testCall())).toMatchObject({
      id: posts[0]?.id,
      status: 'partial',
      targets: [
        { platform: 'tiktok', status: 'draft' },
        { platform: 'instagram', status: 'published', url: expect.stringContaining('instagram.com') },
      ],
    });
  });

  test('goes out where the app posts directly', async () => {
    await using bench = await openBench({ tiktokPostMode: 'DIRECT_POST' });
    await bench.backend.createVideoPost(order(), testCall());
    bench.advance(HOUR);
    expect(bench.vendor.published()).toHaveLength(2);
  });
});

describe('a scheduled clip', () => {
  test.each(['vendor', 'documented'] as const)(
    'is sent in UTC, and goes by its job, answers as %s',
    async (answers) => {
      await using bench = await openBench({ answers, uploadPost: { offsetWithTimezone: 'timezone' } });
      const { posts } = await bench.backend.createVideoPost(order({ airTime }), testCall());
      expect(fieldsOf(bench)).toMatchObject({ scheduled_date: ['2026-11-22T18:30:00Z'], timezone: ['UTC'] });
      expect(posts).toMatchObject([
        { id: `myusername/job/${bench.vendor.uploads()[0]?.jobId}`, status: 'scheduled', airAt: AIR_AT },
      ]);
      bench.advance(AIR_AT - NOW);
      expect(bench.vendor.published()).toMatchObject([{ publishedAt: '2026-11-22T18:30:00.000Z' }]);
    },
  );

  test('that comes back with another time is told so', async () => {
    await using bench = await openBench();
    const body = { success: true, job_id: 'a1', scheduled_date: '2026-11-23T00:00:00Z' };
    bench.app.server.fail({ kind: 'status', status: 200, body }, ({ method }) => method === 'POST');
    const { posts, warnings } = await bench.backend.createVideoPost(
      order({ airTime, accounts: accounts('instagram') }),
      testCall(),
    );
    expect(posts[0]?.airAt).toBe(Date.parse('2026-11-23T00:00:00Z'));
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
  });
});

describe('texts', () => {
  test('are one caption everywhere and a title on YouTube', async () => {
    await using bench = await openBench();
    const wanted = order({ accounts: accounts('tiktok', 'instagram', 'youtube'), title: 'A title' });
    await bench.backend.createVideoPost(wanted, testCall());
    expect(fieldsOf(bench)).toMatchObject({
      title: ['A title'],
      tiktok_title: ['Hello clip #hi'],
      instagram_title: ['Hello clip #hi'],
      youtube_title: ['A title'],
      youtube_description: ['Hello clip #hi'],
    });
  });

  test('of the clip are used and told where none are given', async () => {
    await using bench = await openBench();
    const { caption: _, ...wanted } = order({ accounts: accounts('youtube') });
    const { posts, warnings } = await bench.backend.createVideoPost(wanted, testCall());
    expect(posts[0]).toMatchObject({
      caption: 'Instagram text of clip 1 #reels',
      title: 'YouTube title of clip 1',
    });
    expect(warnings.map(({ code }) => code)).toEqual(['caption_from_clip', 'title_from_clip']);
    expect(fieldsOf(bench)).toMatchObject({
      youtube_title: ['YouTube title of clip 1'],
      youtube_description: ['Instagram text of clip 1 #reels'],
    });
  });

  test('may be a title for YouTube alone, and one that is too long is cut', async () => {
    await using bench = await openBench();
    const accountsThere = accounts('youtube');
    await bench.backend.createVideoPost(
      order({ accounts: accountsThere, title: 'A', options: { youtube: { title: 'B' } } }),
      testCall(),
    );
    expect(fieldsOf(bench)).toMatchObject({ youtube_title: ['B'] });
    bench.app.setJob({ jobId: JOB, clips: [{ video_title_for_youtube_short: 'x'.repeat(120) }] });
    await bench.backend.createVideoPost(order({ accounts: accountsThere }), testCall());
    expect(fieldsOf(bench)).toMatchObject({ youtube_title: ['x'.repeat(100)] });
  });

  test('cannot be empty: the app would write its own', async () => {
    await using bench = await openBench();
    const failure = await failureOf(bench.backend.createVideoPost(order({ caption: ' ' }), testCall()));
    expect(failure).toMatchObject({ code: 'unsupported', details: { field: 'caption' } });
    expect(bench.vendor.uploads()).toEqual([]);
  });
});

describe('a clip that cannot be posted', () => {
  test.each([
    ['its index is negative', clip(-1), 'invalid_parameter'],
    ['its index is beyond the clips', clip(3), 'not_found'],
    ['nobody knows the job', clip(0, 'none'), 'not_found'],
    ['the job would name another path', clip(0, '..'), 'not_found'],
    ['it is no clip', { kind: 'url', url: 'https://media.example.com/a.mp4' }, 'unsupported'],
  ] as const)('is refused before anything is sent: %s', async (_what, content, code) => {
    await using bench = await openBench();
    expect((await failureOf(bench.backend.createVideoPost(order({ content }), testCall()))).code).toBe(code);
    expect(bench.calls()).not.toContain(POST);
    expect(bench.vendor.server.requests).toEqual([]);
  });

  test('names the clips that there are', async () => {
    await using bench = await openBench();
    const failure = await failureOf(bench.backend.createVideoPost(order({ content: clip(7) }), testCall()));
    expect(failure.details.candidates).toEqual([
      { value: `openshorts:${JOB}/0`, why: 'YouTube title of clip 1' },
      { value: `openshorts:${JOB}/1`, why: 'YouTube title of clip 2' },
      { value: `openshorts:${JOB}/2`, why: 'YouTube title of clip 3' },
    ]);
  });

  test.each([
    ['processing', 'unavailable'],
    ['queued', 'unavailable'],
    ['failed', 'media_rejected'],
  ] as const)('waits for a job that is %s', async (status, code) => {
    await using bench = await openBench();
    const content = clip(0, bench.app.jobs[status]);
    expect((await failureOf(bench.backend.createVideoPost(order({ content }), testCall()))).code).toBe(code);
    expect(bench.calls()).not.toContain(POST);
  });

  test.each(['wrapped', 'documented'] as const)(
    'is not found when its file is gone, statuses %s',
    async (statuses) => {
      await using bench = await openBench({ statuses });
      const content = clip(1, bench.app.jobs.missingFile);
      expect((await failureOf(bench.backend.createVideoPost(order({ content }), testCall()))).code).toBe(
        'not_found',
      );
    },
  );
});

describe('a plan', () => {
  test('shows the request with the texts of the clip, and sends none', async () => {
    await using bench = await openBench();
    const { caption: _, ...wanted } = order({ airTime });
    expect((await bench.backend.planVideoPost(wanted, testCall())).requests).toEqual([
      {
        accountIds: ['myusername/tiktok', 'myusername/instagram'],
        method: 'POST',
        url: `${bench.app.baseUrl}/api/social/post`,
        body: {
          job_id: JOB,
          clip_index: 0,
          user_id: 'myusername',
          platforms: ['tiktok', 'instagram'],
          title: 'Instagram text of clip 1 #reels',
          description: 'Instagram text of clip 1 #reels',
          scheduled_date: '2026-11-22T18:30:00Z',
          timezone: 'UTC',
        },
      },
    ]);
    expect(bench.calls()).toEqual([STATUS]);
  });
});

describe('a refusal', () => {
  test.each(['wrapped', 'documented'] as const)(
    'of the key is told although it comes as 500, statuses %s',
    async (statuses) => {
      const key = 'sk-upload-post-4711-secret';
      await using bench = await openBench({ statuses, key });
      const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
      expect(failure.toAnswer()).toMatchObject({
        code: 'unauthenticated',
        hint: expect.stringContaining('UPLOAD_POST_API_KEY'),
      });
      expect(JSON.stringify(failure.toAnswer())).not.toContain(key);
    },
  );

  test('is the one of Upload-Post, with its words', async () => {
    await using bench = await openBench({ uploadPost: { monthlyLimit: 1 } });
    bench.vendor.useUpMonth();
    const attempt = async () =>
      (await failureOf(bench.backend.createVideoPost(order(), testCall()))).toAnswer();
    expect(await attempt()).toMatchObject({
      code: 'quota_exceeded',
      message: expect.stringContaining('monthly limit'),
    });
    bench.vendor.limits.monthlyLimit = null;
    bench.vendor.requireReauth('myusername', 'tiktok');
    expect(await attempt()).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Reconnect'),
    });
    bench.vendor.limits.requestsPerMinute = 0;
    expect(await attempt()).toMatchObject({ code: 'rate_limited' });
    expect(bench.vendor.uploads()).toEqual([]);
  });

  test('for want of a key names the setting', async () => {
    await using bench = await openBench({ key: null });
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure).toMatchObject({ code: 'unauthenticated' });
    expect(bench.app.server.requests.at(-1)?.headers).not.toHaveProperty('x-upload-post-key');
  });

  test('of a form says which field, and nothing of what was sent', async () => {
    await using bench = await openBench();
    const body = {
      detail: [
        { type: 'missing', loc: ['body', 'platforms'], msg: 'Field required', input: { api_key: 'x1y2' } },
      ],
    };
    bench.app.server.fail({ kind: 'status', status: 422, body }, ({ method }) => method === 'POST');
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.message).toContain('platforms: Field required');
    expect(failure.message).not.toContain('x1y2');
  });

  test('of the hosted edition is understood too', async () => {
    await using bench = await openBench();
    const isPost = ({ method }: { method: string }) => method === 'POST';
    for (const [status, detail, code] of [
      [402, { error: 'no_plan' }, 'quota_exceeded'],
      [503, 'Could not resolve your social profile. Please try again.', 'unavailable'],
      [400, 'Missing Upload-Post API key', 'unauthenticated'],
    ] as const) {
      bench.app.server.fail({ kind: 'status', status, body: { detail } }, isPost);
      expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe(code);
    }
  });
});

describe('a create that meets trouble', () => {
  test.each<[string, Fault]>([
    ['the answer is cut off', { kind: 'resetAfterAccept' }],
    ['the answer is half', { kind: 'halfAnswer' }],
    ['there is 502 in its place', { kind: 'errorAfterAccept', status: 502 }],
  ])('is in doubt when %s, on either side of the app, and goes out once', async (_what, fault) => {
    await using bench = await openBench();
    for (const server of [bench.app.server, bench.vendor.server]) {
      const before = bench.vendor.uploads().length;
      server.fail(fault, ({ method }) => method === 'POST');
      const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
      expect(failure).toMatchObject({ code: 'outcome_unknown', retryable: false });
      expect(bench.vendor.uploads()).toHaveLength(before + 1);
    }
    expect(bench.calls().filter((call) => call === POST)).toHaveLength(2);
  });

  test('is in doubt when the answer says nothing that is known', async () => {
    await using bench = await openBench();
    for (const body of [{}, { success: true }, { success: false, message: 'no' }, '<html>']) {
      bench.app.server.fail({ kind: 'status', status: 200, body }, ({ method }) => method === 'POST');
      expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe(
        'outcome_unknown',
      );
    }
  });

  test('is in doubt when an old app says nothing of why', async () => {
    await using bench = await openBench({ starlette: 'old', key: 'wrong' });
    expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe(
      'outcome_unknown',
    );
  });

  test('surely did not arrive when Upload-Post, or the app, could not be reached', async () => {
    await using bench = await openBench();
    await bench.vendor.server.stop();
    const failure = await failureOf(bench.backend.createVideoPost(order(), testCall()));
    expect(failure).toMatchObject({ code: 'unavailable', retryable: true });
    await bench.app.server.stop();
    expect((await failureOf(bench.backend.createVideoPost(order(), testCall()))).code).toBe('unavailable');
  });
});

describe('a post whose outcome nobody recorded', () => {
  test.each(['with a key', 'without one'])('is found among what is still to come, %s', async (how) => {
    await using bench = await openBench({
      serverKey: true,
      key: how === 'with a key' ? undefined : null,
    } as object);
    bench.vendor.addScheduled(2, { firstAt: AIR_AT });
    const wanted = order({ airTime });
    const [made] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    bench.calls();
    const found = await bench.backend.findVideoPost({ order: wanted, sentAt: NOW }, testCall());
    expect(found).toEqual([
      expect.objectContaining({ id: made?.id, status: 'scheduled', airAt: AIR_AT, targets: made?.targets }),
    ]);
    expect(bench.calls()).toEqual(['GET /api/social/scheduled']);
  });

  test('is unknown as long as it may be on its way, then absent', async () => {
    await using bench = await openBench();
    const sent = { order: order({ airTime }), sentAt: NOW };
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('unknown');
    bench.advance(HOUR);
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('absent');
    bench.advance(48 * HOUR);
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('unknown');
  });

  test.each([
    ['later', AIR_AT + HOUR],
    ['earlier, and went live', NOW + HOUR],
  ])('is unknown where somebody moved it to air %s', async (_, at) => {
    await using bench = await openBench();
    await bench.backend.createVideoPost(order({ airTime: { ...airTime, at } }), testCall());
    bench.advance(2 * HOUR);
    const sent = { order: order({ airTime }), sentAt: NOW };
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('unknown');
  });

  test('is unknown where there are two alike, or its title is not known', async () => {
    await using bench = await openBench();
    const wanted = order({ airTime });
    await bench.backend.createVideoPost(wanted, testCall());
    const { caption: _, ...untitled } = order({ airTime, accounts: accounts('youtube') });
    bench.advance(HOUR);
    expect(await bench.backend.findVideoPost({ order: untitled, sentAt: NOW }, testCall())).toBe('unknown');
    await bench.backend.createVideoPost(wanted, testCall());
    expect(await bench.backend.findVideoPost({ order: wanted, sentAt: NOW }, testCall())).toBe('unknown');
  });

  test('that went out at once is found in the history, or unknown', async () => {
    await using bench = await openBench();
    const wanted = order();
    const [made] = (await bench.backend.createVideoPost(wanted, testCall())).posts;
    const sent = { order: wanted, sentAt: NOW };
    expect(await bench.backend.findVideoPost(sent, testCall())).toBe('unknown');
    bench.advance(HOUR);
    expect(await bench.backend.findVideoPost(sent, testCall())).toMatchObject([
      { id: made?.id, status: 'partial' },
    ]);
    expect(await bench.backend.findVideoPost({ ...sent, sentAt: NOW + HOUR }, testCall())).toBe('unknown');
    const other = { order: order({ accounts: accounts('instagram') }), sentAt: NOW };
    expect(await bench.backend.findVideoPost(other, testCall())).toBe('unknown');
  });

  test('that went out at once is unknown without a key', async () => {
    await using bench = await openBench({ key: null, serverKey: true });
    expect(await bench.backend.findVideoPost({ order: order(), sentAt: NOW }, testCall())).toBe('unknown');
    expect(bench.calls()).toEqual([]);
  });
});
