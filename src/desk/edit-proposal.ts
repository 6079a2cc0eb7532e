import { checkFuture, TO_PUBLISH_NOW } from '../domain/air-time.ts';
import type { Call } from '../domain/call.ts';
import type { PostChanges, VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { mergeOptions } from '../domain/platform-options.ts';
import { toPostAnswer } from './answers.ts';
import { readAirTime } from './asked-time.ts';
import { pinContent } from './content.ts';
import { createVideoPost } from './create-video-post.ts';
import { backendNamed, type Desk } from './desk.ts';
import type { Proposal } from './proposal.ts';
import { recordChange } from './record-change.ts';
import { noSuchPost, seesPost } from './rights.ts';

/** Changes a draft that waits for a person. What is wrong with it in the end shows at the approval's checks. */
export async function editProposal(desk: Desk, proposal: Proposal, { changes, changed }: Asked, call: Call) {
  if (!seesPost(call.caller, 'local', proposal.post)) throw noSuchPost('local', proposal.id);
  if (proposal.post.status !== 'draft') {
    throw decided(proposal);
  }
  const draft = merge(proposal.draft, changes);
  const airTime = readAirTime(desk, draft, 'edit');
  if (airTime) checkFuture(airTime, desk.clock.now(), 'scheduledTime', TO_PUBLISH_NOW.edit);
  const checked = await createVideoPost(desk, { ...draft, dryRun: true }, call);
  const answer = { changed, warnings: checked.warnings, dryRun: changes.dryRun ?? false };
  if (changes.dryRun)
    return {
      ...answer,
      post: toPostAnswer(desk, 'local', proposal.post),
      ...(checked.plan && { plan: checked.plan }),
    };
  const pinned = changes.contentUrl === undefined ? proposal : await pinContent(desk, draft);
  const edited = {
    draft: { ...draft, ...(airTime && { timezone: airTime.timezone }) },
    ...(pinned.contentSha256 !== undefined && { contentSha256: pinned.contentSha256 }),
  };
  const { id } = proposal;
  const change = {
    tool: 'edit_post',
    backend: backendNamed(desk, 'local', 'postId'),
    id,
    details: changes,
    call,
  };
  await recordChange(desk, change, async () => {
    if (await desk.proposals.edit(proposal, edited)) return {};
    const now = await desk.proposals.find(id, call.caller);
    throw now?.post.status === 'draft' ? changedMeanwhile(id) : decided(now ?? proposal);
  });
  const now = (await desk.proposals.find(id, call.caller)) ?? proposal;
  return { ...answer, post: toPostAnswer(desk, 'local', now.post) };
}

interface Asked {
  readonly changes: PostChanges;
  readonly changed: readonly string[];
}

function merge(
  draft: VideoDraft,
  { postId: _, dryRun: __, contentType, soundId, contentUrl, platformOptions, ...given }: PostChanges,
): VideoDraft {
  if (Array.isArray(contentUrl) || contentType === 'slides') {
    throw new Failure('unsupported', 'A draft holds one video.', { field: 'contentUrl' });
  }
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // The choice was made for the time and the zone as they were.
  const { ambiguousTime: ___, ...other } = draft;
  const isMoved = given.scheduledTime !== undefined || given.timezone !== undefined;
  const { soundId: kept, ...rest } = { ...(isMoved ? other : draft), ...named };
  const sound = soundId === undefined ? kept : (soundId ?? undefined);
  return {
    ...rest,
    ...(sound !== undefined && { soundId: sound }),
    ...(contentUrl !== undefined && { contentUrl }),
    ...(platformOptions && { platformOptions: mergeOptions(draft.platformOptions ?? {}, platformOptions) }),
  };
}

function changedMeanwhile(id: string): Failure {
  const postId = toHandle('local', id);
  return new Failure(
    'conflict',
    'The draft was changed by somebody else in this moment; this edit was not taken.',
    {
      field: 'postId',
      hint: 'Look at what it says now, then edit that.',
      next: { tool: 'get_post', arguments: { postId }, why: 'shows the draft as it is now' },
    },
  );
}

/** Created anew it could be there twice. */
function onItsWay({ id }: Proposal): Failure {
  const postId = toHandle('local', id);
  return new Failure('cannot_edit', 'The draft was approved, and is being sent or may have been.', {
    field: 'postId',
    hint: 'Its id stands for the post that it becomes. What surely was not sent waits again as a draft.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows what became of it' },
  });
}

function decided(proposal: Proposal): Failure {
  const [first] = proposal.postIds;
  if (proposal.approved && !first) return onItsWay(proposal);
  return new Failure('cannot_edit', 'The draft was approved or cancelled and can no longer be changed.', {
    field: 'postId',
    hint: first
      ? `It became ${proposal.postIds.join(', ')}, which whoever has full access can edit.`
      : 'Create the post anew.',
    ...(first && { next: { tool: 'get_post', arguments: { postId: first }, why: 'shows what it became' } }),
  });
}
