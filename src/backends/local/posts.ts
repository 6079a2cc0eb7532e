import {
  type ExpressionBuilder,
  type Kysely,
  type RawBuilder,
  type SqlBool,
  sql,
  type Transaction,
} from 'kysely';
import type { PostRow, Tables, TargetRow } from '../../database/tables.ts';
import type { PostQuery } from '../../domain/backend.ts';
import { Failure, strangeCursor } from '../../domain/failure.ts';
import type { TargetStatus } from '../../domain/status.ts';
import { statusesBefore, statusOf } from '../../domain/status.ts';
import { SHOWN, SHOWN_OF_TARGET, type ShownPost, type StoredPost } from './wire.ts';

type Query = Kysely<Tables> | Transaction<Tables>;

/** Writes a post and its targets in one transaction; the same request id again answers the post that stands. */
export async function insertPost(
  query: Kysely<Tables>,
  row: PostRow,
  accounts: readonly { readonly id: string; readonly platform: string; readonly publisher: string }[],
): Promise<StoredPost> {
  return query.transaction().execute(async (transaction) => {
    const standing = await transaction
      .selectFrom('posts')
      .select('id')
      .where('request_id', '=', row.request_id)
      .executeTakeFirst();
    if (!standing) {
      await transaction.insertInto('posts').values(row).execute();
      const targets = accounts.map(({ id, platform, publisher }) => ({
        post_id: row.id,
        account_id: id,
        platform,
        status: 'scheduled' as const,
        air_at: row.air_at,
        due_at: row.air_at,
        attempts: 0,
        round: 0,
        publisher,
        remote_id: null,
        url: null,
        published_at: null,
        error_json: null,
      }));
      await transaction.insertInto('targets').values(targets).execute();
    }
    return readPost(transaction, standing?.id ?? row.id);
  });
}

export async function readPost(query: Query, id: string): Promise<StoredPost> {
  const found = await findPost(query, 'id', id);
  if (found) return found;
  throw new Failure('not_found', `There is no post local:${id.slice(0, 80)}.`, {
    field: 'postId',
    next: { tool: 'list_posts', arguments: { backend: 'local' }, why: 'lists the posts that there are' },
  });
}

export async function findPost(
  query: Query,
  by: 'id' | 'request_id',
  value: string,
): Promise<StoredPost | undefined> {
  const row = await query.selectFrom('posts').selectAll().where(by, '=', value).executeTakeFirst();
  if (!row) return undefined;
  return {
    row,
    targets: await query.selectFrom('targets').selectAll().where('post_id', '=', row.id).execute(),
  };
}

/** One page by (air time, id). */
export async function pageOfPosts(query: Kysely<Tables>, wanted: PostQuery): Promise<ShownPost[]> {
  const { status, contentType, accountId, platform, limit, seen } = wanted;
  if (contentType === 'slides' || seen?.accounts?.length === 0) return [];
  const target = { ...(accountId !== undefined && { account_id: accountId }), ...(platform && { platform }) };
  let select = query
    .selectFrom('posts')
    .select(SHOWN.map((column) => `posts.${column}` as const))
    .where(within(wanted, 'posts.air_at', 'posts.id'))
    .orderBy('posts.air_at')
    .orderBy('posts.id')
    .limit(limit);
  if (status) select = select.where('posts.status', '=', status);
  if (seen) select = select.where((where) => where.not(where.exists(unseenTarget(where, seen, 'posts.id'))));
  if (accountId !== undefined || platform) {
    select = select.where((where) => {
      const fitting = where
        .selectFrom('targets')
        .select('targets.post_id')
        .where((row) => row.and(target))
        .where((row) =>
          seen ? row.not(row.exists(unseenTarget(where, seen, 'targets.post_id'))) : row.lit(true),
        );
      if (status) {
        const own = fitting
          .whereRef('targets.air_at', '=', 'posts.air_at')
          .whereRef('targets.post_id', '=', 'posts.id');
        return where.exists(own);
      }
      // Along the targets: they may be few among many posts.
      const first = fitting
        .where(within(wanted, 'targets.air_at', 'targets.post_id'))
        .groupBy(['targets.air_at', 'targets.post_id'])
        .orderBy('targets.air_at')
        .orderBy('targets.post_id')
        .limit(limit);
      return where('posts.id', 'in', first);
    });
  }
  return withTargets(query, await select.execute());
}

