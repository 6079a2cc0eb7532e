import type { Database } from '../database/database.ts';
import type { WriteRow } from '../database/tables.ts';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import { holdToApproval } from './approval-scope.ts';
import { LedgerReader } from './ledger-reader.ts';
import type { ProcessOwner } from './process-owner.ts';
import { askedOtherwise, otherArguments, recordedFailure, stillUnderWay } from './repeat-failures.ts';
import { DRAFT_PART, toRow, type Write } from './write.ts';

/** How long a call waits for the same call that is under way elsewhere. */
const WAIT_MS = 40_000;
const LOOK_MS = 50;

export interface Recorded<Result> {
  readonly result: Result;
  /** Nothing was sent: this is what came of the same call before. */
  readonly replayed: boolean;
}

type RecordedOutcome = Pick<WriteRow, 'state' | 'result_json' | 'error_json'>;

interface Sending<Result> {
  /** `requestId` is the one to send: that of an earlier try, where there was one. */
  send(requestId: string): Promise<Result>;
  /** What became of a write that was sent and not recorded. */
  find?(sent: WriteRow): Promise<Result | 'absent' | 'unknown'>;
  /** Whether what was recorded still stands, so that a call without a key is its repeat. */
  stands?(done: WriteRow): Promise<boolean>;
}

/** The record of every write that was asked for. Nothing goes out before its row is durable. */
export class Ledger extends LedgerReader {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #owner: ProcessOwner;
  /** Writes of this process that came to an end which could not be recorded: the disk was full, say. */
  readonly #unrecorded = new Set<number>();

