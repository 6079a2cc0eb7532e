import type { WriteRow } from '../database/tables.ts';
import type { Backend } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, parseHandle, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import { approvalScope } from './approval-scope.ts';
import type { Desk } from './desk.ts';
import type { Created } from './part.ts';
import type { Proposal } from './proposal.ts';
import { seesPost } from './rights.ts';
import { settleWrite, unconfirmedId, unconfirmedWrite, wasInDoubt } from './unsettled.ts';

/** The draft that an id names, once it was sent, with the ids of all that was sent of it. */
export async function becameOf(desk: Desk, postId: string, call: Call): Promise<Proposal | undefined> {
  const { backend, rest } = parseHandle(postId, 'postId');
  const proposal = backend === 'local' ? await desk.proposals.find(rest, call.caller) : undefined;
  if (!proposal?.approved || !seesPost(call.caller, 'local', proposal.post)) return undefined;
  const postIds = await sentAs(desk, proposal, call);
  return postIds.length === 0 ? undefined : { ...proposal, postIds };
}

/** The draft that an id names, whatever became of it. */
export async function draftNamed(desk: Desk, postId: string, call: Call): Promise<Proposal | undefined> {
  const { rest } = parseHandle(postId, 'postId');
  return (await becameOf(desk, postId, call)) ?? (await desk.proposals.find(rest, call.caller));
}

/** None while some of it is on its way. What is in doubt is looked for, and goes by the id of its request until it is found. */
async function sentAs(desk: Desk, { id, postIds }: Proposal, call: Call): Promise<string[]> {
  const scope = approvalScope(id);
  const rows = await desk.ledger.lastTriesOf(scope);
  const underWay = await Promise.all(rows.map((row) => desk.ledger.isUnderWay(row)));
  if (underWay.includes(true)) return [];
  await Promise.all(rows.map((row) => lookFor(desk, row, call)));
  const tries = await desk.ledger.lastTriesOf(scope);
  // What surely was not sent waits again as a draft.
  if (tries.every(({ state }) => state === 'refused')) return [];
  const sent = tries.flatMap(idsOf);
  return sent.length > 0 ? [...new Set(sent)] : [...postIds];
}

async function lookFor(desk: Desk, row: WriteRow, call: Call): Promise<void> {
  const backend = desk.backends.get(row.backend as BackendName);
  if (!backend || row.state === 'done' || row.state === 'refused') return;
  await settleWrite(desk, backend, row, call).catch(() => undefined);
}

function idsOf(row: WriteRow): string[] {
  const { posts = [] } = JSON.parse(row.result_json ?? '{}') as Partial<Created>;
  const ids = wasInDoubt(row) ? [unconfirmedId(row.request_id)] : posts.map(({ id }) => id);
  return ids.map((id) => toHandle(row.backend as BackendName, id));
}

/** The post that is meant: the id of an approved draft stands for the one that it became. */
export async function oneOf(desk: Desk, postId: string, call: Call): Promise<string> {
  const { postIds = [] } = (await becameOf(desk, postId, call)) ?? {};
  const [first = postId, ...others] = postIds;
  if (others.length === 0) return first;
  throw severalPosts('The draft', postIds);
}

/** Throws where the request that nobody knew to have arrived made several posts. */
export async function checkOnePost(desk: Desk, backend: Backend, { id }: Post): Promise<void> {
  const row = await unconfirmedWrite(desk, backend, id);
  const postIds = row ? idsOf(row) : [];
  if (postIds.length > 1) throw severalPosts('The request', postIds);
}

function severalPosts(what: string, postIds: readonly string[]): Failure {
  return new Failure('invalid_parameter', `${what} became ${postIds.length} posts: name one of them.`, {
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
