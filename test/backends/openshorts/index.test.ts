import { describe, expect, test } from 'vitest';
import { openshorts } from '../../../src/backends/openshorts/index.ts';
import { cancelById, testCall } from '../../support/call.ts';
import { AIR_AT, airTime, type Bench, failureOf, HOUR, NOW, openBench, order } from './open.ts';

async function create({ backend }: Bench, changes: Parameters<typeof order>[0] = {}) {
  const { posts } = await backend.createVideoPost(order(changes), testCall());
  return posts[0]?.id ?? '';
}

describe('the settings', () => {
  test('turn it on by its address, of which 1 is the usual one', async () => {
    const clock = { now: Date.now, sleep: async () => {} };
    expect(await openshorts.open({ UPLOAD_POST_API_KEY: 'key' }, { clock })).toBeUndefined();
    const backend = await openshorts.open({ OPENSHORTS_URL: '1' }, { clock });
    expect(backend?.name).toBe('openshorts');
    await backend?.[Symbol.asyncDispose]();
  });
});

describe('the profiles', () => {
  test('are listed in one request', async () => {
    await using bench = await openBench();
    expect(await bench.backend.profiles(testCall())).toMatchObject([
      {
        id: 'myusername',
        name: 'myusername',
        accounts: [
          { id: 'myusername/tiktok', state: 'ready', detail: expect.stringContaining('drafts') },
          { id: 'myusername/instagram', username: 'myusername' },
          { id: 'myusername/youtube' },
        ],
      },
      { id: 'mybrand', accounts: [{ id: 'mybrand/tiktok' }, { id: 'mybrand/instagram' }] },
    ]);
    expect(bench.calls()).toEqual(['GET /api/social/user']);
  });

  test('may be none', async () => {
    await using bench = await openBench({ uploadPost: { profiles: [] } });
    expect(await bench.backend.profiles(testCall())).toEqual([]);
  });

  test('need no key of ours where the app has one', async () => {
    await using bench = await openBench({ key: null, serverKey: true });
    expect(await bench.backend.profiles(testCall())).toHaveLength(2);
    expect(bench.app.server.requests[0]?.headers).not.toHaveProperty('x-upload-post-key');
  });

  test('are refused with the status that is hidden in a 500', async () => {
    await using bench = await openBench({ key: 'wrong-key-4711' });
    const failure = await failureOf(bench.backend.profiles(testCall()));
    expect(failure.toAnswer()).toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('Invalid API key'),
    });
    expect(bench.calls()).toEqual(['GET /api/social/user']);
    bench.app.switches.starlette = 'old';
    expect((await failureOf(bench.backend.profiles(testCall()))).code).toBe('unavailable');
  });
});

describe('a post', () => {
  test.each(['with a key', 'without one'])('is read while it is to come, %s', async (how) => {
    await using bench = await openBench({ serverKey: true, ...(how === 'without one' && { key: null }) });
    const id = await create(bench, { airTime });
    expect(await bench.backend.getPost(id, testCall())).toEqual({
      id,
      status: 'scheduled',
      backendStatus: 'pending',
      contentType: 'video',
      title: 'Hello clip #hi',
      airAt: AIR_AT,
      targets: [],
    });
  });

  test('is read from Upload-Post when it has run', async () => {
    await using bench = await openBench({ tiktokPostMode: 'DIRECT_POST' });
    const id = await create(bench, { airTime });
    bench.advance(AIR_AT - NOW);
    bench.calls();
    expect(await bench.backend.getPost(id, testCall())).toMatchObject({
      id,
      status: 'published',
      airAt: AIR_AT,
      targets: [
        { accountId: 'myusername/tiktok', status: 'published' },
        { accountId: 'myusername/instagram' },
      ],
    });
    expect(bench.calls()).toEqual([]);
  });

  test.each([{}, { airTime }])(
    'that has run cannot be told of without a key, and it is said how it could',
    async (changes) => {
      await using bench = await openBench({ key: null, serverKey: true });
      const id = await create(bench, changes);
      bench.advance(48 * HOUR);
      expect((await failureOf(bench.backend.getPost(id, testCall()))).toAnswer()).toMatchObject({
        code: 'unsupported',
        hint: expect.stringContaining('UPLOAD_POST_API_KEY'),
      });
    },
  );

  test.each(['', 'job/1', 'me/job/', 'me/other/1', 'myusername/job/none', 'myusername/job/..'])(
    'that is not there is not found: %j',
    async (id) => {
      await using bench = await openBench();
      expect((await failureOf(bench.backend.getPost(id, testCall()))).code).toBe('not_found');
    },
  );

  test('is listed by upload-post alone, and it is said why', async () => {
    await using bench = await openBench();
    await create(bench, { airTime });
    bench.calls();
    expect(await bench.backend.listPosts({ limit: 20 }, testCall())).toEqual({ rows: [] });
    expect(bench.calls()).toEqual([]);
    expect(bench.backend.capabilities.tools.list_posts).toMatch(/upload-post/);
  });
});