  constructor({ database, clock, owner }: { database: Database; clock: Clock; owner: ProcessOwner }) {
    super({ database, clock, owner });
    this.#database = database;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Records what was found out of an unsettled write; does nothing when somebody else was faster. */
  async settle(row: WriteRow, found: unknown): Promise<void> {
    const absent = found === 'absent';
    await this.#database.query
      .updateTable('writes')
      .set({
        state: absent ? 'refused' : 'done',
        result_json: absent ? null : JSON.stringify(found),
        finished_at: this.#clock.now(),
      })
      .where('id', '=', row.id)
      .where('state', '=', row.state)
      .where('owner', '=', row.owner)
      .where('sent_at', '=', row.sent_at)
      .execute();
  }

  /** The same call is a new one from now on. What is not done yet goes on to stand for it. */
  async release(rows: readonly WriteRow[]): Promise<void> {
    const ids = rows.filter(({ state }) => state === 'done').map(({ id }) => id);
    await this.#database.query.updateTable('writes').set({ scope: null }).where('id', 'in', ids).execute();
  }

  /** Sends a write once. The same write again is waited for, replayed, or looked for; it is never sent blindly. */
  async write<Result>(write: Write, sending: Sending<Result>): Promise<Recorded<Result>> {
    const deadline = this.#clock.now() + WAIT_MS;
    for (;;) {
      const claim = await this.#claim(write);
      if (claim.mine) return { result: await this.#send(claim.row, sending), replayed: false };
      const { row } = claim;
      if (row.arguments_hash !== write.argumentsHash) throw otherArguments(row, write.caller);
      if (row.part !== write.part) throw askedOtherwise(row);
      const settled = await this.#settle(row, sending);
      if (settled === 'again') continue;
      if (settled !== 'wait') return settled;
      if (this.#clock.now() >= deadline) throw stillUnderWay(row);
      await this.#clock.sleep(LOOK_MS);
    }
  }

  async #claim(write: Write): Promise<{ mine: boolean; row: WriteRow }> {
    return this.#database.query.transaction().execute(async (transaction) => {
      const standing =
        write.scope === undefined
          ? undefined
          : await transaction
              .selectFrom('writes')
              .selectAll()
              .where('scope', '=', write.scope)
              // The same part of the call, or any part of a call which used the key with other arguments. A draft is the
              // whole of a call: of it and of posts there is one or the other.
              .where(({ or, eb, lit }) =>
                or([
                  eb('part', '=', write.part),
                  eb('arguments_hash', '<>', write.argumentsHash),
                  write.part === DRAFT_PART ? lit(true) : eb('part', '=', DRAFT_PART),
                ]),
              )
              .where('state', '<>', 'refused')
              .executeTakeFirst();
      if (standing && !this.isExpired(standing)) return { mine: false, row: standing };
      if (standing) {
        await transaction.updateTable('writes').set({ scope: null }).where('id', '=', standing.id).execute();
      }
      await holdToApproval(transaction, write, this.#owner.id);
      const row = await transaction
        .insertInto('writes')
        .values(toRow(write, { owner: this.#owner.id, now: this.#clock.now() }))
        .returningAll()
        .executeTakeFirstOrThrow();
      return { mine: true, row };
    });
  }

  async #send<Result>(row: WriteRow, { send }: Sending<Result>): Promise<Result> {
    let result: Result;
    try {
      result = await send(row.request_id);
    } catch (thrown) {
      const failure = Failure.from(thrown);
      // What was not foreseen may have happened after the write left.
      const unsure = failure.code === 'outcome_unknown' || failure.code === 'internal';
      const state = unsure ? 'unknown' : 'refused';
      await this.#record(row, { state, result_json: null, error_json: JSON.stringify(failure.toAnswer()) });
      throw failure;
    }
    await this.#record(row, { state: 'done', result_json: JSON.stringify(result), error_json: null });
    return result;
  }

  /** What came of a write is true also when it cannot be recorded: it is answered, and looked for when asked again. */
  async #record(row: WriteRow, outcome: RecordedOutcome): Promise<void> {
    await this.#finish(row, outcome).catch(() => this.#unrecorded.add(row.id));
  }

  async #finish(row: WriteRow, outcome: RecordedOutcome): Promise<void> {
    const finished_at = this.#clock.now();
    await this.#database.query
      .updateTable('writes')
      .set({ ...outcome, finished_at })
      .where('id', '=', row.id)
      .execute();
  }

  async #settle<Result>(
    row: WriteRow,
    sending: Sending<Result>,
  ): Promise<Recorded<Result> | 'wait' | 'again'> {
    if (row.state === 'done') {
      const result = JSON.parse(row.result_json ?? 'null') as Result;
      if (row.scope?.startsWith('key:') || (await (sending.stands?.(row) ?? true)))
        return { result, replayed: true };
      await this.release([row]);
      return 'again';
    }
    const unrecorded = this.#unrecorded.delete(row.id);
    if (row.state === 'sent' && !unrecorded && !(await this.#owner.isGone(row.owner))) return 'wait';
    try {
      return await this.#reconcile(row, sending);
    } catch (thrown) {
      if (unrecorded) this.#unrecorded.add(row.id);
      throw thrown;
    }
  }

  async #reconcile<Result>(row: WriteRow, sending: Sending<Result>): Promise<Recorded<Result> | 'again'> {
    const found = (await sending.find?.(row)) ?? 'unknown';
    if (found === 'unknown') throw recordedFailure(row);
    if (found !== 'absent') {
      await this.#finish(row, { state: 'done', result_json: JSON.stringify(found), error_json: null });
      return { result: found, replayed: true };
    }
    const { numUpdatedRows } = await this.#database.query
      .updateTable('writes')
      .set({ state: 'sent', owner: this.#owner.id, sent_at: this.#clock.now() })
      .where('id', '=', row.id)
      .where('state', '=', row.state)
      .where('owner', '=', row.owner)
      .where('sent_at', '=', row.sent_at)
      .executeTakeFirst();
    // Another process may have taken it over first.
    if (numUpdatedRows === 0n) return 'again';
    return { result: await this.#send(row, sending), replayed: false };
  }
}
