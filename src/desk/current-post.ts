import type { Backend } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { Post } from '../domain/post.ts';
import type { Desk } from './desk.ts';

/** A post as its backend tells it, or as the ledger knows it where the vendor forgets what it cancelled. */
export async function currentPost(
  desk: Desk,
  backend: Backend,
  id: string,
  call: Call,
): Promise<Post | undefined> {
  try {
    const post = await backend.getPost(id, call);
    const [complete = post] = await desk.knownPosts.complete(backend.name, [post]);
    return complete;
  } catch (thrown) {
    const failure = Failure.from(thrown);
    // A vendor that cannot tell may yet have been told to forget the post.
    if (failure.code !== 'not_found' && failure.code !== 'unsupported')
      throw failure.with({ backend: backend.name });
    const cancelled = await desk.knownPosts.cancelled(backend.name, id);
    if (cancelled || failure.code === 'not_found') return cancelled;
    throw failure.with({ backend: backend.name });
  }
}
