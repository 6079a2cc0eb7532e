import type { Accounts } from './posteverywhere-accounts.ts';
import {
  check,
  PlatformContent,
  readInstant,
  readTimezone,
  type UpdateBody,
} from './posteverywhere-bodies.ts';
import { invalid, Refusal } from './posteverywhere-envelope.ts';
import { type Destination, newDestination, type Post } from './posteverywhere-post.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

const draftLeadMs = 60_000;

/** The time that a body asks for, as far as the vendor looks; `null` is "at once". */
export function readAirTime(
  body: Pick<UpdateBody, 'scheduled_for' | 'scheduled_at'>,
  now: number,
  switches: PosteverywhereSwitches,
): number | null {
  const { scheduleField, minimumLeadMs } = switches;
  const asked = scheduleField === 'both' ? (body.scheduled_for ?? body.scheduled_at) : body[scheduleField];
  return typeof asked === 'string' ? readFuture(asked, now, minimumLeadMs, switches) : null;
}

/** A draft is scheduled a minute ahead at least, or with no time at once. */
export function readDraftTime(
  asked: string | undefined,
  now: number,
  switches: PosteverywhereSwitches,
): number | null {
  const leadMs = Math.max(draftLeadMs, switches.minimumLeadMs);
  return asked === undefined ? null : readFuture(asked, now, leadMs, switches);
}

function readFuture(asked: string, now: number, leadMs: number, switches: PosteverywhereSwitches): number {
  const instant = readInstant(asked);
  const early = instant <= now || instant < now + leadMs;
  if (early && switches.pastTime === 'refused')
    throw new Refusal(400, 'past_schedule_time', 'scheduled_for must be in the future.');
  return instant;
}

export function destinationsOn(
  accountIds: readonly number[],
  accounts: Accounts,
  fireAt: number | null,
): Destination[] {
  const unique = [...new Set(accountIds)];
  const unknown = unique.filter((id) => !accounts.find(id));
  if (unknown.length > 0)
    throw new Refusal(400, 'invalid_accounts', `Unknown accounts: ${unknown.join(', ')}.`);
  return unique.flatMap((id) => {
    const account = accounts.find(id);
    return account ? newDestination(id, account.platform, fireAt) : [];
  });
}

/** The post after a PATCH: what was left out stays, media and accounts are replaced, settings merge. */
export function edit(
  post: Post,
  body: UpdateBody,
  accounts: Accounts,
  now: number,
  switches: PosteverywhereSwitches,
): Post {
  const time = readAirTime(body, now, switches);
  const { content, media_ids, account_ids, timezone, platform_content } = body;
  const given = [content, media_ids, account_ids, timezone, platform_content, time];
  if (given.every((value) => value === undefined || value === null))
    throw invalid('At least one field to update is required.');
  if (content === '') throw invalid('content must not be empty.');
  const moved = post.draft ? null : time;
  const fireAt = moved === null ? null : Math.max(moved, now);
  const old = moveTo(switches.rescheduleReaches === 'destinations' ? fireAt : null, post.destinations);
  const added =
    account_ids && destinationsOn(account_ids, accounts, post.draft ? null : (fireAt ?? oldTime(post, now)));
  return {
    ...post,
    content: content ?? post.content,
    mediaIds: media_ids ?? post.mediaIds,
    timezone: readTimezone(timezone ?? post.timezone),
    platformContent: platform_content ? merge(post.platformContent, platform_content) : post.platformContent,
    scheduledFor: moved ?? post.scheduledFor,
    destinations: added ? replace(old, added) : old,
    updatedAt: now,
  };
}

const oldTime = (post: Post, now: number): number => Math.max(post.scheduledFor ?? now, now);

function moveTo(fireAt: number | null, destinations: readonly Destination[]): Destination[] {
  return destinations.map((one) => (fireAt !== null && one.status === 'queued' ? { ...one, fireAt } : one));
}

function replace(old: readonly Destination[], wanted: readonly Destination[]): Destination[] {
  if (wanted.length === 0) throw invalid('account_ids must not be empty.');
  const lost = old.find(
    ({ status, accountId }) =>
      status === 'published' && !wanted.some((destination) => destination.accountId === accountId),
  );
  if (lost) throw invalid(`Account ${lost.accountId} was published to and cannot be removed.`);
  return wanted.map((one) => old.find(({ accountId }) => accountId === one.accountId) ?? one);
}

function merge(before: PlatformContent | null, added: PlatformContent): PlatformContent {
  const entries = PlatformContent.keyof().options.flatMap((platform) => {
    const [old, fresh] = [before?.[platform], added[platform]];
    const settings = (old?.settings ?? fresh?.settings) && { ...old?.settings, ...fresh?.settings };
    return old || fresh ? [[platform, { ...old, ...fresh, ...(settings && { settings }) }]] : [];
  });
  return check(PlatformContent, Object.fromEntries(entries));
}
