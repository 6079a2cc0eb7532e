import { type Kysely, sql } from 'kysely';
import type { OrderLikeness, OtherOrders } from '../domain/backend.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Platform } from '../domain/platform.ts';
import type { Tables, TargetRow, WriteRow } from './tables.ts';

/** Who asks: a write, or a target that is published through a vendor. */
interface Asking {
  readonly backend: BackendName;
  readonly accountIds: readonly string[];
  readonly write?: Pick<WriteRow, 'id' | 'arguments_hash' | 'created_at'>;
  readonly target?: Pick<TargetRow, 'post_id' | 'account_id'>;
}

/** What a target remembers that is published through an account of a vendor. */
export function relayLabel(backend: BackendName, accountId: string): string {
  return `relay ${toHandle(backend, accountId)}`;
}

/** What else was asked for, by whatever way, that a vendor may not tell from the order of who asks. */
export async function otherOrders(query: Kysely<Tables>, asking: Asking): Promise<OtherOrders> {
  const written = await writesInDoubt(query, asking);
  const relayed = await Promise.all(asking.accountIds.map((id) => targetsInDoubt(query, asking, id)));
  return { posts: await knownPosts(query, asking), inDoubt: [...written, ...relayed.flat()] };
}

/**
 * A post of the same order made anew may be the one that is looked for. Not so where it was known before this one was sent:
 * then it is wanted twice.
 */
async function knownPosts(query: Kysely<Tables>, { write, target }: Asking): Promise<Set<string>> {
  const ofOthers = write
    ? sql`(writes.arguments_hash <> ${write.arguments_hash}
          or (writes.id <> ${write.id} and writes.finished_at <= ${write.created_at}))`
    : sql`true`;
  const { rows } = await sql<{ id: string }>`
    select json_extract(post.value, '$.id') as id from writes, json_each(writes.result_json, '$.posts') as post
      where writes.state = 'done' and writes.tool = 'create_video_post' and ${ofOthers}
    union select remote_id as id from targets where remote_id is not null
      and not (post_id = ${target?.post_id ?? ''} and account_id = ${target?.account_id ?? ''})`.execute(
    query,
  );
  return new Set(rows.map(({ id }) => id));
}

async function writesInDoubt(
  query: Kysely<Tables>,
  { backend, accountIds, write }: Asking,
): Promise<OrderLikeness[]> {
  const rows = await query
    .selectFrom('writes')
    .select('arguments_json')
    .where('state', 'in', ['sent', 'unknown'])
    .where('backend', '=', backend)
    .where('tool', '=', 'create_video_post')
    .where('arguments_hash', '<>', write?.arguments_hash ?? '')
    .execute();
  return rows
    .map((row) => JSON.parse(row.arguments_json) as Partial<OrderLikeness>)
    .flatMap(({ accounts = [], options = {}, ...order }) =>
      accounts.some(({ id }) => accountIds.includes(id)) ? [{ accounts, options, ...order }] : [],
    );
}

async function targetsInDoubt(
  query: Kysely<Tables>,
  { backend, target }: Asking,
  accountId: string,
): Promise<OrderLikeness[]> {
  const { rows } = await sql<InDoubt>`
    select targets.platform, caption, title, options_json from targets join posts on posts.id = targets.post_id
      where publisher = ${relayLabel(backend, accountId)} and remote_id is null
      and targets.status in ('scheduled', 'processing', 'unconfirmed')
      and not (post_id = ${target?.post_id ?? ''} and account_id = ${target?.account_id ?? ''})
      and exists (select 1 from attempts where attempts.post_id = targets.post_id
        and attempts.account_id = targets.account_id and attempts.round = targets.round
        and (outcome is null or outcome = 'unknown'))`.execute(query);
  return rows.map(({ platform, caption, title, options_json }) => ({
    accounts: [{ id: accountId, platform, username: '', state: 'ready' }],
    ...(caption !== null && { caption }),
    ...(title !== null && { title }),
    options: JSON.parse(options_json) as OrderLikeness['options'],
  }));
}

interface InDoubt {
  readonly platform: Platform;
  readonly caption: string | null;
  readonly title: string | null;
  readonly options_json: string;
}
