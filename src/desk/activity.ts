import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { recordEvent } from '../database/events.ts';
import type { NewEvent } from '../database/tables.ts';
import { toMoment } from '../domain/air-time.ts';
import { type Caller, OWN_TENANT } from '../domain/call.ts';
import { Failure, type FailureAnswer } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import type { Desk } from './desk.ts';
import { isRestricted } from './rights.ts';
import { unconfirmedId } from './unsettled.ts';

interface Wanted {
  readonly backend?: BackendName | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** A call from the ledger, or an event; `source` orders the two within a millisecond. */
interface Row {
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

/** What was asked and what happened, newest first. */
export class Activity {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(event: NewEvent): Promise<void> {
    await recordEvent(this.#database.query, event);
  }

  async rows({
    backend,
    limit,
    before,
    caller,
  }: {
    backend: BackendName | undefined;
    limit: number;
    before: Place | undefined;
    caller: Caller;
  }): Promise<Row[]> {
    const older = before ? sql`and (at, source, id) < (${before.at}, ${before.source}, ${before.id})` : sql``;
    const only = backend ? sql`and backend = ${backend}` : sql``;
    const own =
      !isRestricted(caller) && caller.tenant === OWN_TENANT
        ? sql``
        : sql`and tenant = ${caller.tenant} and token is ${caller.token ?? null}`;
    const { rows } = await sql<Row>`
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

interface Place {
  readonly at: number;
  readonly source: number;
  readonly id: number;
}

export async function getActivity(desk: Desk, { backend, limit = 20, cursor }: Wanted, caller: Caller) {
  const before = cursor === undefined ? undefined : parsePlace(cursor);
  const found = await desk.activity.rows({ backend, limit: limit + 1, before, caller });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = last !== undefined && found.length > rows.length;
  return {
    activity: rows.map((row) => toAnswer(desk, row)),
    hasMore: more,
    nextCursor: more ? `${last.at}.${last.source}.${last.id}` : null,
  };
}

function parsePlace(cursor: string): Place {
  const [, at, source, id] = /^(\d{1,16})\.([01])\.(\d{1,16})$/.exec(cursor) ?? [];
  if (at === undefined)
    throw new Failure('invalid_parameter', 'The cursor is not one that Airdate gave out.', {
      field: 'cursor',
      hint: 'Pass nextCursor of the page before, or leave cursor out to begin anew.',
    });
  return { at: Number(at), source: Number(source), id: Number(id) };
}

const OUTCOMES = { sent: 'under_way', done: 'done', refused: 'refused', unknown: 'unknown' } as const;

function toAnswer(desk: Desk, row: Row) {
  const error = row.error_json === null ? undefined : (JSON.parse(row.error_json) as FailureAnswer);
  return {
    at: toMoment(row.at, desk.timezone),
    what: row.kind,
    backend: row.backend,
    ...(row.client !== null && { client: row.client }),
    ...(row.token !== null && { token: row.token }),
    ...(row.state !== null && { outcome: OUTCOMES[row.state] }),
    postIds: postIds(row).map((id) => (id.includes(':') ? id : toHandle(row.backend, id))),
    ...(row.account_id !== null && { accountIds: [toHandle(row.backend, row.account_id)] }),
    ...(row.detail !== null && { detail: row.detail }),
    ...(error && { error: { code: error.code, message: error.message } }),
  };
}

function postIds({ post_id, state, request_id, arguments_json, result_json, kind }: Row): string[] {
  if (post_id !== null) return [post_id];
  const { postId } = JSON.parse(arguments_json ?? '{}') as { postId?: string };
  if (postId !== undefined) return [postId];
  const { posts = [] } = JSON.parse(result_json ?? '{}') as { posts?: readonly Post[] };
  if (posts.length > 0) return posts.map(({ id }) => id);
  return kind === 'create_video_post' && state === 'unknown' && request_id !== null
    ? [unconfirmedId(request_id)]
    : [];
}
