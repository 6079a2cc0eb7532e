import { z } from 'zod';
import type { Page, PostQuery } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import { Failure, strangeCursor } from '../../domain/failure.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { posteverywhereCapabilities } from './capabilities.ts';
import { answerOf } from './fields.ts';
import { fromWirePost, toWireStatus, WirePost } from './wire.ts';

const Pagination = z.object({ total: z.number().nullish(), has_more: z.boolean().nullish() });
export const WirePage = z.object({
  posts: z.array(WirePost),
  pagination: Pagination.nullish().catch(undefined),
  total: z.number().nullish(),
});
type WirePage = z.infer<typeof WirePage>;

/** A post that goes out at once may have no scheduled time, and is then found by when it was made. */
const CREATED_SLACK_MS = 60_000;

type Stage = 'scheduled' | 'immediate';

interface Place {
  readonly stage: Stage;
  readonly offset: number;
}

/**
 * One page, soonest first. Between two times come the scheduled posts, then those that went out at once: the vendor has
 * no one filter for both.
 */
export async function listPosts(
  { http, clock }: { readonly http: Http; readonly clock: Clock },
  query: PostQuery,
  call: Call,
): Promise<Page<Post>> {
  if (!canMatch(query)) return { rows: [] };
  const place = parseCursor(query.cursor);
  const { posts, next } = await readStage(http, query, place, call);
  const both = hasImmediate(query, clock.now());
  if (next !== undefined) return { rows: posts, nextCursor: toCursor({ ...place, offset: next }) };
  if (place.stage === 'immediate' || !both) return { rows: posts };
  const left = query.limit - posts.length;
  const rest: Place = { stage: 'immediate', offset: 0 };
  if (left === 0) return { rows: posts, nextCursor: toCursor(rest) };
  const more = await readStage(http, { ...query, limit: left }, rest, call);
  return {
    rows: [...posts, ...more.posts],
    ...(more.next !== undefined && { nextCursor: toCursor({ ...rest, offset: more.next }) }),
  };
}

/** What the vendor has no word for it has no posts for. */
function canMatch({ status, platform, accountId }: PostQuery): boolean {
  return (
    (status === undefined || toWireStatus(status) !== undefined) &&
    (platform === undefined || posteverywhereCapabilities.platforms.includes(platform)) &&
    (accountId === undefined || /^\d+$/.test(accountId))
  );
}

interface Stretch {
  readonly posts: readonly Post[];
  /** The offset of the next page. */
  readonly next?: number;
}

async function readStage(
  http: Http,
  query: PostQuery,
  { stage, offset }: Place,
  call: Call,
): Promise<Stretch> {
  const { limit } = query;
  const page = await readPage(http, { ...filtersOf(query, stage), limit, offset }, call);
  const rows = page.posts.filter((row) => stage === 'scheduled' || row.scheduled_for === undefined);
  const next = hasMore(page, offset, limit) ? { next: offset + page.posts.length } : {};
  return { posts: rows.map((row) => fromWirePost(row)), ...next };
}

type Filters = Readonly<Record<string, string | number | undefined>>;

/** An older page of the vendor knows three words for a status; without the filter the desk picks the posts. */
async function readPage(http: Http, query: Filters, call: Call): Promise<WirePage> {
  const read = (filters: Filters) =>
    http.read({ path: '/posts', query: filters, schema: answerOf(WirePage) }, call);
  try {
    return await read(query);
  } catch (thrown) {
    const refused = Failure.from(thrown).code === 'invalid_parameter';
    const { status, ...others } = query;
    if (!refused || !NEWER_STATUSES.includes(status)) throw thrown;
    return read(others);
  }
}

const NEWER_STATUSES: readonly unknown[] = ['publishing', 'partially_failed', 'failed'];

function filtersOf({ status, platform, accountId, from, to }: PostQuery, stage: Stage): Filters {
  const kind = stage === 'scheduled' ? 'scheduled' : 'created';
  // Whether the bounds are inclusive is not told; what is too much the desk leaves out.
  const slack = stage === 'scheduled' ? 1 : CREATED_SLACK_MS;
  return {
    status: status && toWireStatus(status),
    platform,
    account_id: accountId,
    [`${kind}_after`]: from === undefined ? undefined : new Date(from - slack).toISOString(),
    [`${kind}_before`]: to === undefined ? undefined : new Date(to).toISOString(),
    sort: stage === 'scheduled' ? 'scheduled_for' : 'created_at',
    order: 'asc',
  };
}

function hasImmediate({ status, from, to }: PostQuery, now: number): boolean {
  const bounded = from !== undefined || to !== undefined;
  return bounded && (from ?? 0) <= now && status !== 'scheduled' && status !== 'draft';
}

/** https://developers.posteverywhere.ai/pagination; some answers leave out what it promises. */
export function hasMore({ posts, pagination, total }: WirePage, offset: number, limit: number): boolean {
  if (posts.length === 0) return false;
  const all = pagination?.total ?? total;
  return pagination?.has_more ?? (all == null ? posts.length >= limit : offset + posts.length < all);
}

function toCursor({ stage, offset }: Place): string {
  return `${stage}.${offset}`;
}

function parseCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return { stage: 'scheduled', offset: 0 };
  const [, stage, offset] = /^(scheduled|immediate)\.(\d{1,9})$/.exec(cursor) ?? [];
  if (stage === 'scheduled' || stage === 'immediate') return { stage, offset: Number(offset) };
  throw strangeCursor();
}
