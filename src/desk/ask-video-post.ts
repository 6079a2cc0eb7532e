import type { Call } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { type CreateAnswer, createVideoPost } from './create-video-post.ts';
import type { Desk } from './desk.ts';
import { draftOfSameCall, proposeVideoPost } from './propose-video-post.ts';
import { settleDrafts } from './unsettled-drafts.ts';

/** Posts for who may, and keeps a draft for who may not. The same call is one call, whoever of a tenant makes it. */
export async function askVideoPost(desk: Desk, draft: VideoDraft, call: Call): Promise<CreateAnswer> {
  await settleDrafts(desk, await desk.ledger.unsettled('local'));
  if (call.caller.level !== 'full') return proposeVideoPost(desk, draft, call);
  const kept = draft.dryRun ? undefined : await draftOfSameCall(desk, draft, call);
  return kept ?? createVideoPost(desk, draft, call);
}
