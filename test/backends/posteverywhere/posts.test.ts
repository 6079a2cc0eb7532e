import { describe, expect, it } from 'vitest';
import type { PostQuery } from '../../../src/domain/backend.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { aprilReading, autumnReading } from '../../emulators/posteverywhere-switches.ts';
import { cancelById } from '../../support/call.ts';
import { codeOf, failureOf, HOUR_MS, isTo, MINUTE_MS, NOON, open, type Setting, X } from './support.ts';

const AIRS = NOON + 12 * HOUR_MS;

describe('reading a post', () => {
  it('that is scheduled takes one request', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({
      content: 'Hello',
      accountIds: [2280, 2282],
      scheduledFor: AIRS,
      timezone: 'Asia/Tokyo',
      platformContent: { youtube: { settings: { title: 'Title' } } },
    });
    const mediaId = setting.emulator.posts[0]?.mediaIds[0];
    expect(await setting.backend.getPost(id, setting.call)).toEqual({
      id,
      status: 'scheduled',
      backendStatus: 'scheduled',
      contentType: 'video',
      contentUrl: `https://media.example/${mediaId}`,
      caption: 'Hello',
      title: 'Title',
      airAt: AIRS,
      timezone: 'Asia/Tokyo',
      targets: [
        { accountId: '2280', platform: 'tiktok', status: 'scheduled' },
        { accountId: '2282', platform: 'youtube', status: 'scheduled' },
      ],
      createdAt: NOON,
      updatedAt: NOON,
    });
    expect(setting.calls()).toEqual([`GET /posts/${id}`]);
  });

  it.each(['published', 'done'] as const)(
    'that went out tells where, its accounts being %s',
    async (publishedWord) => {
      await using setting = await open({ publishedWord });
      const id = setting.emulator.addPost({ scheduledFor: NOON, accountIds: [2280] });
      setting.clock.advance(HOUR_MS);
      expect(await setting.backend.getPost(id, setting.call)).toMatchObject({
        status: 'published',
        targets: [{ status: 'published', url: expect.stringMatching(/^https:/), publishedAt: NOON + 10_000 }],
      });
      expect(setting.calls()).toEqual([`GET /posts/${id}`, `GET /posts/${id}/results`]);
    },
  );

  it('that went out in part tells on which account it failed and why', async () => {
    await using setting = await open();
    setting.emulator.failNextPublish({ reason: 'The video is too long.', accountId: 2281 });
    const id = setting.emulator.addPost({ scheduledFor: NOON, accountIds: [2280, 2281, 2287] });
    setting.clock.advance(HOUR_MS);
    expect(await setting.backend.getPost(id, setting.call)).toMatchObject({
      status: 'partial',
      backendStatus: 'partially_failed',
      targets: [
        { accountId: '2280', status: 'published' },
        {
          accountId: '2281',
          status: 'failed',
          error: { code: 'unavailable', message: expect.stringContaining('The video is too long.') },
        },
        {
          accountId: '2287',
          status: 'failed',
          error: { code: 'forbidden', hint: expect.stringContaining('Reconnect') },
        },
      ],
    });
  });

  it('that failed for now, and that the vendor tries again by itself, is on its way', async () => {
    await using setting = await open();
    setting.emulator.failNextPublish({ reason: 'Try later.', retryInMs: HOUR_MS });
    const id = setting.emulator.addPost({ scheduledFor: NOON, accountIds: [2280] });
    setting.clock.advance(MINUTE_MS);
    const post = await setting.backend.getPost(id, setting.call);
    expect(post).toMatchObject({
      status: 'processing',
      backendStatus: 'failed',
      targets: [{ status: 'processing' }],
    });
    expect(post.targets[0]).not.toHaveProperty('error');
  });

  it('that is being published says so', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ scheduledFor: null });
    expect(await setting.backend.getPost(id, setting.call)).toMatchObject({
      status: 'processing',
      backendStatus: 'publishing',
      airAt: NOON,
    });
  });

  it('that is a draft has no air time', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ draft: true });
    expect(await setting.backend.getPost(id, setting.call)).toMatchObject({
      status: 'draft',
      airAt: null,
      targets: [{ status: 'draft' }],
    });
  });

  it('of pictures is slides', async () => {
    await using setting = await open();
    const mediaIds = [
      setting.emulator.addMedia({ type: 'image' }),
      setting.emulator.addMedia({ type: 'image' }),
    ];
    const id = setting.emulator.addPost({ mediaIds });
    expect(await setting.backend.getPost(id, setting.call)).toMatchObject({
      contentType: 'slides',
      contentUrl: mediaIds.map((one) => `https://media.example/${one}`),
    });
  });

  it.each(['id', 'post_id', 'both'] as const)('knows its id under %s', async (postIdName) => {
    await using setting = await open({ postIdName });
    const id = setting.emulator.addPost();
    expect((await setting.backend.getPost(id, setting.call)).id).toBe(id);
  });

  it('that is not there is not found', async () => {
    await using setting = await open();
    const failure = await failureOf(setting.backend.getPost('no/such?post', setting.call));
    expect(failure).toMatchObject({ code: 'not_found', message: expect.stringContaining('no/such?post') });
    expect(setting.calls()).toEqual(['GET /posts/no%2Fsuch%3Fpost']);
  });

  it('reads what the vendor’s pages call otherwise, and leaves out what it cannot name', async () => {
    await using setting = await open();
    const data = {
      post_id: 'p1',
      post_status: 'pending_approval',
      content: null,
      scheduled_for: '2026-11-22T00:00:00',
      timezone: 'Mars/Olympus',
      media: null,
      platform_content: null,
      destinations: [
        {
          id: 'd1',
          platform: 'twitter',
          status: 'queued',
          social_account_id: 2284,
          last_error: { message: 'odd' },
        },
        { id: 'd2', platform: 'myspace', status: 'queued', account_id: 1 },
        { id: 'd3', platform: 'tiktok', status: 'failed', account_id: null, last_error: { message: 'odd' } },
      ],
    };
    setting.emulator.server.fail(
      { kind: 'status', status: 200, body: { data, error: null } },
      isTo('GET', /^\/posts\/p1$/),
    );
    setting.emulator.refuse(404, 'not_found', isTo('GET', /results$/));
    expect(await setting.backend.getPost('p1', setting.call)).toEqual({
      id: 'p1',
      status: 'processing',
      backendStatus: 'pending_approval',
      contentType: 'video',
      airAt: AIRS,
      targets: [
        { accountId: '2284', platform: 'x', status: 'processing' },
        {
          accountId: 'removed',
          platform: 'tiktok',
          status: 'failed',
          error: { code: 'unavailable', message: 'PostEverywhere says: "odd"', hint: expect.any(String) },
        },
      ],
    });
  });

  it('is tried again while the vendor gives no usable answer, then unavailable', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.server.fail({ kind: 'html', status: 502 }, undefined, 2);
    expect((await setting.backend.getPost(id, setting.call)).id).toBe(id);
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { data: null, error: null } });
    expect(await codeOf(setting.backend.getPost(id, setting.call))).toBe('unavailable');
  });
});

