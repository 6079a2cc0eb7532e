import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { parseHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import type { Desk } from './desk.ts';
import type { Proposal } from './proposal.ts';
import { seesPost } from './rights.ts';

/** The draft that an id names, once it became posts. */
export async function becameOf(desk: Desk, postId: string, { caller }: Call): Promise<Proposal | undefined> {
  const { backend, rest } = parseHandle(postId, 'postId');
  const proposal = backend === 'local' ? await desk.proposals.find(rest, caller) : undefined;
  if (!proposal || proposal.postIds.length === 0) return undefined;
  return seesPost(caller, 'local', proposal.post) ? proposal : undefined;
}

/** The post that is meant: the id of an approved draft stands for the one that it became. */
export async function oneOf(desk: Desk, postId: string, call: Call): Promise<string> {
  const { postIds = [] } = (await becameOf(desk, postId, call)) ?? {};
  const [first = postId, ...others] = postIds;
  if (others.length === 0) return first;
  throw new Failure('invalid_parameter', `The draft became ${postIds.length} posts: name one of them.`, {
    field: 'postId',
    candidates: postIds.map((value) => ({ value, why: 'one of the posts that it became' })),
    hint: 'What is to be done to all of them is one call for each.',
  });
}

/** A draft that waits, or was taken back, was never tried. */
export function notApproved(postId: string, { status }: Post): Failure {
  if (status === 'cancelled') {
    return new Failure('cannot_edit', 'The draft was cancelled: there is nothing to try again.', {
      field: 'postId',
      hint: 'Create the post anew.',
    });
  }
  return new Failure('cannot_edit', 'The draft was not sent yet: it waits for a person to approve it.', {
    field: 'postId',
    hint: 'Show it to a person; once they have said so, approve_post lets it go out.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows what a person would approve' },
  });
}
