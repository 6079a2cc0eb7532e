import type { WriteRow } from '../database/tables.ts';
import type { Caller } from '../domain/call.ts';
import { Failure, type FailureAnswer } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import { seesAccount } from './rights.ts';
import { DRAFT_PART } from './write.ts';

/** Why a repeated call cannot be answered with its first result. */

export function otherArguments(row: WriteRow, caller: Caller): Failure {
  const postId = firstPostOf(row, caller);
  const made = postId === undefined ? '.' : `: it made ${postId}.`;
  return new Failure('conflict', `This idempotencyKey was used before, with other arguments${made}`, {
    field: 'idempotencyKey',
    backend: row.backend,
    hint: 'To change that post use edit_post; for a new post use a new key. The very same call again is answered as it was first.',
    ...(postId !== undefined && {
      next: { tool: 'get_post', arguments: { postId }, why: 'shows the post that it made' },
    }),
  });
}

/** The post that a write made, where the caller sees its accounts. */
function firstPostOf(
  { part, backend, result_json, arguments_json }: WriteRow,
  caller: Caller,
): string | undefined {
  const name = backend as BackendName;
  const { id, posts } = JSON.parse(result_json ?? '{}') as { id?: string; posts?: readonly Post[] };
  const { accountIds, draft } = JSON.parse(arguments_json) as Asked;
  const first = part === DRAFT_PART ? id : posts?.[0]?.id;
  const accounts =
    part === DRAFT_PART ? draft?.accountIds : accountIds?.map((account) => toHandle(name, account));
  const isSeen = accounts?.every((account) => seesAccount(caller, account)) ?? false;
  return first !== undefined && isSeen ? toHandle(name, first) : undefined;
}

interface Asked {
  readonly accountIds?: readonly string[];
  readonly draft?: { readonly accountIds: readonly string[] };
}

/** Once as a draft and once to be posted: the other one came first, and there is no first answer to give yet. */
export function askedOtherwise(row: WriteRow): Failure {
  return new Failure('conflict', 'The same call was made with another access, and part of it stands.', {
    backend: row.backend,
    hint: 'Look at what there is; for a post besides it, add an idempotencyKey of its own.',
    next: { tool: 'list_posts', arguments: {}, why: 'shows the draft, or the posts' },
  });
}

export function stillUnderWay(row: WriteRow): Failure {
  return new Failure('conflict', 'The same call is still under way elsewhere.', {
    backend: row.backend,
    hint: 'Make the same call again in a minute: it then answers with the result of the first.',
  });
}

export function recordedFailure(row: WriteRow): Failure {
  const recorded = row.error_json === null ? undefined : (JSON.parse(row.error_json) as FailureAnswer);
  if (recorded?.code === 'outcome_unknown') return Failure.fromAnswer(recorded);
  return new Failure(
    'outcome_unknown',
    'The same call was sent before and nobody recorded what came of it.',
    {
      backend: row.backend,
    },
  );
}
