import { describe, expect, it } from 'vitest';
import type { SentOrder, VideoOrder } from '../../../src/domain/backend.ts';
import {
  failureOf,
  instagram,
  isCreate,
  openSetting,
  orderForNow,
  orderOf,
  type Setting,
  tiktok,
} from './setting.ts';

const MINUTE_MS = 60_000;

function sent(setting: Setting, { content: _, ...order }: VideoOrder): SentOrder {
  return { order, sentAt: setting.emulator.server.clock.now() };
}

/** Sends an order whose answer is lost. */
async function lose(
  setting: Setting,
  order: VideoOrder,
  kind: 'resetAfterAccept' | 'resetBeforeRead' = 'resetAfterAccept',
): Promise<SentOrder> {
  setting.emulator.server.fail({ kind }, isCreate);
  const lost = sent(setting, order);
  expect((await failureOf(setting.backend.createVideoPost(order, setting.call))).code).toBe(
    'outcome_unknown',
  );
  setting.calls();
  return lost;
}

describe('an order whose answer was lost', () => {
  it('is found by account, time and caption, with one request', async () => {
    await using setting = await openSetting();
    setting.emulator.addPosts(3);
    const lost = await lose(setting, orderOf());
    const found = await setting.backend.findVideoPost(lost, setting.call);
    const [made] = [...setting.emulator.posts.values()].slice(-1);
    expect(found).toMatchObject([{ id: made?.postId, status: 'scheduled', caption: 'Hello #viral' }]);
    expect(setting.calls()).toEqual(['GET /v1/posts']);
    expect(Object.fromEntries(setting.emulator.server.requests.at(-1)?.query ?? [])).toEqual({
      status: 'generated',
      contentType: 'video',
      accountId: 'acc_tiktok1',
      limit: '100',
    });
  });

  it('is found on all its accounts, in their order', async () => {
    await using setting = await openSetting({ waitingStatus: 'scheduled' });
    const lost = await lose(setting, orderOf({ accounts: [instagram, tiktok] }));
    const found = await setting.backend.findVideoPost(lost, setting.call);
    expect(found).toMatchObject([
      { targets: [{ accountId: 'acc_instagram1' }] },
      { targets: [{ accountId: 'acc_tiktok1' }] },
    ]);
    expect(setting.calls()).toHaveLength(1);
  });

  it('is found after it went live', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf());
    setting.emulator.server.clock.set('2026-12-24T18:31:00Z');
    expect(await setting.backend.findVideoPost(lost, setting.call)).toMatchObject([{ status: 'published' }]);
  });

  it('is found when it was to go out at once, with a caption or without', async () => {
    await using setting = await openSetting();
    const { caption: _, ...plain } = orderForNow();
    for (const order of [orderForNow(), plain]) {
      const lost = await lose(setting, order);
      expect(await setting.backend.findVideoPost(lost, setting.call)).toHaveLength(1);
      setting.advance(MINUTE_MS);
    }
  });

  it('is found on a later page', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf());
    setting.advance(MINUTE_MS);
    setting.emulator.addPosts(150);
    expect(await setting.backend.findVideoPost(lost, setting.call)).toHaveLength(1);
    expect(setting.calls()).toHaveLength(2);
  });

  it('is surely absent when the whole list has nothing at its time, late enough', async () => {
    await using setting = await openSetting();
    setting.emulator.addPost({ accountId: 'acc_tiktok2', scheduledTime: '2026-12-24T18:30:00Z' });
    const createdAt = setting.emulator.server.clock.now() - MINUTE_MS;
    setting.emulator.addPost({ caption: 'Hello #viral', scheduledTime: '2026-12-24T18:31:00Z', createdAt });
    const lost = await lose(setting, orderOf(), 'resetBeforeRead');
    setting.advance(5 * MINUTE_MS - 1);
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('unknown');
    setting.advance(1);
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('absent');
  });

  it('is waited for from when it was last sent, and may be what was made since it first was', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf(), 'resetBeforeRead');
    setting.advance(10 * MINUTE_MS);
    const again = { ...lost, lastSentAt: setting.emulator.server.clock.now() };
    setting.advance(5 * MINUTE_MS - 1);
    expect(await setting.backend.findVideoPost(again, setting.call)).toBe('unknown');
    await setting.backend.createVideoPost(orderOf(), setting.call);
    expect(await setting.backend.findVideoPost(again, setting.call)).toHaveLength(1);
  });

  it('is surely absent when it was to go out at once and nothing did', async () => {
    await using setting = await openSetting();
    const created = new Date(setting.emulator.server.clock.now() - 90 * MINUTE_MS).toISOString();
    setting.emulator.addPost({ caption: 'Hello #viral', createdAt: created, scheduledTime: created });
    setting.emulator.addPost({
      caption: 'Hello #viral',
      scheduledTime: '2026-11-25T12:00:00Z',
      createdAt: created,
    });
    const lost = await lose(setting, orderForNow(), 'resetBeforeRead');
    setting.advance(6 * MINUTE_MS);
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('absent');
  });

  it.each([
    ['the vendor, or somebody, changed the caption', { caption: 'Hello' }, 0],
    ['the clocks of the two differ', {}, 30 * MINUTE_MS],
    ['the same was posted before', {}, 16_000],
  ])('may be the post at its time although %s', async (_, difference, olderMs) => {
    await using setting = await openSetting();
    for (const order of [orderOf(), orderForNow()]) {
      await setting.backend.createVideoPost({ ...order, ...difference }, setting.call);
      setting.advance(olderMs);
      const lost = sent(setting, order);
      setting.advance(10 * MINUTE_MS);
      expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('unknown');
    }
  });

  it.each([
    ['later', '2026-12-24T19:30:00Z'],
    ['earlier, and went live', '2026-11-22T18:30:00Z'],
  ])('may be a post that somebody moved to air %s', async (_, scheduledTime) => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf());
    const [made] = setting.emulator.posts.values();
    if (made) made.dueAt = Date.parse(scheduledTime);
    setting.emulator.server.clock.set('2026-11-23T12:00:00Z');
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('unknown');
  });

  it('is not known when only some of its accounts have it', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf({ accounts: [tiktok, instagram] }));
    const [first] = setting.emulator.posts.keys();
    setting.emulator.posts.delete(first ?? '');
    setting.advance(10 * MINUTE_MS);
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('unknown');
  });

  it('is not known when the list is longer than a call can read', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf(), 'resetBeforeRead');
    setting.advance(10 * MINUTE_MS);
    setting.emulator.addPosts(501);
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('unknown');
    expect(setting.calls()).toHaveLength(5);
  });

  it('is not known when the list says that it goes on and not where', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf(), 'resetBeforeRead');
    setting.advance(10 * MINUTE_MS);
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { data: [], hasMore: true } });
    expect(await setting.backend.findVideoPost(lost, setting.call)).toBe('unknown');
  });

  it('is looked for another time while the vendor cannot be reached', async () => {
    await using setting = await openSetting();
    const lost = await lose(setting, orderOf());
    await setting.emulator.server.stop();
    const failure = await failureOf(Promise.resolve(setting.backend.findVideoPost(lost, setting.call)));
    expect(failure.code).toBe('unavailable');
  });
});
