import { expect, test } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';

const DRAFT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4' };

test('a post is told as it was when it was made', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', {
    ...DRAFT,
    scheduledTime: '2026-12-24T18:30',
    caption: 'a',
  });
  expect((await airdate.call('get_post', { postId: posts[0]?.postId })).post).toEqual(posts[0]);
});

test('a published post tells when and where', async () => {
  await using sink = await openWebhookSink({ now: () => Date.parse('2026-11-21T12:00:00Z') });
  await using airdate = await openAirdate({ environment: sink.environment });
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post).toMatchObject({
      status: 'published',
      targets: [
        { status: 'published', url: 'https://video.example/1', publishedAt: { utc: '2026-11-21T12:00:00Z' } },
      ],
    });
    expect(post).not.toHaveProperty('simulated');
  });
});

test('a failed post tells why, on each account', async () => {
  await using sink = await openWebhookSink();
  sink.fail({ kind: 'status', status: 400, body: 'no such account' });
  await using airdate = await openAirdate({ environment: sink.environment });
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post.status).toBe('failed');
    expect(post.targets).toMatchObject([
      { accountId: 'local:tiktok', status: 'failed', error: { message: expect.stringContaining('400') } },
    ]);
  });
});

test('a post that does not exist is not found, with the call that lists those that do', async () => {
  await using airdate = await openAirdate();
  expect(await airdate.fail('get_post', { postId: 'local:none' })).toMatchObject({
    code: 'not_found',
    field: 'postId',
    backend: 'local',
    next: { tool: 'list_posts', arguments: { backend: 'local' } },
  });
});
