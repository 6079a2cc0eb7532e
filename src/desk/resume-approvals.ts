import { type Call, ownCall } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Log } from '../domain/log.ts';
import { approveProposal } from './approve-post.ts';
import type { Desk } from './desk.ts';
import type { Proposal } from './proposal.ts';

interface Resuming {
  /** How late a post may go out unasked. */
  readonly graceMs: number;
  /** Throws where an account of a draft is not its tenant's any more. */
  readonly checkAccounts: (tenant: string, accountIds: readonly string[]) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * On start: sends what a person had approved when its process died over it. What cannot be sent waits again as a draft, and
 * so does what was answered with a failure: whoever was told that decides.
 */
export async function resumeApprovals(
  desk: Desk,
  { graceMs, checkAccounts, log, signal }: Resuming,
): Promise<void> {
  const own = ownCall(signal);
  for (const proposal of await desk.proposals.approvedUnsent()) {
    if (signal.aborted) return;
    const state = await desk.approvals.takeOver(proposal.id);
    if (state === 'under way') continue;
    const call: Call = { ...own, caller: { ...own.caller, tenant: proposal.maker.tenant } };
    const facts = { postId: toHandle('local', proposal.id) };
    try {
      if (state === 'answered') continue;
      if (proposal.restored) {
        log(
          'warn',
          'An approved draft of a backup that was put back was not sent: it may be there already.',
          facts,
        );
        continue;
      }
      if (isLate(proposal, desk.clock.now() - graceMs)) {
        log(
          'warn',
          'An approved draft whose process had died was to go out too long ago: it was not sent.',
          facts,
        );
        continue;
      }
      await checkAccounts(call.caller.tenant, proposal.draft.accountIds);
      await approveProposal(desk, proposal, call);
      log('warn', 'An approved draft whose process had died was sent.', facts);
    } catch (thrown) {
      const error = Failure.from(thrown).message;
      log('warn', 'An approved draft whose process had died was not sent.', { ...facts, error });
    } finally {
      await desk.approvals.end(proposal.id);
    }
  }
}

/** Whether it was to go out at once, and that was too long ago for it to be done unasked. */
function isLate({ post }: Proposal, earliest: number): boolean {
  const approvedAt = post.updatedAt ?? post.createdAt ?? 0;
  return post.airAt === null && approvedAt < earliest;
}
