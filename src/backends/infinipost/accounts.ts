import type { Account, AccountState, Profile } from '../../domain/account.ts';
import type { Call } from '../../domain/call.ts';
import { quote } from '../../domain/failure.ts';
import { isPlatform } from '../../domain/platform.ts';
import type { Http } from '../http.ts';
import { WireAccount, type WirePage, wirePage } from './wire.ts';

/** The page that describes this list is not public; its sisters come by pages of fifty. */
const MOST_PAGES = 20;
const WARM_UP_DAYS = 7;

/** The words of the accounts' page, and those of the partners' page. */
const STATES: ReadonlyMap<string, AccountState> = new Map([
  ['created_pending_warmup', 'warming_up'],
  ['pending_creation', 'warming_up'],
  ['warming_up', 'warming_up'],
  ['ready', 'ready'],
  ['cancelled', 'inactive'],
]);

/** The vendor groups nothing, so that all its accounts make one profile. */
export async function readProfiles(http: Http, call: Call): Promise<readonly Profile[]> {
  const accounts: Account[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const read: WirePage<WireAccount> = await http.read(
      { path: '/v1/accounts', query: { cursor }, schema: wirePage('accounts', WireAccount) },
      call,
    );
    accounts.push(...read.rows.flatMap(fromWireAccount));
    cursor = read.nextCursor;
    if (cursor === undefined) break;
  }
  return [{ id: 'infinipost', name: 'infinipost', accounts }];
}

/** An account on a platform that Airdate has no word for cannot be posted to. */
function fromWireAccount(row: WireAccount): Account[] {
  const { accountId: id, platform, username, name, accountStatus } = row;
  if (!platform || !isPlatform(platform)) return [];
  const state = accountStatus ? (STATES.get(accountStatus) ?? 'inactive') : 'ready';
  const detail = state === 'ready' ? undefined : detailOf(row);
  return [{ id, platform, username: username || name || id, state, ...(detail && { detail }) }];
}

function detailOf({ accountStatus, warmupDay }: WireAccount): string | undefined {
  if (accountStatus !== 'warming_up') return quote(accountStatus ?? '').replaceAll('_', ' ');
  return warmupDay ? `warm-up day ${warmupDay} of ${WARM_UP_DAYS}` : undefined;
}
