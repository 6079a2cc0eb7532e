import type { WriteRow } from '../database/tables.ts';
import type { Desk } from './desk.ts';
import { proposalId } from './proposals.ts';
import { DRAFT_PART } from './write.ts';

/** Records of each draft whose process died over it whether it was kept: it is here or nowhere. */
export async function settleDrafts(desk: Desk, rows: readonly WriteRow[]): Promise<void> {
  for (const row of rows.filter(({ part }) => part === DRAFT_PART)) {
    const id = proposalId(row.request_id);
    await desk.ledger.settle(row, (await desk.proposals.makerOf(id)) ? { id } : 'absent');
  }
}
