import { describe, expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { openWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

const DRAFT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4', caption: 'a' };

async function statusBecomes(airdate: Airdate, postId: string | undefined, status: string): Promise<void> {
  await eventually(async () => {
    expect((await airdate.call('get_post', { postId })).post.status).toBe(status);
  });
}

async function newPost(airdate: Airdate, change: object = {}): Promise<string | undefined> {
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, ...change });
  return posts[0]?.postId;
}

function sinkOn(clock: ManualClock): Promise<WebhookSink> {
  return openWebhookSink({ now: clock.now });
}

test('a missed post is published now', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate, { scheduledTime: '2026-11-22T09:00' });
  airdate.clock.set('2026-11-25T12:00:00Z');
  await statusBecomes(airdate, postId, 'missed');
  const { post, warnings } = await airdate.call('retry_post', { postId });
  expect({ status: post.status, warnings }).toEqual({ status: 'scheduled', warnings: [] });
  await statusBecomes(airdate, postId, 'published');
});

describe('a failed post', () => {
  test('is tried again, with the same key, and its error is gone when it is published', async () => {
    const clock = new ManualClock();
    await using sink = await sinkOn(clock);
    sink.fail({ kind: 'status', status: 400 });
    await using airdate = await openAirdate({ clock, environment: sink.environment });
    const postId = await newPost(airdate);
    await statusBecomes(airdate, postId, 'failed');
    await airdate.call('retry_post', { postId });
    await statusBecomes(airdate, postId, 'published');
    expect((await airdate.call('get_post', { postId })).post.targets[0]).not.toHaveProperty('error');
    expect(new Set(sink.keys).size).toBe(1);
    expect(sink.captions()).toEqual(['a']);
  });

  test('is tried again on the accounts that are named alone', async () => {
    const clock = new ManualClock();
    await using sink = await sinkOn(clock);
    sink.fail({ kind: 'status', status: 400 }, 2);
    await using airdate = await openAirdate({ clock, environment: sink.environment });
    const postId = await newPost(airdate, { accountIds: ['local:tiktok', 'local:youtube'] });
    await statusBecomes(airdate, postId, 'failed');
    await airdate.call('retry_post', { postId, accountIds: ['local:youtube'] });
    await statusBecomes(airdate, postId, 'partial');
    const { post } = await airdate.call('get_post', { postId });
    expect(Object.fromEntries(post.targets.map(({ accountId, status }) => [accountId, status]))).toEqual({
      'local:tiktok': 'failed',
      'local:youtube': 'published',
    });
  });

  test('is never sent again where it is live already', async () => {
    const clock = new ManualClock();
    await using sink = await sinkOn(clock);
    sink.fail({ kind: 'status', status: 400 });
    await using airdate = await openAirdate({ clock, environment: sink.environment });
    const postId = await newPost(airdate, { accountIds: ['local:tiktok', 'local:youtube'] });
    await statusBecomes(airdate, postId, 'partial');
    await airdate.call('retry_post', { postId });
    await statusBecomes(airdate, postId, 'published');
    expect(sink.published).toHaveLength(2);
    expect(new Set(sink.published.map(({ key }) => key)).size).toBe(2);
    expect(sink.requests).toHaveLength(3);
  });
});

describe('nothing is tried again', () => {
  test('of a post that is waiting, published or cancelled', async () => {
    await using airdate = await openAirdate();
    const waiting = await newPost(airdate, { scheduledTime: '2026-12-24T18:30' });
    const published = await newPost(airdate);
    const cancelled = await newPost(airdate, { scheduledTime: '2026-12-25T18:30' });
    await airdate.call('cancel_post', { postId: cancelled });
    await statusBecomes(airdate, published, 'published');
    for (const postId of [waiting, published, cancelled]) {
      expect(await airdate.fail('retry_post', { postId })).toMatchObject({
        code: 'cannot_edit',
        field: 'postId',
        hint: expect.any(String),
        next: { tool: 'get_post', arguments: { postId } },
      });
    }
  });

  test('on an account that the post is not for', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate, { scheduledTime: '2026-12-24T18:30' });
    expect(await airdate.fail('retry_post', { postId, accountIds: ['local:youtube'] })).toMatchObject({
      code: 'invalid_parameter',
      field: 'accountIds',
      candidates: [{ value: 'local:tiktok', why: 'scheduled' }],
    });
  });

  test('of a post that does not exist', async () => {
    await using airdate = await openAirdate();
    expect(await airdate.fail('retry_post', { postId: 'local:none' })).toMatchObject({
      code: 'not_found',
      field: 'postId',
    });
  });
});
