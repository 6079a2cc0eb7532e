import type { Kysely } from 'kysely';
import type { Tables, TargetRow } from '../../database/tables.ts';
import { Failure } from '../../domain/failure.ts';
import { WAY_OUT } from '../../domain/way-out.ts';
import { readPost, rescheduleTargets } from './posts.ts';
import type { Publisher } from './publisher.ts';
import type { StoredPost } from './wire.ts';

interface Retry {
  /** Absent = every account of the post on which it can be tried again. */
  readonly accountIds: readonly string[] | undefined;
  readonly publisherOf: (accountId: string) => Publisher | undefined;
  readonly now: number;
}

/**
 * Puts back in line what failed or was missed, and what is unconfirmed where asking again with the same key is safe. The
 * attempts say what may already be live, so nothing is sent twice.
 */
export async function retryTargets(query: Kysely<Tables>, id: string, retry: Retry): Promise<StoredPost> {
  const { row, targets } = await readPost(query, id);
  const chosen = targets.filter(({ account_id }) => retry.accountIds?.includes(account_id) ?? true);
  const again = chosen.filter(
    ({ status }) => status === 'failed' || status === 'missed' || status === 'unconfirmed',
  );
  if (again.length === 0) throw nothingToRetry(id, row.status);
  const unsure = again.filter((target) => target.status === 'unconfirmed' && !safeToAsk(target, retry));
  if (unsure.length > 0) throw mayBeLive(id, unsure);
  const accountIds = again.map((target) => target.account_id);
  return rescheduleTargets(query, id, {
    accountIds,
    labelOf: (accountId) => retry.publisherOf(accountId)?.label ?? 'none',
    now: retry.now,
  });
}

function safeToAsk(target: TargetRow, { publisherOf }: Retry): boolean {
  return publisherOf(target.account_id)?.honoursKey ?? false;
}

function nothingToRetry(id: string, status: string): Failure {
  return new Failure('cannot_edit', `Nothing of the post can be tried again: it is ${status}.`, {
    field: 'postId',
    hint: 'Only targets that failed, were missed or are unconfirmed are tried again.',
    next: {
      tool: 'get_post',
      arguments: { postId: `local:${id}` },
      why: 'shows what became of each account',
    },
  });
}

function mayBeLive(id: string, targets: readonly TargetRow[]): Failure {
  const names = targets.map((target) => `local:${target.account_id}`).join(', ');
  return new Failure('outcome_unknown', `The post may already be live on ${names}; it was not sent again.`, {
    hint: WAY_OUT,
    next: { tool: 'get_post', arguments: { postId: `local:${id}` }, why: 'shows what is known' },
  });
}
