import type { PostQuery } from '../domain/backend.ts';
import { type Caller, OWN_TENANT } from '../domain/call.ts';
import { Failure, type NextCall } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';

/** Whether the account exists for the caller at all. */
export function seesAccount({ accounts, withheld }: Caller, handle: string): boolean {
  return (accounts?.includes(handle) ?? true) && !withheld?.includes(handle);
}

type Seen = NonNullable<PostQuery['seen']>;

/** The same for a backend that can leave out what is not seen; in its own ids. */
export function seenOf({ accounts, withheld }: Caller, backend: BackendName): Seen {
  const own = (handles: readonly string[]) =>
    handles.flatMap((handle) => (handle.startsWith(`${backend}:`) ? [handle.slice(backend.length + 1)] : []));
  return { ...(accounts && { accounts: own(accounts) }), ...(withheld && { withheld: own(withheld) }) };
}

/** Whether there are accounts that the caller does not see. */
export function isRestricted({ accounts, withheld }: Caller): boolean {
  return accounts !== undefined || (withheld?.length ?? 0) > 0;
}

/** Whether it is the machine's own person, from whom nothing is kept. */
export function isOwner(caller: Caller): boolean {
  return caller.tenant === OWN_TENANT && !isRestricted(caller);
}

/** A post is seen by who sees all of its accounts; one whose accounts are not told is seen by who sees every account. */
export function seesPost(caller: Caller, backend: BackendName, { targets }: Post): boolean {
  if (!isRestricted(caller)) return true;
  return (
    targets.length > 0 &&
    targets.every((target) => seesAccount(caller, toHandle(target.backend ?? backend, target.accountId)))
  );
}

/** A caller that may only prepare changes nothing but the drafts that wait here: one of a vendor's is a person's own. */
export function checkMayChange({ level }: Caller): void {
  if (level === 'full') return;
  throw new Failure('forbidden', 'This access may only prepare drafts; the post is not one of them.', {
    field: 'postId',
    hint: 'Ask a person with full access.',
  });
}

export const THERE_ARE = 'lists the posts that there are';

/** The same for a post that another tenant has as for one that nobody has. */
export function noSuchPost(
  backend: BackendName,
  id: string,
  next: NextCall = { tool: 'list_posts', arguments: { backend }, why: THERE_ARE },
): Failure {
  return new Failure('not_found', `There is no post ${toHandle(backend, id.slice(0, 200))}.`, {
    field: 'postId',
    backend,
    hint: 'Take postId from create_video_post or list_posts as it is.',
    next,
  });
}