describe('listing posts', () => {
  const list = (setting: Setting, query: Partial<PostQuery> = {}) =>
    setting.backend.listPosts({ limit: 20, ...query }, setting.call);
  const captions = async (setting: Setting, query: Partial<PostQuery> = {}) =>
    (await list(setting, query)).rows.map(({ caption }) => caption);

  it('takes one request for 50 posts, soonest first', async () => {
    await using setting = await open();
    setting.emulator.addPosts(50, (index) => ({ scheduledFor: AIRS - index * MINUTE_MS }));
    const { rows, nextCursor } = await list(setting, { limit: 50 });
    expect(rows).toHaveLength(50);
    expect(rows[0]?.caption).toBe('Post 49');
    expect(rows[0]?.targets).toHaveLength(1);
    expect(nextCursor).toBeUndefined();
    expect(setting.calls()).toEqual(['GET /posts']);
  });

  it.each(['full', 'bare', 'flat'] as const)(
    'walks every page once, with %s pagination',
    async (pagination) => {
      await using setting = await open({ pagination });
      setting.emulator.addPosts(10, (index) => ({ scheduledFor: AIRS + index * MINUTE_MS }));
      const seen: unknown[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await list(setting, { limit: 5, ...(cursor && { cursor }) });
        seen.push(...page.rows.map(({ caption }) => caption));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor);
      expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => `Post ${index}`));
      expect(pages).toBe(pagination === 'bare' ? 3 : 2);
    },
  );

  it.each([
    ['draft', 'draft'],
    ['scheduled', 'scheduled'],
    ['processing', 'publishing'],
    ['published', 'published'],
    ['partial', 'partially_failed'],
    ['failed', 'failed'],
  ] as const)('passes on the status %s as %s', async (status, word) => {
    await using setting = await open();
    await list(setting, { status });
    expect(setting.sent('GET', /^\/posts$/)[0]?.query.get('status')).toBe(word);
  });

  it.each([
    { status: 'missed' },
    { status: 'cancelled' },
    { status: 'unconfirmed' },
    { platform: 'reddit' },
    { accountId: 'x' },
  ] as const)('asks nothing where the vendor can have nothing: %j', async (query) => {
    await using setting = await open();
    setting.emulator.addPost();
    expect(await list(setting, query)).toEqual({ rows: [] });
    expect(setting.calls()).toEqual([]);
  });

  it('does without a status that an older vendor does not know', async () => {
    await using setting = await open(aprilReading);
    setting.emulator.addPost({ content: 'one' });
    expect(await captions(setting, { status: 'failed' })).toEqual(['one']);
    expect(setting.calls()).toEqual(['GET /posts', 'GET /posts']);
    expect(await captions(setting, { status: 'scheduled' })).toEqual(['one']);
    expect(setting.calls()).toEqual(['GET /posts']);
  });

  it('passes on platform and account', async () => {
    await using setting = await open();
    setting.emulator.addPost({ content: 'x', accountIds: [2284] });
    setting.emulator.addPost({ content: 'tiktok', accountIds: [2280] });
    expect(await captions(setting, { platform: 'x' })).toEqual(['x']);
    expect(await captions(setting, { accountId: '2280' })).toEqual(['tiktok']);
  });

  it('has from inclusive and to exclusive', async () => {
    await using setting = await open();
    setting.emulator.addPosts(4, (index) => ({ scheduledFor: AIRS + index * HOUR_MS }));
    expect(await captions(setting, { from: AIRS + HOUR_MS, to: AIRS + 3 * HOUR_MS })).toEqual([
      'Post 1',
      'Post 2',
    ]);
    expect(setting.calls()).toEqual(['GET /posts']);
  });

  it('shows among the past ones those that went out at once and have no scheduled time', async () => {
    await using setting = await open();
    setting.emulator.addPost({ content: 'at once', scheduledFor: null });
    setting.emulator.addPost({ content: 'planned', scheduledFor: NOON + MINUTE_MS });
    setting.emulator.addPost({ content: 'tomorrow' });
    setting.clock.advance(HOUR_MS);
    const range = { from: NOON - 5 * MINUTE_MS, to: NOON + 5 * MINUTE_MS };
    const { rows } = await list(setting, range);
    expect(rows.map(({ caption, airAt }) => [caption, airAt])).toEqual([
      ['planned', NOON + MINUTE_MS],
      ['at once', NOON],
    ]);
    expect(setting.calls()).toEqual(['GET /posts', 'GET /posts']);
    const first = await list(setting, { ...range, limit: 1 });
    expect(first.rows.map(({ caption }) => caption)).toEqual(['planned']);
    const second = await list(setting, { ...range, limit: 1, cursor: first.nextCursor ?? '' });
    const third = await list(setting, { ...range, limit: 1, cursor: second.nextCursor ?? '' });
    expect([...second.rows, ...third.rows].map(({ caption }) => caption)).toEqual(['at once']);
  });

  it('refuses a cursor that is none of its own', async () => {
    await using setting = await open();
    expect(await failureOf(list(setting, { cursor: '5' }))).toMatchObject({
      code: 'invalid_parameter',
      details: { field: 'cursor' },
    });
  });

  it('ends where the vendor promises more and shows nothing', async () => {
    await using setting = await open();
    const data = { posts: [], pagination: { has_more: true } };
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { data, error: null } });
    expect(await list(setting)).toEqual({ rows: [] });
  });
});

