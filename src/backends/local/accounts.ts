import type { Profile } from '../../domain/account.ts';
import type { LocalAccount } from './settings.ts';

/** What there is without a configuration: three accounts that publish into the outbox folder. */
export const SIMULATED_ACCOUNTS: readonly LocalAccount[] = (['tiktok', 'instagram', 'youtube'] as const).map(
  (platform) => ({
    id: platform,
    platform,
    username: `local-${platform}`,
    profile: 'Simulated',
    publisher: 'outbox',
  }),
);

export function toProfiles(accounts: readonly LocalAccount[]): Profile[] {
  return [...Map.groupBy(accounts, (account) => account.profile)].map(([name, members]) => ({
    id: name,
    name,
    accounts: members.map(({ id, platform, username, publisher }) => ({
      id,
      platform,
      username,
      state: 'ready' as const,
      detail:
        publisher === 'outbox' ? 'simulated: posts go into the outbox folder' : 'posts go to your webhook',
    })),
  }));
}
