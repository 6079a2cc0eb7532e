import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../database/tables.ts';

export interface DueTarget {
  readonly post_id: string;
  readonly account_id: string;
  readonly due_at: number;
}

/** What a process can publish: an account by what publishes for it. */
export interface Label {
  readonly accountId: string;
  readonly label: string;
}

/** Only `of` some labels, or `not` of them, where that is said. */
export interface Whose {
  readonly of?: readonly Label[];
  readonly not?: readonly Label[];
}

/** Targets that are due. */
export async function dueTargets(
  query: Kysely<Tables>,
  now: number,
  { limit, of, not }: Whose & { readonly limit: number },
): Promise<DueTarget[]> {
  const only = of ? sql`and ${among(of)}` : not ? sql`and not ${among(not)}` : sql``;
  const { rows } = await sql<DueTarget>`
    select post_id, account_id, due_at from targets where due_at is not null and due_at <= ${now} ${only}
    order by due_at limit ${limit}`.execute(query);
  return rows;
}

/** When the next target is due after `now`. */
export async function nextDueAt(
  query: Kysely<Tables>,
  now: number,
  of: readonly Label[],
): Promise<number | undefined> {
  const { rows } = await sql<{ due_at: number }>`
    select due_at from targets where due_at > ${now} and ${among(of)} order by due_at limit 1`.execute(query);
  return rows[0]?.due_at;
}

function among(labels: readonly Label[]) {
  if (labels.length === 0) return sql`false`;
  return sql`(account_id, publisher) in (values ${sql.join(labels.map(({ accountId, label }) => sql`(${accountId}, ${label})`))})`;
}
