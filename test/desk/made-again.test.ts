/** A post that failed and was made again is there once: as the new one. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Airdate, type Answer, newFolder, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { openStdio } from '../support/process.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';

const CALL = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
};

/** A calendar whose receiver refuses the first post, and what became of that. */
async function openWithFailure(more: object = {}) {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const sink = stack.use(await openWebhookSink({ now: clock.now }));
  const airdate = stack.use(await openAirdate({ clock, environment: sink.environment }));
  sink.server.fail({ kind: 'status', status: 403, body: 'the account is locked' });
  const { posts } = await airdate.call('create_video_post', { ...CALL, ...more });
  const failed = posts[0]?.postId ?? '';
  await becomes(airdate, failed, 'failed');
  return { sink, airdate, failed, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function becomes({ call }: Airdate, postId: string, status: string) {
  await eventually(async () => expect((await call('get_post', { postId })).post.status).toBe(status));
}

const codes = ({ warnings }: { warnings: readonly { code: string }[] }) => warnings.map(({ code }) => code);

test.each([
  ['the same call without a key', {}, {}],
  ['a call with a key of its own', { idempotencyKey: 'first' }, { idempotencyKey: 'second' }],
])('made again by %s, it is not tried again', async (_, first, second) => {
  await using calendar = await openWithFailure(first);
  const { airdate, sink, failed } = calendar;
  const again = await airdate.call('create_video_post', { ...CALL, ...second });
  const other = again.posts[0]?.postId ?? '';
  await becomes(airdate, other, 'published');
  expect(await airdate.fail('retry_post', { postId: failed })).toMatchObject({
    code: 'conflict',
    next: { tool: 'get_post', arguments: { postId: other } },
  });
  expect(sink.published).toHaveLength(1);
});

test('whoever makes it again is told of the one that failed', async () => {
  await using calendar = await openWithFailure();
  const { airdate, failed } = calendar;
  const again = await airdate.call('create_video_post', CALL);
  expect(again.replayed).toBe(false);
  expect(codes(again)).toEqual(['failed_before']);
  expect(again.warnings[0]?.message).toContain(failed);
});

test('a post that nobody made again is tried again', async () => {
  await using calendar = await openWithFailure();
  const { airdate, sink, failed } = calendar;
  await airdate.call('create_video_post', { ...CALL, caption: 'another' });
  await airdate.call('retry_post', { postId: failed });
  await becomes(airdate, failed, 'published');
  expect(sink.published.map(({ message }) => message.data.caption).sort()).toEqual(['another', 'once']);
});

test('of a post and its draft one is there, in whichever order they fail and are made', async () => {
  await using calendar = await openWithFailure();
  const { airdate: person, sink, failed } = calendar;
  await using agent = await openAirdate({
    home: person.home,
    clock: person.clock,
    environment: sink.environment,
    runner: false,
    level: 'draft',
  });
  const { posts } = await agent.call('create_video_post', CALL);
  expect(posts).toMatchObject([{ status: 'draft' }]);
  const approved = await person.call('approve_post', { postId: posts[0]?.postId });
  await becomes(person, approved.posts[0]?.postId ?? '', 'published');
  expect((await person.fail('retry_post', { postId: failed })).code).toBe('conflict');
  expect(sink.published).toHaveLength(1);
});

test('a draft of a post that was tried again meanwhile is not approved beside it', async () => {
  await using calendar = await openWithFailure();
  const { airdate: person, sink, failed } = calendar;
  const options = { home: person.home, clock: person.clock, environment: sink.environment, runner: false };
  await using agent = await openAirdate({ ...options, level: 'draft' });
  const { posts } = await agent.call('create_video_post', CALL);
  await person.call('retry_post', { postId: failed });
  await becomes(person, failed, 'published');
  const refused = await person.fail('approve_post', { postId: posts[0]?.postId });
  expect(refused.code).toBe('conflict');
  expect((await person.call('get_post', { postId: posts[0]?.postId })).post.status).toBe('draft');
  expect(sink.published).toHaveLength(1);
});

test('of two that failed one is tried again', async () => {
  await using calendar = await openWithFailure();
  const { airdate, sink, failed } = calendar;
  sink.server.fail({ kind: 'status', status: 403, body: 'still locked' });
  const { posts } = await airdate.call('create_video_post', CALL);
  const second = posts[0]?.postId ?? '';
  await becomes(airdate, second, 'failed');
  await airdate.call('retry_post', { postId: failed });
  await becomes(airdate, failed, 'published');
  expect((await airdate.fail('retry_post', { postId: second })).code).toBe('conflict');
  const again = await airdate.call('create_video_post', CALL);
  expect(again).toMatchObject({ replayed: true, posts: [{ postId: failed }] });
  expect(sink.published).toHaveLength(1);
});

test('tried again and made again in the same moment it is there once', async () => {
  const home = newFolder();
  const sink = await openWebhookSink();
  const environment = { ...sink.environment, AIRDATE_HOME: home };
  {
    await using one = await openStdio(environment);
    await using two = await openStdio(environment);
    for (let round = 0; round < 8; round += 1) {
      const call = { name: 'create_video_post', arguments: { ...CALL, caption: `round ${round}` } };
      sink.server.fail({ kind: 'status', status: 403, body: 'locked' });
      const created = (await one.client.callTool(call)).structuredContent as unknown as Answer;
      const { postId } = created.posts[0] ?? {};
      const get = { name: 'get_post', arguments: { postId } };
      await eventually(async () => {
        const { post } = (await one.client.callTool(get)).structuredContent as unknown as Answer;
        expect(post.status).toBe('failed');
      });
      await Promise.all([
        one.client.callTool({ name: 'retry_post', arguments: { postId } }),
        two.client.callTool(call),
      ]);
      await eventually(async () => {
        const listed = await one.client.callTool({ name: 'list_posts', arguments: { limit: 100 } });
        const { posts } = listed.structuredContent as unknown as Answer;
        expect(posts.filter(({ status }) => status === 'scheduled' || status === 'processing')).toEqual([]);
      });
    }
    const captions = sink.published.map(({ message }) => message.data.caption);
    expect(new Set(captions).size).toBe(captions.length);
  }
  await sink[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
}, 60_000);
