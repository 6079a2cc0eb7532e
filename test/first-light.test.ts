import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAirdate } from './support/airdate.ts';
import { eventually } from './support/eventually.ts';

test('the tests run under the Node that the project is made for', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
});

test('an agent schedules a video, edits it, sees it air, and reads what happened', async () => {
  await using airdate = await openAirdate();
  const profiles = await airdate.call('list_profiles');
  const accountId = profiles.profiles[0]?.accounts[0]?.accountId;
  expect(accountId).toBe('local:tiktok');

  const created = await airdate.call('create_video_post', {
    accountIds: [accountId],
    contentUrl: airdate.media(),
    caption: 'first light',
    scheduledTime: '2026-11-21T09:00',
    timezone: 'America/Los_Angeles',
  });
  const { postId } = created.posts[0] ?? {};
  const edited = await airdate.call('edit_post', { postId, caption: 'first light, edited' });
  expect(edited.changed).toEqual(['caption']);

  airdate.clock.set('2026-11-21T17:00:00Z');
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post?.status).toBe('published');
  });
  const outbox = join(airdate.home, 'outbox');
  const entry = readdirSync(outbox).find((name) => name.endsWith('.json')) ?? '';
  expect(JSON.parse(readFileSync(join(outbox, entry), 'utf8'))).toMatchObject({
    simulated: true,
    type: 'post.due',
    data: { caption: 'first light, edited', airTime: { utc: '2026-11-21T17:00:00Z', offset: '-08:00' } },
  });
});
