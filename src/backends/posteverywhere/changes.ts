import { z } from 'zod';
import type { Changed } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Post, Target } from '../../domain/post.ts';
import { isEditable } from '../../domain/status.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import type { Surroundings } from './create.ts';
import { answerOf, toWireAccountId } from './fields.ts';
import { cancelled, cannotEdit, changeRefused, deletePost, getPost, lookFor } from './requests.ts';

/** From so long before its air time a post may be going out by the time it is cancelled. */
const NEAR_MS = 60_000;

/** The vendor deletes also what is going out, and leaves it live: near its air time a post is read again. */
export async function cancelPost(
  { http, clock }: Pick<Surroundings, 'http' | 'clock'>,
  standing: Post,
  call: Call,
): Promise<Changed> {
  const { id, airAt } = standing;
  const far = airAt !== null && airAt > clock.now() + NEAR_MS;
  const post = far ? standing : await getPost(http, id, call);
  if (!isEditable(post.status)) throw cannotEdit(id, post.status);
  try {
    await deletePost(http, id, call);
  } catch (thrown) {
    const failure = changeRefused(thrown, id);
    const gone = failure.code === 'outcome_unknown' && (await lookFor(http, id, call)) === 'gone';
    if (!gone) throw failure;
  }
  return { post: cancelled(post), warnings: [] };
}

const WireRetry = z.object({ retried_count: z.number().nullish(), retried: z.number().nullish() });

/** Only what failed for good is tried again: what is live, or what the vendor tries again by itself, is left alone. */
export async function retryPost(
  http: Http,
  id: string,
  accountIds: readonly string[] | undefined,
  call: Call,
): Promise<Changed> {
  const post = await getPost(http, id, call);
  const chosen = (target: Target) =>
    target.status === 'failed' && (accountIds?.includes(target.accountId) ?? true);
  const again = post.targets.filter(chosen);
  if (again.length === 0) throw nothingToRetry(id, post);
  const account_ids = again.map((target) => toWireAccountId(target.accountId));
  const request = {
    method: 'POST',
    path: path`/posts/${id}/retry`,
    body: { json: { account_ids } },
    schema: answerOf(WireRetry),
  } as const;
  const { retried_count, retried } = await http.write(request, call).catch((thrown) => {
    throw changeRefused(thrown, id);
  });
  const count = retried_count ?? retried ?? again.length;
  const targets = post.targets.map((target): Target => {
    if (!chosen(target)) return target;
    const { error: _, ...rest } = target;
    return { ...rest, status: 'processing' };
  });
  const message = `PostEverywhere tries ${count} accounts again, not only the ${again.length} that were meant.`;
  return {
    post: { ...post, status: 'processing', targets },
    warnings: count > again.length ? [{ code: 'retried_more', message }] : [],
  };
}

function nothingToRetry(id: string, { status }: Post): Failure {
  const failure = cannotEdit(id, status);
  return new Failure('cannot_edit', `Nothing of the post can be tried again: it is ${status}.`, {
    ...failure.details,
    hint: 'Only accounts on which the post failed for good are tried again.',
  });
}
