import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

const CONFIG = {
  accounts: [
    { id: 'main', platform: 'tiktok', username: 'ada', profile: 'Ada' },
    { id: 'shorts', platform: 'youtube', username: 'ada-shorts', profile: 'Ada' },
    { id: 'bees', platform: 'tiktok', username: 'bees', profile: 'Bees' },
  ],
};

test('without a configuration there are three simulated accounts, and nothing hides that they are', async () => {
  await using airdate = await openAirdate();
  const { profiles, backends, unavailable } = await airdate.call('list_profiles');
  expect(profiles).toEqual([
    {
      profileId: 'local:Simulated',
      name: 'Simulated',
      backend: 'local',
      accounts: ['tiktok', 'instagram', 'youtube'].map((platform) => ({
        accountId: `local:${platform}`,
        platform,
        username: expect.any(String),
        state: 'ready',
        detail: expect.stringContaining('simulated'),
      })),
    },
  ]);
  expect(backends).toMatchObject([{ name: 'local', ready: true, simulated: true }]);
  expect(unavailable).toEqual([]);
});

test('the present time is told with its zone, offset and instant', async () => {
  await using airdate = await openAirdate({ environment: { AIRDATE_TIMEZONE: 'Asia/Tokyo' } });
  const { now, timezone } = await airdate.call('list_profiles');
  expect(timezone).toBe('Asia/Tokyo');
  expect(now).toEqual({
    local: '2026-11-21T21:00:00',
    timezone: 'Asia/Tokyo',
    offset: '+09:00',
    utc: '2026-11-21T12:00:00Z',
  });
});

test('accounts of the configuration are grouped by profile', async () => {
  await using airdate = await openAirdate({ configFile: CONFIG });
  const { profiles } = await airdate.call('list_profiles');
  expect(profiles.map(({ name, accounts }) => [name, accounts.map(({ accountId }) => accountId)])).toEqual([
    ['Ada', ['local:main', 'local:shorts']],
    ['Bees', ['local:bees']],
  ]);
});

test('a platform keeps its accounts alone', async () => {
  await using airdate = await openAirdate({ configFile: CONFIG });
  const { profiles } = await airdate.call('list_profiles', { platform: 'youtube' });
  expect(profiles.flatMap(({ accounts }) => accounts).map(({ accountId }) => accountId)).toEqual([
    'local:shorts',
  ]);
});

test('a backend is asked by name, and one that is not configured is refused with those that are', async () => {
  await using airdate = await openAirdate();
  expect((await airdate.call('list_profiles', { backend: 'local', refresh: true })).profiles).toHaveLength(1);
  const error = await airdate.fail('list_profiles', { backend: 'infinipost' });
  expect(error).toMatchObject({
    code: 'invalid_parameter',
    field: 'backend',
    candidates: [{ value: 'local' }],
    next: { tool: 'list_profiles', arguments: {} },
  });
});

test('what a backend can do is said in words that an agent chooses by', async () => {
  await using airdate = await openAirdate();
  const { backends } = await airdate.call('list_profiles');
  expect(backends[0]?.can).toEqual({
    content: ['url', 'file'],
    edit: ['caption', 'title', 'scheduledTime', 'contentUrl', 'soundId', 'platformOptions'],
    soundsOn: ['tiktok', 'instagram', 'youtube'],
    timePrecision: 'second',
  });
});

test('who was given no account is told so, and by what accounts are given', async () => {
  await using airdate = await openAirdate({ caller: { tenant: 'subject:ada', accounts: [] } });
  const { profiles, backends, unavailable } = await airdate.call('list_profiles');
  expect(profiles).toEqual([]);
  expect(backends).toMatchObject([{ name: 'local', ready: true }]);
  expect(unavailable).toEqual([
    {
      backend: 'local',
      error: {
        code: 'forbidden',
        message: 'This access was given no account, so none is shown.',
        retryable: false,
        backend: 'local',
        hint: 'A person gives accounts: in the claim airdate_accounts of an OAuth token, else with airdate token create --accounts.',
      },
    },
  ]);
});

test('who was given accounts that are elsewhere is told of nothing', async () => {
  await using airdate = await openAirdate({ caller: { tenant: 'acme', accounts: ['infinipost:acc_1'] } });
  expect(await airdate.call('list_profiles')).toMatchObject({ profiles: [], unavailable: [] });
});

test('a caller who gives up takes nothing from another who waits for the same vendor', async () => {
  const clock = new ManualClock();
  await using vendor = await openInfinipostEmulator({ clock });
  const environment = { INFINIPOST_API_KEY: vendor.apiKey, INFINIPOST_BASE_URL: vendor.baseUrl };
  await using airdate = await openAirdate({ clock, environment, runner: false });
  vendor.server.fail({ kind: 'lateAnswer', ms: 500 });
  const impatient = new AbortController();
  const call = { name: 'list_profiles', arguments: { backend: 'infinipost' } };
  const given = airdate.client
    .callTool(call, undefined, { signal: impatient.signal })
    .catch(() => 'given up');
  await eventually(() => expect(vendor.server.requests).toHaveLength(1));
  const patient = airdate.call('list_profiles', { backend: 'infinipost' });
  // The second call is there, for calls are read in their order.
  await airdate.client.ping();
  impatient.abort();
  expect(await given).toBe('given up');
  expect((await patient).unavailable).toEqual([]);
  expect(vendor.server.requests).toHaveLength(1);
});
