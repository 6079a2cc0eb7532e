import type { Backend } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { parseHandle, toHandle } from '../domain/handle.ts';
import { currentPost } from './current-post.ts';
import type { Desk } from './desk.ts';
import { seesPost, THERE_ARE } from './rights.ts';

/** Throws where it is no id of a post; of one that lacks its backend alone it names the posts that it may mean. */
export async function checkPostId(desk: Desk, postId: string, call: Call): Promise<void> {
  try {
    parseHandle(postId, 'postId');
  } catch (thrown) {
    if (!(thrown instanceof Failure) || postId.includes(':')) throw thrown;
    const lists = [...desk.backends.values()].filter(
      ({ capabilities }) => capabilities.tools.list_posts === true,
    );
    const there = await Promise.all(lists.map((backend) => isThere(desk, backend, postId, call)));
    const candidates = lists
      .filter((_, index) => there[index])
      .map(({ name }) => ({ value: toHandle(name, postId), why: `a post of ${name}` }));
    throw thrown.with({
      ...(candidates.length > 0 && { candidates }),
      next: { tool: 'list_posts', arguments: {}, why: THERE_ARE },
    });
  }
}

async function isThere(desk: Desk, backend: Backend, id: string, call: Call): Promise<boolean> {
  const proposal = backend.name === 'local' ? await desk.proposals.find(id, call.caller) : undefined;
  const post = proposal?.post ?? (await currentPost(desk, backend, id, call).catch(() => undefined));
  return post !== undefined && seesPost(call.caller, backend.name, post);
}
