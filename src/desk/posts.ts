import type { WriteRow } from '../database/tables.ts';
import type { Backend, Changed } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { ALREADY_CANCELLED, type Post } from '../domain/post.ts';
import { statusOf } from '../domain/status.ts';
import { WAY_OUT } from '../domain/way-out.ts';
import { type PostAnswer, toPostAnswer, toPostAnswers, toWarningAnswers } from './answers.ts';
import { becameOf, checkOnePost, notApproved, oneOf } from './became.ts';
import { createVideoPost } from './create-video-post.ts';
import { currentPost } from './current-post.ts';
import { checkVerb, type Desk, locate } from './desk.ts';
import { notRetried } from './failed-post.ts';
import { checkNotMadeAgain } from './made-again.ts';
import { checkPostId } from './post-ids.ts';
import type { Proposal } from './proposal.ts';
import { isProposal } from './proposals.ts';
import { recordChange } from './record-change.ts';
import { checkMayChange, isRestricted, noSuchPost, seesPost, THERE_ARE } from './rights.ts';
import { detailsOf, isUnconfirmedId, settleWrite, unconfirmedWrite } from './unsettled.ts';
import { whereListed } from './where-listed.ts';

/** A post that the caller sees, wherever it is kept. */
export async function readPost(desk: Desk, backend: Backend, id: string, call: Call): Promise<Post> {
  const post = await findPost(desk, backend, id, call);
  if (post && seesPost(call.caller, backend.name, post)) return post;
  throw noSuchPost(backend.name, id, whereListed(desk, backend, THERE_ARE));
}

async function findPost(desk: Desk, backend: Backend, id: string, call: Call): Promise<Post | undefined> {
  const proposal = await desk.proposals.find(id, call.caller);
  if (proposal) return proposal.post;
  const write = await unconfirmedWrite(desk, backend, id);
  if (write) return settleWrite(desk, backend, write, call);
  return currentPost(desk, backend, id, call);
}

export async function getPost(desk: Desk, asked: { readonly postId: string }, call: Call) {
  await checkPostId(desk, asked.postId, call);
  const became = await becameOf(desk, asked.postId, call);
  if (became && became.postIds.length > 1) return { post: await wholeOf(desk, became, call) };
  const { on: backend, rest } = locate(desk, became?.postIds[0] ?? asked.postId, 'postId');
  checkVerb(desk, backend, 'get_post');
  const [post] = await toPostAnswers(desk, backend.name, [await readPost(desk, backend, rest, call)]);
  return { post };
}

/** An approved draft whose accounts do not go together: one post in sight, with what became of each of its accounts. */
async function wholeOf(desk: Desk, { post, postIds }: Proposal, call: Call): Promise<PostAnswer> {
  const parts = await Promise.all(
    postIds.map(async (postId) => {
      const { on, backend, rest } = locate(desk, postId, 'postId');
      const { targets } = await readPost(desk, on, rest, call);
      return targets.map((target) => ({ ...target, backend }));
    }),
  );
  const targets = parts.flat();
  return toPostAnswer(desk, 'local', {
    ...post,
    targets,
    status: statusOf(targets.map(({ status }) => status)),
  });
}

export async function cancelPost(desk: Desk, asked: { readonly postId: string }, call: Call) {
  await checkPostId(desk, asked.postId, call);
  const postId = await oneOf(desk, asked.postId, call);
  const { on: backend, rest } = locate(desk, postId, 'postId');
  checkVerb(desk, backend, 'cancel_post');
  const standing = await readPost(desk, backend, rest, call);
  await checkOnePost(desk, backend, standing);
  if (standing.status === 'cancelled') {
    return toChangedAnswer(desk, backend, { post: standing, warnings: [ALREADY_CANCELLED] });
  }
  checkConfirmed(postId, standing, IN_DOUBT.cancel);
  checkArrived(standing);
  if (!isProposal(rest)) checkMayChange(call.caller);
  if (isProposal(rest)) {
    const change = { tool: 'cancel_post', backend, id: rest, details: {}, call };
    await recordChange(desk, change, async () => {
      if (await desk.proposals.cancel(rest)) return {};
      throw justApproved(postId);
    });
    return toChangedAnswer(desk, backend, { post: await readPost(desk, backend, rest, call), warnings: [] });
  }
  const changed = await recordChange(
    desk,
    { tool: 'cancel_post', backend, id: standing.id, details: {}, call },
    () => backend.cancelPost(standing, call),
  );
  await desk.knownPosts.remember(backend.name, changed.post);
  return toChangedAnswer(desk, backend, changed);
}

function justApproved(postId: string): Failure {
  return new Failure('cannot_edit', 'The draft was approved in this moment.', {
    field: 'postId',
    hint: 'Its id stands for the post that it becomes: look at it, then cancel that.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows what it became' },
  });
}

interface RetryWanted {
  readonly postId: string;
  readonly accountIds?: readonly string[] | undefined;
}

