import { describe, expect, test } from 'vitest';
import type { PostEdit } from '../../../src/domain/backend.ts';
import { cancelById, testCall } from '../../support/call.ts';
import { AIR_AT, accounts, airTime, type Bench, failureOf, HOUR, NOW, openBench, order } from './open.ts';

const STATUS = 'GET /api/uploadposts/status';
const SCHEDULE = 'GET /api/uploadposts/schedule';
const HISTORY = 'GET /api/uploadposts/history';
const later = { at: AIR_AT + 2 * HOUR, timezone: 'Asia/Tokyo' };

async function create({ backend }: Bench, changes: Parameters<typeof order>[0] = {}) {
  const { posts } = await backend.createVideoPost(order({ airTime, ...changes }), testCall());
  return posts[0]?.id ?? '';
}

async function published({ emulator, advance }: Bench) {
  advance(48 * HOUR);
  return Object.fromEntries(emulator.published().map(({ platform, caption }) => [platform, caption]));
}

const isChange = ({ method, path }: { method: string; path: string }) =>
  method !== 'GET' && path.includes('/schedule/');

describe('an edit', () => {
  test('reads the post, sends what was named, and answers with what then stands', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.calls();
    const { post, warnings } = await bench.backend.editPost(
      id,
      { airTime: later, caption: 'New' },
      testCall(),
    );
    expect(bench.calls()).toEqual([STATUS, SCHEDULE, `PATCH /api/uploadposts/schedule/${id.slice(4)}`]);
    expect(bench.emulator.server.requests.at(-1)?.json).toEqual({
      title: 'New',
      caption: 'New',
      scheduled_date: '2026-11-22T20:30:00Z',
    });
    expect(warnings).toEqual([]);
    expect(post).toMatchObject({ id, status: 'scheduled', caption: 'New', airAt: later.at });
    expect(await bench.backend.getPost(id, testCall())).toEqual(post);
  });

  test.each<[string, Parameters<typeof order>[0], PostEdit, Record<string, string>, string[]]>([
    [
      'the caption everywhere',
      { accounts: accounts('tiktok', 'instagram') },
      { caption: 'New' },
      { tiktok: 'New', instagram: 'New' },
      [],
    ],
    [
      'the caption of a mixed post, which keeps its title on YouTube',
      { accounts: accounts('tiktok', 'youtube'), title: 'T' },
      { caption: 'New' },
      { tiktok: 'New', youtube: 'New' },
      [],
    ],
    [
      'the description on YouTube alone',
      { accounts: accounts('youtube'), title: 'T' },
      { caption: 'New' },
      { youtube: 'New' },
      [],
    ],
    [
      'the caption of one account that was given its own',
      { accounts: accounts('tiktok'), options: { tiktok: { caption: 'Own' } } },
      { caption: 'New' },
      { tiktok: 'New' },
      [],
    ],
    [
      'the common caption, and tells which account keeps its own',
      { options: { tiktok: { caption: 'Own' } } },
      { caption: 'New' },
      { tiktok: 'Own', instagram: 'New' },
      ['caption_kept'],
    ],
    [
      'the title of YouTube and not its description',
      { accounts: accounts('youtube'), title: 'T' },
      { title: 'New' },
      { youtube: 'Hello world #hi' },
      [],
    ],
    [
      'nothing but the time',
      { accounts: accounts('tiktok') },
      { airTime: later },
      { tiktok: 'Hello world #hi' },
      [],
    ],
  ])('changes %s', async (_what, made, edit, captions, codes) => {
    await using bench = await openBench();
    const id = await create(bench, made);
    const { warnings } = await bench.backend.editPost(id, edit, testCall());
    expect(warnings.map(({ code }) => code)).toEqual(codes);
    expect(await published(bench)).toEqual(captions);
  });

  test('changes the title where the title is one', async () => {
    await using bench = await openBench();
    const id = await create(bench, { accounts: accounts('youtube'), title: 'T' });
    const { post } = await bench.backend.editPost(id, { title: 'New' }, testCall());
    expect(post.title).toBe('New');
    expect(bench.emulator.uploads()[0]?.title).toBe('New');
  });

  test('tells which account keeps a title of its own', async () => {
    await using bench = await openBench({
      profiles: [
        { username: 'myusername', accounts: { youtube: { username: 'a' }, linkedin: { username: 'b' } } },
      ],
    });
    const options = { youtube: { title: 'Video' } };
    const id = await create(bench, { accounts: accounts('youtube', 'linkedin'), title: 'T', options });
    const { warnings } = await bench.backend.editPost(id, { title: 'New' }, testCall());
    expect(warnings).toMatchObject([{ code: 'title_kept', accountIds: ['myusername/youtube'] }]);
  });

  test.each<[string, Parameters<typeof order>[0], PostEdit, string]>([
    [
      'a title that stands apart from the caption',
      { accounts: accounts('tiktok', 'youtube'), title: 'T' },
      { title: 'New', caption: 'New' },
      'title',
    ],
    ['a title that no account has', { accounts: accounts('tiktok') }, { title: 'New' }, 'title'],
    [
      'captions that are all their own',
      { options: { tiktok: { caption: 'A' }, instagram: { caption: 'B' } } },
      { caption: 'New' },
      'caption',
    ],
  ])('is refused before anything changes: %s', async (_what, made, edit, field) => {
    await using bench = await openBench();
    const id = await create(bench, made);
    bench.calls();
    const failure = await failureOf(bench.backend.editPost(id, edit, testCall()));
    expect(failure).toMatchObject({ code: 'unsupported', details: { field } });
    expect(bench.calls()).toEqual([STATUS, SCHEDULE]);
  });

  test('of a post that Airdate did not make says what may stay', async () => {
    await using bench = await openBench();
    const [jobId] = bench.emulator.addScheduled(1);
    const { warnings } = await bench.backend.editPost(`job/${jobId}`, { caption: 'New' }, testCall());
    expect(warnings).toMatchObject([{ code: 'texts_may_stay' }]);
    expect(bench.emulator.server.requests.at(-1)?.json).toEqual({ caption: 'New' });
  });

  test('tells where the answer is not what was asked for', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    const body = {
      success: true,
      job_id: id,
      scheduled_date: '2026-11-24T00:00:00Z',
      title: 'Old',
      caption: 'New',
    };
    bench.emulator.server.fail({ kind: 'status', status: 200, body }, isChange);
    const { post, warnings } = await bench.backend.editPost(
      id,
      { airTime: later, caption: 'New' },
      testCall(),
    );
    expect(post.airAt).toBe(Date.parse('2026-11-24T00:00:00Z'));
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }, { code: 'text_not_kept' }]);
  });

  test('can be planned, which sends nothing', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.calls();
    const plan = await bench.backend.planEdit(id, { airTime: later }, testCall());
    expect(plan.requests).toEqual([
      {
        accountIds: ['myusername/tiktok', 'myusername/instagram'],
        method: 'PATCH',
        url: `${bench.emulator.baseUrl}/uploadposts/schedule/${id.slice(4)}`,
        body: { scheduled_date: '2026-11-22T20:30:00Z' },
      },
    ]);
    expect(bench.calls()).toEqual([STATUS, SCHEDULE]);
  });

  test('comes too late for a post that runs, has run, or was sent at once', async () => {
    await using bench = await openBench({ scheduledProcessingMs: HOUR });
    const scheduled = await create(bench);
    const { posts } = await bench.backend.createVideoPost(order(), testCall());
    bench.advance(AIR_AT - NOW + 1);
    for (const id of [scheduled, posts[0]?.id ?? '']) {
      const failure = await failureOf(bench.backend.editPost(id, { caption: 'New' }, testCall()));
      expect(failure).toMatchObject({ code: 'cannot_edit', details: { field: 'postId' } });
    }
    bench.advance(2 * HOUR);
    expect((await failureOf(bench.backend.editPost(scheduled, { caption: 'New' }, testCall()))).code).toBe(
      'cannot_edit',
    );
  });

  test.each([
    [{ status: 404, body: { success: false, error: 'Job not found' } }, 'cannot_edit'],
    [{ status: 400, body: { success: false, error: 'This job cannot be edited any more' } }, 'cannot_edit'],
    [
      { status: 400, body: { success: false, error: 'Daily limit reached for the new date' } },
      'quota_exceeded',
    ],
    [
      { status: 400, body: { success: false, error: 'scheduled_date must be in the future' } },
      'invalid_parameter',
    ],
    [{ status: 403, body: { success: false, message: 'No', error_code: 'READONLY_CALENDAR' } }, 'forbidden'],
    [{ status: 403, body: { success: false, error: 'Forbidden' } }, 'forbidden'],
    [{ status: 500, body: { success: false, error: 'Oh' } }, 'outcome_unknown'],
  ] as const)('that is answered %j is %s', async (answer, code) => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.server.fail({ kind: 'status', ...answer }, isChange);
    expect((await failureOf(bench.backend.editPost(id, { caption: 'New' }, testCall()))).code).toBe(code);
  });

  test('whose answer was lost is in doubt and is sent once', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.server.fail({ kind: 'resetAfterAccept' }, isChange);
    const failure = await failureOf(bench.backend.editPost(id, { caption: 'New' }, testCall()));
    expect(failure.code).toBe('outcome_unknown');
    expect(bench.calls().filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
    expect((await bench.backend.getPost(id, testCall())).caption).toBe('New');
  });
});

