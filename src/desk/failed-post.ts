import type { Backend } from '../domain/backend.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import { WAY_OUT } from '../domain/way-out.ts';

export function hasFailed({ status }: Post): boolean {
  return status === 'failed' || status === 'partial';
}

/** What can be done with a post that failed, wholly or in part: its circumstances are mended, or it is made anew. */
export function waysOn({ capabilities }: Backend, { status }: Post): string {
  const whom = status === 'partial' ? ' for the accounts on which it failed, and for no others' : '';
  const anew = `create it anew with create_video_post${whom}`;
  return capabilities.tools.retry_post === true
    ? `If the post is right as it is, mend what its targets say and call retry_post; if the post itself is wrong, ${anew}.`
    : `Mend what its targets say, then ${anew}.`;
}

/** Why a vendor without a retry does not try this post again; one that did not fail would go out twice if it were made anew. */
export function notRetried(backend: Backend, post: Post): Failure {
  const postId = toHandle(backend.name, post.id);
  const next = { tool: 'get_post', arguments: { postId }, why: 'shows what became of each account' };
  if (!hasFailed(post)) {
    const hint = post.status === 'unconfirmed' ? WAY_OUT : 'It did not fail: leave it as it is.';
    const message = `Nothing of the post can be tried again: it is ${post.status}.`;
    return new Failure('cannot_edit', message, { field: 'postId', backend: backend.name, hint, next });
  }
  const message = `${backend.name} cannot retry a post: ${backend.capabilities.tools.retry_post}.`;
  return new Failure('unsupported', message, {
    field: 'postId',
    backend: backend.name,
    hint: waysOn(backend, post),
    next,
  });
}
