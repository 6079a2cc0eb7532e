import type { WriteRow } from '../database/tables.ts';
import type { Backend } from '../domain/backend.ts';
import { ownCall } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { WarningAnswer } from './answers.ts';
import type { Desk } from './desk.ts';
import type { Created } from './part.ts';
import { stillStands } from './replay.ts';
import { DRAFT_PART } from './write.ts';

/** Throws where the same post was made again since this one failed: tried again, it would be there twice. */
export async function checkNotMadeAgain(desk: Desk, { name }: Backend, id: string): Promise<void> {
  for (const row of await desk.ledger.madeAfter(name, id)) {
    const created = createdOf(row);
    if (row.state === 'done' && !(await stillStands(desk, name, created))) continue;
    const [post] = created.posts;
    const other = post && toHandle(name, post.id);
    throw new Failure('conflict', `The same post was made again since${other ? `, as ${other}` : ''}.`, {
      field: 'postId',
      hint: 'Leave this one as it is: tried again, it would be there twice.',
      ...(other && { next: { tool: 'get_post', arguments: { postId: other }, why: 'shows that one' } }),
    });
  }
}

/** Warns of posts that the same call made before and that failed: what is made now is another post. */
export async function failedBefore(desk: Desk, rows: readonly WriteRow[]): Promise<WarningAnswer[]> {
  const warnings: WarningAnswer[] = [];
  for (const row of rows.filter(({ state, part }) => state === 'done' && part !== DRAFT_PART)) {
    const name = row.backend as BackendName;
    const { posts } = createdOf(row);
    for (const { id } of posts) {
      if (await desk.knownPosts.cancelled(name, id)) continue;
      const { signal } = new AbortController();
      const post = await desk.backends
        .get(name)
        ?.getPost(id, ownCall(signal))
        .catch(() => undefined);
      if (post?.status === 'failed') warnings.push(failedWarning(toHandle(name, id)));
    }
  }
  return warnings;
}

function failedWarning(postId: string): WarningAnswer {
  const message = `The same call made ${postId} before, and that failed. This is a new post in its place: leave the other one as it is.`;
  return { code: 'failed_before', message };
}

function createdOf({ result_json }: WriteRow): Created {
  return JSON.parse(result_json ?? '{"posts":[],"warnings":[]}') as Created;
}
