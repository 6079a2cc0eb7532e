import type { Account, Profile } from '../../domain/account.ts';
import { UPLOAD_POST_PLATFORMS } from './capabilities.ts';
import { toAccountId, toPlatform } from './ids.ts';
import type { WireAccount, WireProfile } from './wire.ts';

export function toProfile({ username, social_accounts }: WireProfile): Profile {
  const accounts = Object.entries(social_accounts ?? {}).flatMap(([name, account]): Account[] => {
    const platform = toPlatform(name);
    const called = nameOf(account);
    if (!platform || !UPLOAD_POST_PLATFORMS.includes(platform) || called === undefined) return [];
    return [
      {
        id: toAccountId(username, platform),
        platform,
        username: called,
        ...(platform === 'tiktok' && !playsMusic(account) && { detail: 'takes no sounds until reconnected' }),
        ...stateOf(account),
      },
    ];
  });
  return { id: username, name: username, accounts };
}

type Connection = WireAccount | string | null;

/** The first profile whose TikTok account lets one look at the music of TikTok. */
export function musicProfile(profiles: readonly WireProfile[]): string | undefined {
  const found = profiles.find(({ social_accounts }) => {
    const tiktok = social_accounts?.tiktok ?? null;
    return nameOf(tiktok) !== undefined && stateOf(tiktok).state === 'ready' && playsMusic(tiktok);
  });
  return found?.username;
}

/** Without a name it is not connected. */
function nameOf(account: Connection): string | undefined {
  if (account === null || typeof account === 'string') return undefined;
  return account.username || account.handle || account.display_name || undefined;
}

function stateOf(account: Connection): Pick<Account, 'state' | 'detail'> {
  const reconnect = typeof account === 'object' && account?.reauth_required === true;
  if (!reconnect) return { state: 'ready' };
  return { state: 'needs_reconnect', detail: 'reconnect it in the Upload-Post dashboard' };
}

function playsMusic(account: Connection): boolean {
  if (account === null || typeof account === 'string') return false;
  const { capabilities } = account;
  if (!capabilities) return true;
  return Array.isArray(capabilities) ? capabilities.includes('music') : Boolean(capabilities.music);
}
