import type { Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Tables, WriteRow } from '../database/tables.ts';
import type { Clock } from '../domain/clock.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Log } from '../domain/log.ts';
import { approvalScope } from './approval-scope.ts';
import type { Created } from './part.ts';
import type { ProcessOwner } from './process-owner.ts';
import type { Proposal } from './proposal.ts';
import { columnsOf } from './proposals.ts';

const AGAIN_MS = 5_000;

interface Surroundings {
  readonly database: Database;
  readonly clock: Clock;
  readonly owner: ProcessOwner;
  readonly log: Log;
}

/** Which drafts are approved, and which process is at it: nothing is sent later of what was answered before. */
export class Approvals implements AsyncDisposable {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #owner: ProcessOwner;
  readonly #log: Log;
  /** Drafts whose approval came to an end which could not be recorded: the disk was full, say. */
  readonly #unrecorded = new Set<string>();
  readonly #ending = new AbortController();

  constructor({ database, clock, owner, log }: Surroundings) {
    this.#database = database;
    this.#clock = clock;
    this.#owner = owner;
    this.#log = log;
  }

  /**
   * Takes a draft out of the hands of everybody else, in one statement: it can be neither edited nor cancelled until the
   * approval ends. `hash`: what its writes are known by. `false` when it is not any more what it was when it was read.
   */
  async begin({ id, draft, contentSha256 }: Proposal, hash: string): Promise<boolean> {
    const { draft_json, content_sha256 } = columnsOf({ draft, ...(contentSha256 && { contentSha256 }) });
    const { numUpdatedRows } = await this.#database.query
      .updateTable('proposals')
      .set({
        status: 'approved',
        approver: this.#owner.id,
        approved_hash: hash,
        updated_at: this.#clock.now(),
      })
      .where('id', '=', id)
      .where('status', '=', 'draft')
      .where('draft_json', '=', draft_json)
      .where('content_sha256', 'is', content_sha256)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Makes an approval this process's own that no living process is at, and says whether it had been answered. */
  async takeOver(id: string): Promise<'under way' | 'answered' | 'cut off'> {
    const { query } = this.#database;
    const row = await query.selectFrom('proposals').selectAll().where('id', '=', id).executeTakeFirst();
    if (row?.status !== 'approved') return 'under way';
    if (row.approver !== null && !(await this.#owner.isGone(row.approver))) return 'under way';
    const { numUpdatedRows } = await query
      .updateTable('proposals')
      .set({ approver: this.#owner.id })
      .where('id', '=', id)
      .where('status', '=', 'approved')
      .where('approver', 'is', row.approver)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return 'under way';
    if (row.approver === null) return 'answered';
    const answer = await query
      .selectFrom('writes')
      .select('id')
      .where('scope', '=', approvalScope(id))
      .where((write) => write.or([write('state', '=', 'unknown'), write('error_json', 'is not', null)]))
      .executeTakeFirst();
    return answer ? 'answered' : 'cut off';
  }

  /**
   * Ends an approval that nobody else is at: what nothing stands of waits again as a draft, and what all of it became is
   * kept. What came of it is true also when it cannot be recorded, which is then done as soon as it can be.
   */
  async end(id: string): Promise<void> {
    try {
      await this.#database.query.transaction().execute((transaction) => this.#end(transaction, id));
      this.#unrecorded.delete(id);
    } catch (error) {
      const facts = { postId: toHandle('local', id), error: String(error) };
      this.#log('error', 'What came of an approved draft could not be kept.', facts);
      const isFirst = this.#unrecorded.size === 0;
      this.#unrecorded.add(id);
      if (isFirst) void this.#endLater();
    }
  }

  async #end(transaction: Transaction<Tables>, id: string): Promise<void> {
    const scope = approvalScope(id);
    const writes = await transaction
      .selectFrom('writes')
      .selectAll()
      .where('scope', '=', scope)
      .where('state', '<>', 'refused')
      .orderBy('id')
      .execute();
    const isDone = writes.every(({ state }) => state === 'done');
    await transaction
      .updateTable('proposals')
      .set({
        approver: null,
        updated_at: this.#clock.now(),
        ...(writes.length === 0 && { status: 'draft' as const }),
        ...(isDone && { post_ids_json: JSON.stringify(writes.flatMap(postIdsOf)) }),
      })
      .where('id', '=', id)
      .where('status', '=', 'approved')
      .where((row) => row.or([row('approver', 'is', null), row('approver', '=', this.#owner.id)]))
      .execute();
  }

  async #endLater(): Promise<void> {
    while (this.#unrecorded.size > 0) {
      await this.#clock.sleep(AGAIN_MS, this.#ending.signal);
      if (this.#ending.signal.aborted) return;
      for (const id of this.#unrecorded) await this.end(id);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    for (const id of this.#unrecorded) await this.end(id);
  }
}

function postIdsOf({ backend, result_json }: WriteRow): string[] {
  const { posts } = JSON.parse(result_json ?? '{"posts":[]}') as Created;
  return posts.map(({ id }) => toHandle(backend as BackendName, id));
}
