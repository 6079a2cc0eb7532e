import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openInfinipostEmulator } from '../../emulators/infinipost.ts';
import { newFolder, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { runAirdate } from '../../support/process.ts';

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
  await eventually(async () =>
    expect((await first.call('get_post', { postId })).post.status).toBe('published'),
  );
  await first[Symbol.asyncDispose]();

  for (const file of ['airdate.db', 'airdate.db-wal', 'airdate.db-shm'])
    rmSync(join(home, file), { force: true });
  renameSync(backup, join(home, 'airdate.db'));
  first.clock.advance(60_000);
  await using restored = await openAirdate({ home, clock: first.clock });
  await eventually(async () =>
    expect((await restored.call('get_post', { postId })).post).toMatchObject({
      status: 'missed',
      targets: [{ error: { code: 'outcome_unknown', message: expect.stringContaining('may have aired') } }],
    }),
  );
  expect((await restored.call('get_post', { postId: later.posts[0]?.postId })).post.status).toBe('scheduled');
  expect(restored.program.database.isRestored()).toBe(false);
  rmSync(home, { recursive: true, force: true });
});

const POSSIBLY = expect.stringContaining('may have been approved since');

describe('a draft that waits in a backup which is put back', () => {
  /** A backup with a draft of each, put back after both were approved; the second in the midst of that. */
  async function putBack() {
    const clock = new ManualClock();
    const stack = new AsyncDisposableStack();
    const vendor = stack.use(await openInfinipostEmulator({ clock }));
    const environment = { INFINIPOST_API_KEY: vendor.apiKey, INFINIPOST_BASE_URL: vendor.baseUrl };
    const home = newFolder();
    stack.defer(() => rmSync(home, { recursive: true, force: true }));
    const options = { clock, home, environment };
    const agent = await openAirdate({ ...options, level: 'draft', runner: false });
    const order = { accountIds: ['infinipost:acc_tiktok1'], contentUrl: 'https://cdn.example.com/clip.mp4' };
    const scheduledTime = '2026-11-25T18:30:00Z';
    const ids: string[] = [];
    for (const caption of ['waits', 'approved just then']) {
      const { posts } = await agent.call('create_video_post', { ...order, caption, scheduledTime });
      ids.push(posts[0]?.postId ?? '');
      clock.advance(1_000);
    }
    await agent.program.database.query
      .updateTable('proposals')
      .set({ status: 'approved', approver: 'killed' })
      .where('draft_json', 'like', '%just then%')
      .execute();
    await agent.program.database.backup(join(home, 'backup.db'));
    await agent[Symbol.asyncDispose]();
    for (const file of ['airdate.db', 'airdate.db-wal', 'airdate.db-shm'])
      rmSync(join(home, file), { force: true });
    renameSync(join(home, 'backup.db'), join(home, 'airdate.db'));
    const [waiting = '', cutOff = ''] = ids;
    return {
      stack,
      vendor,
      options,
      home,
      waiting,
      cutOff,
      order: { ...order, caption: 'waits', scheduledTime },
    };
  }

  test('says that it may have been approved since, and is sent with its version only', async () => {
    const { stack, vendor, options, home, waiting, cutOff } = await putBack();
    await using _ = stack;
    await using restored = await openAirdate(options);
    await eventually(async () =>
      expect((await restored.call('list_posts', { status: 'draft' })).posts).toMatchObject([
        { postId: waiting, warnings: [{ code: 'may_be_there', message: POSSIBLY }] },
        { postId: cutOff, warnings: [{ code: 'may_be_there' }] },
      ]),
    );
    expect(vendor.posts.size).toBe(0);
    const { post } = await restored.call('get_post', { postId: waiting });
    expect(post.warnings).toMatchObject([{ code: 'may_be_there' }]);
    expect(await restored.fail('approve_post', { postId: waiting })).toMatchObject({
      code: 'conflict',
      field: 'version',
      next: { tool: 'get_post' },
    });
    const environment = { ...options.environment, AIRDATE_HOME: home };
    expect((await runAirdate(['approve', waiting], environment)).stderr).toContain(
      'may have been approved since',
    );
    expect(vendor.posts.size).toBe(0);
    const { version } = post;
    expect((await restored.call('approve_post', { postId: waiting, version })).posts).toHaveLength(1);
    const fresh = await restored.call('get_post', { postId: waiting });
    expect(fresh.post.warnings).toBeUndefined();
  });

  test('is shown to a person with that', async () => {
    const { stack, options, order } = await putBack();
    await using _ = stack;
    const asked: string[] = [];
    const person = async (text: string) => {
      asked.push(text);
      return 'decline' as const;
    };
    await using agent = await openAirdate({ ...options, level: 'draft', person });
    await agent.call('create_video_post', order);
    expect(asked).toEqual([POSSIBLY]);
  });
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
  await eventually(async () =>
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
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post.targets[0]).toMatchObject({
      status: 'failed',
      error: { code: 'media_rejected', hint: expect.stringContaining('retry_post') },
    });
  });
  mkdirSync(content, { recursive: true });
  cpSync(`${content}-away`, content, { recursive: true });
  await airdate.call('retry_post', { postId });
  await eventually(async () =>
    expect((await airdate.call('get_post', { postId })).post.status).toBe('published'),
  );
});