describe('accounts', () => {
  it('are one profile, in one request', async () => {
    await using setting = await open();
    const profiles = await setting.backend.profiles(setting.call);
    expect(profiles).toMatchObject([{ id: 'workspace', name: 'PostEverywhere' }]);
    expect(profiles[0]?.accounts).toHaveLength(8);
    expect(profiles[0]?.accounts[0]).toEqual({
      id: '2280',
      platform: 'tiktok',
      username: 'mybrand',
      state: 'ready',
    });
    expect(setting.calls()).toEqual(['GET /accounts']);
  });

  it.each(['id', 'account_id', 'both', 'stringId'] as const)(
    'have their id under %s',
    async (accountIdName) => {
      await using setting = await open({ accountIdName });
      const [profile] = await setting.backend.profiles(setting.call);
      expect(profile?.accounts.map(({ id }) => id)).toContain(X.id);
    },
  );

  it('tell by their health whether they can post', async () => {
    await using setting = await open();
    setting.emulator.setHealth(2280, 'expiring');
    setting.emulator.setHealth(2281, 'unhealthy');
    setting.emulator.setHealth(2282, 'inactive');
    const [profile] = await setting.backend.profiles(setting.call);
    const state = (id: string) => profile?.accounts.find((one) => one.id === id);
    expect(state('2280')).toMatchObject({ state: 'ready' });
    expect(state('2281')).toMatchObject({ state: 'needs_reconnect', detail: 'unhealthy' });
    expect(state('2282')).toMatchObject({ state: 'inactive' });
    expect(state('2287')).toMatchObject({ state: 'needs_reconnect', detail: 'expired' });
  });

  it('are read as the vendor’s other clients know them', async () => {
    await using setting = await open();
    const row = { id: 1, platform: 'twitter', platform_username: 'me' };
    const accounts = [
      row,
      { ...row, id: 2, health: { status: 'expiring_critical' } },
      { ...row, id: 3, health: { status: 'rate_limited', can_post: false } },
      { ...row, id: 4, health: { can_post: false } },
      { ...row, id: 5, platform: 'myspace' },
      { ...row, id: null },
    ];
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { data: { accounts }, error: null } });
    const [profile] = await setting.backend.profiles(setting.call);
    expect(profile?.accounts).toEqual([
      { id: '1', platform: 'x', username: 'me', state: 'ready' },
      { id: '2', platform: 'x', username: 'me', state: 'ready', detail: 'expiring_critical' },
      { id: '3', platform: 'x', username: 'me', state: 'inactive', detail: 'rate_limited' },
      { id: '4', platform: 'x', username: 'me', state: 'needs_reconnect', detail: 'cannot post' },
    ]);
  });
});

