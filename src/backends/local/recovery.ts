import type { Kysely } from 'kysely';
import type { PostRow, Tables } from '../../database/tables.ts';
import { resolveAirTime, toMoment } from '../../domain/air-time.ts';
import { Failure } from '../../domain/failure.ts';
import type { Log } from '../../domain/log.ts';
import { finishAttempt, openAttempts } from './attempts.ts';
import { updateTargets } from './posts.ts';
import type { Publisher } from './publisher.ts';

interface Recovery {
  readonly publisherOf: (accountId: string) => Publisher | undefined;
  readonly now: number;
  readonly log: Log;
}

/**
 * Settles the attempts that processes left open which are surely gone: a publisher that honours the key is asked again
 * with it; of any other nobody knows.
 */
export async function settleOpenAttempts(
  query: Kysely<Tables>,
  { publisherOf, now, log }: Recovery,
): Promise<void> {
  for (const attempt of await openAttempts(query)) {
    const { id, post_id: postId, account_id: accountId } = attempt;
    const again = publisherOf(accountId)?.honoursKey ?? false;
    const failure = new Failure('outcome_unknown', 'Airdate ended while the post was being handed over.', {
      ...(!again && { hint: 'Look whether it is live before you retry it.' }),
    });
    const verdict = again
      ? ({ status: 'processing', dueAt: now } as const)
      : ({ status: 'unconfirmed', dueAt: null } as const);
    await finishAttempt(query, { id, postId, accountId }, { outcome: 'unknown', failure }, { verdict, now });
    log('warn', 'A delivery was cut off by the end of a process.', {
      postId,
      accountId,
      status: verdict.status,
    });
  }
}

/**
 * Works out the air times of waiting posts again when the rules of their zones have changed, so that each keeps the wall
 * time that was asked for.
 */
export async function resolveAirTimesAnew(
  query: Kysely<Tables>,
  { zoneRules, now, log }: { readonly zoneRules: string; readonly now: number; readonly log: Log },
): Promise<void> {
  const rows = await query
    .selectFrom('posts')
    .selectAll()
    .where('status', 'in', ['scheduled', 'draft', 'missed'])
    .where('zone_rules', '<>', zoneRules)
    .execute();
  for (const row of rows) {
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
        .execute();
      const change = {
        status: row.status as 'scheduled' | 'draft',
        air_at: airAt,
        due_at: row.status === 'draft' ? null : airAt,
      };
      await updateTargets(
        transaction,
        { postId: row.id, accountIds: targets.map((target) => target.account_id) },
        change,
        now,
      );
      const was = toMoment(row.air_at, row.timezone);
      const is = toMoment(airAt, row.timezone);
      log('warn', 'The rules of a time zone changed; a post keeps its wall time.', {
        postId: row.id,
        was: was.utc,
        is: is.utc,
      });
    });
  }
}

function resolvedAnew({ wall_time, timezone, ambiguous_time }: PostRow): number {
  const asked = { scheduledTime: wall_time, timezone, field: 'scheduledTime' };
  return resolveAirTime({ ...asked, ambiguousTime: ambiguous_time ?? 'later' }).at;
}
