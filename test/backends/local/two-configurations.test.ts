import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Airdate, newFolder, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookSink, type WebhookSink } from '../../support/webhook-sink.ts';

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
  await eventually(() =>
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
  await eventually(async () => {
    without.clock.advance(250);
    expect((await without.call('get_post', { postId })).post.status).toBe('published');
  });
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
  await eventually(async () => {
    without.clock.advance(5 * 60_000);
    const { post } = await without.call('get_post', { postId });
    expect(post).toMatchObject({
      status: 'missed',
      targets: [{ error: { code: 'conflict', hint: expect.stringContaining('retry_post') } }],
    });
    expect(post).not.toHaveProperty('simulated');
  });
  await without.call('retry_post', { postId });
  await eventually(async () =>
    expect((await without.call('get_post', { postId })).post).toMatchObject({
      status: 'published',
      simulated: true,
    }),
  );
  expect(sink.published).toEqual([]);
  await having[Symbol.asyncDispose]();
});

async function airs(airdate: Airdate, postId: string | undefined, status: string) {
  await eventually(
    async () => {
      airdate.clock.advance(1_000);
      expect((await airdate.call('get_post', { postId })).post.status).toBe(status);
    },
    { timeout: 10_000 },
  );
  return (await airdate.call('get_post', { postId })).post;
}

async function tried({ requests }: WebhookSink): Promise<void> {
  await eventually(() => expect(requests).toHaveLength(1));
}

test('what one receiver may have published goes to no other, and to the same one again when it is back', async () => {
  const clock = new ManualClock();
  await using one = await openWebhookSink({ now: clock.now });
  await using other = await openWebhookSink({ now: clock.now });
  one.server.fail({ kind: 'errorAfterAccept', status: 500 });
  const first = await openAirdate({ clock, home: newFolder(), environment: one.environment });
  const now = { ...DRAFT, scheduledTime: undefined };
  const postId = (await first.call('create_video_post', now)).posts[0]?.postId;
  await tried(one);
  await first[Symbol.asyncDispose]();
  {
    await using second = await openAirdate({ clock, home: first.home, environment: other.environment });
    const post = await airs(second, postId, 'unconfirmed');
    expect(post.targets[0]?.error).toMatchObject({
      code: 'outcome_unknown',
      message: expect.stringContaining('another receiver'),
    });
    await second.call('retry_post', { postId });
    await airs(second, postId, 'unconfirmed');
  }
  expect(other.requests).toEqual([]);
  await using again = await openAirdate({ clock, home: first.home, environment: one.environment });
  await again.call('retry_post', { postId });
  await airs(again, postId, 'published');
  expect(one.published).toHaveLength(1);
});

test('what no receiver was given yet, or surely none took, goes to the one that is named at its time', async () => {
  const clock = new ManualClock();
  await using one = await openWebhookSink({ now: clock.now });
  await using other = await openWebhookSink({ now: clock.now });
  const first = await openAirdate({ clock, home: newFolder(), environment: one.environment });
  const waiting = (await first.call('create_video_post', DRAFT)).posts[0]?.postId;
  one.server.fail({ kind: 'status', status: 429 });
  const now = { ...DRAFT, scheduledTime: undefined };
  const refused = (await first.call('create_video_post', now)).posts[0]?.postId;
  await tried(one);
  await first[Symbol.asyncDispose]();
  await using second = await openAirdate({ clock, home: first.home, environment: other.environment });
  await airs(second, refused, 'published');
  clock.set(DUE);
  await airs(second, waiting, 'published');
  expect(other.published).toHaveLength(2);
});
