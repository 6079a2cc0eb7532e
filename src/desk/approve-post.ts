import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
import { type Desk, locate } from './desk.ts';
import { noSuchPost } from './rights.ts';

/** Lets a draft go out as if it had been asked for now. The same approval again answers the posts that it made. */
export async function approvePost(
  desk: Desk,
  { postId }: { readonly postId: string },
  call: Call,
): Promise<CreateAnswer> {
  const { on: backend, rest } = locate(desk, postId, 'postId');
  const proposal = backend.name === 'local' ? await desk.proposals.find(rest, call.caller) : undefined;
  if (!proposal) throw notADraft(noSuchPost(backend.name, rest));
  if (proposal.post.status !== 'draft' && proposal.postIds.length === 0) {
    throw new Failure('cannot_edit', 'The draft was cancelled.', {
      field: 'postId',
      hint: 'Create the post anew.',
    });
  }
  const { dryRun: _, ...draft } = proposal.draft;
  const created = await createVideoPost(
    desk,
    { ...draft, idempotencyKey: `approval of ${proposal.id}` },
    call,
  );
  await desk.proposals.change(proposal.id, {
    status: 'approved',
    postIds: created.posts.map((post) => post.postId),
  });
  return created;
}

function notADraft(failure: Failure): Failure {
  return failure.with({
    hint: 'Only drafts that wait for approval can be approved: list_posts with status draft shows them.',
  });
}
