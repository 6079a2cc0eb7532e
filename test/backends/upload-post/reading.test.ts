import { describe, expect, test } from 'vitest';
import { testCall } from '../../support/call.ts';
import { AIR_AT, accounts, airTime, type Bench, failureOf, HOUR, NOW, openBench, order } from './open.ts';

async function create({ backend }: Bench, changes: Parameters<typeof order>[0] = {}) {
  const { posts } = await backend.createVideoPost(order(changes), testCall());
  return posts[0]?.id ?? '';
}

const STATUS = 'GET /api/uploadposts/status';
const SCHEDULE = 'GET /api/uploadposts/schedule';
const HISTORY = 'GET /api/uploadposts/history';

describe('a scheduled post', () => {
  test('is read with its accounts, its text and its time', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime });
    bench.calls();
    expect(await bench.backend.getPost(id, testCall())).toEqual({
      id,
      status: 'scheduled',
      backendStatus: 'pending',
      contentType: 'video',
      caption: 'Hello world #hi',
      airAt: AIR_AT,
      targets: [
        { accountId: 'myusername/tiktok', platform: 'tiktok', status: 'scheduled' },
        { accountId: 'myusername/instagram', platform: 'instagram', status: 'scheduled' },
      ],
    });
    expect(bench.calls()).toEqual([STATUS, SCHEDULE]);
  });

  test('is read with its title where the title is one', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime, accounts: accounts('youtube'), title: 'A title' });
    const post = await bench.backend.getPost(id, testCall());
    expect(post).toMatchObject({ title: 'A title' });
    expect(post).not.toHaveProperty('caption');
  });

  test.each(['object', 'array', 'data'] as const)(
    'is found in a list that is an %s',
    async (scheduleList) => {
      await using bench = await openBench({ scheduleList, scheduleQuery: 'ignored' });
      const id = await create(bench, { airTime });
      expect(await bench.backend.getPost(id, testCall())).toMatchObject({
        status: 'scheduled',
        airAt: AIR_AT,
      });
    },
  );

  test('of which nobody labelled the accounts has none', async () => {
    await using bench = await openBench();
    const [jobId] = bench.emulator.addScheduled(1);
    const post = await bench.backend.getPost(`job/${jobId}`, testCall());
    expect(post).toMatchObject({ status: 'scheduled', caption: 'Post 1', targets: [] });
  });

  test('runs, and then is what its rows say', async () => {
    await using bench = await openBench({ scheduledProcessingMs: 60_000 });
    const id = await create(bench, { airTime });
    bench.advance(AIR_AT - NOW + 40_000);
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      status: 'processing',
      targets: [{ status: 'processing' }, { status: 'processing' }],
    });
    bench.advance(30_000);
    bench.calls();
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      status: 'published',
      backendStatus: 'completed',
      caption: 'Hello world #hi',
      airAt: AIR_AT + 60_000,
      targets: [
        { status: 'published', url: expect.stringContaining('tiktok.com'), publishedAt: AIR_AT + 60_000 },
        { status: 'published', url: expect.stringContaining('instagram.com') },
      ],
    });
    expect(bench.calls()).toEqual([STATUS, HISTORY]);
  });
});

