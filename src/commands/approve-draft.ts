import { checkStillOf } from '../access/tenants.ts';
import type { Database } from '../database/database.ts';
import { describeDraft } from '../desk/approval-question.ts';
import { approveProposal, checkLookedAt, readProposal } from '../desk/approve-post.ts';
import type { Desk } from '../desk/desk.ts';
import type { Proposal } from '../desk/proposal.ts';
import type { Maker } from '../desk/proposals.ts';
import { type Call, OWN_TENANT, ownCall } from '../domain/call.ts';
import { parseHandle, toHandle } from '../domain/handle.ts';
import { spellOut } from '../domain/text.ts';
import { oneLine, quoted } from './one-line.ts';

interface Approval {
  readonly json: boolean;
  readonly write: (text: string) => void;
  /** Asks who sits at the terminal; absent where nobody does. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

const OWN = ownCall(new AbortController().signal, 'airdate approve');

/** Lets a draft of any tenant go out: whoever runs the program may approve for all of them. */
export async function approveDraft(
  { desk, database }: { readonly desk: Desk; readonly database: Database },
  { postId, json, write, ask }: Approval & { readonly postId: string },
): Promise<void> {
  const maker = await desk.proposals.makerOf(parseHandle(postId, 'POST_ID').rest);
  const tenant = maker?.tenant ?? OWN_TENANT;
  const call: Call = { ...OWN, caller: { ...OWN.caller, tenant } };
  const proposal = await readProposal(desk, postId, call);
  const check = () => checkStillOf(tenant, proposal.draft.accountIds, database);
  await check();
  if (ask && proposal.post.status === 'draft') {
    write([...describeMaker(maker), ...describeDraft(desk, proposal)].join('\n'));
    if (!(await ask('Let it go out? [y/N] '))) return write('It stays a draft.');
    await check();
  }
  if (!ask) checkLookedAt(proposal);
  const approved = await approveProposal(desk, proposal, call);
  if (json) return write(spellOut(JSON.stringify(approved, null, 2)));
  for (const { postId: id, status, airTime, targets, contentUrl, caption } of approved.posts) {
    write([id, status, airTime ? `${airTime.local}${airTime.offset} ${airTime.timezone}` : 'now'].join('  '));
    const texts = [contentUrl, caption ?? ''].map((text) => quoted(text));
    write([...targets.map(({ accountId }) => accountId), ...texts].join('  '));
  }
  for (const { accountIds, error } of approved.failures)
    write(oneLine(`${accountIds.join(' ')}  ${error.code}: ${error.message}`));
}

/** Shows every draft that waits, of all tenants. */
export async function showDrafts(desk: Desk, { json, write }: Approval): Promise<void> {
  const drafts = await desk.proposals.allWaiting();
  if (json) return write(spellOut(JSON.stringify(drafts.map(toJson), null, 2)));
  if (drafts.length === 0) return write('No draft waits for approval.');
  for (const draft of drafts)
    write(
      [toHandle('local', draft.id), ...describeMaker(draft.maker), ...describeDraft(desk, draft)].join(
        '\n  ',
      ),
    );
  write('airdate approve POST_ID lets one go out.');
}

function describeMaker(maker: Maker | undefined): string[] {
  if (!maker) return [];
  const { tenant, client, token } = maker;
  const by = `By: ${quoted(client)}${token === undefined ? '' : ` with ${oneLine(token)}`}`;
  return tenant === OWN_TENANT ? [by] : [`Tenant: ${oneLine(tenant)}`, by];
}

function toJson({ id, draft, maker }: Proposal & { readonly maker: Maker }) {
  return { postId: toHandle('local', id), ...maker, ...draft };
}
