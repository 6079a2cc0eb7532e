import type { Changed } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Post } from '../../domain/post.ts';
import { WAY_OUT } from '../../domain/way-out.ts';
import type { Http } from '../http.ts';
import { parsePostId } from './ids.ts';
import { toPost } from './posts.ts';
import { readFacts } from './reading.ts';
import { Done } from './wire.ts';

/** Tries every failed platform again: https://docs.upload-post.com/api/retry-post */
export async function retryPost(
  http: Http,
  { id, accountIds }: { readonly id: string; readonly accountIds: readonly string[] | undefined },
  call: Call,
): Promise<Changed> {
  const reference = parsePostId(id);
  const post = toPost(await readFacts(http, reference, call));
  checkRetry(post, accountIds);
  const field = reference.kind === 'job' ? 'job_id' : 'request_id';
  const body = { json: { [field]: reference.id } };
  try {
    await http.write({ method: 'POST', path: '/uploadposts/posts/retry', body, schema: Done }, call);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    throw failure.code === 'conflict' ? nothingToRetry(post) : failure;
  }
  const targets = post.targets.map(({ error, ...target }) =>
    target.status === 'failed'
      ? ({ ...target, status: 'processing' } as const)
      : { ...target, ...(error && { error }) },
  );
  return { post: { ...post, status: 'processing', targets }, warnings: [] };
}

function checkRetry(post: Post, accountIds: readonly string[] | undefined): void {
  const failed = post.targets.filter(({ status }) => status === 'failed').map(({ accountId }) => accountId);
  const asked = accountIds ?? failed;
  const unsure = post.targets.some(
    ({ accountId, status }) => status === 'unconfirmed' && (accountIds?.includes(accountId) ?? true),
  );
  if (unsure || post.status === 'unconfirmed')
    throw new Failure('outcome_unknown', 'The post may be live already; it was not sent again.', {
      hint: WAY_OUT,
    });
  if (!asked.some((accountId) => failed.includes(accountId))) throw nothingToRetry(post);
  const besides = failed.filter((accountId) => !asked.includes(accountId));
  if (besides.length === 0) return;
  throw new Failure(
    'unsupported',
    'Upload-Post tries every failed account of a post again, not some of them.',
    {
      field: 'accountIds',
      hint: 'Leave accountIds out to retry them all.',
    },
  );
}

function nothingToRetry({ status }: Post): Failure {
  return new Failure('cannot_edit', `Nothing of the post can be tried again: it is ${status}.`, {
    field: 'postId',
    hint: 'Only accounts on which it failed are tried again.',
  });
}
