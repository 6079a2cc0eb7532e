import { randomUUID } from 'node:crypto';
import type { Call } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Target } from '../domain/post.ts';
import { type PostAnswer, toPostAnswer, type WarningAnswer } from './answers.ts';
import { approvalQuestion } from './approval-question.ts';
import { approveProposal } from './approve-post.ts';
import { readAirTime } from './asked-time.ts';
import { pinContent } from './content.ts';
import { type CreateAnswer, createVideoPost, repeatWarning } from './create-video-post.ts';
import type { Desk } from './desk.ts';
import { hashOf } from './hash.ts';
import { getPost } from './posts.ts';
import { type Proposal, proposedTarget } from './proposals.ts';
import { cancelledWarning } from './replay.ts';
import { groupAccounts } from './video-order.ts';

/**
 * Keeps a checked draft for a person to approve; nothing is sent. What a dry run refuses is refused here too, so that an
 * approval seldom fails.
 */
export async function proposeVideoPost(desk: Desk, wanted: VideoDraft, call: Call): Promise<CreateAnswer> {
  const airTime = readAirTime(desk, wanted);
  const draft = { ...wanted, ...(airTime && { timezone: airTime.timezone }) };
  const { idempotencyKey, ...same } = draft;
  const hash = hashOf({ tenant: call.caller.tenant, draft: same });
  const checked = await createVideoPost(desk, { ...same, dryRun: true }, call);
  if (wanted.dryRun) return checked;
  const { result, replayed } = await desk.ledger.write<{ id: string }>(
    {
      scope:
        idempotencyKey === undefined
          ? `print:draft:${hash}`
          : `key::draft:${encodeURIComponent(call.caller.tenant)}:${idempotencyKey}`,
      part: 'draft',
      tool: 'create_video_post',
      backend: 'local',
      argumentsHash: hash,
      details: { accountIds: [], draft },
      requestId: randomUUID(),
      caller: call.caller,
    },
    {
      send: async () => {
        const targets = await targetsOf(desk, draft, checked, call);
        // What a person is shown is all that an approval sends.
        const accountIds = targets.map(handleOf);
        const proposed = { draft: { ...draft, accountIds }, ...(await pinContent(desk, draft)) };
        return { id: (await desk.proposals.add(proposed, targets, call.caller)).id };
      },
      stands: ({ id }) => stillStands(desk, id, call),
    },
  );
  const kept = await desk.proposals.find(result.id, call.caller);
  if (!kept) throw new Failure('internal', 'The draft cannot be read back.');
  const question = kept.post.status === 'draft' ? approvalQuestion(desk, kept) : undefined;
  const asked = question !== undefined && call.confirm !== undefined;
  if (question && (await call.confirm?.(question))) return await approveProposal(desk, kept, call);
  const repeated = replayed && kept.approved && idempotencyKey === undefined;
  return {
    ...withoutPlan(checked),
    posts: await currentPosts(desk, kept, call),
    warnings: [
      ...checked.warnings,
      ...warningsOf(kept, asked),
      ...(repeated ? [repeatWarning('was approved; nothing was posted again')] : []),
    ],
    replayed,
    dryRun: false,
  };
}

/** The accounts that the draft is for: those that were found, and that the check found nothing wrong with. */
async function targetsOf(
  desk: Desk,
  draft: VideoDraft,
  { failures }: CreateAnswer,
  call: Call,
): Promise<Target[]> {
  const failed = failures.flatMap(({ accountIds }) => accountIds);
  const groups = await groupAccounts(desk, draft.accountIds, call);
  const targets = groups.flatMap(({ backend, ids, accounts }) => {
    if (accounts instanceof Failure) {
      if (ids.every((id) => failed.includes(toHandle(backend.name, id)))) return [];
      throw accounts.with({ backend: backend.name });
    }
    return accounts.map(({ id, platform }) => proposedTarget(toHandle(backend.name, id), platform));
  });
  return targets.filter((target) => !failed.includes(handleOf(target)));
}

function handleOf({ backend = 'local', accountId }: Target): string {
  return toHandle(backend, accountId);
}

/** Whether the same draft again is the one that was made: it waits, or what it became was not taken back since. */
async function stillStands(desk: Desk, id: string, call: Call): Promise<boolean> {
  const proposal = await desk.proposals.find(id, call.caller);
  if (!proposal || proposal.post.status === 'cancelled') return false;
  try {
    const posts = await currentPosts(desk, proposal, call);
    return posts.every(({ status }) => status !== 'cancelled' && status !== 'failed');
  } catch (thrown) {
    // Deleted where it was.
    if (Failure.from(thrown).code === 'not_found') return false;
    throw thrown;
  }
}

function withoutPlan({ plan: _, ...rest }: CreateAnswer): CreateAnswer {
  return rest;
}

/** The draft, or what it became. */
async function currentPosts(desk: Desk, { post, postIds }: Proposal, call: Call): Promise<PostAnswer[]> {
  if (postIds.length === 0) return [toPostAnswer(desk, 'local', post)];
  const answers = await Promise.all(postIds.map((postId) => getPost(desk, { postId }, call)));
  return answers.flatMap((answer) => answer.post ?? []);
}

function warningsOf({ id, post }: Proposal, asked: boolean): WarningAnswer[] {
  const postId = toHandle('local', id);
  if (post.status === 'cancelled') return [cancelledWarning(postId)];
  return post.status === 'draft' ? [needsApproval(postId, asked)] : [];
}

function needsApproval(postId: string, asked: boolean): WarningAnswer {
  const how = `approve_post with full access, or airdate approve ${postId}`;
  return {
    code: 'needs_approval',
    message: asked
      ? `The person was asked and did not approve it; it waits as a draft. It can still be approved: ${how}.`
      : `Nothing airs before a person approves it: ${how}.`,
  };
}
