import type { Backend, Page, PostQuery } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { strangeCursor } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
import type { Post, Target } from '../domain/post.ts';
import type { Desk } from './desk.ts';
import { isRestricted, seenOf, seesPost } from './rights.ts';
import { unconfirmedPosts } from './unsettled.ts';

/** `isAlone`: no other backend is walked through, so that drafts for this one are shown with it. */
interface PageQuery extends PostQuery {
  readonly isAlone: boolean;
}

/**
 * A page of a backend, which begins with what no backend lists. A cursor says which of the two it stands in: `here.` and the
 * place of the last row, or `there.` and the backend's own. What was cancelled on a vendor the ledger alone knows.
 */
export async function readPage(
  desk: Desk,
  backend: Backend,
  asked: PageQuery,
  call: Call,
): Promise<Page<Post>> {
  const { isAlone, ...query } = asked;
  const { cursor, limit, ...filters } = query;
  const isFitting = fits({ name: backend.name, on: backend.name }, query, call);
  if (query.status === 'cancelled' && backend.name !== 'local') {
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    return desk.knownPosts.pageOfCancelled(backend.name, page, isFitting);
  }
  const there = /^there\.(.*)$/s.exec(cursor ?? '')?.[1];
  if (there !== undefined) return readThere(backend, { ...filters, limit, cursor: there }, call);
  const after = cursor === undefined ? undefined : parsePlace(cursor);
  const rows: Post[] = [];
  for await (const post of knownHereAlone(desk, backend, asked, call)) {
    if ((!after || compare(post, after) > 0) && isFitting(post)) rows.push(post);
    const last = rows.at(limit - 1);
    if (last) return { rows, nextCursor: `here.${last.createdAt}.${last.id}` };
  }
  if (backend.capabilities.tools.list_posts !== true) return { rows };
  const page = await readThere(backend, { ...filters, limit: limit - rows.length }, call);
  return { ...page, rows: [...rows, ...page.rows] };
}

async function readThere(backend: Backend, query: PostQuery, call: Call): Promise<Page<Post>> {
  const seen = isRestricted(call.caller) && { seen: seenOf(call.caller, backend.name) };
  const { rows, nextCursor } = await backend.listPosts({ ...query, ...seen }, call);
  return { rows, ...(nextCursor !== undefined && { nextCursor: `there.${nextCursor}` }) };
}

/** Posts that no backend lists, oldest first: drafts, and posts of which nobody knows whether they arrived. */
async function* knownHereAlone(
  desk: Desk,
  backend: Backend,
  { status, isAlone }: Pick<PageQuery, 'status' | 'isAlone'>,
  call: Call,
): AsyncGenerator<Post> {
  const drafts = desk.proposals.all(call.caller, status === 'cancelled' ? 'cancelled' : 'draft');
  if (backend.name === 'local') {
    for await (const { post } of drafts) yield post;
    return;
  }
  const known = [...(await unconfirmedPosts(desk, backend, call))];
  if (isAlone)
    for await (const { post } of drafts)
      if (post.targets.some((target) => target.backend === backend.name)) known.push(post);
  yield* known.sort(compare);
}

type Place = Pick<Post, 'createdAt' | 'id'>;

function compare(one: Place, other: Place): number {
  const [at, otherAt] = [one.createdAt ?? 0, other.createdAt ?? 0];
  if (at !== otherAt) return at - otherAt;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

function parsePlace(cursor: string): Place {
  const [, createdAt, id] = /^here\.(\d{1,16})\.(.+)$/s.exec(cursor) ?? [];
  if (createdAt === undefined || id === undefined) throw strangeCursor();
  return { createdAt: Number(createdAt), id };
}

/** Whose post it is, and the backend that is walked through. */
interface Origin {
  readonly name: BackendName;
  readonly on: BackendName;
}

/** Whether a post is asked for and the caller sees it. */
export function fits(
  { name, on }: Origin,
  query: Omit<PostQuery, 'limit'>,
  { caller }: Call,
): (post: Post) => boolean {
  return (post) => matches(post, query, on) && seesPost(caller, name, post);
}

/** Holds a post to the filters that its backend may lack. */
function matches(
  post: Post,
  { status, platform, contentType, accountId, from, to }: Omit<PostQuery, 'limit'>,
  on: BackendName,
): boolean {
  const isMeant = (target: Target) =>
    (!platform || target.platform === platform) &&
    (accountId === undefined || (target.accountId === accountId && (target.backend ?? on) === on));
  return (
    (!status || post.status === status) &&
    (!contentType || post.contentType === contentType) &&
    ((!platform && accountId === undefined) || post.targets.some(isMeant)) &&
    isWithin(post.airAt, from, to)
  );
}

function isWithin(at: number | null, from: number | undefined, to: number | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  return at !== null && at >= (from ?? at) && at < (to ?? Number.POSITIVE_INFINITY);
}
