import type { Backend } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { type Candidate, Failure } from '../domain/failure.ts';
import { type Handle, toHandle } from '../domain/handle.ts';
import { type Desk, locate } from './desk.ts';

const MOST = 10;

/** The accounts that are meant, with their backends. A platform, a profile or a user name in place of an id names the accounts that it may mean. */
export async function locateAccounts(
  desk: Desk,
  accountIds: readonly string[],
  call: Call,
): Promise<(Handle & { readonly on: Backend })[]> {
  const ids = [...new Set(accountIds)];
  try {
    return ids.map((id) => locate(desk, id, 'accountIds'));
  } catch (thrown) {
    const strangers = ids.filter((id) => !id.includes(':'));
    if (!(thrown instanceof Failure) || strangers.length === 0) throw thrown;
    const candidates = (await Promise.all(strangers.map((name) => accountsCalled(desk, name, call)))).flat();
    throw thrown.with({
      ...(candidates.length > 0 && { candidates: candidates.slice(0, MOST) }),
      next: { tool: 'list_profiles', arguments: {}, why: 'lists the accounts that there are' },
    });
  }
}

async function accountsCalled(desk: Desk, name: string, call: Call): Promise<Candidate[]> {
  const wanted = name.replace(/^@/, '').toLowerCase();
  const found = [...desk.backends.values()].map(async (backend) => {
    const profiles = await desk.directory.profiles(backend, call).catch(() => []);
    return profiles
      .flatMap((profile) => profile.accounts.map((account) => ({ ...account, profile: profile.name })))
      .filter((account) =>
        [account.platform, account.username, account.profile].some((name) => name.toLowerCase() === wanted),
      )
      .map(({ id, platform, username }) => ({
        value: toHandle(backend.name, id),
        why: username ? `${username} on ${platform}` : platform,
      }));
  });
  return (await Promise.all(found)).flat();
}
