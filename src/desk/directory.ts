import Keyv from 'keyv';
import type { Account, Profile } from '../domain/account.ts';
import type { Backend } from '../domain/backend.ts';
import { type Call, type Caller, ownCall } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import { nearest } from '../domain/nearest.ts';
import { isRestricted, seesAccount } from './rights.ts';

const KEPT_MS = 5 * 60_000;

/** An account and the profile that it belongs to. */
export interface Member extends Account {
  readonly profileId: string;
}

/** The profiles of every backend, kept for a few minutes. */
export class Directory {
  readonly #cache = new Keyv<readonly Profile[]>({ ttl: KEPT_MS });
  readonly #underWay = new Map<BackendName, Promise<readonly Profile[]>>();

  async profiles(backend: Backend, call: Call, { refresh = false } = {}): Promise<readonly Profile[]> {
    const kept = refresh ? undefined : await this.#cache.get(backend.name);
    return visible(kept ?? (await this.#read(backend)), backend.name, call.caller);
  }

  /** The accounts that are meant. One that is not known may be new: the vendor is asked once more before it is refused. */
  async accounts(
    backend: Backend,
    ids: readonly string[],
    call: Call,
    field = 'accountIds',
  ): Promise<Member[]> {
    const known = accountsOf(await this.profiles(backend, call));
    if (ids.every((id) => known.has(id))) return pick(known, ids);
    const profiles = await this.profiles(backend, call, { refresh: true });
    const fresh = accountsOf(profiles);
    const missing = ids.filter((id) => !fresh.has(id));
    if (missing.length === 0) return pick(fresh, ids);
    throw unknownAccounts(backend.name, missing, { known: [...fresh.values()], field });
  }

  async #read(backend: Backend): Promise<readonly Profile[]> {
    const underWay = this.#underWay.get(backend.name);
    if (underWay) return underWay;
    // For whoever comes meanwhile, too: it does not end with the call that came first.
    const reading = backend
      .profiles(ownCall(new AbortController().signal))
      .finally(() => this.#underWay.delete(backend.name));
    this.#underWay.set(backend.name, reading);
    const profiles = await reading;
    await this.#cache.set(backend.name, profiles);
    return profiles;
  }
}

/** The profiles with the accounts that the caller sees. */
function visible(profiles: readonly Profile[], backend: BackendName, caller: Caller): readonly Profile[] {
  if (!isRestricted(caller)) return profiles;
  return profiles
    .map((profile) => ({
      ...profile,
      accounts: profile.accounts.filter(({ id }) => seesAccount(caller, toHandle(backend, id))),
    }))
    .filter(({ accounts }) => accounts.length > 0);
}

function accountsOf(profiles: readonly Profile[]): Map<string, Member> {
  const members = profiles.flatMap(({ id, accounts }) =>
    accounts.map((account) => ({ ...account, profileId: id })),
  );
  return new Map(members.map((member) => [member.id, member]));
}

function pick(known: ReadonlyMap<string, Member>, ids: readonly string[]): Member[] {
  return ids.flatMap((id) => known.get(id) ?? []);
}

function unknownAccounts(
  backend: BackendName,
  missing: readonly string[],
  { known, field }: { readonly known: readonly Member[]; readonly field: string },
): Failure {
  const names = missing.map((id) => toHandle(backend, id));
  const ids = known.map(({ id }) => id);
  const candidates = missing.flatMap((id) => {
    const ofProfile = known.filter(({ profileId }) => profileId === id);
    if (ofProfile.length > 0)
      return ofProfile.map((account) => ({
        value: toHandle(backend, account.id),
        why: `${account.username || 'an account'} on ${account.platform}, of that profile`,
      }));
    const close = nearest(id, ids);
    return close === undefined
      ? []
      : [{ value: toHandle(backend, close), why: `close to ${toHandle(backend, id)}` }];
  });
  return new Failure('not_found', `There is no account ${names.join(', ')}.`, {
    field,
    backend,
    issues: names.map((name) => ({ path: field, message: `no account ${name}` })),
    ...(candidates.length > 0 && { candidates }),
    hint: `Nothing was done. Correct ${field} and make the same call again.`,
    next: {
      tool: 'list_profiles',
      arguments: { backend, refresh: true },
      why: 'lists the accounts that there are',
    },
  });
}