describe('a cancel', () => {
  const isCancel = ({ method }: { method: string }) => method === 'DELETE';

  test('takes the post back', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime });
    bench.calls();
    const { post } = await cancelById(bench.backend, id);
    expect(bench.calls()).toEqual([`DELETE /api/social/scheduled/${id.split('/').at(-1)}`]);
    expect(post).toMatchObject({ id, status: 'cancelled', airAt: AIR_AT });
    bench.advance(48 * HOUR);
    expect(bench.vendor.published()).toEqual([]);
    expect((await failureOf(bench.backend.getPost(id, testCall()))).code).toBe('not_found');
  });

  test('comes too late for what has run or went out at once', async () => {
    await using bench = await openBench();
    const scheduled = await create(bench, { airTime });
    const now = await create(bench);
    bench.advance(AIR_AT - NOW);
    for (const id of [scheduled, now])
      expect((await failureOf(cancelById(bench.backend, id))).code).toBe('cannot_edit');
  });

  test('whose answer was lost is done when the post is off the list before its time', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime });
    bench.app.server.fail({ kind: 'resetAfterAccept' }, isCancel);
    expect((await cancelById(bench.backend, id)).post.status).toBe('cancelled');
  });

  test('whose answer was lost is in doubt when the post is still there, or its time has come', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime });
    bench.app.server.fail({ kind: 'html', status: 502 }, isCancel);
    expect((await failureOf(cancelById(bench.backend, id))).code).toBe('outcome_unknown');
    bench.app.server.fail({ kind: 'html', status: 502 }, (request) => {
      if (isCancel(request)) bench.advance(AIR_AT - NOW);
      return isCancel(request);
    });
    expect((await failureOf(cancelById(bench.backend, id))).code).toBe('outcome_unknown');
  });

  test('is too late when the post runs between the look and the cancel', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime });
    const gone = { kind: 'status', status: 404, body: { detail: 'Scheduled post not found' } } as const;
    bench.app.server.fail(gone, (request) => {
      if (isCancel(request)) bench.advance(AIR_AT - NOW);
      return isCancel(request);
    });
    expect((await failureOf(cancelById(bench.backend, id))).code).toBe('cannot_edit');
  });

  test('keeps the words of Upload-Post', async () => {
    await using bench = await openBench();
    const id = await create(bench, { airTime });
    const body = { detail: 'Vendor API Error: {"success":false,"error":"Forbidden"}' };
    bench.app.server.fail({ kind: 'status', status: 403, body }, isCancel);
    const failure = await failureOf(cancelById(bench.backend, id));
    expect(failure.code).toBe('forbidden');
    expect(failure.message).toContain('"Forbidden"');
  });
});

describe('what the app lacks', () => {
  test('is refused with the reason', async () => {
    await using bench = await openBench();
    const { backend } = bench;
    const content = { kind: 'url', url: 'https://media.example.com/a.mp3' } as const;
    for (const attempt of [
      backend.editPost('a/job/1', {}, testCall()),
      backend.planEdit('a/job/1', {}, testCall()),
      backend.retryPost('a/job/1', undefined, testCall()),
      backend.uploadSound({ content }, testCall()),
      backend.listSounds({ limit: 1 }, testCall()),
    ]) {
      const failure = await failureOf(attempt);
      expect(failure.code).toBe('unsupported');
      expect(failure.message).toMatch(/^openshorts: it .+\.$/);
    }
    expect(bench.calls()).toEqual([]);
  });
});
