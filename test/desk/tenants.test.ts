import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

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

async function schedule(airdate: Airdate, accountId: string, scheduledTime = '2026-11-22T09:00') {
  const created = await airdate.call('create_video_post', {
    accountIds: [accountId],
    contentUrl: 'https://cdn.example.com/clip.mp4',
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

test('pages tell nothing of posts that are not to be seen, not even that there are any', async () => {
  await using tenants = await openTenants();
  const { her, him, us } = tenants;
  const others: string[] = [];
  for (const day of [22, 24, 26]) others.push(await schedule(her, 'local:hers', `2026-11-${day}T09:00`));
  const own: string[] = [];
  for (const day of [23, 25]) own.push(await schedule(us, 'local:ours', `2026-11-${day}T09:00`));
  const nothing = { posts: [], hasMore: false, nextCursor: null };
  for (const filter of [{}, { platform: 'tiktok' }, { status: 'scheduled' }])
    expect(await him.call('list_posts', { ...filter, limit: 1 })).toMatchObject(nothing);
  for (const filter of [{}, { platform: 'tiktok' }, { status: 'scheduled' }, { accountId: 'local:ours' }]) {
    const first = await us.call('list_posts', { ...filter, limit: 1 });
    const place = Buffer.from(first.nextCursor ?? '', 'base64url').toString();
    for (const postId of others) expect(place).not.toContain(postId.replace('local:', ''));
    const second = await us.call('list_posts', { ...filter, limit: 1, cursor: first.nextCursor });
    expect([...first.posts, ...second.posts].map(({ postId }) => postId)).toEqual(own);
    expect(second.hasMore).toBe(false);
  }
});

test('the account of another tenant is no filter: it is answered like one that nobody has', async () => {
  await using tenants = await openTenants();
  const { her, him, us } = tenants;
  await schedule(her, 'local:hers');
  for (const other of [him, us]) {
    const [theirs, nobodys] = await Promise.all(
      ['local:hers', 'local:xxxs'].map((accountId) => other.fail('list_posts', { accountId })),
    );
    expect(theirs).toMatchObject({ code: 'not_found', message: 'There is no account local:hers.' });
    const unnamed = ({ candidates: _, ...error }: object & { candidates?: unknown }) => JSON.stringify(error);
    expect(unnamed(theirs ?? {}).replaceAll('hers', 'xxxs')).toBe(unnamed(nobodys ?? {}));
  }
});

test('what was cancelled at a vendor by another tenant is in no page and no cursor', async () => {
  const clock = new ManualClock();
  await using emulator = await openInfinipostEmulator({ clock });
  const environment = { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl };
  const options = { clock, environment, runner: false };
  await using her = await openAirdate({
    ...options,
    caller: { tenant: 'her', accounts: ['infinipost:acc_tiktok1'] },
  });
  const other = { tenant: 'him', accounts: ['infinipost:acc_instagram1'] };
  await using him = await openAirdate({ ...options, home: her.home, caller: other });
  const cancel = async (airdate: Airdate, accountId: string, day: number) => {
    const { posts } = await airdate.call('create_video_post', {
      accountIds: [accountId],
      contentUrl: 'https://cdn.example.com/clip.mp4',
      scheduledTime: `2026-11-${day}T09:00`,
    });
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    clock.advance(1_000);
    return posts[0]?.postId;
  };
  const own = [await cancel(him, 'infinipost:acc_instagram1', 23)];
  for (const day of [24, 25]) await cancel(her, 'infinipost:acc_tiktok1', day);
  own.unshift(await cancel(him, 'infinipost:acc_instagram1', 26));
  await cancel(her, 'infinipost:acc_tiktok1', 27);
  const filter = { backend: 'infinipost', status: 'cancelled', limit: 1 };
  const first = await him.call('list_posts', filter);
  const second = await him.call('list_posts', { ...filter, cursor: first.nextCursor });
  expect([...first.posts, ...second.posts].map(({ postId }) => postId)).toEqual(own);
  expect(second.hasMore).toBe(false);
});

test('a repeat answers no more than its caller may see', async () => {
  await using owner = await openAirdate({ configFile: ACCOUNTS });
  const rest = { configFile: ACCOUNTS, home: owner.home, clock: owner.clock, runner: false };
  await using narrow = await openAirdate({ ...rest, caller: { token: 'narrow', accounts: ['local:his'] } });
  const draft = { accountIds: ['local:his', 'local:hers'], contentUrl: 'https://cdn.example.com/clip.mp4' };
  for (const idempotencyKey of [undefined, 'monday']) {
    const call = { ...draft, idempotencyKey, scheduledTime: '2026-11-22T09:00' };
    await owner.call('create_video_post', call);
    for (const dryRun of [false, true]) {
      expect(await narrow.fail('create_video_post', { ...call, dryRun })).toMatchObject({
        code: 'not_found',
        message: 'There is no account local:hers.',
      });
    }
  }
});

test('whoever sees less of a draft makes no room for it to be posted again', async () => {
  const acme = { tenant: 'acme', accounts: ['local:hers', 'local:his'] };
  await using agent = await openAirdate({
    configFile: ACCOUNTS,
    runner: false,
    level: 'draft',
    caller: acme,
  });
  const rest = { configFile: ACCOUNTS, home: agent.home, clock: agent.clock, runner: false };
  await using person = await openAirdate({ ...rest, caller: acme });
  await using narrow = await openAirdate({ ...rest, caller: { tenant: 'acme', accounts: ['local:his'] } });
  const call = {
    accountIds: acme.accounts,
    contentUrl: 'https://cdn.example.com/clip.mp4',
    scheduledTime: '2026-11-22T09:00',
  };
  const { posts } = await agent.call('create_video_post', call);
  const approved = await person.call('approve_post', { postId: posts[0]?.postId });
  expect((await narrow.fail('create_video_post', call)).code).toBe('not_found');
  for (const one of [person, agent]) {
    const again = await one.call('create_video_post', call);
    expect(again).toMatchObject({ replayed: true, posts: [{ postId: approved.posts[0]?.postId }] });
  }
});

test('a file of the machine is nothing for a tenant: it names a URL', async () => {
  await using tenants = await openTenants();
  const { her, us } = tenants;
  const [there, nowhere] = [her.media(), her.media().replace('.mp4', '-not-there.mp4')];
  const answers = await Promise.all(
    [there, nowhere].map((contentUrl) =>
      her.fail('create_video_post', { accountIds: ['local:hers'], contentUrl }),
    ),
  );
  expect(answers[0]).toMatchObject({
    code: 'forbidden',
    field: 'contentUrl',
    hint: expect.stringContaining('https'),
  });
  expect(answers[0]).toEqual(answers[1]);
  expect(await her.fail('upload_sound', { soundUrl: there })).toMatchObject({ code: 'forbidden' });
  await us.call('create_video_post', { accountIds: ['local:ours'], contentUrl: there });
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
  const draft = { contentUrl: 'https://cdn.example.com/clip.mp4', scheduledTime: '2026-11-22T09:00' };
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
      const unsaid = 'tenant' in caller ? 'Files of this machine are not open' : 'there is no such file';
      expect(error.message, tool).toContain(unsaid);
      expect(JSON.stringify(error), tool).not.toContain('her-holiday');
    }
  }
});

test('idempotency keys, fingerprints, cursors, sounds, drafts and activity are kept apart', async () => {
  await using tenants = await openTenants();
  const { her, him, us } = tenants;
  const draft = {
    contentUrl: 'https://cdn.example.com/clip.mp4',
    scheduledTime: '2026-11-22T09:00',
    idempotencyKey: 'monday',
  };
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