describe('a cancel', () => {
  test('reads the post, takes it back, and answers with what it was', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.calls();
    const { post } = await cancelById(bench.backend, id);
    expect(bench.calls()).toEqual([STATUS, SCHEDULE, `DELETE /api/uploadposts/schedule/${id.slice(4)}`]);
    expect(post).toMatchObject({
      id,
      status: 'cancelled',
      caption: 'Hello world #hi',
      airAt: AIR_AT,
      targets: [{ status: 'cancelled' }, { status: 'cancelled' }],
    });
    expect((await failureOf(bench.backend.getPost(id, testCall()))).code).toBe('not_found');
    expect(await published(bench)).toEqual({});
  });

  test('comes too late for a post that has run, though the vendor says 404', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.advance(AIR_AT - NOW);
    expect((await failureOf(cancelById(bench.backend, id))).code).toBe('cannot_edit');
    expect(Object.keys(await published(bench))).toHaveLength(2);
  });

  test('comes too late when the post runs between the look and the cancel', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.server.fail(
      { kind: 'status', status: 404, body: { success: false, error: 'Job not found' } },
      (request) => {
        if (isChange(request)) bench.advance(AIR_AT - NOW);
        return isChange(request);
      },
    );
    expect((await failureOf(cancelById(bench.backend, id))).code).toBe('cannot_edit');
  });

  test('is not for a post that was sent at once', async () => {
    await using bench = await openBench();
    const { posts } = await bench.backend.createVideoPost(order(), testCall());
    const [post] = posts;
    if (!post) throw new Error('a post was made');
    bench.calls();
    expect((await failureOf(bench.backend.cancelPost(post, testCall()))).code).toBe('cannot_edit');
    expect(bench.calls()).toEqual([]);
  });

  test('of a post that nobody knows is not found', async () => {
    await using bench = await openBench();
    expect((await failureOf(cancelById(bench.backend, 'job/none'))).code).toBe('not_found');
  });

  test('whose answer was lost is done when the post is gone without having run', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.server.fail({ kind: 'resetAfterAccept' }, isChange);
    expect((await cancelById(bench.backend, id)).post.status).toBe('cancelled');
    expect(await published(bench)).toEqual({});
  });

  test('whose answer was lost is in doubt when the post is still there', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.server.fail({ kind: 'html', status: 502 }, isChange);
    expect((await failureOf(cancelById(bench.backend, id))).code).toBe('outcome_unknown');
    expect((await bench.backend.getPost(id, testCall())).status).toBe('scheduled');
  });
});