describe('cancelling a post', () => {
  it.each([{}, autumnReading])('deletes it and keeps what it was', async (reading) => {
    await using setting = await open(reading);
    const id = setting.emulator.addPost({ content: 'Hello', scheduledFor: AIRS });
    const { post, warnings } = await cancelById(setting.backend, id);
    expect(post).toMatchObject({
      id,
      status: 'cancelled',
      caption: 'Hello',
      airAt: AIRS,
      targets: [{ status: 'cancelled' }],
    });
    expect(post).not.toHaveProperty('backendStatus');
    expect(warnings).toEqual([]);
    expect(setting.emulator.posts).toEqual([]);
    expect(setting.calls()).toEqual([`GET /posts/${id}`, `DELETE /posts/${id}`]);
  });

  it('works on a draft', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ draft: true });
    expect((await cancelById(setting.backend, id)).post.status).toBe('cancelled');
  });

  it('is refused once it went out, even where the vendor would delete it and leave it live', async () => {
    for (const deletePublished of ['refused', 'allowed'] as const) {
      await using setting = await open({ deletePublished });
      const id = setting.emulator.addPost({ scheduledFor: NOON });
      for (const wait of [1, HOUR_MS]) {
        setting.clock.advance(wait);
        expect(await failureOf(cancelById(setting.backend, id))).toMatchObject({
          code: 'cannot_edit',
          details: {
            field: 'postId',
            next: { tool: 'get_post', arguments: { postId: `posteverywhere:${id}` } },
          },
        });
      }
      expect(setting.emulator.posts).toHaveLength(1);
    }
  });

  it('reads it again near its air time, for the vendor would delete what is going out', async () => {
    await using setting = await open({ deletePublished: 'allowed' });
    const id = setting.emulator.addPost({ scheduledFor: NOON + 30_000 });
    const standing = await setting.backend.getPost(id, setting.call);
    setting.clock.advance(MINUTE_MS);
    expect(await codeOf(setting.backend.cancelPost(standing, setting.call))).toBe('cannot_edit');
    expect(setting.emulator.posts).toHaveLength(1);
  });

  it.each(['post_already_published', 'conflict', 'anything'])('is refused with 409 %s', async (code) => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.refuse(409, code, isTo('DELETE', /./));
    expect(await failureOf(cancelById(setting.backend, id))).toMatchObject({
      code: 'cannot_edit',
      details: { next: { tool: 'get_post' }, upstream: { code } },
    });
  });

  it('is sure where the answer got lost and the post is gone', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.server.fail({ kind: 'resetAfterAccept' }, isTo('DELETE', /./));
    expect((await cancelById(setting.backend, id)).post.status).toBe('cancelled');
  });

  it('is in doubt where the answer got lost and the post is there', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.server.fail({ kind: 'html', status: 500 }, isTo('DELETE', /./));
    expect(await codeOf(cancelById(setting.backend, id))).toBe('outcome_unknown');
  });

  it('of a post that is not there is not found', async () => {
    await using setting = await open();
    expect(await codeOf(cancelById(setting.backend, 'gone'))).toBe('not_found');
  });
});

