import type { Profile } from '../../domain/account.ts';
import { toHandle } from '../../domain/handle.ts';
import type { LocalAccount, PublisherName } from './settings.ts';

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

const DETAILS: Readonly<Record<PublisherName, string>> = {
  outbox: 'simulated: posts go into the outbox folder',
  webhook: 'posts go to your webhook',
  relay: 'published through another account',
};

export function toProfiles(accounts: readonly LocalAccount[]): Profile[] {
  return [...Map.groupBy(accounts, (account) => account.profile)].map(([name, members]) => ({
    id: name,
    name,
    accounts: members.map(({ id, platform, username, publisher, relay }) => ({
      id,
      platform,
      username,
      state: 'ready' as const,
      detail: relay ? `published through ${toHandle(relay.backend, relay.rest)}` : DETAILS[publisher],
    })),
  }));
}
