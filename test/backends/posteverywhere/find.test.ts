import { describe, expect, it } from 'vitest';
import type { VideoOrder } from '../../../src/domain/backend.ts';
import { aprilReading, autumnReading } from '../../emulators/posteverywhere-switches.ts';
import {
  ALWAYS,
  codeOf,
  HOUR_MS,
  INSTAGRAM,
  MINUTE_MS,
  NOON,
  onCreate,
  open,
  order,
  orderNow,
  type Setting,
  TIKTOK,
} from './support.ts';

const AIRS = NOON + 12 * HOUR_MS;
const CAPTION = 'Hello #world';

function find(setting: Setting, given: VideoOrder, sentAt = NOON) {
  const { content: _, ...sent } = given;
  return setting.backend.findVideoPost({ order: sent, sentAt }, setting.call);
}

/** An order of which it is known since now that it was sent. */
async function inDoubt(setting: Setting, given: VideoOrder): Promise<void> {
  expect(await find(setting, given)).toBe('unknown');
}

describe('looking for a post whose answer got lost', () => {
  it.each([{}, { ...aprilReading, videoImport: 'accepted' as const }, autumnReading])(
    'finds it by its accounts, time and text, in one request',
    async (reading) => {
      for (const given of [order({ accounts: [INSTAGRAM, TIKTOK] }), orderNow()]) {
        await using setting = await open(reading);
        setting.emulator.server.fail({ kind: 'resetAfterAccept' }, onCreate);
        expect(await codeOf(setting.backend.createVideoPost(given, setting.call))).toBe('outcome_unknown');
        setting.calls();
        const found = await find(setting, given);
        expect(found).toMatchObject([{ id: setting.emulator.posts[0]?.id, caption: CAPTION }]);
        expect(setting.calls()).toEqual(['GET /posts']);
      }
    },
  );

  it('finds one without a caption, too', async () => {
    await using setting = await open();
    const { caption: _, ...silent } = order();
    setting.emulator.server.fail({ kind: 'errorAfterAccept', status: 502 }, onCreate);
    await codeOf(setting.backend.createVideoPost(silent, setting.call));
    expect(await find(setting, silent)).toHaveLength(1);
  });

  it('does not know whether it is absent while it may not show yet', async () => {
    await using setting = await open();
    await inDoubt(setting, order());
    setting.clock.advance(4 * MINUTE_MS);
    expect(await find(setting, order())).toBe('unknown');
    setting.clock.advance(2 * MINUTE_MS);
    expect(await find(setting, order())).toBe('absent');
  });

  it('counts from when it was sent, however long the video took', async () => {
    await using setting = await open({ mediaMs: 30_000, mediaPolls: ALWAYS });
    const began = setting.clock.now();
    setting.emulator.server.fail({ kind: 'html', status: 502 }, onCreate);
    await codeOf(setting.backend.createVideoPost(order(), setting.call));
    const sentAt = setting.clock.now();
    setting.clock.set(began + 5 * MINUTE_MS);
    expect(setting.clock.now() - sentAt).toBeLessThan(5 * MINUTE_MS);
    expect(await find(setting, order(), began)).toBe('unknown');
    setting.clock.set(sentAt + 5 * MINUTE_MS);
    expect(await find(setting, order(), began)).toBe('absent');
  });

  it.each([
    ['other accounts', { accountIds: [2280, 2281] }],
    ['a time long before', { createdAt: NOON - HOUR_MS }],
  ])('is not misled by a post with %s', async (_, difference) => {
    await using setting = await open();
    setting.emulator.addPost({ content: CAPTION, accountIds: [2280], scheduledFor: AIRS, ...difference });
    await inDoubt(setting, order());
    setting.clock.advance(HOUR_MS);
    expect(await find(setting, order())).toBe('absent');
  });

  it.each([
    ['somebody moved to another time', { scheduledFor: AIRS + HOUR_MS }],
    ['somebody moved, and has aired', { scheduledFor: NOON + 30 * MINUTE_MS }],
    ['has another text', { content: 'edited since' }],
    ['was made shortly before', { createdAt: NOON - 5 * MINUTE_MS }],
    ['went out at once instead', { scheduledFor: null }],
  ])('does not know whether a post is it that %s', async (_, difference) => {
    await using setting = await open();
    setting.emulator.addPost({ content: CAPTION, accountIds: [2280], scheduledFor: AIRS, ...difference });
    await inDoubt(setting, order());
    setting.clock.advance(HOUR_MS);
    expect(await find(setting, order())).toBe('unknown');
  });

  it('does not know which of two it is', async () => {
    await using setting = await open();
    setting.emulator.addPosts(2, () => ({ content: CAPTION, accountIds: [2280], scheduledFor: AIRS }));
    setting.clock.advance(HOUR_MS);
    expect(await find(setting, order())).toBe('unknown');
  });

  it('takes a post that went out much later, at once, for another', async () => {
    await using setting = await open();
    const later = { scheduledFor: null, createdAt: NOON + 3 * HOUR_MS, accountIds: [2280] };
    setting.emulator.addPost({ ...later, content: 'Something else' });
    await inDoubt(setting, orderNow());
    setting.clock.advance(4 * HOUR_MS);
    expect(await find(setting, orderNow())).toBe('absent');
    setting.emulator.addPost({ ...later, content: CAPTION });
    expect(await find(setting, orderNow())).toBe('unknown');
  });

  it('does not know where there is more than it can see', async () => {
    await using setting = await open();
    setting.emulator.addPosts(101, (index) => ({ scheduledFor: AIRS + (index + 1) * HOUR_MS }));
    setting.clock.advance(HOUR_MS);
    expect(await find(setting, order())).toBe('unknown');
  });

  it('fails as a read does where the vendor gives no answer', async () => {
    await using setting = await open();
    setting.emulator.server.fail({ kind: 'html', status: 502 }, undefined, ALWAYS);
    expect(await codeOf(find(setting, order()))).toBe('unavailable');
  });
});
