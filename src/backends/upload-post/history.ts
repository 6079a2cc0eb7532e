import type { Call } from '../../domain/call.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { completeGroup, type Group, groupsOf, type HistoryPage, momentOf, nameOf } from './groups.ts';
import { toPostId, toReference } from './ids.ts';
import { type Facts, toContentType, toPost } from './posts.ts';
import { HISTORY_PAGE, readHistory } from './reading.ts';
import type { HistoryRow, Running } from './wire.ts';

/**
 * A page of the vendor's history, and the last row that was used. What runs in the meantime moves rows downwards, so
 * that a count alone would show some again.
 */
export interface HistoryPlace {
  readonly in: 'history';
  readonly page: number;
  readonly after?: { readonly at: number; readonly row: string };
}

interface Wanted {
  readonly place: HistoryPlace;
  readonly limit: number;
  readonly from: number | undefined;
}

interface Listed {
  readonly rows: readonly Post[];
  readonly next?: HistoryPlace;
}

/** Stands for a row in a place where so many of the posts that run just now were shown: they come before all rows. */
const RUNNING_ROW = 'running';

export async function pageOfHistory(http: Http, { place, limit, from }: Wanted, call: Call): Promise<Listed> {
  const { history, in_progress, total } = await readHistory(http, place.page, call);
  const page = { number: place.page, history };
  const running = (in_progress ?? []).flatMap(toRunning);
  const shown = shownRunning(place);
  const runningPosts = running.slice(shown, shown + limit).map(toPost);
  if (runningPosts.length === limit) {
    const after = { at: shown + limit, row: RUNNING_ROW };
    return { rows: runningPosts, next: { in: 'history', page: 1, after } };
  }
  const start = startOf(history, place);
  const isRunning = ({ reference }: Pick<Group, 'reference'>) =>
    running.some((one) => toPostId(one.reference) === toPostId(reference));
  const groups = groupsOf(history).filter((group) => group.index >= start && !isRunning(group));
  const chosen = groups.slice(0, limit - runningPosts.length);
  const whole = await Promise.all(chosen.map((group) => completeGroup(http, group, { page, call })));
  const rows = [...runningPosts, ...whole.flatMap((group) => (group ? toListed(group) : []))];
  const next =
    groups.length > chosen.length ? placeAfter(page, chosen) : placeOnNextPage(page, { place, start, total });
  const isPast = next?.after !== undefined && from !== undefined && next.after.at < from;
  return { rows, ...(next && !isPast && { next }) };
}

function shownRunning({ page, after }: HistoryPlace): number {
  if (page === 1 && after === undefined) return 0;
  return after?.row === RUNNING_ROW ? after.at : Number.POSITIVE_INFINITY;
}

function toRunning(running: Running): Facts[] {
  const reference = toReference(running);
  return reference ? [{ reference, running, history: [] }] : [];
}

function toListed({ reference, rows }: Group): Post[] {
  const isKnown = toContentType(rows[0]?.media_type) !== undefined;
  return isKnown ? [toPost({ reference, history: rows })] : [];
}

/** The first row that was not used. The last one that was may have moved to a later page. */
function startOf(history: readonly HistoryRow[], { after }: HistoryPlace): number {
  if (!after || after.row === RUNNING_ROW) return 0;
  const last = history.findIndex((row) => momentOf(row) === after.at && nameOf(row) === after.row);
  if (last >= 0) return last + 1;
  const older = history.findIndex((row) => momentOf(row) <= after.at);
  return older < 0 ? history.length : older;
}

/** After the newest row of the last post, and what belongs to posts that are shown by then. */
function placeAfter({ number, history }: HistoryPage, chosen: readonly Group[]): HistoryPlace {
  const shown = new Set(chosen.flatMap(({ rows }) => rows));
  const newest = chosen.at(-1)?.index ?? 0;
  const open = history.findIndex((row, index) => index > newest && !shown.has(row));
  return { in: 'history', page: number, ...anchor(history[open - 1]) };
}

function placeOnNextPage(
  { number, history }: HistoryPage,
  { place, start, total }: { place: HistoryPlace; start: number; total: number | null | undefined },
): HistoryPlace | undefined {
  const isLast =
    history.length < HISTORY_PAGE || (total ?? Number.POSITIVE_INFINITY) <= number * HISTORY_PAGE;
  if (isLast) return undefined;
  const moved = start >= history.length && place.after ? { after: place.after } : anchor(history.at(-1));
  return { in: 'history', page: number + 1, ...moved };
}

function anchor(row: HistoryRow | undefined): Pick<HistoryPlace, 'after'> {
  return row ? { after: { at: momentOf(row), row: nameOf(row) } } : {};
}
