import { toMoment } from '../domain/air-time.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { Post } from '../domain/post.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
import { type Desk, locate } from './desk.ts';

/** Lets a draft go out as if it had been asked for now. The same approval again answers the posts that it made. */
export async function approvePost(
  desk: Desk,
  { postId }: { readonly postId: string },
  call: Call,
): Promise<CreateAnswer> {
  const { on: backend, rest } = locate(desk, postId, 'postId');
  const proposal = backend.name === 'local' ? await desk.proposals.find(rest, call.caller) : undefined;
  if (!proposal) throw noSuchDraft(postId);
  if (proposal.post.status !== 'draft' && proposal.postIds.length === 0) {
    throw new Failure('cannot_edit', 'The draft was cancelled.', {
      field: 'postId',
      hint: 'Create the post anew.',
    });
  }
  if (proposal.postIds.length === 0) checkStillAhead(desk, postId, proposal.post);
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

function noSuchDraft(postId: string): Failure {
  return new Failure('not_found', `There is no draft ${postId.slice(0, 200)}.`, {
    field: 'postId',
    next: {
      tool: 'list_posts',
      arguments: { status: 'draft' },
      why: 'lists the drafts that wait for approval',
    },
  });
}

function checkStillAhead(desk: Desk, postId: string, { airAt, timezone = desk.timezone }: Post): void {
  const now = desk.clock.now();
  if (airAt === null || airAt > now) return;
  const [was, is] = [toMoment(airAt, timezone), toMoment(now, timezone)];
  throw new Failure(
    'invalid_parameter',
    `The draft was meant for ${was.local}${was.offset}, and that is past.`,
    {
      field: 'scheduledTime',
      hint: `It is now ${is.local}${is.offset} (${timezone}). Give it a new time with edit_post (postId ${postId}, scheduledTime), then approve it.`,
    },
  );
}
