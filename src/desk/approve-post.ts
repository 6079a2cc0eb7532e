import { toMoment } from '../domain/air-time.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import { approvalScope, otherDraft } from './approval-scope.ts';
import { readAirTime } from './asked-time.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
import { backendNamed, type Desk, locate } from './desk.ts';
import { checkPostId } from './post-ids.ts';
import { readPost } from './posts.ts';
import type { Proposal } from './proposal.ts';
import { recordChange } from './record-change.ts';
import { identityOf } from './replay.ts';
import { seesPost } from './rights.ts';

/** Lets a draft go out as if it had been asked for now. The same approval again answers the posts that it made. */
export async function approvePost(
  desk: Desk,
  { postId, version }: { readonly postId: string; readonly version?: string | undefined },
  call: Call,
): Promise<CreateAnswer> {
  const proposal = await readProposal(desk, postId, call);
  if (version !== undefined && version !== proposal.version) throw otherVersion(proposal.id);
  if (version === undefined) checkLookedAt(proposal);
  return approveProposal(desk, proposal, call);
}

/** Throws where a draft may be there already, and nobody says that they looked at it as it is. */
export function checkLookedAt({ id, approved, restored }: Proposal): void {
  if (approved || !restored) return;
  const postId = toHandle('local', id);
  throw new Failure(
    'conflict',
    'This draft comes from a backup that was put back, and may have been approved since that was made; nothing was sent.',
    {
      field: 'version',
      hint: 'Look at its accounts whether the post is there. If it surely is not, approve_post with its version sends it, or airdate approve at a terminal.',
      next: { tool: 'get_post', arguments: { postId }, why: 'shows the draft and its version' },
    },
  );
}

/** A draft that the caller sees, or that it became a post. */
export async function readProposal(desk: Desk, postId: string, call: Call): Promise<Proposal> {
  await checkPostId(desk, postId, call);
  const { on: backend, rest } = locate(desk, postId, 'postId');
  const proposal = backend.name === 'local' ? await desk.proposals.find(rest, call.caller) : undefined;
  if (!proposal) throw (await noDraft(desk, postId, call)) ?? noSuchDraft(postId);
  if (!seesPost(call.caller, 'local', proposal.post)) throw noSuchDraft(postId);
  return proposal;
}

/** Lets a draft go out as it was read: one that was changed since is left where it is. */
export async function approveProposal(desk: Desk, proposal: Proposal, call: Call): Promise<CreateAnswer> {
  const { dryRun: _, idempotencyKey, ...draft } = proposal.draft;
  const airTime = readAirTime(desk, draft);
  const { hash } = identityOf(draft, { airTime, tenant: call.caller.tenant });
  const identity = {
    scope: approvalScope(proposal.id),
    hash,
    isPrint: idempotencyKey === undefined,
    contentSha256: proposal.contentSha256,
  };
  if (!proposal.approved) await decide(desk, proposal, { hash, call });
  try {
    return await createVideoPost(desk, { ...draft, idempotencyKey: proposal.id }, call, identity);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code === 'outcome_unknown') throw failure;
    throw failure.with({
      next: {
        tool: 'get_post',
        arguments: { postId: toHandle('local', proposal.id) },
        why: 'shows the draft; edit_post mends it',
      },
    });
  }
}

interface Deciding {
  readonly hash: string;
  readonly call: Call;
}

async function decide(desk: Desk, proposal: Proposal, { hash, call }: Deciding): Promise<void> {
  const { id } = proposal;
  checkStillAhead(desk, toHandle('local', id), proposal.post);
  const change = {
    tool: 'approve_post',
    backend: backendNamed(desk, 'local', 'postId'),
    id,
    details: {},
    call,
  };
  await recordChange(desk, change, async () => {
    if (await desk.approvals.begin(proposal, hash)) return {};
    // Somebody else was faster, and approved, changed or cancelled it.
    const now = await desk.proposals.find(id, call.caller);
    if (now?.approved && now.version === proposal.version) return {};
    throw decidedOtherwise(id, now);
  });
}

function otherVersion(id: string): Failure {
  const postId = toHandle('local', id);
  return new Failure('conflict', 'The draft as it is now has another version; nothing was sent.', {
    field: 'version',
    hint: 'Show a person what it says now, then approve that with its version.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows the draft as it is now' },
  });
}

function decidedOtherwise(id: string, now: Proposal | undefined): Failure {
  if (now?.post.status === 'cancelled') {
    return new Failure('cannot_edit', 'The draft was cancelled.', {
      field: 'postId',
      hint: 'Create the post anew.',
    });
  }
  return otherDraft(id);
}

/** Why a post is not approved that was never a draft here, or is none any more. */
async function noDraft(desk: Desk, postId: string, call: Call): Promise<Failure | undefined> {
  const { on: backend, rest } = locate(desk, postId, 'postId');
  const post = await readPost(desk, backend, rest, call).catch(() => undefined);
  if (!post || post.status === 'draft') return undefined;
  return new Failure('cannot_edit', `It is no draft but ${post.status} already.`, {
    field: 'postId',
    hint: 'Nothing was sent. Only drafts that wait for a person are approved.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows what it is' },
  });
}

function noSuchDraft(postId: string): Failure {
  return new Failure('not_found', `There is no draft ${postId.slice(0, 200)}.`, {
    field: 'postId',
    hint: 'list_posts with status draft shows those that wait; on the command line, airdate approve without an id.',
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
