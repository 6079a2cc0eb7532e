import { randomUUID } from 'node:crypto';
import type { WriteRow } from '../database/tables.ts';
import type { Call } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Target } from '../domain/post.ts';
import { type PostAnswer, toPostAnswer, type WarningAnswer } from './answers.ts';
import { approvalQuestion } from './approval-question.ts';
import { approvalScope } from './approval-scope.ts';
import { approveProposal } from './approve-post.ts';
import { readAirTime } from './asked-time.ts';
import { becameOf } from './became.ts';
import { pinContent } from './content.ts';
import { type CreateAnswer, createVideoPost, repeatedPost, repeatWarning } from './create-video-post.ts';
import type { Desk } from './desk.ts';
import { getPost } from './posts.ts';
import { type Proposal, proposedTarget } from './proposal.ts';
import { type Identity, identityOf } from './replay.ts';
import { seesPost } from './rights.ts';
import { cancelledWarning, fatesOf, isOver, warningsOf } from './standing.ts';
import { groupAccounts } from './video-order.ts';
import { DRAFT_PART } from './write.ts';

/**
 * Keeps a checked draft for a person to approve; nothing is sent. What a dry run refuses is refused here too, so that an
 * approval seldom fails.
 */
export async function proposeVideoPost(desk: Desk, wanted: VideoDraft, call: Call): Promise<CreateAnswer> {
  const airTime = readAirTime(desk, wanted);
  const identity = identityOf(wanted, { airTime, tenant: call.caller.tenant });
  const posted = wanted.dryRun ? undefined : await postedBefore(desk, wanted, identity, call);
  if (posted) return posted;
  const draft = { ...wanted, ...(airTime && { timezone: airTime.timezone }) };
  const { idempotencyKey, ...same } = draft;
  const checked = await createVideoPost(desk, { ...same, dryRun: true }, call, identity);
  if (wanted.dryRun) return checked;
  const { result, replayed } = await desk.ledger.write<{ id: string }>(
    {
      scope: identity.scope,
      part: DRAFT_PART,
      tool: 'create_video_post',
      backend: 'local',
      argumentsHash: identity.hash,
      details: { accountIds: [], draft },
      requestId: randomUUID(),
      caller: call.caller,
    },
    {
      send: async (requestId) => {
        const targets = await targetsOf(desk, draft, checked, call);
        // What a person is shown is all that an approval sends.
        const accountIds = targets.map(handleOf);
        const proposed = { draft: { ...draft, accountIds }, ...(await pinContent(desk, draft)) };
        return { id: (await desk.proposals.add(requestId, proposed, targets, call.caller)).id };
      },
      stands: (row) => stillStands(desk, draftIdOf(row), call),
    },
  );
  const kept = await desk.proposals.find(result.id, call.caller);
  if (!kept) throw new Failure('internal', 'The draft cannot be read back.');
  const question = kept.post.status === 'draft' ? approvalQuestion(desk, kept) : undefined;
  const asked = question !== undefined && call.confirm !== undefined;
  if (question && (await call.confirm?.(question))) return await approveProposal(desk, kept, call);
  const told = {
    replayed,
    asked,
    keyed: idempotencyKey !== undefined,
    accountIds: replayed ? wanted.accountIds : [],
  };
  const answer = await toAnswer(desk, kept, told, call);
  return { ...answer, failures: checked.failures, warnings: [...checked.warnings, ...answer.warnings] };
}

/** The answer to the same call where it was made before by whoever could post; what stands no more makes room. */
async function postedBefore(
  desk: Desk,
  wanted: VideoDraft,
  identity: Identity,
  call: Call,
): Promise<CreateAnswer | undefined> {
  const rows = await desk.ledger.rowsOf(identity.scope);
  const posted = rows.filter(({ part }) => part !== DRAFT_PART);
  if (posted.length === 0) return undefined;
  const repeat = await repeatedPost(desk, wanted, { ...identity, standing: rows }, call);
  if (!repeat && wanted.idempotencyKey === undefined && (await nothingStands(desk, posted)))
    await desk.ledger.release(posted);
  return repeat;
}

async function nothingStands(desk: Desk, rows: readonly WriteRow[]): Promise<boolean> {
  for (const row of rows) {
    if (!isOver(await fatesOf(desk, row))) return false;
  }
  return true;
}

