import type { Database } from '../../database/database.ts';
import { Failure } from '../../domain/failure.ts';
import type { Log } from '../../domain/log.ts';
import { finishAttempt, markMissed, openAttempts } from './attempts.ts';
import { dueTargets } from './due-targets.ts';
import { putBack } from './runner-failures.ts';

const AT_ONCE = 100;

/**
 * After a backup was put back: what became due since it was made may have aired from the database that it replaces, so
 * nothing of it is published unasked, whatever the grace.
 */
export async function holdWhatWasDue(
  database: Database,
  { now, log }: { readonly now: number; readonly log: Log },
): Promise<void> {
  const { query } = database;
  const failure = new Failure(
    'outcome_unknown',
    'The calendar was restored from a backup that was made while this was handed over.',
    {
      hint: 'Look whether it is live before you retry it.',
    },
  );
  for (const { id, post_id: postId, account_id: accountId } of await openAttempts(query)) {
    const verdict = { status: 'unconfirmed', dueAt: null } as const;
    await finishAttempt(query, { id, postId, accountId }, { outcome: 'unknown', failure }, { verdict, now });
  }
  let held = 0;
  for (
    let due = await dueTargets(query, now, { limit: AT_ONCE });
    due.length > 0;
    due = await dueTargets(query, now, { limit: AT_ONCE })
  ) {
    for (const target of due) await markMissed(query, target, { now, why: putBack() });
    held += due.length;
  }
  database.acceptRestored();
  log(
    'warn',
    'The database is a backup that was put back. What became due since it was made is held as missed.',
    { held },
  );
}
