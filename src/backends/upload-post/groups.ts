import type { Call } from '../../domain/call.ts';
import type { Http } from '../http.ts';
import { type Reference, toPostId, toReference } from './ids.ts';
import { HISTORY_PAGE, readHistoryOf } from './reading.ts';
import { type HistoryRow, toInstant } from './wire.ts';

/** A post has a row for each platform, and one more for each retry. It is listed where its newest row stands. */
export interface Group {
  readonly reference: Reference;
  /** Newest first. */
  readonly rows: readonly HistoryRow[];
  /** Where its first row on the page stands. */
  readonly index: number;
}

export interface HistoryPage {
  readonly number: number;
  readonly history: readonly HistoryRow[];
}

/** A row without an id belongs to nothing that could be asked for again. */
export function groupsOf(history: readonly HistoryRow[]): Group[] {
  const groups = new Map<string, { reference: Reference; rows: HistoryRow[]; index: number }>();
  for (const [index, row] of history.entries()) {
    const reference = toReference(row);
    if (!reference) continue;
    const group = groups.get(toPostId(reference));
    if (group) group.rows.push(row);
    else groups.set(toPostId(reference), { reference, rows: [row], index });
  }
  return [...groups.values()];
}

/** The post with its rows on other pages, or nothing where a newer row than those here has shown it already. */
export async function completeGroup(
  http: Http,
  group: Group,
  { page, call }: { readonly page: HistoryPage; readonly call: Call },
): Promise<Group | undefined> {
  if (isWhole(group, page)) return group;
  const rows = await readHistoryOf(http, group.reference, call);
  const [newest] = rows;
  const [first] = group.rows;
  if (!newest || !first) return group;
  return isSameRow(newest, first) ? { ...group, rows } : undefined;
}

/** Whether the page says all of the post. A failed one may have been tried again, which earlier pages would show. */
function isWhole({ rows, index }: Group, { number, history }: HistoryPage): boolean {
  const isFirst = number === 1;
  const isLast = history.length < HISTORY_PAGE;
  if (isFirst && isLast) return true;
  if (!isFirst && rows.some(({ success }) => success !== true)) return false;
  const total = rows[0]?.request_total_platforms;
  if (total) return new Set(rows.map(({ platform }) => platform)).size >= total;
  const last = history.at(-1);
  return (isFirst || index > 0) && (isLast || !last || !rows.includes(last));
}

function isSameRow(one: HistoryRow, other: HistoryRow): boolean {
  return momentOf(one) === momentOf(other) && nameOf(one) === nameOf(other);
}

export function momentOf({ upload_timestamp }: HistoryRow): number {
  return toInstant(upload_timestamp) ?? 0;
}

export function nameOf(row: HistoryRow): string {
  return `${row.request_id ?? row.job_id}/${row.platform}`;
}
