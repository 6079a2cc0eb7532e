import type { Kysely, Transaction } from 'kysely';
import { recordEvent } from '../../database/events.ts';
import type { Tables, TargetRow } from '../../database/tables.ts';
import type { Failure } from '../../domain/failure.ts';
import type { TargetStatus } from '../../domain/status.ts';
import type { DueTarget } from './due-targets.ts';
import { readPost, updateTargets } from './posts.ts';
import type { Delivery, Outcome } from './publisher.ts';
import type { StoredPost } from './wire.ts';

/** Later than this is told as late. */
const LATE_MS = 60_000;

/** The right to hand one target over once; its row is durable before the first byte leaves. */
export interface Attempt {
  readonly id: number;
  readonly number: number;
  readonly post: StoredPost;
  readonly target: TargetRow;
}

/** Claims a due target and records the attempt, in one transaction; `undefined` when it changed meanwhile. */
export async function beginAttempt(
  query: Kysely<Tables>,
  due: DueTarget,
  { owner, receiver, now }: { readonly owner: string; readonly receiver?: string; readonly now: number },
): Promise<Attempt | undefined> {
  return query.transaction().execute(async (transaction) => {
    const target = await readDue(transaction, due);
    if (!target) return undefined;
    const { post_id, account_id } = due;
    const number = target.attempts + 1;
    const change = { status: 'processing', due_at: null, attempts: number } as const;
    await updateTargets(transaction, { postId: post_id, accountIds: [account_id] }, change, now);
    const { id } = await transaction
      .insertInto('attempts')
      .values({
        post_id,
        account_id,
        number,
        round: target.round,
        owner,
        receiver: receiver ?? null,
        started_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, number, post: await readPost(transaction, post_id), target };
  });
}

/** Marks a target that was due while nothing could publish it and is too late to be published unasked. */
export async function markMissed(
  query: Kysely<Tables>,
  due: DueTarget,
  { now, why }: { readonly now: number; readonly why: Failure },
): Promise<void> {
  await query.transaction().execute(async (transaction) => {
    const target = await readDue(transaction, due);
    if (!target) return;
    const status = (await mayBeLive(transaction, due)) ? 'unconfirmed' : 'missed';
    const { post_id, account_id } = due;
    await updateTargets(
      transaction,
      { postId: post_id, accountIds: [account_id] },
      { status, due_at: null, error_json: errorJson(why.toAnswer()) },
      now,
    );
    await recordEvent(transaction, { at: now, kind: status, backend: 'local', post_id, account_id });
  });
}

/** Whether an earlier attempt may have been accepted: on this target, or on any of the post. */
export async function mayBeLive(
  query: Kysely<Tables> | Transaction<Tables>,
  { post_id, account_id }: { readonly post_id: string; readonly account_id?: string },
): Promise<boolean> {
  let select = query
    .selectFrom('attempts')
    .select('id')
    .where('post_id', '=', post_id)
    .where('outcome', '=', 'unknown');
  if (account_id !== undefined) select = select.where('account_id', '=', account_id);
  return (await select.executeTakeFirst()) !== undefined;
}

async function readDue(transaction: Transaction<Tables>, due: DueTarget): Promise<TargetRow | undefined> {
  return transaction
    .selectFrom('targets')
    .selectAll()
    .where('post_id', '=', due.post_id)
    .where('account_id', '=', due.account_id)
    .where('due_at', '=', due.due_at)
    .executeTakeFirst();
}

/** What an attempt came to: the target's next status, and when it is to be taken up again. */
export interface Verdict {
  readonly status: TargetStatus;
  readonly dueAt: number | null;
}

/** Records the outcome, once: whoever finished the attempt before wins. */
export async function finishAttempt(
  query: Kysely<Tables>,
  attempt: Pick<Attempt, 'id'> & { readonly postId: string; readonly accountId: string },
  outcome: Outcome,
  { verdict, now }: { readonly verdict: Verdict; readonly now: number },
): Promise<boolean> {
  const { postId, accountId } = attempt;
  const error = 'failure' in outcome ? errorJson(outcome.failure.toAnswer()) : null;
  return query.transaction().execute(async (transaction) => {
    const finished = await transaction
      .updateTable('attempts')
      .set({ finished_at: now, outcome: outcome.outcome, detail_json: error })
      .where('id', '=', attempt.id)
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    if (finished.numUpdatedRows === 0n) return false;
    const published = outcome.outcome === 'published' ? { published_at: now, url: outcome.url ?? null } : {};
    const known = 'remoteId' in outcome ? { remote_id: outcome.remoteId } : {};
    const change = {
      status: verdict.status,
      due_at: verdict.dueAt,
      error_json: error,
      ...published,
      ...known,
    };
    await updateTargets(transaction, { postId, accountIds: [accountId] }, change, now);
    const why = 'failure' in outcome ? `${outcome.failure.code}: ${outcome.failure.message}` : null;
    await tellOutcome(transaction, { postId, accountId }, { verdict, why, now });
    return true;
  });
}

/** A post that aired late, failed, or that nobody knows to be live is told in the activity: nobody asked just then. */
async function tellOutcome(
  transaction: Transaction<Tables>,
  { postId: post_id, accountId: account_id }: { readonly postId: string; readonly accountId: string },
  { verdict, why, now: at }: { readonly verdict: Verdict; readonly why: string | null; readonly now: number },
): Promise<void> {
  const told = { at, backend: 'local', post_id, account_id };
  if (verdict.status === 'unconfirmed') await recordEvent(transaction, { ...told, kind: 'unconfirmed' });
  if (verdict.status === 'failed') await recordEvent(transaction, { ...told, kind: 'failed', detail: why });
  if (verdict.status !== 'published') return;
  const { air_at, attempts, round } = await transaction
    .selectFrom('targets')
    .select(['air_at', 'attempts', 'round'])
    .where('post_id', '=', post_id)
    .where('account_id', '=', account_id)
    .executeTakeFirstOrThrow();
  if (round > 0 || attempts > 1 || at - air_at <= LATE_MS) return;
  const minutes = Math.round((at - air_at) / 60_000);
  await recordEvent(transaction, { ...told, kind: 'published_late', detail: `${minutes} min late` });
}

/** When, and to whom, a target was handed over in its present round in a way that may have been accepted. */
export async function sentBefore(
  query: Kysely<Tables>,
  { post_id, account_id, round }: Pick<TargetRow, 'post_id' | 'account_id' | 'round'>,
): Promise<Pick<Delivery, 'firstSentAt' | 'lastSentAt' | 'sentTo'>> {
  const rows = await query
    .selectFrom('attempts')
    .select(['started_at', 'finished_at', 'outcome', 'receiver'])
    .where('post_id', '=', post_id)
    .where('account_id', '=', account_id)
    .where('round', '=', round)
    .where('outcome', 'in', ['unknown', 'accepted'])
    .orderBy('id')
    .execute();
  const [first] = rows;
  const last = rows.findLast(({ outcome }) => outcome === 'unknown');
  return {
    sentTo: rows.flatMap(({ receiver }) => receiver ?? []),
    ...(first && { firstSentAt: first.started_at }),
    ...(last && { lastSentAt: last.finished_at ?? last.started_at }),
  };
}

function errorJson({ code, message, hint }: { code: string; message: string; hint?: string }): string {
  return JSON.stringify({ code, message, ...(hint !== undefined && { hint }) });
}

export interface OpenAttempt {
  readonly id: number;
  readonly post_id: string;
  readonly account_id: string;
  readonly number: number;
  readonly started_at: number;
  /** What a vendor that accepted it calls it. */
  readonly remote_id: string | null;
}

/** Attempts that nobody finished. To be asked only by the process that holds the runner's lock: their owners are gone. */
export async function openAttempts(query: Kysely<Tables>): Promise<OpenAttempt[]> {
  return query
    .selectFrom('attempts')
    .innerJoin('targets', (join) =>
      join
        .onRef('targets.post_id', '=', 'attempts.post_id')
        .onRef('targets.account_id', '=', 'attempts.account_id'),
    )
    .select(['id', 'attempts.post_id', 'attempts.account_id', 'number', 'started_at', 'remote_id'])
    .where('finished_at', 'is', null)
    .orderBy('id')
    .execute();
}
