import { describe, expect, it } from 'vitest';
import { failureOf, is, openSetting } from './setting.ts';

describe('reading a post', () => {
  it.each(['generated', 'scheduled'] as const)(
    'tells a waiting post that the vendor calls %s',
    async (waitingStatus) => {
      await using setting = await openSetting({ waitingStatus });
      const { postId, contentUrl } = setting.emulator.addPost({
        caption: 'Hello',
        soundId: 'snd_1',
        timezone: 'Europe/Paris',
        scheduledTime: '2026-12-24T18:30:00Z',
      });
      expect(await setting.backend.getPost(postId, setting.call)).toEqual({
        id: postId,
        status: 'scheduled',
        backendStatus: waitingStatus,
        contentType: 'video',
        contentUrl,
        thumbnailUrl: expect.stringContaining('thumb.jpg'),
        caption: 'Hello',
        soundId: 'snd_1',
        airAt: Date.parse('2026-12-24T18:30:00Z'),
        timezone: 'Europe/Paris',
        targets: [{ accountId: 'acc_tiktok1', platform: 'tiktok', status: 'scheduled' }],
        createdAt: Date.parse('2026-11-21T12:00:00Z'),
      });
      expect(setting.calls()).toEqual([`GET /v1/posts/${postId}`]);
    },
  );

  it('tells when a post went live', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({ scheduledTime: '2026-11-21T13:00:00Z' });
    setting.emulator.server.clock.set('2026-11-21T14:00:00Z');
    expect(await setting.backend.getPost(postId, setting.call)).toMatchObject({
      status: 'published',
      backendStatus: 'posted',
      targets: [{ status: 'published', publishedAt: Date.parse('2026-11-21T13:00:03Z') }],
    });
  });

  it('tells that a post failed, for which the vendor gives no reason', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({ status: 'failed' });
    const post = await setting.backend.getPost(postId, setting.call);
    expect(post.targets).toEqual([{ accountId: 'acc_tiktok1', platform: 'tiktok', status: 'failed' }]);
  });

  it('tells slides with all their images and no sound', async () => {
    await using setting = await openSetting();
    const { postId, contentUrl } = setting.emulator.addPost({
      contentType: 'slides',
      sourceUrl: ['https://example.com/1.jpg', 'https://example.com/2.jpg'],
    });
    const post = await setting.backend.getPost(postId, setting.call);
    expect(post).toMatchObject({ contentType: 'slides', contentUrl });
    expect(post).not.toHaveProperty('thumbnailUrl');
    expect(post).not.toHaveProperty('soundId');
    expect(post).not.toHaveProperty('caption');
  });

  it('understands the words of older pages, and leaves out what it does not understand', async () => {
    await using setting = await openSetting();
    const body = {
      id: 'post_1',
      accountId: 'acc_1',
      platform: 'holograms',
      contentType: 'slideshow',
      status: 'toString',
      timezone: 'Mars/Olympus',
      scheduledTime: '2026-12-24T18:30',
    };
    setting.emulator.server.fail({ kind: 'status', status: 200, body }, is('GET', '/v1/posts/post_1'));
    expect(await setting.backend.getPost('post_1', setting.call)).toEqual({
      id: 'post_1',
      status: 'unconfirmed',
      backendStatus: 'toString',
      contentType: 'slides',
      airAt: null,
      targets: [],
    });
  });

  it('knows no such post', async () => {
    await using setting = await openSetting();
    const failure = await failureOf(setting.backend.getPost('post_gone', setting.call));
    expect(failure.toAnswer()).toMatchObject({ code: 'not_found', upstream: { status: 404 } });
  });

  it('cannot be led to another path by an id', async () => {
    await using setting = await openSetting();
    await failureOf(setting.backend.getPost('../accounts?x=1', setting.call));
    expect(setting.calls()).toEqual(['GET /v1/posts/..%2Faccounts%3Fx%3D1']);
  });
});