describe('retrying a post', () => {
  async function failedOn(setting: Setting, accountIds: number[], failing = accountIds): Promise<string> {
    for (const accountId of failing) setting.emulator.failNextPublish({ reason: 'Try later.', accountId });
    const id = setting.emulator.addPost({ scheduledFor: NOON, accountIds });
    setting.clock.advance(MINUTE_MS);
    return id;
  }

  it('tries again what failed, and leaves alone what is live', async () => {
    await using setting = await open();
    const id = await failedOn(setting, [2280, 2281, 2284], [2281, 2284]);
    const { post, warnings } = await setting.backend.retryPost(id, undefined, setting.call);
    expect(post.status).toBe('processing');
    expect(post.targets.map(({ status }) => status)).toEqual(['published', 'processing', 'processing']);
    expect(post.targets[1]).not.toHaveProperty('error');
    expect(warnings).toEqual([]);
    expect(setting.calls()).toEqual([
      `GET /posts/${id}`,
      `GET /posts/${id}/results`,
      `POST /posts/${id}/retry`,
    ]);
    setting.clock.advance(MINUTE_MS);
    expect(setting.emulator.published().map(({ accountId }) => accountId)).toEqual(['2280', '2281', '2284']);
  });

  it('tries again the accounts that are named', async () => {
    await using setting = await open();
    const id = await failedOn(setting, [2280, 2281]);
    const { post } = await setting.backend.retryPost(id, ['2281'], setting.call);
    expect(post.targets.map(({ status }) => status)).toEqual(['failed', 'processing']);
    expect(setting.sent('POST', /retry$/)[0]?.json).toEqual({ account_ids: [2281] });
  });

  it('tells where an older vendor tries more than was meant', async () => {
    await using setting = await open();
    const id = await failedOn(setting, [2280, 2281]);
    const data = { post_id: id, retried_count: 2 };
    setting.emulator.server.fail(
      { kind: 'status', status: 200, body: { data, error: null } },
      isTo('POST', /retry$/),
    );
    const { warnings } = await setting.backend.retryPost(id, ['2281'], setting.call);
    expect(warnings).toMatchObject([{ code: 'retried_more' }]);
  });

  it('leaves to the vendor what it tries again by itself', async () => {
    await using setting = await open();
    setting.emulator.failNextPublish({ reason: 'Try later.', accountId: 2280, retryInMs: HOUR_MS });
    const id = await failedOn(setting, [2280, 2281], [2281]);
    await setting.backend.retryPost(id, undefined, setting.call);
    expect(setting.sent('POST', /retry$/)[0]?.json).toEqual({ account_ids: [2281] });
    expect(await codeOf(setting.backend.retryPost(id, ['2280'], setting.call))).toBe('cannot_edit');
  });

  it('is refused where nothing failed', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    expect(await failureOf(setting.backend.retryPost(id, undefined, setting.call))).toMatchObject({
      code: 'cannot_edit',
      details: { field: 'postId', next: { tool: 'get_post' } },
    });
    expect(setting.sent('POST', /./)).toEqual([]);
  });

  it.each([
    [400, 'no_failed_destinations', 'cannot_edit'],
    [422, 'permanent_failure_circuit_breaker', 'invalid_parameter'],
    [500, 'internal_error', 'outcome_unknown'],
  ] as const)('with %i %s is %s, and is sent once', async (status, code, ours) => {
    await using setting = await open();
    const id = await failedOn(setting, [2280]);
    setting.emulator.refuse(status, code, isTo('POST', /retry$/));
    expect(await codeOf(setting.backend.retryPost(id, undefined, setting.call))).toBe(ours);
    expect(setting.sent('POST', /retry$/)).toHaveLength(1);
  });

  it('ends at the vendor’s circuit breaker, with what to do instead', async () => {
    await using setting = await open();
    setting.emulator.failNextPublish({ reason: 'Never.', times: 10 });
    const id = setting.emulator.addPost({ scheduledFor: NOON });
    let failure: Failure | undefined;
    for (let turn = 0; turn < 10 && !failure; turn += 1) {
      setting.clock.advance(MINUTE_MS);
      failure = await setting.backend.retryPost(id, undefined, setting.call).then(
        () => undefined,
        (thrown: unknown) => Failure.from(thrown),
      );
    }
    expect(failure).toMatchObject({
      code: 'invalid_parameter',
      details: { upstream: { status: 422 }, hint: expect.stringContaining('make a new post') },
    });
  });
});

describe('sounds', () => {
  it('are unsupported, and the capabilities say why', async () => {
    await using setting = await open();
    const sound = { content: { kind: 'url', url: 'https://cdn.example.com/a.mp3' } } as const;
    expect(await codeOf(setting.backend.uploadSound(sound, setting.call))).toBe('unsupported');
    expect(await codeOf(setting.backend.listSounds({ limit: 20 }, setting.call))).toBe('unsupported');
    expect(setting.backend.capabilities.tools.upload_sound).toBe('the vendor has no sounds');
    expect(setting.calls()).toEqual([]);
  });
});