/** The draft that the same call made when it was made with less access, if it still stands for it. */
export async function draftOfSameCall(
  desk: Desk,
  wanted: VideoDraft,
  call: Call,
): Promise<CreateAnswer | undefined> {
  const airTime = readAirTime(desk, wanted);
  const identity = identityOf(wanted, { airTime, tenant: call.caller.tenant });
  const rows = await desk.ledger.rowsOf(identity.scope);
  const row = rows.find(({ part, state }) => part === DRAFT_PART && state === 'done');
  if (!row || row.arguments_hash !== identity.hash) return undefined;
  const id = draftIdOf(row);
  const keyed = wanted.idempotencyKey !== undefined;
  if (!keyed && !(await stillStands(desk, id, call))) {
    await desk.ledger.release([row]);
    return undefined;
  }
  const kept = await desk.proposals.find(id, call.caller);
  if (!kept || !seesPost(call.caller, 'local', kept.post)) return undefined;
  return toAnswer(desk, kept, { replayed: true, asked: false, keyed, accountIds: wanted.accountIds }, call);
}

function draftIdOf({ result_json }: WriteRow): string {
  return (JSON.parse(result_json ?? '{}') as { id: string }).id;
}

interface Circumstances {
  readonly replayed: boolean;
  /** Whether a person was asked just now. */
  readonly asked: boolean;
  /** Whether the call had an idempotency key. */
  readonly keyed: boolean;
  /** The accounts that the call names. */
  readonly accountIds: readonly string[];
}

/** An account that could not be looked up when the draft was made is not in it. */
function absentWarnings({ id, draft }: Proposal, wanted: readonly string[]): WarningAnswer[] {
  const accountIds = [...new Set(wanted)].filter((accountId) => !draft.accountIds.includes(accountId));
  if (accountIds.length === 0) return [];
  const message = `${toHandle('local', id)} is not for ${accountIds.join(', ')}: these could not be used when it was made. Make a call of their own for them.`;
  return [{ code: 'not_in_draft', message, accountIds }];
}

async function toAnswer(
  desk: Desk,
  kept: Proposal,
  { replayed, asked, keyed, accountIds }: Circumstances,
  call: Call,
): Promise<CreateAnswer> {
  const repeated = replayed && kept.approved && !keyed;
  return {
    posts: await currentPosts(desk, kept, call),
    failures: [],
    warnings: [
      ...draftWarnings(kept, asked),
      ...absentWarnings(kept, accountIds),
      ...(replayed && kept.approved ? await overOf(desk, kept.id) : []),
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

/** Whether the same draft again is the one that was made: it waits, or something of what it became stands. */
async function stillStands(desk: Desk, id: string, { caller }: Call): Promise<boolean> {
  const proposal = await desk.proposals.find(id, caller);
  if (!proposal || proposal.post.status === 'cancelled') return false;
  const sent = await desk.ledger.rowsOf(approvalScope(id));
  return sent.length === 0 || !(await nothingStands(desk, sent));
}

/** What is over of that which an approved draft became. */
async function overOf(desk: Desk, id: string): Promise<WarningAnswer[]> {
  const sent = await desk.ledger.rowsOf(approvalScope(id));
  return (await Promise.all(sent.map((row) => fatesOf(desk, row)))).flatMap(warningsOf);
}

/** The draft, or what it became. */
async function currentPosts(desk: Desk, { id, post }: Proposal, call: Call): Promise<PostAnswer[]> {
  const { postIds = [] } = (await becameOf(desk, toHandle('local', id), call)) ?? {};
  const answers = await Promise.all(
    postIds.map(async (postId) => {
      try {
        return (await getPost(desk, { postId }, call)).post ?? [];
      } catch (thrown) {
        // Deleted where it was, or not to be seen there yet.
        if (Failure.from(thrown).code === 'not_found') return [];
        throw thrown;
      }
    }),
  );
  const shown = answers.flat();
  return shown.length > 0 ? shown : [toPostAnswer(desk, 'local', post)];
}

function draftWarnings({ id, post }: Proposal, asked: boolean): WarningAnswer[] {
  const postId = toHandle('local', id);
  if (post.status === 'cancelled') return [cancelledWarning('local', post)];
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
