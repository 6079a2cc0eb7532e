import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { openWebhookSink } from '../../support/webhook-sink.ts';

const DUE = '2026-11-21T12:10:00Z';
const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/video.mp4',
  scheduledTime: DUE,
};

test('a post is published by what it was made for, whichever process airs', async () => {
  const clock = new ManualClock();
  await using sink = await openWebhookSink({ now: clock.now });
  await using without = await openAirdate({ clock });
  await vi.waitFor(() =>
    expect(without.log.map(({ message }) => message)).toContain(
      'This process airs the posts of the local backend.',
    ),
  );
  await using having = await openAirdate({
    home: without.home,
    clock: without.clock,
    environment: sink.environment,
  });
  const { posts } = await having.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  without.clock.set(DUE);
  await vi.waitFor(
    async () => {
      without.clock.advance(250);
      expect((await without.call('get_post', { postId })).post.status).toBe('published');
    },
    { timeout: 10_000 },
  );
  expect(sink.published).toHaveLength(1);
  expect(existsSync(join(without.home, 'outbox')) ? readdirSync(join(without.home, 'outbox')) : []).toEqual(
    [],
  );
});

test('without a process that has its publisher a post is held past the grace, and a retry lets the present one publish it', async () => {
  const clock = new ManualClock();
  await using sink = await openWebhookSink({ now: clock.now });
  const having = await openAirdate({ clock, runner: false, environment: sink.environment });
  const { posts } = await having.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  await using without = await openAirdate({ home: having.home, clock: having.clock });
  without.clock.set(DUE);
  await vi.waitFor(async () => {
    without.clock.advance(5 * 60_000);
    const { post } = await without.call('get_post', { postId });
    expect(post).toMatchObject({
      status: 'missed',
      targets: [{ error: { code: 'conflict', hint: expect.stringContaining('retry_post') } }],
    });
    expect(post).not.toHaveProperty('simulated');
  });
  await without.call('retry_post', { postId });
  await vi.waitFor(async () =>
    expect((await without.call('get_post', { postId })).post).toMatchObject({
      status: 'published',
      simulated: true,
    }),
  );
  expect(sink.published).toEqual([]);
  await having[Symbol.asyncDispose]();
});
