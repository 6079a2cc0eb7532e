import type { Kysely } from 'kysely';
import { recordEvent } from '../../database/events.ts';
import { isStorageFailure } from '../../database/storage-failure.ts';
import type { PostRow, Tables } from '../../database/tables.ts';
import { resolveAirTime, toMoment, wallTime } from '../../domain/air-time.ts';
import { Failure } from '../../domain/failure.ts';
import type { Log } from '../../domain/log.ts';
import { finishAttempt, type OpenAttempt, openAttempts, type Verdict } from './attempts.ts';
import { updateTargets } from './posts.ts';
import type { Outcome, Publisher } from './publisher.ts';
import { judgeAttempt } from './retry-policy.ts';

/** How long a process goes on trying; an attempt that was cut off is taken up again as long, whatever the grace. */
const TRYING_MS = 5 * 60_000;

interface Recovery {
  readonly publisherOf: (accountId: string) => Publisher | undefined;
  readonly now: number;
  /** How late a post may be published unasked. */
  readonly graceMs: number;
  readonly log: Log;
}

/**
 * Settles the attempts that processes left open which are surely gone: a publisher that honours the key is asked again
 * with it, unless it is too late for that to be done unasked; of any other nobody knows.
 */
export async function settleOpenAttempts(query: Kysely<Tables>, recovery: Recovery): Promise<void> {
  for (const attempt of await openAttempts(query)) {
    const facts = { postId: attempt.post_id, accountId: attempt.account_id };
    await byItself(recovery.log, facts, () => settleAttempt(query, attempt, recovery));
  }
}

async function settleAttempt(
  query: Kysely<Tables>,
  attempt: OpenAttempt,
  { publisherOf, now, graceMs, log }: Recovery,
): Promise<void> {
  const { id, number, post_id: postId, account_id: accountId, remote_id: remoteId } = attempt;
  const honoursKey = publisherOf(accountId)?.honoursKey ?? false;
  const inTime = now - attempt.started_at <= Math.max(graceMs, TRYING_MS);
  const failure = new Failure('outcome_unknown', 'Airdate ended while the post was being handed over.', {
    hint: honoursKey
      ? 'retry_post hands it over again under the same key, which counts once.'
      : 'Look whether it is live before you retry it.',
  });
  // What a vendor has accepted is only looked at, and can be looked at again however often and late.
  const outcome: Outcome =
    remoteId === null ? { outcome: 'unknown', failure } : { outcome: 'accepted', remoteId, lookAgainMs: 0 };
  const verdict: Verdict =
    inTime || remoteId !== null
      ? judgeAttempt({ outcome, number, honoursKey, mayBeLive: true, now })
      : { status: 'unconfirmed', dueAt: null };
  await finishAttempt(query, { id, postId, accountId }, outcome, { verdict, now });
  const facts = { postId, accountId, status: verdict.status };
  log('warn', 'A delivery was cut off by the end of a process.', facts);
}

interface NewRules {
  readonly zoneRules: string;
  readonly now: number;
  readonly log: Log;
}

/**
 * Works out the air times of waiting posts again when the rules of their zones have changed, so that each keeps the wall
 * time that was asked for.
 */
export async function resolveAirTimesAnew(query: Kysely<Tables>, rules: NewRules): Promise<void> {
  const rows = await query
    .selectFrom('posts')
    .selectAll()
    .where('status', 'in', ['scheduled', 'missed'])
    .where('zone_rules', '<>', rules.zoneRules)
    .execute();
  for (const row of rows)
    await byItself(rules.log, { postId: row.id }, () => resolvePostAnew(query, row, rules));
}

async function resolvePostAnew(
  query: Kysely<Tables>,
  row: PostRow,
  { zoneRules, now, log }: NewRules,
): Promise<void> {
  const airAt = resolvedAnew(row);
  await query.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('posts')
      .set({ air_at: airAt, zone_rules: zoneRules })
      .where('id', '=', row.id)
      .where('version', '=', row.version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n || airAt === row.air_at || row.status === 'missed') return;
    const targets = await transaction
      .selectFrom('targets')
      .select('account_id')
      .where('post_id', '=', row.id)
      .where('status', '=', 'scheduled')
      .execute();
    const accountIds = targets.map((target) => target.account_id);
    const change = { status: 'scheduled', air_at: airAt, due_at: airAt } as const;
    await updateTargets(transaction, { postId: row.id, accountIds }, change, now);
    const was = toMoment(row.air_at, row.timezone);
    const is = toMoment(airAt, row.timezone);
    const detail = `${was.utc} became ${is.utc}`;
    const moved = { at: now, kind: 'air_time_moved', backend: 'local', post_id: row.id, detail } as const;
    await recordEvent(transaction, moved);
    const facts = { postId: row.id, was: was.utc, is: is.utc };
    log('warn', 'The rules of a time zone changed; a post keeps its wall time.', facts);
  });
}

/** An instant that still reads as the wall time stays: where that exists twice, it is the one that was meant. */
function resolvedAnew({ air_at, wall_time, timezone, ambiguous_time }: PostRow): number {
  if (wall_time === null || wallTime(air_at, timezone) === wall_time) return air_at;
  const asked = { scheduledTime: wall_time, timezone, field: 'scheduledTime' };
  return resolveAirTime({ ...asked, ambiguousTime: ambiguous_time ?? 'later' }).at;
}

/** A row that says what cannot be holds up no other. Where the storage fails, everything waits. */
async function byItself(log: Log, facts: object, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isStorageFailure(error)) throw error;
    log('error', 'A post is left as a process before left it.', { ...facts, error: String(error) });
  }
}
