import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { newFolder, openAirdate } from '../../support/airdate.ts';

const DRAFT = { accountIds: ['local:tiktok'], scheduledTime: '2026-11-21T12:10:00Z' };

test('what became due since a backup was made is held when the backup is put back, whatever the grace', async () => {
  const home = newFolder();
  const first = await openAirdate({ home });
  const { posts } = await first.call('create_video_post', { ...DRAFT, contentUrl: first.media() });
  const later = await first.call('create_video_post', {
    ...DRAFT,
    contentUrl: first.media(),
    scheduledTime: '2026-11-22T09:00',
  });
  const backup = join(home, 'backup.db');
  await first.program.database.backup(backup);
  first.clock.set('2026-11-21T12:10:00Z');
  const postId = posts[0]?.postId;
  await vi.waitFor(async () =>
    expect((await first.call('get_post', { postId })).post.status).toBe('published'),
  );
  await first[Symbol.asyncDispose]();

  for (const file of ['airdate.db', 'airdate.db-wal', 'airdate.db-shm'])
    rmSync(join(home, file), { force: true });
  renameSync(backup, join(home, 'airdate.db'));
  first.clock.advance(60_000);
  await using restored = await openAirdate({ home, clock: first.clock });
  await vi.waitFor(async () =>
    expect((await restored.call('get_post', { postId })).post).toMatchObject({
      status: 'missed',
      targets: [{ error: { code: 'outcome_unknown', message: expect.stringContaining('may have aired') } }],
    }),
  );
  expect((await restored.call('get_post', { postId: later.posts[0]?.postId })).post.status).toBe('scheduled');
  expect(restored.program.database.isRestored()).toBe(false);
  rmSync(home, { recursive: true, force: true });
});

test('a data directory that was moved still has its videos', async () => {
  const home = newFolder();
  const before = await openAirdate({ home, runner: false });
  const { posts } = await before.call('create_video_post', { ...DRAFT, contentUrl: before.media() });
  await before[Symbol.asyncDispose]();
  const moved = newFolder();
  cpSync(home, moved, { recursive: true });
  rmSync(home, { recursive: true, force: true });
  before.clock.set('2026-11-21T12:10:00Z');
  await using after = await openAirdate({ home: moved, clock: before.clock });
  const postId = posts[0]?.postId;
  await vi.waitFor(async () =>
    expect((await after.call('get_post', { postId })).post.status).toBe('published'),
  );
});

test('a kept video that is gone fails its post with what to do, and a retry airs it once it is back', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, contentUrl: airdate.media() });
  const postId = posts[0]?.postId;
  const content = join(airdate.home, 'content');
  renameSync(content, `${content}-away`);
  airdate.clock.set('2026-11-21T12:10:00Z');
  await vi.waitFor(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post.targets[0]).toMatchObject({
      status: 'failed',
      error: { code: 'media_rejected', hint: expect.stringContaining('retry_post') },
    });
  });
  mkdirSync(content, { recursive: true });
  cpSync(`${content}-away`, content, { recursive: true });
  await airdate.call('retry_post', { postId });
  await vi.waitFor(async () =>
    expect((await airdate.call('get_post', { postId })).post.status).toBe('published'),
  );
});
