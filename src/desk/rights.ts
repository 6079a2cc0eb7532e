import { type Caller, OWN_TENANT } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';

/** Whether the account exists for the caller at all. */
export function seesAccount({ accounts, withheld }: Caller, handle: string): boolean {
  return (accounts?.includes(handle) ?? true) && !withheld?.includes(handle);
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

/** A caller that may only prepare changes nothing but drafts. */
export function checkMayChange({ level }: Caller, { status }: Post): void {
  if (level === 'full' || status === 'draft') return;
  throw new Failure('forbidden', 'This access may only prepare drafts; the post is past that.', {
    field: 'postId',
    hint: 'Ask a person with full access.',
  });
}

/** The same for a post that another tenant has as for one that nobody has. */
export function noSuchPost(backend: BackendName, id: string): Failure {
  return new Failure('not_found', `There is no post ${toHandle(backend, id.slice(0, 200))}.`, {
    field: 'postId',
    backend,
    hint: 'Take postId from create_video_post or list_posts as it is.',
    next: { tool: 'list_posts', arguments: { backend }, why: 'lists the posts that there are' },
  });
}