describe('an immediate post', () => {
  test.each([
    ['processing', 'processing'],
    ['in_progress', 'queued-as-success'],
  ] as const)('is processing while it is %s and its rows say %s', async (runningStatus, runningRows) => {
    await using bench = await openBench({ runningStatus, runningRows });
    const id = await create(bench);
    for (const _ of [1, 2]) {
      expect(await bench.backend.getPost(id, testCall())).toMatchObject({
        status: 'processing',
        targets: [{ status: 'processing' }, { status: 'processing' }],
      });
      bench.advance(2_600);
    }
  });

  test.each(['array', 'object'] as const)('is judged row by row, in an %s', async (statusResults) => {
    await using bench = await openBench({ statusResults });
    const id = await create(bench);
    bench.emulator.failPlatform({ platform: 'tiktok', errorCode: 'account_restricted', message: 'Not\nnow' });
    bench.advance(HOUR);
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      status: 'partial',
      targets: [
        { platform: 'tiktok', status: 'failed', error: { code: 'forbidden', message: 'Not now' } },
        { platform: 'instagram', status: 'published' },
      ],
    });
  });

  test.each(['completed', 'failed'] as const)(
    'that failed everywhere is failed though it is %s',
    async (allFailedStatus) => {
      await using bench = await openBench({ allFailedStatus });
      const id = await create(bench, { accounts: accounts('tiktok') });
      bench.emulator.failPlatform({ platform: 'tiktok', errorCode: 'unheard_of', message: 'No' });
      bench.advance(HOUR);
      expect(await bench.backend.getPost(id, testCall())).toMatchObject({
        status: 'failed',
        backendStatus: allFailedStatus,
        targets: [
          {
            status: 'failed',
            error: { code: 'unavailable', message: 'No', hint: expect.stringContaining('retry_post') },
          },
        ],
      });
    },
  );

  test('takes from the history what its status leaves out', async () => {
    await using bench = await openBench({ statusLinks: 'absent' });
    const id = await create(bench, { accounts: accounts('instagram') });
    bench.advance(HOUR);
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      targets: [{ status: 'published', url: expect.stringContaining('instagram.com') }],
    });
  });

  test('is refused by TikTok rather than left in the inbox of its app', async () => {
    await using bench = await openBench({ tiktokUserCapReached: true });
    const id = await create(bench, { accounts: accounts('tiktok') });
    bench.advance(HOUR);
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      status: 'failed',
      targets: [{ status: 'failed', error: { code: 'quota_exceeded' } }],
    });
  });

  test('that landed in the inbox of TikTok is a draft and never published', async () => {
    await using bench = await openBench({ tiktokUserCapReached: true });
    const [requestId] = bench.emulator.addHistory(1, { platforms: ['tiktok'] });
    const fallen = {
      status: 'draft',
      targets: [{ status: 'draft', error: { message: expect.stringContaining('landed_in_drafts') } }],
    };
    expect(await bench.backend.getPost(`request/${requestId}`, testCall())).toMatchObject(fallen);
    expect((await bench.backend.listPosts({ limit: 1 }, testCall())).rows).toMatchObject([fallen]);
  });

  test('that the vendor gave up is unconfirmed', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.stall(id.replace('request/', ''));
    bench.advance(2 * HOUR);
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      status: 'unconfirmed',
      backendStatus: 'failed',
      targets: [
        {
          status: 'unconfirmed',
          error: { code: 'outcome_unknown', message: expect.stringContaining('no activity') },
        },
        { status: 'unconfirmed' },
      ],
    });
  });

  test('on an account that was taken away is failed there', async () => {
    await using bench = await openBench();
    const id = await create(bench);
    bench.emulator.disconnect('myusername', 'tiktok');
    bench.advance(HOUR);
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      status: 'partial',
      targets: [
        { platform: 'tiktok', status: 'failed', error: { code: 'forbidden' } },
        { status: 'published' },
      ],
    });
  });

  test('of somebody else is read as well', async () => {
    await using bench = await openBench();
    const [requestId] = bench.emulator.addHistory(1, {
      platforms: ['tiktok', 'youtube'],
      profile: 'myusername',
    });
    expect(await bench.backend.getPost(`request/${requestId}`, testCall())).toMatchObject({
      status: 'published',
      caption: 'Post 1',
      targets: [{ accountId: 'myusername/tiktok' }, { accountId: 'myusername/youtube' }],
    });
  });
});

describe('a post that is not there', () => {
  test.each(['job/nothing', 'request/nothing', 'request/../users', 'job/..', 'nothing', '', 'job/'])(
    'is not found: %j',
    async (id) => {
      await using bench = await openBench();
      expect((await failureOf(bench.backend.getPost(id, testCall()))).code).toBe('not_found');
    },
  );
});

