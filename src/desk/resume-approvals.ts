import { type Call, ownCall } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Log } from '../domain/log.ts';
import { approveProposal, giveBack } from './approve-post.ts';
import type { Desk } from './desk.ts';
import type { Proposal } from './proposal.ts';

const LATE_MS = 60 * 60_000;

/** On start: sends what a person had approved when its process died over it. What cannot be sent waits again as a draft. */
export async function resumeApprovals(desk: Desk, log: Log, signal: AbortSignal): Promise<void> {
  const own = ownCall(signal);
  for (const proposal of await desk.proposals.approvedUnsent()) {
    if (signal.aborted) return;
    const call: Call = { ...own, caller: { ...own.caller, tenant: proposal.maker.tenant } };
    const facts = { postId: toHandle('local', proposal.id) };
    try {
      if (isLate(desk, proposal)) {
        await giveBack(desk, proposal.id);
        continue;
      }
      await approveProposal(desk, proposal, call);
      log('warn', 'An approved draft whose process had died was sent.', facts);
    } catch (thrown) {
      const error = Failure.from(thrown).message;
      log('warn', 'An approved draft whose process had died was not sent.', { ...facts, error });
    }
  }
}

/** Whether it was to go out at once, and that is long ago: nothing is published unasked after so long. */
function isLate({ clock }: Desk, { post }: Proposal): boolean {
  const approvedAt = post.updatedAt ?? post.createdAt ?? 0;
  return post.airAt === null && clock.now() - approvedAt > LATE_MS;
}