export async function retryPost(desk: Desk, { postId: asked, accountIds }: RetryWanted, call: Call) {
  await checkPostId(desk, asked, call);
  const postId = await oneOf(desk, asked, call);
  const { on: backend, rest } = locate(desk, postId, 'postId');
  if (isRestricted(call.caller)) await readPost(desk, backend, rest, call);
  if (isProposal(rest)) throw notApproved(postId, await readPost(desk, backend, rest, call));
  const write = await unconfirmedWrite(desk, backend, rest);
  if (!write) return retryThere(desk, { backend, id: rest, accountIds }, call);
  const standing = await settleWrite(desk, backend, write, call);
  await checkOnePost(desk, backend, standing);
  if (isUnconfirmedId(standing.id)) {
    const ids = accountIds?.map((accountId) => ownAccount(desk, backend, accountId));
    if (ids) checkWhole(backend, standing, ids);
    return retryWrite(desk, { write, standing, postId }, call);
  }
  if (standing.status === 'failed' || standing.status === 'partial')
    return retryThere(desk, { backend, id: standing.id, accountIds }, call);
  const warning = { code: 'found', message: 'The post was found: it had arrived. Nothing was sent.' };
  return toChangedAnswer(desk, backend, { post: standing, warnings: [warning] });
}

interface Standing {
  readonly backend: Backend;
  readonly id: string;
  readonly accountIds: readonly string[] | undefined;
}

/** Has the backend try again what it has. */
async function retryThere(desk: Desk, { backend, id, accountIds }: Standing, call: Call) {
  if (backend.capabilities.tools.retry_post !== true)
    throw notRetried(backend, await readPost(desk, backend, id, call));
  const ids = accountIds?.map((accountId) => ownAccount(desk, backend, accountId));
  if (ids) checkTargets(backend, await readPost(desk, backend, id, call), ids);
  const changed = await recordChange(
    desk,
    { tool: 'retry_post', backend, id, details: { accountIds: ids }, call },
    async () => {
      await checkNotMadeAgain(desk, backend, id);
      return backend.retryPost(id, ids, call);
    },
  );
  return toChangedAnswer(desk, backend, changed);
}

interface Unconfirmed {
  readonly write: WriteRow;
  readonly standing: Post;
  readonly postId: string;
}

/** Sends a post again of which nobody knew whether it arrived, once it is surely absent; now, when its time has passed. */
async function retryWrite(desk: Desk, { write, standing, postId }: Unconfirmed, call: Call) {
  checkConfirmed(postId, standing, IN_DOUBT.retry);
  const { draft, airTime, contentSha256 } = detailsOf(write);
  const { scheduledTime: _, ...now } = draft;
  const again = airTime && airTime.at <= desk.clock.now() ? now : draft;
  const { scope, arguments_hash: hash } = write;
  const identity =
    scope === null ? undefined : { scope, hash, isPrint: scope.startsWith('print:'), contentSha256 };
  const { posts, warnings } = await createVideoPost(desk, again, call, identity);
  return { post: posts[0], warnings };
}

const IN_DOUBT = {
  retry: `Ask again in some minutes: it is looked for each time. ${WAY_OUT}`,
  cancel:
    'Look at the account itself, and delete it there if it is there; or ask again in some minutes: it is looked for each time.',
} as const;

/** Throws while nobody knows whether the post exists: nothing can be done with it but to look. */
function checkConfirmed(postId: string, { status, id }: Post, hint: string): void {
  if (status !== 'unconfirmed' || !isUnconfirmedId(id)) return;
  throw new Failure(
    'outcome_unknown',
    'Nobody knows yet whether this post exists; it was looked for and neither found nor ruled out.',
    {
      field: 'postId',
      hint,
      next: { tool: 'get_post', arguments: { postId }, why: 'looks for it again' },
    },
  );
}

function checkArrived({ status, id }: Post): void {
  if (status !== 'failed' || !isUnconfirmedId(id)) return;
  throw new Failure('cannot_edit', 'The post surely never arrived: there is nothing to cancel.', {
    field: 'postId',
    hint: 'Nothing goes out unless retry_post sends it.',
  });
}

function ownAccount(desk: Desk, backend: Backend, accountId: string): string {
  const account = locate(desk, accountId, 'accountIds');
  if (account.on === backend) return account.rest;
  throw new Failure(
    'invalid_parameter',
    `${accountId} is not an account of ${backend.name}, where the post is.`,
    {
      field: 'accountIds',
      hint: 'Leave accountIds out to retry every account on which the post failed.',
    },
  );
}

function checkTargets(backend: Backend, { targets }: Post, ids: readonly string[]): void {
  const stranger = ids.find((accountId) => !targets.some((target) => target.accountId === accountId));
  if (stranger === undefined) return;
  throw new Failure('invalid_parameter', `The post is not for ${toHandle(backend.name, stranger)}.`, {
    field: 'accountIds',
    candidates: targets.map((target) => ({
      value: toHandle(backend.name, target.accountId),
      why: target.status,
    })),
    hint: 'Name accounts of the post, or leave accountIds out.',
  });
}

/** A post that never arrived goes out as it was asked for: one request for all of its accounts. */
function checkWhole(backend: Backend, standing: Post, ids: readonly string[]): void {
  checkTargets(backend, standing, ids);
  if (standing.targets.every(({ accountId }) => ids.includes(accountId))) return;
  throw new Failure(
    'invalid_parameter',
    'The post never arrived; it is sent for all of its accounts or none.',
    {
      field: 'accountIds',
      hint: 'Leave accountIds out, or create the post anew for the accounts that you want.',
    },
  );
}

async function toChangedAnswer(desk: Desk, backend: Backend, { post, warnings }: Changed) {
  const [answer] = await toPostAnswers(desk, backend.name, [post]);
  return { post: answer, warnings: toWarningAnswers(backend.name, warnings) };
}
