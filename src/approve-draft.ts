import { approvePost } from './desk/approve-post.ts';
import type { Desk } from './desk/desk.ts';
import { ownCall } from './domain/call.ts';
import { parseHandle } from './domain/handle.ts';

interface Approval {
  readonly postId: string;
  readonly json: boolean;
  readonly write: (text: string) => void;
}

/** Lets a draft of any tenant go out: whoever runs the program may approve for all of them. */
export async function approveDraft(desk: Desk, { postId, json, write }: Approval): Promise<void> {
  const own = ownCall(new AbortController().signal, 'airdate approve');
  const tenant = await desk.proposals.tenantOf(parseHandle(postId, 'POST_ID').rest);
  const call = { ...own, caller: { ...own.caller, ...(tenant !== undefined && { tenant }) } };
  const approved = await approvePost(desk, { postId }, call);
  if (json) return write(JSON.stringify(approved, null, 2));
  for (const { postId: id, status, airTime, targets, contentUrl, caption } of approved.posts) {
    write([id, status, airTime ? `${airTime.local}${airTime.offset} ${airTime.timezone}` : 'now'].join('  '));
    write([...targets.map(({ accountId }) => accountId), String(contentUrl), caption ?? ''].join('  '));
  }
  for (const { accountIds, error } of approved.failures)
    write(`${accountIds.join(' ')}  ${error.code}: ${error.message}`);
}
