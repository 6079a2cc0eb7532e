import type { Platform } from '../../domain/platform.ts';
import type { ContentType, Post, Target } from '../../domain/post.ts';
import { type PostStatus, statusOf, type TargetStatus } from '../../domain/status.ts';
import { type Reference, toAccountId, toPlatform, toPostId } from './ids.ts';
import { fromExternalId, type Label } from './label.ts';
import { fromRow, lost, type OutcomeRow } from './targets.ts';
import { titleIsTitle } from './texts.ts';
import { type HistoryRow, type Running, type ScheduledJob, type Status, toInstant } from './wire.ts';

/** What the vendor tells of one post, gathered from the places where it tells it. */
export interface Facts {
  readonly reference: Reference;
  readonly status?: Status | undefined;
  readonly scheduled?: ScheduledJob | undefined;
  readonly running?: Running | undefined;
  /** Newest first. */
  readonly history: readonly HistoryRow[];
}

/** Where a post stands while it is not over. Any other word is one of those that come before the end. */
const STANDINGS: Readonly<Record<string, 'scheduled' | 'processing' | 'over'>> = {
  pending: 'scheduled',
  queued: 'processing',
  processing: 'processing',
  in_progress: 'processing',
  completed: 'over',
  failed: 'over',
};

export function labelOf({ status }: Facts): Label | undefined {
  return fromExternalId(status?.external_id);
}

export function toPost(facts: Facts): Post {
  const { reference, scheduled, history, status } = facts;
  const standing = standingOf(facts);
  const targets = toTargets(facts, standing);
  const at = standing === 'over' ? firstMoment(facts) : toInstant(scheduled?.scheduled_date);
  const backendStatus = status?.status ?? (scheduled ? 'pending' : undefined);
  const type = history[0]?.media_type ?? scheduled?.post_type;
  return {
    id: toPostId(reference),
    status: targets.length === 0 ? bareStatus(standing) : statusOf(targets.map((target) => target.status)),
    ...(backendStatus && { backendStatus }),
    contentType: toContentType(type) ?? 'video',
    ...toTexts(facts),
    airAt: at ?? null,
    targets,
  };
}

/** A text alone is nothing that Airdate knows: `undefined`. */
export function toContentType(type: string | null | undefined): ContentType | undefined {
  if (type === 'text') return undefined;
  return type === 'photo' || type === 'photos' || type === 'image' ? 'slides' : 'video';
}

/** A request is never scheduled: while it is pending it waits for its turn. */
function standingOf({ reference, status, scheduled, running }: Facts): 'scheduled' | 'processing' | 'over' {
  if (status) {
    const standing = STANDINGS[status.status] ?? 'processing';
    return standing === 'scheduled' && reference.kind === 'request' ? 'processing' : standing;
  }
  if (scheduled) return 'scheduled';
  return running ? 'processing' : 'over';
}

function bareStatus(standing: 'scheduled' | 'processing' | 'over'): PostStatus {
  return standing === 'over' ? 'unconfirmed' : standing;
}

/** Nothing where it cannot be told whose accounts they are. */
function toTargets(facts: Facts, standing: 'scheduled' | 'processing' | 'over'): Target[] {
  const { status, history, running, scheduled } = facts;
  const label = labelOf(facts);
  const profile =
    label?.profile ??
    scheduled?.profile_username ??
    history[0]?.profile_username ??
    running?.profile_username;
  if (!profile) return [];
  const names = [
    ...(label?.placements ?? []).map(({ platform }) => platform),
    ...(status?.results ?? []).map(({ platform }) => platform),
    ...history.map(({ platform }) => platform),
    ...(running?.platforms ?? []),
  ];
  const platforms = [...new Set(names.flatMap((name) => toPlatform(name) ?? []))];
  return platforms.map((platform) => ({
    accountId: toAccountId(profile, platform),
    platform,
    ...(standing === 'over' ? outcomeOn(platform, facts) : { status: standing satisfies TargetStatus }),
  }));
}

/** While a post runs its rows may say `success` already, so this is asked only when it is over. */
function outcomeOn(platform: Platform, { status, history }: Facts): Omit<Target, 'accountId' | 'platform'> {
  const onPlatform = (row: OutcomeRow) => toPlatform(row.platform) === platform;
  const told = history.find(onPlatform);
  const row = status?.results.find(onPlatform);
  if (row && !RUNNING.has(row.status ?? '')) return fromRow(row, told);
  return told ? fromRow(told) : lost(status?.message);
}

const RUNNING: ReadonlySet<string> = new Set(['queued', 'processing', 'pending', 'in_progress']);

function firstMoment({ status, history }: Facts): number | undefined {
  const moments = [...(status?.results ?? []), ...history].flatMap(
    ({ upload_timestamp }) => toInstant(upload_timestamp) ?? [],
  );
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** The vendor's `title` is the caption wherever a platform has no title of its own. */
function toTexts(facts: Facts): Pick<Post, 'caption' | 'title'> {
  const { history, scheduled } = facts;
  const [newest] = history;
  const text = newest?.post_title ?? scheduled?.title;
  const caption = newest?.post_caption;
  const platforms = labelOf(facts)?.placements.map(({ platform }) => platform);
  if (!newest && text && platforms && titleIsTitle(platforms)) return { title: text };
  if (!caption) return text ? { caption: text } : {};
  return { caption, ...(text && text !== caption && { title: text }) };
}
