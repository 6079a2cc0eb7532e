import type { Backend, PostQuery } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
import type { Platform } from '../domain/platform.ts';
import type { ContentType, Post } from '../domain/post.ts';
import type { PostStatus } from '../domain/status.ts';
import { toPostAnswer } from './answers.ts';
import { readInstant } from './asked-time.ts';
import { backendNamed, checkVerb, type Desk, locate } from './desk.ts';
import { fits, readPage } from './page-of-posts.ts';
import { seesAccount } from './rights.ts';
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
  if (account && !seesAccount(call.caller, filters.accountId ?? '')) await checkAccount(desk, account, call);
  const backends = backendsOf(desk, filters.backend, account?.on);
  const isAlone = backends.length === 1;
  const { rows, ...rest } = await walkBackends({
    backends,
    limit,
    cursor,
    filters: { list: 'posts', tenant: call.caller.tenant, ...filters },
    read: (backend, page) => readPage(desk, backend, { ...query, ...page, isAlone }, call),
    show: async (backend, posts) => {
      const listed = await asMade(desk, backend, posts);
      return listed
        .filter(({ name, post }) => fits({ name, on: backend.name }, query, call)(post))
        .map(({ name, post }) => toPostAnswer(desk, name, post));
    },
  });
  if (account && rows.length === 0 && !rest.hasMore && cursor === undefined)
    await checkAccount(desk, account, call);
  return { posts: rows, ...rest };
}

/** Throws when its backend has no such account. To be asked where there is nothing to show: one that is gone may yet have posts. */
async function checkAccount(desk: Desk, { on, rest }: ReturnType<typeof locate>, call: Call): Promise<void> {
  try {
    await desk.directory.accounts(on, [rest], call, 'accountId');
  } catch (thrown) {
    const { code } = Failure.from(thrown);
    if (code === 'not_found' || code === 'internal') throw thrown;
  }
}

interface Made {
  readonly name: BackendName;
  readonly post: Post;
}

/** With what is known besides. A proxy's posts are listed by whom it stands for; they are the proxy's own, once. */
async function asMade(desk: Desk, { name }: Backend, posts: readonly Post[]): Promise<Made[]> {
  const proxy = [...desk.backends.values()].find(
    ({ capabilities }) => capabilities.postsThrough === name,
  )?.name;
  const ids = posts.map(({ id }) => id);
  const proxied = proxy ? await desk.knownPosts.madeThrough(proxy, ids) : new Map<string, string>();
  const made = posts.map((post): Made => {
    const id = proxied.get(post.id);
    if (proxy && id !== undefined) return { name: proxy, post: { ...post, id } };
    // A draft is kept here, whatever backend it is for.
    const isDraft = post.targets.some(({ backend }) => backend !== undefined);
    return { name: isDraft ? 'local' : name, post };
  });
  return Promise.all(
    made.map(async ({ name: own, post }) => {
      const [complete = post] = await desk.knownPosts.complete(own, [post]);
      return { name: own, post: complete };
    }),
  );
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
  if (only) checkVerb(desk, only, 'list_posts');
  // Of one that cannot list there is at least what the ledger knows.
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