describe('a list', () => {
  async function walk({ backend }: Bench, query: { limit: number; status?: 'scheduled' | 'published' }) {
    const ids: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await backend.listPosts({ ...query, ...(cursor !== undefined && { cursor }) }, testCall());
      ids.push(...page.rows.map(({ id }) => id));
      sizes.push(page.rows.length);
      cursor = page.nextCursor;
    } while (cursor !== undefined && sizes.length < 500);
    return { ids, sizes };
  }

  test('of fifty scheduled posts is one request', async () => {
    await using bench = await openBench();
    const jobs = bench.emulator.addScheduled(60);
    const { rows, nextCursor } = await bench.backend.listPosts({ limit: 50 }, testCall());
    expect(rows.map(({ id }) => id)).toEqual(jobs.slice(0, 50).map((id) => `job/${id}`));
    expect(nextCursor).toBeDefined();
    expect(bench.calls()).toEqual([SCHEDULE]);
    expect(rows[0]).toEqual({
      id: `job/${jobs[0]}`,
      status: 'scheduled',
      backendStatus: 'pending',
      contentType: 'video',
      caption: 'Post 1',
      airAt: NOW + 24 * HOUR,
      targets: [],
    });
  });

  test('of fifty posts that have run is one request', async () => {
    await using bench = await openBench();
    const requests = bench.emulator.addHistory(60, { platforms: ['tiktok', 'instagram'], everyMs: 6 * HOUR });
    const { rows } = await bench.backend.listPosts({ limit: 50, status: 'published' }, testCall());
    expect(rows.map(({ id }) => id)).toEqual(
      requests
        .toReversed()
        .slice(0, 50)
        .map((id) => `request/${id}`),
    );
    expect(rows.every(({ targets, status }) => targets.length === 2 && status === 'published')).toBe(true);
    expect(bench.calls()).toEqual([HISTORY]);
  });

  test('shows what is scheduled, then what runs, then what has run', async () => {
    await using bench = await openBench();
    const [past] = bench.emulator.addHistory(1);
    const [coming] = bench.emulator.addScheduled(1);
    const now = await create(bench);
    const { rows, nextCursor } = await bench.backend.listPosts({ limit: 20 }, testCall());
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      [`job/${coming}`, 'scheduled'],
      [now, 'processing'],
      [`request/${past}`, 'published'],
    ]);
    expect(rows[1]).toMatchObject({
      targets: [{ accountId: 'myusername/tiktok', status: 'processing' }, {}],
    });
    expect(nextCursor).toBeUndefined();
  });

  describe.each(['honoured', 'ignored'] as const)('whose parameters are %s', (scheduleQuery) => {
    test.each([1, 2, 3, 7, 50])('shows every post once in pages of %i', async (limit) => {
      await using bench = await openBench({
        scheduleQuery,
        scheduleList: scheduleQuery === 'ignored' ? 'array' : 'object',
      });
      const jobs = [
        ...bench.emulator.addScheduled(3),
        ...bench.emulator.addScheduled(5, { firstAt: NOW + 48 * HOUR, everyMs: 0 }),
        ...bench.emulator.addScheduled(3, { firstAt: NOW + 50 * HOUR, profile: 'mybrand' }),
      ];
      for (const _ of [1, 2]) await create(bench);
      const requests = bench.emulator.addHistory(9, { platforms: ['tiktok', 'instagram', 'youtube'] });
      const { ids, sizes } = await walk(bench, { limit });
      expect(ids.slice(0, 11)).toEqual(jobs.map((id) => `job/${id}`));
      expect(ids.slice(13)).toEqual(requests.toReversed().map((id) => `request/${id}`));
      expect(new Set(ids).size).toBe(22);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
    });
  });

  test('loses nothing when scheduled posts run in the meantime', async () => {
    await using bench = await openBench();
    const jobs = bench.emulator.addScheduled(6);
    const first = await bench.backend.listPosts({ limit: 3, status: 'scheduled' }, testCall());
    bench.advance(26 * HOUR);
    const second = await bench.backend.listPosts(
      { limit: 3, status: 'scheduled', cursor: first.nextCursor ?? '' },
      testCall(),
    );
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(jobs.map((id) => `job/${id}`));
    expect(second.nextCursor).toBeUndefined();
  });

  test.each([7, 40, 100])(
    'neither splits nor repeats a post across pages of the history, %i at a time',
    async (limit) => {
      await using bench = await openBench();
      const requests = bench.emulator.addHistory(130, {
        platforms: ['tiktok', 'instagram', 'youtube'],
        everyMs: 6 * HOUR,
      });
      expect(bench.emulator.published()).toHaveLength(390);
      const posts = [];
      let cursor: string | undefined;
      do {
        const page = await bench.backend.listPosts(
          { limit, status: 'published', ...(cursor !== undefined && { cursor }) },
          testCall(),
        );
        posts.push(...page.rows);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(posts.map(({ id }) => id)).toEqual(requests.toReversed().map((id) => `request/${id}`));
      expect(posts.every(({ targets }) => targets.length === 3)).toBe(true);
    },
  );

  test('shows a post that was tried again once, as it stands now', async () => {
    await using bench = await openBench();
    bench.emulator.failPlatform({ platform: 'tiktok', errorCode: 'busy', message: 'Later', times: 2 });
    const [old] = bench.emulator.addHistory(1, {
      platforms: ['tiktok', 'instagram'],
      firstAt: NOW - 200 * HOUR,
    });
    const [alone] = bench.emulator.addHistory(1, { platforms: ['tiktok'], firstAt: NOW - 199 * HOUR });
    const between = bench.emulator.addHistory(120, { platforms: ['instagram'] });
    for (const id of [old, alone]) await bench.backend.retryPost(`request/${id}`, undefined, testCall());
    const during = await walk(bench, { limit: 25 });
    expect(during.ids).toHaveLength(122);
    expect(new Set(during.ids).size).toBe(122);
    bench.advance(HOUR);
    const { ids } = await walk(bench, { limit: 25 });
    expect(ids).toHaveLength(122);
    expect(new Set(ids)).toEqual(new Set([old, alone, ...between].map((id) => `request/${id}`)));
    const { rows } = await bench.backend.listPosts({ limit: 2 }, testCall());
    expect(rows.every(({ status }) => status === 'published')).toBe(true);
    expect(rows.flatMap(({ targets }) => targets)).toHaveLength(3);
  });

  test('goes on where it was when posts have run since', async () => {
    await using bench = await openBench();
    const requests = bench.emulator.addHistory(140, { firstAt: NOW - 200 * HOUR });
    const first = await bench.backend.listPosts({ limit: 60, status: 'published' }, testCall());
    bench.emulator.addHistory(45, { firstAt: NOW - 20 * HOUR, everyMs: 1000, platforms: ['instagram'] });
    const second = await bench.backend.listPosts(
      { limit: 60, status: 'published', cursor: first.nextCursor ?? '' },
      testCall(),
    );
    const third = await bench.backend.listPosts(
      { limit: 60, status: 'published', cursor: second.nextCursor ?? '' },
      testCall(),
    );
    const fourth = third.nextCursor
      ? await bench.backend.listPosts(
          { limit: 60, status: 'published', cursor: third.nextCursor },
          testCall(),
        )
      : { rows: [] };
    const ids = [first, second, third, fourth].flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(ids).toEqual(requests.toReversed().map((id) => `request/${id}`));
  });

  test('asks only where the answer can be', async () => {
    await using bench = await openBench();
    bench.emulator.addScheduled(3);
    bench.emulator.addHistory(3);
    const list = (query: object) => bench.backend.listPosts({ limit: 20, ...query }, testCall());
    for (const status of ['cancelled', 'missed']) expect(await list({ status })).toEqual({ rows: [] });
    expect(bench.calls()).toEqual([]);
    expect((await list({ status: 'scheduled' })).rows).toHaveLength(3);
    expect((await list({ from: NOW + 1 })).rows).toHaveLength(3);
    expect((await list({ from: NOW + 25 * HOUR, to: NOW + 26 * HOUR })).rows).toHaveLength(1);
    expect(bench.calls()).toEqual([SCHEDULE, SCHEDULE, SCHEDULE]);
    expect((await list({ status: 'failed' })).rows).toHaveLength(3);
    expect((await list({ to: NOW })).rows).toHaveLength(3);
    expect(bench.calls()).toEqual([HISTORY, HISTORY]);
    expect((await list({ accountId: 'mybrand/tiktok', status: 'scheduled' })).rows).toHaveLength(0);
  });

  test('ends where all that follows is older than what is asked for', async () => {
    await using bench = await openBench();
    bench.emulator.addHistory(150);
    const page = await bench.backend.listPosts({ limit: 100, from: NOW - 10 * HOUR }, testCall());
    expect(page.nextCursor).toBeUndefined();
  });

  test('refuses a place that cannot be read', async () => {
    await using bench = await openBench();
    expect((await failureOf(bench.backend.listPosts({ limit: 5, cursor: 'x' }, testCall()))).code).toBe(
      'invalid_parameter',
    );
  });

  test('tells nothing of the address of the account', async () => {
    await using bench = await openBench();
    bench.emulator.addHistory(1);
    expect(JSON.stringify(await bench.backend.listPosts({ limit: 5 }, testCall()))).not.toContain('owner@');
  });
});
