import type { Account } from '../../domain/account.ts';
import type { AirTime } from '../../domain/air-time.ts';
import type { VideoOrder } from '../../domain/backend.ts';
import { quote } from '../../domain/failure.ts';
import { isPlatform } from '../../domain/platform.ts';
import type { ContentType, Post, Target, Warning } from '../../domain/post.ts';
import type { TargetStatus } from '../../domain/status.ts';
import { fromWireInstant, isKept, isZone } from './air-time.ts';
import { takesSound } from './capabilities.ts';
import type { WirePost } from './wire.ts';

/** `scheduled` and `generated` are two words for one state: https://docs.infinipost.co/api-reference/posts/get */
const STATUSES: ReadonlyMap<string, TargetStatus> = new Map([
  ['scheduled', 'scheduled'],
  ['generated', 'scheduled'],
  ['pending_render', 'processing'],
  ['posted', 'published'],
  ['failed', 'failed'],
]);

/** What a word means that the vendor does not document, nobody here knows. */
function statusOf({ status }: WirePost): TargetStatus {
  return STATUSES.get(status ?? '') ?? 'unconfirmed';
}

export function fromWirePost(row: WirePost): Post {
  const { contentUrl, thumbnailUrl, caption, soundId, timezone } = row;
  const status = statusOf(row);
  const createdAt = fromWireInstant(row.createdAt);
  return {
    id: row.postId,
    status,
    ...(row.status && { backendStatus: quote(row.status) }),
    contentType: contentTypeOf(row),
    ...(contentUrl && { contentUrl }),
    ...(thumbnailUrl && { thumbnailUrl }),
    ...(caption && { caption }),
    ...(soundId && { soundId }),
    airAt: fromWireInstant(row.scheduledTime) ?? null,
    ...(timezone && isZone(timezone) && { timezone }),
    targets: targetsOf(row, status),
    ...(createdAt !== undefined && { createdAt }),
  };
}

/** Older pages say `slideshow` for `slides`. */
function contentTypeOf({ contentType, contentUrl }: WirePost): ContentType {
  return contentType === 'video' || (!contentType && !Array.isArray(contentUrl)) ? 'video' : 'slides';
}

function targetsOf({ accountId, platform, postedAt }: WirePost, status: TargetStatus): Target[] {
  if (!accountId || !platform || !isPlatform(platform)) return [];
  const publishedAt = fromWireInstant(postedAt);
  return [{ accountId, platform, status, ...(publishedAt !== undefined && { publishedAt }) }];
}

interface Created {
  readonly order: VideoOrder;
  readonly now: number;
}

/** The answer to a create repeats little of what was sent, so that the order tells the rest. */
export function fromCreatedRows(rows: readonly WirePost[], { order, now }: Created): Post[] {
  const { accounts, content, caption, soundId, airTime } = order;
  return rows.map((row, index): Post => {
    const account = accountOf(row, accounts, index);
    const whole = {
      ...row,
      accountId: account?.id ?? row.accountId,
      platform: account?.platform ?? row.platform,
      status: row.status ?? 'scheduled',
      contentType: 'video',
      contentUrl: content.url,
      caption,
      // Of a post without a time it is the vendor's default, which nobody asked for.
      timezone: null,
      soundId: account && takesSound(account.platform) ? soundId : null,
    };
    const told = statusOf(whole);
    // What goes out at once comes back as `scheduled`, too.
    const status = told === 'scheduled' && !airTime ? 'processing' : told;
    const post = fromWirePost(whole);
    return {
      ...post,
      status,
      airAt: post.airAt ?? airTime?.at ?? post.createdAt ?? now,
      ...(airTime && { timezone: airTime.timezone }),
      targets: targetsOf(whole, status),
    };
  });
}

function accountOf(
  { accountId }: WirePost,
  accounts: readonly Account[],
  index: number,
): Account | undefined {
  return accountId ? accounts.find(({ id }) => id === accountId) : accounts[index];
}

export function timeWarnings(rows: readonly WirePost[], asked: AirTime | undefined): Warning[] {
  const moved = asked ? rows.filter(({ scheduledTime }) => !isKept(scheduledTime, asked)) : [];
  return moved.map(({ postId, scheduledTime }) => ({
    code: 'time_not_kept',
    message: `infinipost answered with another time for ${quote(postId)} than was asked: "${quote(scheduledTime ?? '')}". Edit or cancel the post if that is wrong.`,
  }));
}
