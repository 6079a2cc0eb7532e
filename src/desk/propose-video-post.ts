import { randomUUID } from 'node:crypto';
import type { Call } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { type PostAnswer, toPostAnswer, type WarningAnswer } from './answers.ts';
import { approvalQuestion } from './approval-question.ts';
import { approveProposal } from './approve-post.ts';
import { readAirTime } from './asked-time.ts';
import { pinContent } from './content.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
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
          : `key:${call.caller.tenant}:draft:${idempotencyKey}`,
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
        const proposed = { draft, ...(await pinContent(desk, draft)) };
        const { id } = await desk.proposals.add(proposed, await targetsOf(desk, draft, call), call.caller);
        return { id };
      },
      stands: async ({ id }) => (await desk.proposals.find(id, call.caller))?.post.status === 'draft',
    },
  );
  const kept = await desk.proposals.find(result.id, call.caller);
  if (!kept) throw new Failure('internal', 'The draft cannot be read back.');
  const asked = kept.post.status === 'draft' ? call.confirm : undefined;
  if (await asked?.(approvalQuestion(desk, kept))) return await approveProposal(desk, kept, call);
  return {
    ...withoutPlan(checked),
    posts: await currentPosts(desk, kept, call),
    warnings: [...checked.warnings, ...warningsOf(kept, asked !== undefined)],
    replayed,
    dryRun: false,
  };
}

async function targetsOf(desk: Desk, draft: VideoDraft, call: Call) {
  const groups = await groupAccounts(desk, draft.accountIds, call);
  return groups.flatMap(({ backend, accounts }) =>
    accounts instanceof Failure
      ? []
      : accounts.map(({ id, platform }) => proposedTarget(toHandle(backend.name, id), platform)),
  );
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
