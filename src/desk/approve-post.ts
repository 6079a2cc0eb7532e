import { toMoment } from '../domain/air-time.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
import { type Desk, locate } from './desk.ts';
import { hashOf } from './hash.ts';
import type { Proposal } from './proposals.ts';
import { seesPost } from './rights.ts';

/** Lets a draft go out as if it had been asked for now. The same approval again answers the posts that it made. */
export async function approvePost(
  desk: Desk,
  { postId }: { readonly postId: string },
  call: Call,
): Promise<CreateAnswer> {
  const { on: backend, rest } = locate(desk, postId, 'postId');
  const proposal = backend.name === 'local' ? await desk.proposals.find(rest, call.caller) : undefined;
  if (!proposal || !seesPost(call.caller, 'local', proposal.post)) throw noSuchDraft(postId);
  if (!proposal.approved) {
    checkStillAhead(desk, postId, proposal.post);
    if (!(await desk.proposals.decide(proposal.id, 'approved'))) throw decidedOtherwise();
  }
  // Taken out of everybody else's hands: what is sent is what it says now, and nobody changes it while it is.
  const { draft } = (await desk.proposals.find(rest, call.caller)) ?? proposal;
  const created = await sendApproved(desk, { id: proposal.id, draft }, call);
  await desk.proposals.became(
    proposal.id,
    created.posts.map((post) => post.postId),
  );
  return created;
}

async function sendApproved(
  desk: Desk,
  { id, draft: kept }: Pick<Proposal, 'id' | 'draft'>,
  call: Call,
): Promise<CreateAnswer> {
  const { dryRun: _, idempotencyKey: __, ...draft } = kept;
  // No key that a caller can give has this form.
  const identity = { scope: `key::approval:${id}`, hash: hashOf(draft) };
  try {
    return await createVideoPost(desk, { ...draft, idempotencyKey: id }, call, identity);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code !== 'outcome_unknown' && failure.code !== 'internal') await desk.proposals.giveBack(id);
    throw failure.with({
      next: {
        tool: 'get_post',
        arguments: { postId: toHandle('local', id) },
        why: 'shows the draft; edit_post mends it',
      },
    });
  }
}

function decidedOtherwise(): Failure {
  return new Failure('cannot_edit', 'The draft was cancelled.', {
    field: 'postId',
    hint: 'Create the post anew.',
  });
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
