import { type Call, ownCall } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Log } from '../domain/log.ts';
import { approveProposal } from './approve-post.ts';
import type { Desk } from './desk.ts';

/** On start: sends what a person had approved when its process died over it. What cannot be sent waits again as a draft. */
export async function resumeApprovals(desk: Desk, log: Log, signal: AbortSignal): Promise<void> {
  const own = ownCall(signal);
  for (const proposal of await desk.proposals.approvedUnsent()) {
    if (signal.aborted) return;
    const call: Call = { ...own, caller: { ...own.caller, tenant: proposal.maker.tenant } };
    const facts = { postId: toHandle('local', proposal.id) };
    try {
      await approveProposal(desk, proposal, call);
      log('warn', 'An approved draft whose process had died was sent.', facts);
    } catch (thrown) {
      const error = Failure.from(thrown).message;
      log('warn', 'An approved draft whose process had died was not sent.', { ...facts, error });
    }
  }
}
