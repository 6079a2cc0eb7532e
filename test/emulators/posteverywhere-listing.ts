import { readInstant } from './posteverywhere-bodies.ts';
import { invalid } from './posteverywhere-envelope.ts';
import { type Post, publishedAt, statusOf } from './posteverywhere-post.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

const statuses = ['scheduled', 'publishing', 'published', 'partially_failed', 'failed', 'draft'];
const oldStatuses = ['scheduled', 'published', 'draft'];

const moments: Record<string, (post: Post) => number | null> = {
  created_at: (post) => post.createdAt,
  updated_at: (post) => post.updatedAt,
  scheduled_for: (post) => post.scheduledFor,
  published_at: publishedAt,
};

const ranges: Record<string, (post: Post) => number | null> = {
  created: (post) => post.createdAt,
  updated: (post) => post.updatedAt,
  scheduled: (post) => post.scheduledFor,
  published: publishedAt,
};

export interface Listing {
  readonly posts: readonly Post[];
  readonly limit: number;
  readonly offset: number;
  readonly total: number;
}

/** One page of the posts that a query asks for. */
export function list(
  posts: readonly Post[],
  query: URLSearchParams,
  now: number,
  switches: PosteverywhereSwitches,
): Listing {
  const { limit, offset } = readPage(query);
  const filters = [...filtersOf(query, now, switches)];
  const found = posts.filter((post) => filters.every((holds) => holds(post))).sort(orderOf(query));
  return { posts: found.slice(offset, offset + limit), limit, offset, total: found.length };
}

export function readPage(query: URLSearchParams): { limit: number; offset: number } {
  const limit = Number(query.get('limit') ?? 20);
  const offset = Number(query.get('offset') ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw invalid('limit must be between 1 and 100.');
  if (!Number.isInteger(offset) || offset < 0) throw invalid('offset must be 0 or more.');
  return { limit, offset };
}

function* filtersOf(
  query: URLSearchParams,
  now: number,
  switches: PosteverywhereSwitches,
): Generator<(post: Post) => boolean> {
  const wanted = words(query, 'status');
  if (wanted) {
    const allowed = switches.statusFilter === 'one' ? oldStatuses : statuses;
    const wrong = wanted.find((status) => !allowed.includes(status));
    if (wrong !== undefined || (switches.statusFilter === 'one' && wanted.length > 1))
      throw invalid(`status must be ${allowed.join(', ')}.`);
    yield (post) => wanted.includes(statusOf(post, now));
  }
  const platforms = words(query, 'platform');
  if (platforms)
    yield (post) => post.destinations.some((destination) => platforms.includes(destination.platform));
  const account = query.get('account_id');
  if (account !== null) {
    if (!/^\d+$/.test(account)) throw invalid('account_id must be an integer.');
    yield (post) => post.destinations.some((destination) => destination.accountId === Number(account));
  }
  const search = query.get('search')?.toLowerCase();
  if (search) yield (post) => post.content.toLowerCase().includes(search);
  yield* rangesOf(query);
}

function* rangesOf(query: URLSearchParams): Generator<(post: Post) => boolean> {
  for (const [name, moment] of Object.entries(ranges)) {
    const after = query.get(`${name}_after`);
    if (after !== null) {
      const bound = readInstant(after);
      yield (post) => (moment(post) ?? Number.NEGATIVE_INFINITY) > bound;
    }
    const before = query.get(`${name}_before`);
    if (before !== null) {
      const bound = readInstant(before);
      yield (post) => (moment(post) ?? Number.POSITIVE_INFINITY) < bound;
    }
  }
}

/** Posts of the same moment stay in the order of their making; those without one come last. */
function orderOf(query: URLSearchParams): (one: Post, other: Post) => number {
  const moment = moments[query.get('sort') ?? 'created_at'];
  if (!moment) throw invalid(`sort must be ${Object.keys(moments).join(', ')}.`);
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') throw invalid('order must be asc or desc.');
  const direction = order === 'asc' ? 1 : -1;
  return (one, other) => {
    const [first, second] = [moment(one), moment(other)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return direction * (first - second || one.sequence - other.sequence);
  };
}

function words(query: URLSearchParams, name: string): string[] | undefined {
  return query
    .get(name)
    ?.split(',')
    .map((word) => word.trim());
}
