import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { recordEvent } from '../database/events.ts';
import type { NewEvent } from '../database/tables.ts';
import { type Caller, OWN_TENANT } from '../domain/call.ts';
import type { BackendName } from '../domain/handle.ts';
import { isRestricted } from './rights.ts';

/** A call from the ledger, or an event; `source` orders the two within a millisecond. */
export interface ActivityRow {
  readonly source: number;
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly backend: BackendName;
  readonly client: string | null;
  readonly token: string | null;
  readonly state: 'sent' | 'done' | 'refused' | 'unknown' | null;
  readonly request_id: string | null;
  readonly arguments_json: string | null;
  readonly result_json: string | null;
  readonly error_json: string | null;
  readonly post_id: string | null;
  readonly account_id: string | null;
  readonly detail: string | null;
}

/** Longer than any repeat of a call is to be expected. */
const KEPT_MS = 90 * 86_400_000;

/** What was asked and what happened, newest first. */
export class Activity {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(event: NewEvent): Promise<void> {
    await recordEvent(this.#database.query, event);
  }

  /**
   * Forgets what nobody asks for any more. Writes of unknown outcome, those with an idempotency key, which is good for ever, and
   * the posts themselves are never forgotten.
   */
  async prune(now: number): Promise<void> {
    const before = now - KEPT_MS;
    const { query } = this.#database;
    await query
      .deleteFrom('writes')
      .where('state', 'in', ['done', 'refused'])
      .where((row) =>
        row.or([row('state', '=', 'refused'), row('scope', 'is', null), row('scope', 'not like', 'key:%')]),
      )
      .where('created_at', '<', before)
      .execute();
    await query.deleteFrom('events').where('at', '<', before).execute();
  }

  async rows({
    backend,
    limit,
    before,
    caller,
  }: {
    backend: BackendName | undefined;
    limit: number;
    before: ActivityPlace | undefined;
    caller: Caller;
  }): Promise<ActivityRow[]> {
    const older = before ? sql`and (at, source, id) < (${before.at}, ${before.source}, ${before.id})` : sql``;
    const only = backend ? sql`and backend = ${backend}` : sql``;
    const own =
      !isRestricted(caller) && caller.tenant === OWN_TENANT
        ? sql``
        : sql`and tenant = ${caller.tenant} and token is ${caller.token ?? null}`;
    const { rows } = await sql<ActivityRow>`
      select * from (
        select 1 as source, id, created_at as at, tool as kind, backend, client, token, tenant, state, request_id, arguments_json,
          result_json, error_json, null as post_id, null as account_id, null as detail from writes
        union all
        select 0, id, at, kind, backend, null, null, null, null, null, null, null, null, post_id, account_id, detail from events
      ) where true ${older} ${only} ${own} order by at desc, source desc, id desc limit ${limit}`.execute(
      this.#database.query,
    );
    return rows;
  }
}

/** After which row a page begins. */
export interface ActivityPlace {
  readonly at: number;
  readonly source: number;
  readonly id: number;
}
