import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookSink } from '../../support/webhook-sink.ts';

it('without a configuration there are three accounts, and everything about them is simulated', async () => {
  await using airdate = await openAirdate();
  const { profiles, backends } = await airdate.call('list_profiles', { backend: 'local' });
  expect(profiles).toHaveLength(1);
  expect(profiles[0]?.accounts.map(({ accountId, state }) => [accountId, state])).toEqual([
    ['local:tiktok', 'ready'],
    ['local:instagram', 'ready'],
    ['local:youtube', 'ready'],
  ]);
  expect(backends).toMatchObject([{ name: 'local', ready: true, simulated: true }]);
});

it('with a webhook the same three accounts publish by it, and nothing is simulated', async () => {
  await using sink = await openWebhookSink();
  await using airdate = await openAirdate({ environment: sink.environment });
  const { profiles, backends } = await airdate.call('list_profiles', { backend: 'local' });
  expect(profiles[0]?.accounts.map(({ accountId }) => accountId)).toEqual([
    'local:tiktok',
    'local:instagram',
    'local:youtube',
  ]);
  expect(backends[0]).not.toHaveProperty('simulated');
  expect(JSON.stringify(profiles)).not.toContain('imulated');
});

it('the configuration file names accounts, their profiles, and the publisher of each', async () => {
  const clock = new ManualClock();
  await using sink = await openWebhookSink({ now: clock.now });
  await using airdate = await openAirdate({
    clock,
    environment: sink.environment,
    configFile: {
      accounts: [
        { id: 'run-tiktok', platform: 'tiktok', username: 'runner', profile: 'Running' },
        { id: 'run-x', platform: 'x', profile: 'Running', publisher: 'outbox' },
        { id: 'cook-facebook', platform: 'facebook', profile: 'Cooking' },
      ],
    },
  });
  const { profiles, backends } = await airdate.call('list_profiles', { backend: 'local' });
  expect(profiles.map(({ name, accounts }) => [name, accounts.map(({ username }) => username)])).toEqual([
    ['Running', ['runner', 'run-x']],
    ['Cooking', ['cook-facebook']],
  ]);
  expect(backends[0]).not.toHaveProperty('simulated');

  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:run-tiktok', 'local:run-x', 'local:cook-facebook'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
  });
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId: posts[0]?.postId });
    expect(post.status).toBe('published');
    expect(post).not.toHaveProperty('simulated');
  });
  expect(sink.published.map(({ message }) => message.data.accountId).sort()).toEqual([
    'local:cook-facebook',
    'local:run-tiktok',
  ]);
  expect(readdirSync(join(airdate.home, 'outbox'))).toEqual([expect.stringContaining('-x-run-x.json')]);
});

it('a post for an account that is configured no more is held and says so; back in the file, it is retried', async () => {
  const both = {
    accounts: [
      { id: 'kept', platform: 'tiktok' },
      { id: 'gone', platform: 'youtube' },
    ],
  };
  await using first = await openAirdate({ configFile: both, runner: false });
  const { home } = first;
  const { posts } = await first.call('create_video_post', {
    accountIds: ['local:kept', 'local:gone'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    title: 'A title',
    scheduledTime: '2026-11-21T08:00',
  });
  const postId = posts[0]?.postId;
  const clock = new ManualClock('2026-11-21T13:00:00Z');
  {
    await using second = await openAirdate({
      home,
      clock,
      configFile: { accounts: [{ id: 'kept', platform: 'tiktok' }] },
    });
    await eventually(async () => {
      clock.advance(5 * 60_000);
      const { post } = await second.call('get_post', { postId });
      expect(post.targets.find(({ status }) => status === 'published')).toMatchObject({
        accountId: 'local:kept',
      });
      expect(post.targets.find(({ status }) => status === 'missed')).toMatchObject({
        accountId: 'local:gone',
        error: {
          message: expect.stringContaining('local:gone'),
          hint: expect.stringContaining('retry_post'),
        },
      });
    });
  }
  await using third = await openAirdate({ home, clock, configFile: both });
  await third.call('retry_post', { postId });
  await eventually(async () => {
    const { post } = await third.call('get_post', { postId });
    expect(post.status).toBe('published');
  });
  expect(readdirSync(join(home, 'outbox'))).toHaveLength(2);
});
