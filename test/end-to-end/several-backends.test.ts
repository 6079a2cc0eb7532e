/** Mirrors nothing: every backend at once, through the tools, against the vendors' emulators. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Everything, openEverything } from '../support/everything.ts';

async function accountsByBackend({ airdate }: Everything): Promise<Map<string, string[]>> {
  const { profiles } = await airdate.call('list_profiles');
  const accounts = profiles.flatMap((profile) =>
    profile.accounts
      .filter(({ platform, state }) => platform === 'tiktok' && state === 'ready')
      .map(({ accountId }) => ({ backend: profile.backend, accountId })),
  );
  const grouped = Map.groupBy(accounts, ({ backend }) => backend);
  return new Map([...grouped].map(([backend, rows]) => [backend, rows.map(({ accountId }) => accountId)]));
}

const VIDEO = 'https://cdn.example.com/video.mp4';

async function moveUntilDone<Result>({ airdate }: Everything, work: Promise<Result>): Promise<Result> {
  const moving = setInterval(() => airdate.clock.advance(1_000), 20);
  return work.finally(() => clearInterval(moving));
}

test('list_profiles shows every backend and its accounts, the local one last', async () => {
  await using everything = await openEverything();
  const { backends, unavailable } = await everything.airdate.call('list_profiles');
  expect(backends.map(({ name }) => name)).toEqual([
    'infinipost',
    'posteverywhere',
    'upload-post',
    'openshorts',
    'local',
  ]);
  expect(unavailable).toEqual([]);
});

test('of a part that failed in a way that nobody foresaw the log has the cause, and the answer has not', async () => {
  await using everything = await openEverything({ runner: false });
  const { airdate } = everything;
  const accounts = await accountsByBackend(everything);
  await airdate.program.database.query.schema.dropTable('attempts').execute();
  await airdate.program.database.query.schema.dropTable('targets').execute();
  const { failures } = await airdate.call('create_video_post', {
    accountIds: [accounts.get('infinipost')?.[0], 'local:tiktok'],
    contentUrl: VIDEO,
    scheduledTime: '2026-11-25T18:30',
  });
  expect(failures).toMatchObject([{ accountIds: ['local:tiktok'], error: { code: 'internal' } }]);
  expect(JSON.stringify(failures)).not.toContain('targets');
  expect(airdate.log.filter(({ level }) => level === 'error')).toMatchObject([
    { facts: { backend: 'local', cause: expect.stringContaining('no such table') } },
  ]);
});

test('one call posts to accounts of several backends, and the calendar shows each post once', async () => {
  await using everything = await openEverything();
  const { airdate } = everything;
  const accounts = await accountsByBackend(everything);
  const accountIds = ['infinipost', 'posteverywhere', 'upload-post', 'local'].map(
    (name) => accounts.get(name)?.[0],
  );
  const created = await moveUntilDone(
    everything,
    airdate.call('create_video_post', {
      accountIds,
      contentUrl: VIDEO,
      caption: 'everywhere at once',
      scheduledTime: '2026-11-25T18:30',
      timezone: 'Europe/Paris',
    }),
  );
  expect(created.failures).toEqual([]);
  expect(created.posts.map(({ backend }) => backend)).toEqual([
    'infinipost',
    'posteverywhere',
    'upload-post',
    'local',
  ]);
  for (const post of created.posts)
    expect(post.airTime).toMatchObject({ utc: '2026-11-25T17:30:00Z', timezone: 'Europe/Paris' });

  const listed: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await airdate.call('list_posts', { limit: 2, ...(cursor && { cursor }) });
    listed.push(...page.posts.map(({ postId }) => postId));
    cursor = page.nextCursor;
  } while (cursor);
  expect(listed.sort()).toEqual(created.posts.map(({ postId }) => postId).sort());
});

test('a dead backend fails its own accounts alone, and the same call again sends only what was refused', async () => {
  await using everything = await openEverything();
  const { airdate, infinipost, posteverywhere } = everything;
  const accounts = await accountsByBackend(everything);
  const draft = {
    accountIds: [accounts.get('infinipost')?.[0], accounts.get('local')?.[0]],
    contentUrl: VIDEO,
    caption: 'half of it',
    scheduledTime: '2026-11-25T18:30',
  };
  await infinipost.server.stop();
  const looking = airdate.call('list_profiles', { backend: 'infinipost', refresh: true });
  const { unavailable: gone } = await moveUntilDone(everything, looking);
  expect(gone).toMatchObject([{ backend: 'infinipost', error: { code: 'unavailable' } }]);
  const half = await airdate.call('create_video_post', draft);
  expect(half.posts.map(({ backend }) => backend)).toEqual(['local']);
  expect(half.failures).toMatchObject([
    { accountIds: [draft.accountIds[0]], error: { code: 'unavailable' } },
  ]);

  await infinipost.server.listen();
  const whole = await airdate.call('create_video_post', draft);
  expect(whole.posts.map(({ backend }) => backend).sort()).toEqual(['infinipost', 'local']);
  expect(whole.posts.find(({ backend }) => backend === 'local')?.postId).toBe(half.posts[0]?.postId);
  expect(infinipost.posts.size).toBe(1);

  await posteverywhere.server.stop();
  const { profiles, unavailable } = await moveUntilDone(
    everything,
    airdate.call('list_profiles', { refresh: true }),
  );
  expect(unavailable.map(({ backend }) => backend)).toEqual(['posteverywhere']);
  expect(new Set(profiles.map(({ backend }) => backend))).toContain('upload-post');
});

test('a write whose answer is lost is shown as unconfirmed, looked for, and never sent twice', async () => {
  await using everything = await openEverything();
  const { airdate, infinipost, clock } = { ...everything, clock: everything.airdate.clock };
  const accounts = await accountsByBackend(everything);
  const draft = {
    accountIds: [accounts.get('infinipost')?.[0]],
    contentUrl: VIDEO,
    caption: 'did it arrive?',
    scheduledTime: '2026-11-25T18:30',
  };
  infinipost.server.fail(
    { kind: 'resetAfterAccept' },
    ({ method, path }) => method === 'POST' && path.endsWith('/video'),
  );
  const unknown = await airdate.fail('create_video_post', draft);
  expect(unknown.code).toBe('outcome_unknown');
  expect(unknown.next?.tool).toBe('list_posts');
  const looked = await airdate.call(unknown.next?.tool ?? '', unknown.next?.arguments);
  expect(looked.posts.map(({ status }) => status)).toEqual(['scheduled']);

  const again = await airdate.call('create_video_post', draft);
  expect(again.replayed).toBe(true);
  expect(infinipost.posts.size).toBe(1);

  clock.set('2026-11-25T23:31:00Z');
  await eventually(() => expect(infinipost.published()).toHaveLength(1));
});

test('a write that surely never arrived is sent by retry_post', async () => {
  await using everything = await openEverything();
  const { airdate, infinipost } = everything;
  const accounts = await accountsByBackend(everything);
  const isCreate = ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && path.endsWith('/video');
  infinipost.server.fail({ kind: 'html', status: 502 }, isCreate);
  const unknown = await airdate.fail('create_video_post', {
    accountIds: [accounts.get('infinipost')?.[0]],
    contentUrl: VIDEO,
    caption: 'lost on the way',
    scheduledTime: '2026-11-25T18:30',
  });
  expect(unknown.code).toBe('outcome_unknown');
  const [unconfirmed] = (await airdate.call('list_posts', { status: 'unconfirmed' })).posts;
  expect(unconfirmed).toMatchObject({
    backend: 'infinipost',
    status: 'unconfirmed',
    caption: 'lost on the way',
  });
  const postId = unconfirmed?.postId;
  expect((await airdate.fail('retry_post', { postId })).code).toBe('outcome_unknown');
  expect((await airdate.fail('cancel_post', { postId })).code).toBe('outcome_unknown');

  airdate.clock.advance(10 * 60_000);
  expect((await airdate.call('get_post', { postId })).post).toMatchObject({ status: 'failed' });
  const retried = await airdate.call('retry_post', { postId });
  expect(retried.post.status).toBe('scheduled');
  expect(infinipost.posts.size).toBe(1);
});

test('a clip of an OpenShorts job is scheduled through it and listed once, as its own', async () => {
  await using everything = await openEverything();
  const { airdate, openshorts } = everything;
  const accounts = await accountsByBackend(everything);
  const { posts } = await airdate.call('create_video_post', {
    accountIds: [accounts.get('openshorts')?.[0]],
    contentUrl: `openshorts:${openshorts.jobs.completed}/0`,
    caption: 'a clip',
    scheduledTime: '2026-11-25T18:30',
  });
  const listed = await airdate.call('list_posts', {});
  expect(listed.posts.map(({ postId }) => postId)).toEqual([posts[0]?.postId]);
  expect(posts[0]?.postId).toMatch(/^openshorts:/);
  const other = await airdate.fail('create_video_post', {
    accountIds: [accounts.get('infinipost')?.[0]],
    contentUrl: `openshorts:${openshorts.jobs.completed}/0`,
  });
  expect(other).toMatchObject({ code: 'unsupported' });
  expect(other.hint).toContain('openshorts');
});

test('what an OpenShorts clip is and where it goes is in the list, under each of its statuses', async () => {
  await using everything = await openEverything();
  const { airdate, openshorts } = everything;
  const { profiles } = await airdate.call('list_profiles', { backend: 'openshorts', platform: 'instagram' });
  const [{ accountId } = {}] = profiles
    .flatMap(({ accounts }) => accounts)
    .filter(({ state }) => state === 'ready');
  const clip = {
    accountIds: [accountId],
    contentUrl: `openshorts:${openshorts.jobs.completed}/0`,
    caption: 'a clip',
    scheduledTime: '2026-11-25T18:30',
  };
  const { posts } = await airdate.call('create_video_post', clip);
  const listed = async (filter: object) =>
    (await airdate.call('list_posts', filter)).posts.map(({ postId, caption, targets }) => [
      postId,
      caption,
      targets.map((target) => target.accountId),
    ]);
  const shown = [[posts[0]?.postId, 'a clip', [accountId]]];
  expect(await listed({})).toEqual(shown);
  expect(await listed({ platform: 'instagram' })).toEqual(shown);
  expect(await listed({ platform: 'youtube' })).toEqual([]);
  await airdate.call('cancel_post', { postId: posts[0]?.postId });
  expect(await listed({ status: 'cancelled' })).toEqual(shown);
  openshorts.server.fail({ kind: 'resetAfterAccept' }, ({ path }) => path.endsWith('/post'));
  const again = { ...clip, caption: 'lost', scheduledTime: '2026-11-26T18:30' };
  const lost = await moveUntilDone(everything, airdate.fail('create_video_post', again));
  expect(lost.code).toBe('outcome_unknown');
  const [unsettled] = await airdate.program.desk.ledger.unsettled('openshorts');
  await openshorts.server.stop();
  expect(await moveUntilDone(everything, listed({ status: 'unconfirmed' }))).toEqual([
    [`openshorts:~${unsettled?.request_id}`, 'lost', [accountId]],
  ]);
});

test('a video that is no clip is refused for OpenShorts alone, with what it takes and who takes the video', async () => {
  await using everything = await openEverything();
  const { airdate } = everything;
  const accounts = await accountsByBackend(everything);
  const accountIds = [accounts.get('openshorts')?.[0], accounts.get('local')?.[0]];
  for (const contentUrl of [VIDEO, airdate.media()]) {
    const draft = { accountIds, contentUrl, scheduledTime: '2026-11-25T18:30', dryRun: true };
    const { failures } = await airdate.call('create_video_post', draft);
    expect(failures).toMatchObject([
      {
        accountIds: accountIds.slice(0, 1),
        error: {
          code: 'unsupported',
          field: 'contentUrl',
          message: expect.stringContaining('it takes openshorts:JOB_ID/CLIP_INDEX'),
          hint: expect.stringMatching(/^Can: .*local.*The same call with their accounts takes it\.$/),
        },
      },
    ]);
  }
});

test('an option that has no effect on a post is told once, whichever backend has the post', async () => {
  await using everything = await openEverything();
  const { airdate } = everything;
  const accounts = await accountsByBackend(everything);
  for (const backend of ['posteverywhere', 'local']) {
    const { posts } = await moveUntilDone(
      everything,
      airdate.call('create_video_post', {
        accountIds: [accounts.get(backend)?.[0]],
        contentUrl: VIDEO,
        caption: 'with options',
        scheduledTime: '2026-11-25T18:30',
      }),
    );
    const { warnings } = await airdate.call('edit_post', {
      postId: posts[0]?.postId,
      platformOptions: { x: { caption: 'lost' } },
    });
    expect(warnings.map(({ code }) => code)).toEqual(['option_unused']);
  }
});

test('a cancelled post of a vendor that forgets it is still known', async () => {
  await using everything = await openEverything();
  const { airdate } = everything;
  const accounts = await accountsByBackend(everything);
  const { posts } = await airdate.call('create_video_post', {
    accountIds: [accounts.get('infinipost')?.[0]],
    contentUrl: VIDEO,
    scheduledTime: '2026-11-25T18:30',
  });
  const postId = posts[0]?.postId;
  expect((await airdate.call('cancel_post', { postId })).post.status).toBe('cancelled');
  expect((await airdate.call('get_post', { postId })).post.status).toBe('cancelled');
  const twice = await airdate.call('cancel_post', { postId });
  expect(twice.warnings.map(({ code }) => code)).toEqual(['already_cancelled']);
  expect(
    (await airdate.call('list_posts', { status: 'cancelled' })).posts.map((post) => post.postId),
  ).toEqual([postId]);
});

test('upload_sound asks which backend is meant when several take sounds, and posts keep sounds to their own', async () => {
  await using everything = await openEverything();
  const { airdate } = everything;
  const accounts = await accountsByBackend(everything);
  const soundUrl = 'https://www.tiktok.com/@someone/video/7123456789';
  const { sound } = await airdate.call('upload_sound', { soundUrl });
  expect(sound.soundId).toMatch(/^infinipost:/);
  const mixed = await airdate.call('create_video_post', {
    accountIds: [accounts.get('infinipost')?.[0], accounts.get('local')?.[0]],
    contentUrl: VIDEO,
    soundId: sound.soundId,
    scheduledTime: '2026-11-25T18:30',
  });
  expect(mixed.posts.map(({ backend }) => backend)).toEqual(['infinipost']);
  expect(mixed.failures).toMatchObject([{ error: { code: 'invalid_parameter', field: 'soundId' } }]);
});
