import type { WriteRow } from '../database/tables.ts';
import { Failure, type FailureAnswer } from '../domain/failure.ts';

/** Why a repeated call cannot be answered with its first result. */

export function otherArguments(row: WriteRow): Failure {
  return new Failure('conflict', 'This idempotencyKey was used before, with other arguments.', {
    field: 'idempotencyKey',
    backend: row.backend,
    hint: 'Repeat the call exactly to get its first answer, or use a new key for a new post.',
  });
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
