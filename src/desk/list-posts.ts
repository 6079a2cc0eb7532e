import type { Backend, Page, PostQuery } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
import type { Platform } from '../domain/platform.ts';
import type { ContentType, Post, Target } from '../domain/post.ts';
import type { PostStatus } from '../domain/status.ts';
import { toPostAnswers } from './answers.ts';
import { readInstant } from './asked-time.ts';
import { backendNamed, type Desk, locate } from './desk.ts';
import { seesPost } from './rights.ts';
import { unconfirmedPosts } from './unsettled.ts';
import { walkBackends } from './walk.ts';

export interface ListWanted {
  readonly backend?: BackendName | undefined;
  readonly status?: PostStatus | undefined;
  readonly platform?: Platform | undefined;
  readonly contentType?: ContentType | undefined;
  readonly accountId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const PAGE = 20;

/** One page of posts, filtered alike whatever a backend's own filters are. */
export async function listPosts(desk: Desk, { limit = PAGE, cursor, ...filters }: ListWanted, call: Call) {
  const account = filters.accountId === undefined ? undefined : locate(desk, filters.accountId, 'accountId');
  const query = toQuery(desk, filters, account?.rest);
  const { rows, ...rest } = await walkBackends({
    backends: backendsOf(desk, filters.backend, account?.on),
    limit,
    cursor,
    filters: { list: 'posts', tenant: call.caller.tenant, ...filters },
    read: (backend, page) => readPage(desk, backend, { ...query, ...page }, call),
    show: (backend, posts) =>
      toPostAnswers(
        desk,
        backend.name,
        posts.filter((post) => matches(post, query) && seesPost(call.caller, backend.name, post)),
      ),
  });
  return { posts: rows, ...rest };
}

/**
 * A page of a backend. What was cancelled the ledger alone knows; so are the unconfirmed posts, with which the first page
 * begins.
 */
async function readPage(desk: Desk, backend: Backend, query: PostQuery, call: Call): Promise<Page<Post>> {
  if (query.status === 'cancelled' && backend.name !== 'local') {
    return desk.knownPosts.pageOfCancelled(backend.name, query);
  }
  if (query.cursor !== undefined) return backend.listPosts(query, call);
  const unconfirmed = (await unconfirmedPosts(desk, backend, call))
    .filter((post) => matches(post, query))
    .slice(0, query.limit);
  const limit = query.limit - unconfirmed.length;
  const page = limit > 0 ? await backend.listPosts({ ...query, limit }, call) : { rows: [] };
  return { ...page, rows: [...unconfirmed, ...page.rows] };
}

function backendsOf(desk: Desk, name: BackendName | undefined, ofAccount: Backend | undefined): Backend[] {
  const named = name === undefined ? undefined : backendNamed(desk, name, 'backend');
  if (named && ofAccount && named !== ofAccount) {
    throw new Failure(
      'invalid_parameter',
      `The account belongs to ${ofAccount.name}, not to ${named.name}.`,
      {
        field: 'accountId',
        hint: 'Leave backend out: the account says it.',
      },
    );
  }
  const only = ofAccount ?? named;
  return only ? [only] : [...desk.backends.values()];
}

function toQuery(
  desk: Desk,
  filters: Omit<ListWanted, 'limit' | 'cursor'>,
  accountId: string | undefined,
): Omit<PostQuery, 'limit'> {
  const from = readInstant(desk, filters.from, 'from');
  const to = readInstant(desk, filters.to, 'to');
  if (from !== undefined && to !== undefined && from >= to) {
    throw new Failure('invalid_parameter', 'from must be before to.', {
      field: 'to',
      hint: 'from is inclusive and to is exclusive: for one day pass its midnight and the next.',
    });
  }
  return {
    ...(filters.status && { status: filters.status }),
    ...(filters.platform && { platform: filters.platform }),
    ...(filters.contentType && { contentType: filters.contentType }),
    ...(accountId !== undefined && { accountId }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** Holds a post to the filters that its backend may lack. */
function matches(
  post: Post,
  { status, platform, contentType, accountId, from, to }: Omit<PostQuery, 'limit'>,
): boolean {
  const isMeant = (target: Target) =>
    (!platform || target.platform === platform) &&
    (accountId === undefined || target.accountId === accountId);
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
