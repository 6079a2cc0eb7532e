import type { Transaction } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Write } from './write.ts';

/** No key that a caller can give has this form. */
const PREFIX = 'key::approval:';

/** Under which the ledger keeps what an approved draft sends. */
export function approvalScope(id: string): string {
  return `${PREFIX}${id}`;
}

/** The draft whose approval a write is of, if it is of one. */
export function draftOf(scope: string | null | undefined): string | undefined {
  return scope?.startsWith(PREFIX) ? scope.slice(PREFIX.length) : undefined;
}

/**
 * Throws unless the draft still says what was approved and nobody took it back. Asked in the transaction in which the write
 * gets its row: from then on the draft is neither edited nor cancelled, as it may have been while accounts were looked up.
 */
export async function holdToApproval(
  transaction: Transaction<Tables>,
  { scope, argumentsHash }: Write,
  approver: string,
): Promise<void> {
  const id = draftOf(scope);
  if (id === undefined) return;
  const { numUpdatedRows } = await transaction
    .updateTable('proposals')
    .set({ status: 'approved', approver })
    .where('id', '=', id)
    .where('status', 'in', ['draft', 'approved'])
    .where('approved_hash', '=', argumentsHash)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw otherDraft(id);
}

/** The draft was changed, taken back, or never approved as it was read. */
export function otherDraft(id: string): Failure {
  const postId = toHandle('local', id);
  return new Failure('conflict', 'The draft is not what it was any more; nothing was sent.', {
    field: 'postId',
    hint: 'Look at what it says now, then approve that.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows the draft as it is now' },
  });
}
