import type { NewWrite } from '../database/tables.ts';
import type { Caller } from '../domain/call.ts';

/** The part of a call that was made a draft. */
export const DRAFT_PART = 'draft';

/** A write that is about to be sent. */
export interface Write {
  /** `key:…` or `print:…`; absent where a repeat is meant as a new write. */
  readonly scope?: string;
  /** Which part of the call. */
  readonly part: string;
  readonly tool: string;
  readonly backend: string;
  readonly argumentsHash: string;
  /** What is needed to look for the write later, and to show it. No keys, no tokens. */
  readonly details: unknown;
  readonly requestId: string;
  readonly caller: Caller;
}

/** The write as the ledger keeps it: sent, and of unknown outcome until somebody says more. */
export function toRow(
  write: Write,
  { owner, now }: { readonly owner: string; readonly now: number },
): NewWrite {
  return {
    scope: write.scope ?? null,
    part: write.part,
    tool: write.tool,
    backend: write.backend,
    arguments_hash: write.argumentsHash,
    arguments_json: JSON.stringify(write.details),
    request_id: write.requestId,
    owner: owner,
    client: write.caller.client,
    token: write.caller.token ?? null,
    tenant: write.caller.tenant,
    state: 'sent',
    result_json: null,
    error_json: null,
    created_at: now,
    sent_at: now,
    finished_at: null,
  };
}
