import {
  type AirTime,
  checkFuture,
  resolveAirTime,
  TO_PUBLISH_NOW,
  toMoment,
  wallTime,
} from '../domain/air-time.ts';
import type { Backend, PostEdit } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import type { Editable } from '../domain/capabilities.ts';
import { optionWarnings, unusedOptionWarnings } from '../domain/carried.ts';
import type { Content } from '../domain/content.ts';
import { type PostChanges, textWarnings } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import type { Post, Warning } from '../domain/post.ts';
import { isEditable } from '../domain/status.ts';
import { checkTimezone, zoneWarnings } from '../domain/time-zone.ts';
import { toPostAnswers, toRequestAnswers, toWarningAnswers } from './answers.ts';
import { checkOnePost, draftNamed } from './became.ts';
import { type OpenContent, openContent } from './content.ts';
import { checkCan, checkVerb, type Desk, locate } from './desk.ts';
import { editProposal } from './edit-proposal.ts';
import { cannotEdit, missedWithoutTime } from './edit-refusals.ts';
import { checkContent, fitAirTime, ownSound } from './order-checks.ts';
import { checkPostId } from './post-ids.ts';
import { readPost } from './posts.ts';
import { recordChange } from './record-change.ts';
import { checkMayChange } from './rights.ts';
import { checkSoundId } from './sound-ids.ts';
import { refuseLongTexts } from './text-checks.ts';

const ANEW = 'While it waits it can be cancelled with cancel_post and created anew with create_video_post.';

/** Changes what was named and leaves the rest as it is, the sound included. */
export async function editPost(desk: Desk, changes: PostChanges, call: Call) {
  await checkPostId(desk, changes.postId, call);
  await checkSoundId(desk, changes.soundId, call);
  const { on: backend, rest } = locate(desk, changes.postId, 'postId');
  checkVerb(desk, backend, 'edit_post', { hint: ANEW });
  const changed = changedParameters(changes);
  const proposal = await draftNamed(desk, changes.postId, call);
  if (proposal) return editProposal(desk, proposal, { changes, changed }, call);
  checkEditable(desk, backend, changed);
  const standing = await readPost(desk, backend, rest, call);
  await checkOnePost(desk, backend, standing);
  const { id } = standing;
  checkMayChange(call.caller);
  if (!isEditable(standing.status) && standing.status !== 'processing') {
    const refused = { tool: 'edit_post', backend, id, details: changes, call };
    return recordChange<never>(desk, refused, () =>
      Promise.reject(cannotEdit(changes.postId, standing, backend)),
    );
  }
  const asked = editedTime(desk, changes, standing);
  if (standing.status === 'missed' && !asked) throw missedWithoutTime(changes.postId);
  if (asked) checkFuture(asked, desk.clock.now(), 'scheduledTime', TO_PUBLISH_NOW.edit);
  const { airTime, warnings: timeWarnings } = fitAirTime(backend, asked, desk.clock.now());
  const platforms = standing.targets.map(({ platform }) => platform);
  const { caption, title, platformOptions: options } = changes;
  refuseLongTexts({ caption, title, options }, platforms);
  await using content = await openNewContent(desk, backend, changes, call);
  const edit: PostEdit = {
    ...(changes.caption !== undefined && { caption: changes.caption }),
    ...(changes.title !== undefined && { title: changes.title }),
    ...(airTime && { airTime }),
    ...(changes.contentType && { contentType: changes.contentType }),
    ...(content.all.length > 0 && { content: content.all }),
    ...(changes.soundId !== undefined && {
      soundId: changes.soundId === null ? null : ownSound(backend, changes.soundId),
    }),
    ...(changes.platformOptions && { options: changes.platformOptions }),
  };
  const warnings = [...timeWarnings, ...zoneWarnings(airTime), ...editWarnings(backend, changes, standing)];
  if (changes.dryRun)
    return await planAnswer(desk, { backend, id, standing, changed, edit, warnings, airTime }, call);
  const details = { ...changes, airTime };
  const result = await recordChange(desk, { tool: 'edit_post', backend, id, details, call }, () =>
    backend.editPost(id, edit, call),
  );
  await desk.knownPosts.remember(backend.name, result.post, airTime);
  const [post] = await toPostAnswers(desk, backend.name, [result.post]);
  return {
    post,
    changed,
    warnings: toWarningAnswers(backend.name, [...warnings, ...result.warnings]),
    dryRun: false,
  };
}

function changedParameters({ postId: _, dryRun: __, ...given }: PostChanges): string[] {
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length > 0) return names;
  throw new Failure('invalid_parameter', 'Nothing to change was named.', {
    issues: [
      {
        path: '',
        message:
          'name at least one of caption, title, scheduledTime, timezone, contentUrl, soundId, platformOptions',
      },
    ],
    hint: 'To see the post, call get_post; to take it back, cancel_post.',
  });
}