describe('listing posts', () => {
  it('reads fifty with one request', async () => {
    await using setting = await openSetting();
    setting.emulator.addPosts(60);
    const page = await setting.backend.listPosts({ limit: 50 }, setting.call);
    expect(page.rows).toHaveLength(50);
    expect(setting.calls()).toEqual(['GET /v1/posts']);
    expect(page.nextCursor).toBeDefined();
  });

  it('goes through all of them once, a page at a time', async () => {
    await using setting = await openSetting();
    setting.emulator.addPosts(250);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await setting.backend.listPosts({ limit: 100, ...(cursor && { cursor }) }, setting.call);
      seen.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(250);
    expect(seen).toHaveLength(250);
    expect(setting.calls()).toHaveLength(3);
  });

  it.each([
    ['scheduled', 'generated'],
    ['processing', 'pending_render'],
    ['published', 'posted'],
    ['failed', 'failed'],
  ] as const)('filters %s posts by the word %s, which the vendor takes', async (status, word) => {
    await using setting = await openSetting({ waitingStatus: 'scheduled' });
    const readyAt = setting.emulator.server.clock.now() + 30_000;
    for (const each of ['generated', 'pending_render', 'posted', 'failed'] as const)
      setting.emulator.addPost({ status: each, readyAt });
    const { rows } = await setting.backend.listPosts({ status, limit: 20 }, setting.call);
    expect(setting.emulator.server.requests.at(-1)?.query.get('status')).toBe(word);
    expect(rows.map((post) => post.status)).toEqual([status]);
  });

  it.each([
    { status: 'draft' },
    { status: 'missed' },
    { status: 'cancelled' },
    { platform: 'youtube' },
  ] as const)('asks nothing where the vendor can have nothing: %o', async (filter) => {
    await using setting = await openSetting();
    setting.emulator.addPost();
    expect(await setting.backend.listPosts({ ...filter, limit: 20 }, setting.call)).toEqual({ rows: [] });
    expect(setting.calls()).toEqual([]);
  });

  it('passes on every filter that the vendor has', async () => {
    await using setting = await openSetting();
    const wanted = setting.emulator.addPost({ accountId: 'acc_instagram1', contentType: 'slides' });
    setting.emulator.addPost({ accountId: 'acc_instagram1' });
    setting.emulator.addPost({ contentType: 'slides' });
    const { rows } = await setting.backend.listPosts(
      { platform: 'instagram', contentType: 'slides', accountId: 'acc_instagram1', limit: 7 },
      setting.call,
    );
    expect(rows.map(({ id }) => id)).toEqual([wanted.postId]);
    expect(Object.fromEntries(setting.emulator.server.requests.at(-1)?.query ?? [])).toEqual({
      platform: 'instagram',
      contentType: 'slides',
      accountId: 'acc_instagram1',
      limit: '7',
    });
  });

  it('says which parameter is wrong when the vendor no longer knows a cursor', async () => {
    await using setting = await openSetting();
    const failure = await failureOf(setting.backend.listPosts({ limit: 20, cursor: 'gone' }, setting.call));
    expect(failure.toAnswer()).toMatchObject({ code: 'invalid_parameter', field: 'cursor' });
    expect(failure.message).toContain('Invalid cursor');
  });

  it('is read again when the vendor stumbles', async () => {
    await using setting = await openSetting();
    setting.emulator.addPost();
    const isList = is('GET', '/v1/posts');
    const internal = { error: { code: 'internal', message: 'An unexpected error occurred' } };
    setting.emulator.server.fail({ kind: 'status', status: 500, body: internal }, isList);
    setting.emulator.server.fail({ kind: 'html', status: 502 }, isList);
    const { rows } = await setting.backend.listPosts({ limit: 20 }, setting.call);
    expect(rows).toHaveLength(1);
    expect(setting.calls()).toHaveLength(3);
  });

  it('is unavailable when the vendor keeps stumbling', async () => {
    await using setting = await openSetting();
    setting.emulator.server.fail({ kind: 'html', status: 502 }, () => true, 9);
    const failure = await failureOf(setting.backend.listPosts({ limit: 20 }, setting.call));
    expect(failure.toAnswer()).toMatchObject({ code: 'unavailable', retryable: true });
  });
});
