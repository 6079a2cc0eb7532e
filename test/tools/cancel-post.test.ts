import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';

const DRAFT = {
  accountIds: ['local:tiktok', 'local:youtube'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  scheduledTime: '2026-12-24T18:30',
};

test('a cancelled post is cancelled on every account and never airs', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const { post, warnings } = await airdate.call('cancel_post', { postId: posts[0]?.postId });
  expect(post.status).toBe('cancelled');
  expect(post.targets.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect(warnings).toEqual([]);
  airdate.clock.set('2026-12-25T12:00:00Z');
  const marker = await airdate.call('create_video_post', {
    ...DRAFT,
    caption: 'marker',
    scheduledTime: undefined,
  });
  await eventually(async () => {
    const seen = await airdate.call('get_post', { postId: marker.posts[0]?.postId });
    expect(seen.post.status).toBe('published');
  });
  const outbox = join(airdate.home, 'outbox');
  const names = existsSync(outbox) ? readdirSync(outbox) : [];
  expect(names.filter((name) => name.includes(posts[0]?.postId.split(':')[1] ?? '?'))).toEqual([]);
});

test('to cancel a cancelled post is a success that says so, and changes nothing', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  const first = await airdate.call('cancel_post', { postId });
  airdate.clock.advance(60_000);
  for (const _ of [1, 2]) {
    const again = await airdate.call('cancel_post', { postId });
    expect(again.warnings).toMatchObject([{ code: 'already_cancelled' }]);
    expect(again.post).toEqual(first.post);
  }
});

test('of cancels at once one cancels the post, and the others are answered like a second one', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  const answers = await Promise.all([1, 2, 3].map(() => airdate.call('cancel_post', { postId })));
  const codes = answers.map(({ warnings }) => warnings.map(({ code }) => code));
  expect(codes.sort()).toEqual([[], ['already_cancelled'], ['already_cancelled']]);
  const { post } = await airdate.call('get_post', { postId });
  expect(post.status).toBe('cancelled');
  for (const answer of answers) expect(answer.post).toEqual(post);
});

test('a published post cannot be taken back', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, scheduledTime: undefined });
  const postId = posts[0]?.postId;
  await eventually(async () => {
    expect((await airdate.call('get_post', { postId })).post.status).toBe('published');
  });
  expect(await airdate.fail('cancel_post', { postId })).toMatchObject({
    code: 'cannot_edit',
    field: 'postId',
    hint: expect.any(String),
    next: { tool: 'get_post', arguments: { postId } },
  });
});

test('a missed post can be cancelled', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, scheduledTime: '2026-11-22T09:00' });
  const postId = posts[0]?.postId;
  airdate.clock.set('2026-11-25T12:00:00Z');
  await eventually(async () => {
    expect((await airdate.call('get_post', { postId })).post.status).toBe('missed');
  });
  expect((await airdate.call('cancel_post', { postId })).post.status).toBe('cancelled');
});

test('a post that does not exist is not found', async () => {
  await using airdate = await openAirdate();
  expect(await airdate.fail('cancel_post', { postId: 'local:none' })).toMatchObject({
    code: 'not_found',
    field: 'postId',
  });
});