const NEEDS: Readonly<Record<string, Editable>> = {
  caption: 'caption',
  title: 'title',
  scheduledTime: 'scheduledTime',
  timezone: 'scheduledTime',
  ambiguousTime: 'scheduledTime',
  contentUrl: 'contentUrl',
  contentType: 'contentUrl',
  soundId: 'soundId',
  platformOptions: 'platformOptions',
};

function checkEditable(desk: Desk, backend: Backend, changed: readonly string[]): void {
  for (const parameter of changed) {
    const needed = NEEDS[parameter];
    if (needed)
      checkCan(desk, backend, {
        what: `change the ${needed} of a post`,
        can: ({ editable }) => editable.includes(needed),
        field: parameter,
        hint: `edit_post changes ${backend.capabilities.editable.join(', ')} of this post. ${ANEW}`,
      });
  }
}

/** The new air time. A new hour keeps the post's zone; a new zone alone keeps its wall time. */
function editedTime(desk: Desk, changes: PostChanges, standing: Post): AirTime | undefined {
  const { scheduledTime, timezone, ambiguousTime } = changes;
  if (scheduledTime === undefined && timezone === undefined && ambiguousTime === undefined) return undefined;
  const kept = standing.timezone ?? desk.timezone;
  const zone = timezone === undefined ? kept : checkTimezone(timezone);
  const wall = scheduledTime ?? (standing.airAt === null ? undefined : wallTime(standing.airAt, kept));
  if (wall !== undefined)
    return resolveAirTime({
      scheduledTime: wall,
      timezone: zone,
      ambiguousTime,
      field: 'scheduledTime',
      toPublishNow: TO_PUBLISH_NOW.edit,
    });
  throw new Failure('invalid_parameter', 'The post has no air time yet.', {
    field: 'scheduledTime',
    hint: 'Add scheduledTime.',
  });
}

function editWarnings(
  backend: Backend,
  { caption, platformOptions }: PostChanges,
  standing: Post,
): Warning[] {
  const platforms = standing.targets.map(({ platform }) => platform);
  const options = platformOptions ?? {};
  return [
    ...textWarnings({ caption, options }, platforms),
    ...optionWarnings(backend, options, platforms),
    // A vendor may not tell whom a post is for.
    ...(platforms.length > 0 ? unusedOptionWarnings(options, platforms) : []),
  ];
}

interface NewContent extends AsyncDisposable {
  readonly all: readonly Content[];
}

async function openNewContent(
  desk: Desk,
  backend: Backend,
  { contentUrl, contentType }: PostChanges,
  { caller }: Call,
): Promise<NewContent> {
  const slides = Array.isArray(contentUrl);
  if (slides !== (contentType === 'slides') && (slides || contentType !== undefined)) {
    throw new Failure('invalid_parameter', 'Slides are an array of image URLs, a video is one URL or path.', {
      field: 'contentUrl',
      hint: 'For slides pass contentType slides with an array in contentUrl; for a video one string, and contentType video or none.',
    });
  }
  if (slides)
    checkCan(desk, backend, {
      what: 'make slides of a post',
      can: (capabilities) => capabilities.slides === true,
      field: 'contentUrl',
      hint: 'Pass one video as contentUrl, or leave it out.',
    });
  const given = contentUrl === undefined ? [] : [contentUrl].flat();
  const open: OpenContent[] = [];
  const close = async () => {
    for (const one of open) await one[Symbol.asyncDispose]();
  };
  try {
    for (const text of given) {
      open.push(await openContent(desk, text, { field: 'contentUrl', kind: 'video', caller }));
    }
    for (const { content } of open) checkContent(desk, backend, content, { ofPost: true });
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { all: open.map(({ content }) => content), [Symbol.asyncDispose]: close };
}

interface PlannedEdit {
  readonly backend: Backend;
  readonly id: string;
  readonly standing: Post;
  readonly changed: readonly string[];
  readonly edit: PostEdit;
  readonly warnings: readonly Warning[];
  readonly airTime: AirTime | undefined;
}

async function planAnswer(desk: Desk, asked: PlannedEdit, call: Call) {
  const { backend, id, standing, changed, edit, warnings, airTime } = asked;
  const planned = await backend.planEdit(id, edit, call);
  const [post] = await toPostAnswers(desk, backend.name, [standing]);
  return {
    post,
    changed,
    warnings: toWarningAnswers(backend.name, [...warnings, ...planned.warnings]),
    dryRun: true,
    plan: {
      airTime: airTime ? toMoment(airTime.at, airTime.timezone) : (post?.airTime ?? null),
      requests: toRequestAnswers(backend.name, planned.requests),
    },
  };
}
