import { expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';

const ACCOUNTS = {
  accounts: [
    { id: 'hers', platform: 'tiktok', profile: 'Hers' },
    { id: 'his', platform: 'tiktok', profile: 'His' },
    { id: 'ours', platform: 'tiktok', profile: 'Ours' },
  ],
};

interface Tenants extends AsyncDisposable {
  readonly her: Airdate;
  readonly him: Airdate;
  readonly us: Airdate;
}

/** Three tenants of one server: two with accounts of their own, and the machine's owner without theirs. */
async function openTenants(): Promise<Tenants> {
  const stack = new AsyncDisposableStack();
  const her = stack.use(
    await openAirdate({
      configFile: ACCOUNTS,
      caller: { tenant: 'her', token: 'hers', accounts: ['local:hers'] },
    }),
  );
  const rest = { configFile: ACCOUNTS, home: her.home, clock: her.clock, runner: false };
  const him = stack.use(
    await openAirdate({ ...rest, caller: { tenant: 'him', token: 'his', accounts: ['local:his'] } }),
  );
  const us = stack.use(await openAirdate({ ...rest, caller: { withheld: ['local:hers', 'local:his'] } }));
  return { her, him, us, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function schedule(airdate: Airdate, accountId: string) {
  const scheduledTime = '2026-11-22T09:00';
  const created = await airdate.call('create_video_post', {
    accountIds: [accountId],
    contentUrl: airdate.media(),
    scheduledTime,
  });
  return created.posts[0]?.postId ?? '';
}

test('each sees the accounts and posts of its own tenant alone', async () => {
  await using tenants = await openTenants();
  const { her, him, us } = tenants;
  const seen = async (airdate: Airdate) =>
    (await airdate.call('list_profiles')).profiles.flatMap(({ accounts }) =>
      accounts.map(({ accountId }) => accountId),
    );
  expect(await Promise.all([seen(her), seen(him), seen(us)])).toEqual([
    ['local:hers'],
    ['local:his'],
    ['local:ours'],
  ]);
  const postId = await schedule(her, 'local:hers');
  const listed = async (airdate: Airdate) =>
    (await airdate.call('list_posts')).posts.map((post) => post.postId);
  expect(await Promise.all([listed(her), listed(him), listed(us)])).toEqual([[postId], [], []]);
});

test('the post of another tenant is answered like one that nobody has, by every tool', async () => {
  await using tenants = await openTenants();
  const { her, him, us } = tenants;
  const real = await schedule(her, 'local:hers');
  const random = 'local:aaaaaaaaaaaaaaaa';
  const calls: [string, (postId: string) => object][] = [
    ['get_post', (postId) => ({ postId })],
    ['edit_post', (postId) => ({ postId, caption: 'mine' })],
    ['edit_post', (postId) => ({ postId, caption: 'mine', dryRun: true })],
    ['cancel_post', (postId) => ({ postId })],
    ['retry_post', (postId) => ({ postId })],
    ['retry_post', (postId) => ({ postId, accountIds: ['local:his'] })],
    ['approve_post', (postId) => ({ postId })],
  ];
  for (const other of [him, us]) {
    for (const [tool, input] of calls) {
      const [theirs, nobodys] = await Promise.all([
        other.fail(tool, input(real)),
        other.fail(tool, input(random)),
      ]);
      const anonymous = (failure: object) =>
        JSON.parse(JSON.stringify(failure).replaceAll(real, '…').replaceAll(random, '…')) as object;
      expect(anonymous(theirs), tool).toEqual(anonymous(nobodys));
    }
  }
  expect((await her.call('get_post', { postId: real })).post.status).toBe('scheduled');
});

test('accounts of another tenant do not exist, and are not proposed as candidates', async () => {
  await using tenants = await openTenants();
  const { him } = tenants;
  const draft = { contentUrl: him.media(), scheduledTime: '2026-11-22T09:00' };
  const theirs = await him.fail('create_video_post', { ...draft, accountIds: ['local:hers'] });
  expect(theirs.code).toBe('not_found');
  expect((theirs.candidates ?? []).map(({ value }) => value)).not.toContain('local:hers');
});

test('the names of files are told to the machine’s own person, and to nobody who is kept from anything', async () => {
  await using owner = await openAirdate({ caller: { token: 'all' } });
  const near = owner.media('clip.mp4', 'her-holiday.mp4');
  const wrong = near.replace('holiday', 'holidax');
  const scheduledTime = '2026-11-22T09:00';
  const calls = (accountId: string, postId: string): [string, object][] => [
    ['create_video_post', { accountIds: [accountId], scheduledTime, contentUrl: wrong }],
    ['edit_post', { postId, contentUrl: wrong }],
    ['upload_sound', { soundUrl: wrong }],
  ];
  const postId = await schedule(owner, 'local:tiktok');
  for (const [tool, input] of calls('local:tiktok', postId))
    expect(await owner.fail(tool, input), tool).toMatchObject({ candidates: [{ value: near }] });
  for (const caller of [
    { token: 'one', accounts: ['local:tiktok'] },
    { token: 'hers', tenant: 'her', accounts: ['local:tiktok'] },
    { token: 'hers', tenant: 'her' },
    { withheld: ['local:youtube'] },
  ]) {
    await using other = await openAirdate({ caller, home: owner.home, clock: owner.clock, runner: false });
    for (const [tool, input] of calls('local:tiktok', postId)) {
      const error = await other.fail(tool, input);
      expect(error.message, tool).toContain('there is no such file');
      expect(JSON.stringify(error), tool).not.toContain('her-holiday');
    }
  }
});

test('idempotency keys, fingerprints, cursors, sounds, drafts and activity are kept apart', async () => {
  await using tenants = await openTenants();
  const { her, him, us } = tenants;
  const draft = { contentUrl: her.media(), scheduledTime: '2026-11-22T09:00', idempotencyKey: 'monday' };
  const hers = await her.call('create_video_post', { ...draft, accountIds: ['local:hers'] });
  const his = await him.call('create_video_post', { ...draft, accountIds: ['local:his'] });
  expect(his.replayed).toBe(false);
  expect(his.posts[0]?.postId).not.toBe(hers.posts[0]?.postId);

  const { sound } = await her.call('upload_sound', {
    soundUrl: 'https://cdn.example.com/rain.mp3',
    backend: 'local',
  });
  expect((await him.call('list_sounds')).sounds).toEqual([]);
  expect((await her.call('list_sounds')).sounds.map(({ soundId }) => soundId)).toEqual([sound.soundId]);
  const stolen = await him.fail('create_video_post', {
    ...draft,
    idempotencyKey: 'tuesday',
    accountIds: ['local:his'],
    soundId: sound.soundId,
  });
  expect(stolen).toMatchObject({ code: 'not_found', field: 'soundId' });

  await schedule(her, 'local:hers');
  const { nextCursor } = await her.call('list_posts', { limit: 1 });
  expect(await him.fail('list_posts', { limit: 1, cursor: nextCursor })).toMatchObject({ field: 'cursor' });

  const tokens = async (airdate: Airdate) =>
    (await airdate.call('get_activity')).activity.map(({ token }) => token);
  expect(new Set(await tokens(her))).toEqual(new Set(['hers']));
  expect(new Set(await tokens(him))).toEqual(new Set(['his']));
  expect(await tokens(us)).toEqual([]);
});
