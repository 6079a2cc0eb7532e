import type { ProposalRow } from '../database/tables.ts';
import { resolveAirTime } from '../domain/air-time.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { type BackendName, parseHandle } from '../domain/handle.ts';
import type { Platform } from '../domain/platform.ts';
import type { Post, Target, Warning } from '../domain/post.ts';
import { hashOf } from './hash.ts';

/** A post that somebody asked for and that nothing airs before a person approves it. It goes by an id of the local backend. */
export interface Proposal {
  readonly id: string;
  readonly draft: VideoDraft;
  /** Of the local file as it was when the draft named it; absent for a URL. */
  readonly contentSha256?: string;
  /** The same for two drafts that would air the same. */
  readonly version: string;
  readonly post: Post;
  /** Whether it was approved; it is not shown as a draft any more, and goes by the posts that it became. */
  readonly approved: boolean;
  /** Whether it waited in a backup that was put back: it may have been approved since that was made. */
  readonly restored: boolean;
  /** The posts that it became, as handles, once it was approved. */
  readonly postIds: readonly string[];
}

const MAY_BE_THERE: Warning = {
  code: 'may_be_there',
  message:
    'This draft comes from a backup that was put back. It may have been approved since the backup was made: look whether the post is there already.',
};

/** `simulated`: the backends whose posts nobody in the world sees. */
export function toProposal(row: ProposalRow, simulated: ReadonlySet<BackendName>): Proposal {
  const draft = JSON.parse(row.draft_json) as VideoDraft;
  const targets = JSON.parse(row.targets_json) as readonly Target[];
  const contentSha256 = row.content_sha256 ?? undefined;
  const version = hashOf({ draft, contentSha256 });
  const isSimulated = targets.every(({ backend = 'local' }) => simulated.has(backend));
  return {
    id: row.id,
    draft,
    version,
    ...(contentSha256 !== undefined && { contentSha256 }),
    post: {
      ...toPost(row, draft, targets),
      ...(row.status === 'draft' && { version }),
      ...(row.status === 'draft' && row.restored_at !== null && { warnings: [MAY_BE_THERE] }),
      ...(isSimulated && { simulated: true }),
    },
    approved: row.status === 'approved',
    restored: row.restored_at !== null,
    postIds: JSON.parse(row.post_ids_json) as string[],
  };
}

/** One that was approved is on its way to be a post. */
const SHOWN = { draft: 'draft', approved: 'processing', cancelled: 'cancelled' } as const;

function toPost(
  row: ProposalRow,
  {
    contentUrl,
    caption,
    title,
    soundId,
    scheduledTime,
    timezone,
    ambiguousTime,
    platformOptions,
  }: VideoDraft,
  targets: readonly Target[],
): Post {
  const status = SHOWN[row.status];
  const airTime =
    scheduledTime === undefined || timezone === undefined
      ? undefined
      : resolveAirTime({ scheduledTime, timezone, ambiguousTime, field: 'scheduledTime' });
  const sound = soundId === undefined ? undefined : parseHandle(soundId, 'soundId');
  return {
    id: row.id,
    status,
    contentType: 'video',
    contentUrl,
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    ...(sound && { soundId: sound.rest, soundBackend: sound.backend }),
    ...(platformOptions && { platformOptions }),
    airAt: airTime?.at ?? null,
    ...(timezone !== undefined && { timezone }),
    targets: targets.map((target) => ({ ...target, status })),
    createdAt: row.created_at,
    ...(row.updated_at !== row.created_at && { updatedAt: row.updated_at }),
  };
}

/** A target of a draft: an account that may be on another backend. */
export function proposedTarget(handle: string, platform: Platform): Target {
  const { backend, rest } = parseHandle(handle, 'accountIds');
  return { accountId: rest, backend, platform, status: 'draft' };
}
