import type { WriteRow } from '../database/tables.ts';
import { ownCall } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import type { WarningAnswer } from './answers.ts';
import type { Desk } from './desk.ts';
import { hasFailed, waysOn } from './failed-post.ts';
import type { Created } from './part.ts';

/** A vendor may not show for so long what it took. */
const SETTLING_MS = 5 * 60_000;

/** What became of one post of a write. */
export interface Fate {
  readonly postId: string;
  /** It was cancelled, failed or deleted: it goes out on no account. */
  readonly over: boolean;
  /** Where there is something to tell: on some accounts a post can have failed that stands on others. */
  readonly warning?: WarningAnswer;
}

/** A write is over once all that it made is. While anything of it stands, none of it is sent again. */
export function isOver(fates: readonly Fate[]): boolean {
  return fates.length > 0 && fates.every(({ over }) => over);
}

/** Of a write of which nobody knows what came, nothing: it may stand. */
export async function fatesOf(desk: Desk, row: WriteRow): Promise<Fate[]> {
  if (row.state !== 'done') return [];
  const { posts } = JSON.parse(row.result_json ?? '{"posts":[]}') as Pick<Created, 'posts'>;
  const settled = desk.clock.now() >= (row.finished_at ?? row.sent_at) + SETTLING_MS;
  return Promise.all(posts.map((post) => fateOf(desk, row.backend as BackendName, post, settled)));
}

async function fateOf(desk: Desk, name: BackendName, made: Post, settled: boolean): Promise<Fate> {
  const postId = toHandle(name, made.id);
  if (await desk.knownPosts.cancelled(name, made.id)) return cancelled(name, made);
  const backend = desk.backends.get(name);
  const call = ownCall(new AbortController().signal);
  const post = await backend?.getPost(made.id, call).catch((thrown: unknown) => Failure.from(thrown));
  if (post instanceof Failure)
    return post.code === 'not_found' && settled ? cancelled(name, made) : { postId, over: false };
  if (post?.status === 'cancelled') return cancelled(name, made);
  if (!backend || !post || !hasFailed(post)) return { postId, over: false };
  const over = post.status === 'failed';
  const failed = over ? made.targets : post.targets.filter(({ status }) => status === 'failed');
  const accountIds = failed.map(({ accountId }) => toHandle(name, accountId));
  const message = `${postId} failed on ${accountIds.join(', ')} since; nothing was sent again. ${waysOn(backend, { ...post, status: 'partial' })}`;
  return { postId, over, warning: { code: 'failed_since', message, accountIds } };
}

function cancelled(name: BackendName, made: Post): Fate {
  return { postId: toHandle(name, made.id), over: true, warning: cancelledWarning(name, made) };
}

export function cancelledWarning(name: BackendName, { id, targets }: Post): WarningAnswer {
  const accountIds = targets.map(({ accountId, backend = name }) => toHandle(backend, accountId));
  const message = `${toHandle(name, id)} was cancelled or deleted since, and goes out no more. create_video_post for ${accountIds.join(', ')} alone, with a new idempotencyKey where this call has one, posts it anew.`;
  return { code: 'cancelled_since', message, accountIds };
}

export function warningsOf(fates: readonly Fate[]): WarningAnswer[] {
  return fates.flatMap(({ warning }) => warning ?? []);
}
