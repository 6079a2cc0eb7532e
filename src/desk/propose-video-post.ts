import { randomUUID } from 'node:crypto';
import type { Call } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { toPostAnswer } from './answers.ts';
import { readAirTime } from './asked-time.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
import type { Desk } from './desk.ts';
import { hashOf } from './hash.ts';
import { proposedTarget } from './proposals.ts';
import { groupAccounts } from './video-order.ts';

/**
 * Keeps a checked draft for a person to approve; nothing is sent. What a dry run refuses is refused here too, so that an
 * approval seldom fails.
 */
export async function proposeVideoPost(desk: Desk, asked: VideoDraft, call: Call): Promise<CreateAnswer> {
  const airTime = readAirTime(desk, asked);
  const draft = { ...asked, ...(airTime && { timezone: airTime.timezone }) };
  const { idempotencyKey, ...same } = draft;
  const hash = hashOf({ tenant: call.caller.tenant, draft: same });
  const checked = await createVideoPost(desk, { ...same, dryRun: true }, call);
  if (asked.dryRun) return checked;
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
      send: async () => ({
        id: (await desk.proposals.add(draft, await targetsOf(desk, draft, call), call.caller)).id,
      }),
      stands: async ({ id }) => (await desk.proposals.find(id, call.caller))?.post.status === 'draft',
    },
  );
  const kept = await desk.proposals.find(result.id, call.caller);
  if (!kept) throw new Failure('internal', 'The draft cannot be read back.');
  return {
    ...withoutPlan(checked),
    posts: [toPostAnswer(desk, 'local', kept.post)],
    warnings: [...checked.warnings, needsApproval(toHandle('local', kept.id))],
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

function needsApproval(postId: string) {
  return {
    code: 'needs_approval',
    message: `Nothing airs before a person approves it: approve_post with full access, or airdate approve ${postId}.`,
  };
}
