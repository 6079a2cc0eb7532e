import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { otherOrders } from '../database/other-orders.ts';
import type { WriteRow } from '../database/tables.ts';
import type { OtherOrders } from '../domain/backend.ts';
import type { Clock } from '../domain/clock.ts';
import type { BackendName } from '../domain/handle.ts';
import { draftOf } from './approval-scope.ts';
import type { ProcessOwner } from './process-owner.ts';
import type { Write } from './write.ts';

/** How long a call without a key is taken for the same call. */
const PRINT_MS = 24 * 3_600_000;

/** What the ledger tells of the writes that were asked for. */
export class LedgerReader {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #owner: ProcessOwner;

  constructor({ database, clock, owner }: { database: Database; clock: Clock; owner: ProcessOwner }) {
    this.#database = database;
    this.#clock = clock;
    this.#owner = owner;
  }

  /**
   * The rows of a scope that still count, oldest first. Of a call without a key also those that it was no repeat of when it was
   * made again: what they made may have been tried again since.
   */
  async rowsOf(scope: string): Promise<WriteRow[]> {
    const print = /^print:(.*)$/.exec(scope)?.[1];
    const rows = await this.#database.query
      .selectFrom('writes')
      .selectAll()
      .where((row) =>
        row.or([
          row('scope', '=', scope),
          ...(print === undefined
            ? []
            : [row.and([row('arguments_hash', '=', print), row('scope', 'is', null)])]),
        ]),
      )
      .where('state', '<>', 'refused')
      .orderBy('id')
      .execute();
    return rows.filter((row) => !this.isExpired(row));
  }

  /** The last try of each part of a scope, those that were refused among them. */
  async lastTriesOf(scope: string): Promise<WriteRow[]> {
    const rows = await this.#database.query
      .selectFrom('writes')
      .selectAll()
      .where('scope', '=', scope)
      .orderBy('id')
      .execute();
    return [...new Map(rows.map((row) => [row.part, row])).values()];
  }

  /** Whether a process that lives has it in hand: its outcome is to come. */
  async isUnderWay({ state, owner }: WriteRow): Promise<boolean> {
    return state === 'sent' && !(await this.#owner.isGone(owner));
  }

  async byRequestId(requestId: string): Promise<WriteRow | undefined> {
    return this.#database.query
      .selectFrom('writes')
      .selectAll()
      .where('request_id', '=', requestId)
      .executeTakeFirst();
  }

  /** Every other write of the same post as the one that made this post. */
  async othersOf(backend: string, postId: string): Promise<WriteRow[]> {
    const { rows } = await sql<WriteRow>`
      select other.* from writes as first join writes as other on other.id <> first.id and other.part = first.part
        and other.arguments_hash = first.arguments_hash and other.state <> 'refused'
      where first.backend = ${backend} and first.tool = 'create_video_post'
        and instr(first.result_json, ${`"id":${JSON.stringify(postId)}`})`.execute(this.#database.query);
    return rows;
  }

  /** Every other write of the same post as this one is, of the time and kind in which it is taken for the same. */
  async sameAs({ part, argumentsHash, requestId }: Write): Promise<WriteRow[]> {
    const rows = await this.#database.query
      .selectFrom('writes')
      .selectAll()
      .where('arguments_hash', '=', argumentsHash)
      .where('part', '=', part)
      .where('request_id', '<>', requestId)
      .where('state', '<>', 'refused')
      .execute();
    const since = this.#clock.now() - PRINT_MS;
    return rows.filter((row) => isWithoutKey(row) && (row.state !== 'done' || row.created_at > since));
  }

  /** The write that was made in the place of one that never arrived, however long ago. */
  async madeInPlaceOf(absent: WriteRow): Promise<WriteRow | undefined> {
    const rows = await this.#database.query
      .selectFrom('writes')
      .selectAll()
      .where('arguments_hash', '=', absent.arguments_hash)
      .where('part', '=', absent.part)
      .where('id', '>', absent.id)
      .where('state', '<>', 'refused')
      .orderBy('id')
      .execute();
    return rows.find((row) => row.scope === absent.scope || (isWithoutKey(row) && isWithoutKey(absent)));
  }

  /** What else was asked for that a vendor may not tell from this write. */
  async othersBeside(write: WriteRow, accountIds: readonly string[]): Promise<OtherOrders> {
    const backend = write.backend as BackendName;
    return otherOrders(this.#database.query, { backend, accountIds, write });
  }

  /** Whether a process that lives is trying one of these posts again. */
  async isTriedAgain(postIds: readonly string[]): Promise<boolean> {
    const rows = await this.#database.query
      .selectFrom('writes')
      .select('owner')
      .where('tool', '=', 'retry_post')
      .where('part', 'in', [...postIds])
      .where('state', '=', 'sent')
      .execute();
    const gone = await Promise.all(rows.map(({ owner }) => this.#owner.isGone(owner)));
    return gone.includes(false);
  }

  /** Writes of which nobody knows what came: unanswered, or sent by a process that is surely gone. Oldest first. */
  async unsettled(backend?: string): Promise<WriteRow[]> {
    let select = this.#database.query
      .selectFrom('writes')
      .selectAll()
      .where('state', 'in', ['sent', 'unknown'])
      .orderBy('id');
    if (backend !== undefined) select = select.where('backend', '=', backend);
    const rows = await select.execute();
    const underWay = await Promise.all(rows.map((row) => this.isUnderWay(row)));
    return rows.filter((_, index) => !underWay[index]);
  }

  protected isExpired({ state, scope, created_at }: WriteRow): boolean {
    const hasKey = scope?.startsWith('key:') === true;
    return state === 'done' && !hasKey && created_at + PRINT_MS <= this.#clock.now();
  }
}

/** Whether no key of a caller says that it is meant as a post of its own. */
function isWithoutKey({ scope }: WriteRow): boolean {
  return scope === null || scope.startsWith('print:') || draftOf(scope) !== undefined;
}
