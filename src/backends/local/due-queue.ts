import type { Kysely } from 'kysely';
import { isStorageFailure } from '../../database/storage-failure.ts';
import type { Tables } from '../../database/tables.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import { type DueTarget, dueTargets, type Whose } from './due-targets.ts';

/** For how long a target is left alone that cannot be taken up. */
const ASIDE_MS = 60_000;

interface Surroundings {
  readonly query: Kysely<Tables>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is due, in its order. A row that says what cannot be is told and put aside, so that it holds up no other. */
export class DueQueue {
  readonly #around: Surroundings;
  /** By name, until when it is left alone. */
  readonly #aside = new Map<string, number>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async next(limit: number, now: number, whose: Whose): Promise<DueTarget[]> {
    for (const [name, until] of this.#aside) if (until <= now) this.#aside.delete(name);
    const rows = await dueTargets(this.#around.query, now, { ...whose, limit: limit + this.#aside.size });
    return rows.filter((due) => !this.#aside.has(nameOf(due))).slice(0, limit);
  }

  /** Does with each what is to be done. Where the storage fails, all of them wait. */
  async each(targets: readonly DueTarget[], work: (due: DueTarget) => Promise<void>): Promise<void> {
    const { clock, log } = this.#around;
    for (const due of targets) {
      try {
        await work(due);
      } catch (error) {
        if (isStorageFailure(error)) throw error;
        this.#aside.set(nameOf(due), clock.now() + ASIDE_MS);
        const facts = { postId: due.post_id, accountId: due.account_id, error: String(error) };
        log('error', 'A post that is due cannot be taken up.', facts);
      }
    }
  }
}

function nameOf({ post_id, account_id, due_at }: DueTarget): string {
  return `${post_id}/${account_id}/${due_at}`;
}
