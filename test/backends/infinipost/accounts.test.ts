import { expect, it } from 'vitest';
import { is, openSetting } from './setting.ts';

it.each(['accounts', 'data'] as const)(
  'the accounts make one profile, whether they come under %s',
  async (accountsWrapper) => {
    await using setting = await openSetting({ accountsWrapper });
    expect(await setting.backend.profiles(setting.call)).toEqual([
      {
        id: 'infinipost',
        name: 'infinipost',
        accounts: [
          { id: 'acc_tiktok1', platform: 'tiktok', username: 'fashioninsider', state: 'ready' },
          { id: 'acc_tiktok2', platform: 'tiktok', username: 'kitchennotes', state: 'ready' },
          { id: 'acc_instagram1', platform: 'instagram', username: 'fashion.insider', state: 'ready' },
          {
            id: 'acc_warming1',
            platform: 'tiktok',
            username: 'Morning Runs',
            state: 'warming_up',
            detail: 'warm-up day 3 of 7',
          },
          {
            id: 'acc_new1',
            platform: 'instagram',
            username: 'Garden Week',
            state: 'warming_up',
            detail: 'created pending warmup',
          },
        ],
      },
    ]);
    expect(setting.calls()).toEqual(['GET /v1/accounts']);
  },
);

it('accounts that come by pages are all read', async () => {
  const accounts = Array.from({ length: 120 }, (_, nth) => ({
    accountId: `acc_${nth}`,
    platform: 'tiktok' as const,
  }));
  await using setting = await openSetting({ accountsWrapper: 'data', accounts });
  const [profile] = await setting.backend.profiles(setting.call);
  expect(profile?.accounts.map(({ id }) => id)).toEqual(accounts.map(({ accountId }) => accountId));
  expect(setting.calls()).toHaveLength(3);
});

it('the words of the partners’ page and of older ones are understood, and others are not taken for ready', async () => {
  await using setting = await openSetting();
  const accounts = [
    { id: 'acc_1', platform: 'tiktok', username: 'a', status: 'pending_creation' },
    { id: 'acc_2', platform: 'tiktok', username: 'b', status: 'cancelled' },
    { id: 'acc_3', platform: 'tiktok', username: 'c', accountStatus: 'shadow_banned' },
    { id: 'acc_4', platform: 'tiktok', username: 'd' },
    { id: 'acc_5', platform: 'holograms', username: 'e' },
  ];
  setting.emulator.server.fail(
    { kind: 'status', status: 200, body: { accounts } },
    is('GET', '/v1/accounts'),
  );
  const [profile] = await setting.backend.profiles(setting.call);
  expect(profile?.accounts.map(({ id, state, detail }) => [id, state, detail])).toEqual([
    ['acc_1', 'warming_up', 'pending creation'],
    ['acc_2', 'inactive', 'cancelled'],
    ['acc_3', 'inactive', 'shadow banned'],
    ['acc_4', 'ready', undefined],
  ]);
});