/** A target of a post on an account that is not to be seen: a post is seen by who sees all of its accounts. */
function unseenTarget(
  where: ExpressionBuilder<Tables, 'posts'>,
  { accounts, withheld = [] }: NonNullable<PostQuery['seen']>,
  postId: 'posts.id' | 'targets.post_id',
) {
  return where
    .selectFrom('targets as other')
    .select('other.account_id')
    .where(sql<SqlBool>`other.post_id = ${sql.ref(postId)}`)
    .where((target) =>
      target.or([
        ...(withheld.length > 0 ? [target('other.account_id', 'in', [...withheld])] : []),
        ...(accounts ? [target('other.account_id', 'not in', [...accounts])] : []),
      ]),
    );
}

/** Whether an air time is asked for, and comes after the page before. */
function within({ from, to, cursor }: PostQuery, airAtColumn: string, idColumn: string): RawBuilder<SqlBool> {
  const airAt = sql.ref(airAtColumn);
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  const conditions = [
    ...(from === undefined ? [] : [sql`${airAt} >= ${from}`]),
    ...(to === undefined ? [] : [sql`${airAt} < ${to}`]),
    ...(after ? [sql`(${airAt}, ${sql.ref(idColumn)}) > (${after.airAt}, ${after.id})`] : []),
  ];
  return conditions.length > 0 ? sql<SqlBool>`${sql.join(conditions, sql` and `)}` : sql<SqlBool>`true`;
}

async function withTargets(query: Query, rows: readonly ShownPost['row'][]): Promise<ShownPost[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const targets = await query
    .selectFrom('targets')
    .select(SHOWN_OF_TARGET)
    .where('post_id', 'in', ids)
    .execute();
  const byPost = Map.groupBy(targets, (target) => target.post_id);
  return rows.map((row) => ({ row, targets: byPost.get(row.id) ?? [] }));
}

export function cursorAfter({ row }: ShownPost): string {
  return `${row.air_at}.${row.id}`;
}

function parseCursor(cursor: string): { airAt: number; id: string } {
  const [, airAt, id] = /^(-?\d{1,16})\.([a-z0-9]+)$/.exec(cursor) ?? [];
  if (airAt === undefined || id === undefined) throw strangeCursor();
  return { airAt: Number(airAt), id };
}

/** Changes targets and works out what the post is now. To be called inside a transaction. */
export async function updateTargets(
  transaction: Transaction<Tables>,
  where: { readonly postId: string; readonly accountIds: readonly string[] },
  change: Partial<Omit<TargetRow, 'post_id' | 'account_id'>> & { readonly status: TargetStatus },
  now: number,
): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('targets')
    .set(change)
    .where('post_id', '=', where.postId)
    .where('account_id', 'in', [...where.accountIds])
    .where('status', 'in', [...statusesBefore(change.status), change.status])
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== where.accountIds.length) {
    throw new Error(`A target of ${where.postId} cannot become ${change.status}.`);
  }
  await refreshPost(transaction, where.postId, now);
}

async function refreshPost(transaction: Transaction<Tables>, postId: string, now: number): Promise<void> {
  const targets = await transaction
    .selectFrom('targets')
    .select('status')
    .where('post_id', '=', postId)
    .execute();
  await transaction
    .updateTable('posts')
    .set((row) => ({
      status: statusOf(targets.map((target) => target.status)),
      version: row('version', '+', 1),
      updated_at: now,
    }))
    .where('id', '=', postId)
    .execute();
}

interface Rescheduling {
  readonly accountIds: readonly string[];
  readonly labelOf: (accountId: string) => string;
  readonly now: number;
}

/** Puts targets back in line, due now, for what publishes for their accounts at present. */
export async function rescheduleTargets(
  query: Kysely<Tables>,
  id: string,
  { accountIds, labelOf, now }: Rescheduling,
): Promise<StoredPost> {
  return query.transaction().execute(async (transaction) => {
    const { targets } = await readPost(transaction, id);
    const waiting = targets.filter(
      ({ status }) => status === 'failed' || status === 'missed' || status === 'unconfirmed',
    );
    for (const { account_id, status, round, remote_id } of waiting) {
      if (!accountIds.includes(account_id)) continue;
      // What may be live is asked for under the same key; what surely is not begins anew.
      const publisher = labelOf(account_id);
      const anew = status === 'unconfirmed' ? { round, remote_id } : { round: round + 1, remote_id: null };
      const change = {
        status: 'scheduled',
        due_at: now,
        attempts: 0,
        error_json: null,
        publisher,
        ...anew,
      } as const;
      await updateTargets(transaction, { postId: id, accountIds: [account_id] }, change, now);
    }
    return readPost(transaction, id);
  });
}