describe('a retry', () => {
  const RETRY = 'POST /api/uploadposts/posts/retry';

  async function half(bench: Bench, changes: Parameters<typeof order>[0] = {}) {
    bench.emulator.failPlatform({ platform: 'tiktok', errorCode: 'busy', message: 'Later', times: 1 });
    const { posts } = await bench.backend.createVideoPost(order(changes), testCall());
    bench.advance(48 * HOUR);
    bench.calls();
    return posts[0]?.id ?? '';
  }

  test.each([
    ['a job', { airTime }],
    ['a request', {}],
  ])('of %s has the failed accounts tried again and no others', async (_what, changes) => {
    await using bench = await openBench();
    const id = await half(bench, changes);
    expect(Object.keys(await published(bench))).toEqual(['instagram']);
    const { post } = await bench.backend.retryPost(id, undefined, testCall());
    expect(bench.calls()).toEqual([STATUS, HISTORY, RETRY]);
    expect(post).toMatchObject({
      id,
      status: 'processing',
      targets: [
        { platform: 'tiktok', status: 'processing' },
        { platform: 'instagram', status: 'published' },
      ],
    });
    expect(post.targets[0]).not.toHaveProperty('error');
    bench.advance(HOUR);
    expect(bench.emulator.published()).toHaveLength(2);
    expect((await bench.backend.getPost(id, testCall())).status).toBe('published');
  });

  test('may name the accounts that failed, all of them', async () => {
    await using bench = await openBench();
    const id = await half(bench);
    expect((await bench.backend.retryPost(id, ['myusername/tiktok'], testCall())).post.status).toBe(
      'processing',
    );
  });

  test('cannot be of some of the accounts that failed', async () => {
    await using bench = await openBench();
    bench.emulator.failPlatform({ platform: 'instagram', errorCode: 'busy', message: 'Later' });
    const id = await half(bench);
    const failure = await failureOf(bench.backend.retryPost(id, ['myusername/tiktok'], testCall()));
    expect(failure).toMatchObject({ code: 'unsupported', details: { field: 'accountIds' } });
    expect(bench.calls()).not.toContain(RETRY);
  });

  test('is refused where nothing failed', async () => {
    await using bench = await openBench();
    const { posts } = await bench.backend.createVideoPost(order(), testCall());
    const id = posts[0]?.id ?? '';
    bench.advance(HOUR);
    expect((await failureOf(bench.backend.retryPost(id, undefined, testCall()))).code).toBe('cannot_edit');
    const failed = await half(bench);
    const conflict = {
      kind: 'status',
      status: 409,
      body: { success: false, message: 'Nothing to retry' },
    } as const;
    bench.emulator.server.fail(conflict, ({ path }) => path.endsWith('/retry'));
    expect((await failureOf(bench.backend.retryPost(failed, undefined, testCall()))).code).toBe(
      'cannot_edit',
    );
    expect(
      (await failureOf(bench.backend.retryPost(failed, ['myusername/instagram'], testCall()))).code,
    ).toBe('cannot_edit');
  });

  test('does not go near a post that may be live', async () => {
    await using bench = await openBench();
    const { posts } = await bench.backend.createVideoPost(order(), testCall());
    const id = posts[0]?.id ?? '';
    bench.emulator.stall(id.replace('request/', ''));
    bench.advance(2 * HOUR);
    bench.calls();
    expect((await failureOf(bench.backend.retryPost(id, undefined, testCall()))).code).toBe(
      'outcome_unknown',
    );
    expect(bench.calls()).not.toContain(RETRY);
  });

  test('whose answer was lost is in doubt and is sent once', async () => {
    await using bench = await openBench();
    const id = await half(bench);
    bench.emulator.server.fail({ kind: 'resetAfterAccept' }, ({ path }) => path.endsWith('/retry'));
    expect((await failureOf(bench.backend.retryPost(id, undefined, testCall()))).code).toBe(
      'outcome_unknown',
    );
    expect(bench.calls().filter((call) => call === RETRY)).toHaveLength(1);
  });
});
