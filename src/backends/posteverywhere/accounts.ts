import { z } from 'zod';
import type { Account, AccountState, Profile } from '../../domain/account.ts';
import { quote } from '../../domain/failure.ts';
import { fromWirePlatform, Id } from './fields.ts';

const text = z.string().nullish();

const WireAccount = z.object({
  account_id: Id.nullish(),
  id: Id.nullish(),
  platform: z.string(),
  account_name: text,
  platform_username: text,
  display_name: text,
  is_active: z.boolean().nullish(),
  health: z.object({ status: text, can_post: z.boolean().nullish() }).nullish().catch(undefined),
});
type WireAccount = z.infer<typeof WireAccount>;

export const WireAccounts = z.object({ accounts: z.array(WireAccount) });

/** The vendor knows no profiles: a key sees the accounts of one workspace. */
export function toProfiles({ accounts }: z.infer<typeof WireAccounts>): Profile[] {
  return [{ id: 'workspace', name: 'PostEverywhere', accounts: accounts.flatMap(toAccount) }];
}

/** An account on a platform that Airdate has no name for is left out. */
function toAccount(wire: WireAccount): Account[] {
  const id = wire.account_id ?? wire.id;
  const platform = fromWirePlatform(wire.platform);
  if (!id || !platform) return [];
  const username = wire.account_name ?? wire.platform_username ?? wire.display_name ?? '';
  return [{ id, platform, username, ...stateOf(wire) }];
}

/** https://developers.posteverywhere.ai/account-health, and the words of the vendor's clients for the list. */
const NEEDS_RECONNECT = new Set(['expired', 'unhealthy', 'broken', 'needs_reconnection', 'token_expired']);

function stateOf({ is_active, health }: WireAccount): { state: AccountState; detail?: string } {
  const word = health?.status ? quote(health.status) : undefined;
  if (is_active === false) return { state: 'inactive', detail: 'switched off in PostEverywhere' };
  const broken = word !== undefined && NEEDS_RECONNECT.has(word);
  const canPost = health?.can_post ?? !broken;
  if (canPost) return { state: 'ready', ...(word && word !== 'healthy' && { detail: word }) };
  if (word === 'rate_limited' || word === 'api_error') return { state: 'inactive', detail: word };
  return { state: 'needs_reconnect', detail: word ?? 'cannot post' };
}
