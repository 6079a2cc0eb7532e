import type { Changed } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure, quote } from '../../domain/failure.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { cannotChange } from './failures.ts';
import { noPost } from './posts.ts';
import { WireDeleted } from './wire.ts';

/** The vendor forgets what it deleted, and says which posts it no longer deletes. */
export async function cancelPost(http: Http, post: Post, call: Call): Promise<Changed> {
  const body = { json: { postIds: [post.id] } };
  const { deleted, failed } = await http.write(
    { method: 'DELETE', path: '/v1/posts', body, schema: WireDeleted },
    call,
  );
  if (!deleted?.includes(post.id)) throw notDeleted(post.id, failed ?? []);
  const targets = post.targets.map((target) => ({ ...target, status: 'cancelled' as const }));
  return { post: { ...post, status: 'cancelled', targets }, warnings: [] };
}

/** A post that was not deleted is told inside a success, in an entry whose fields are not documented. */
function notDeleted(id: string, failed: readonly unknown[]): Failure {
  const backend = 'infinipost';
  if (failed.length === 0) {
    return new Failure('outcome_unknown', 'infinipost did not say whether it cancelled the post.', {
      backend,
    });
  }
  const reason = failed
    .flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : [entry]))
    .filter((value) => typeof value === 'string' && value !== id)
    .join(' ');
  const says = reason ? ` It says: "${quote(reason)}"` : '';
  if (/not[ _]found/i.test(reason)) return new Failure('not_found', noPost(id) + says, { backend });
  return new Failure('cannot_edit', `infinipost no longer cancels this post.${says}`, {
    backend,
    ...cannotChange.cannot_edit,
  });
}
