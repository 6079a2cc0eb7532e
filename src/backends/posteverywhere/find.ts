import type { OrderLikeness, SentOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { isAt } from './create.ts';
import { answerOf } from './fields.ts';
import { hasMore, WirePage } from './list.ts';
import { fromWirePost, type WirePost } from './wire.ts';

const MINUTE_MS = 60_000;
/** A post may show a while after it was taken. */
const SHOWS_WITHIN_MS = 5 * MINUTE_MS;
/** The vendor's clock may be off by so much. */
const CLOCK_SLACK_MS = MINUTE_MS;
/** A post from just before may be the same content on purpose, or the one that was sent. */
const LOOK_BACK_MS = 10 * MINUTE_MS;
/** A post that went out at once, later than this after the order, is another one with the same text. */
const SENT_WITHIN_MS = 60 * MINUTE_MS;
const PAGE = 100;

interface Looking extends SentOrder {
  /** The last moment at which it can have been sent. */
  readonly sentUntil: number;
  readonly now: number;
}

/**
 * The vendor keeps no key or reference of ours, so that a post is known by its accounts, time and text. Its text search
 * is left out: nobody says how it reads a text, and what it misses would be taken for absent. Absent is sure when the
 * list of all that was made for the account since then has been seen to its end, minutes later, without any post for the
 * same accounts that has its time or its text.
 */
export async function findVideoPost(
  http: Http,
  looking: Looking,
  call: Call,
): Promise<readonly Post[] | 'absent' | 'unknown'> {
  const { order, sentAt, sentUntil, now } = looking;
  const query = {
    account_id: order.accounts[0]?.id,
    created_after: new Date(sentAt - LOOK_BACK_MS).toISOString(),
    sort: 'created_at',
    order: 'asc',
    limit: PAGE,
    offset: 0,
  };
  const page = await http.read({ path: '/posts', query, schema: answerOf(WirePage) }, call);
  const others = await looking.others?.();
  const like = page.posts.filter((row) => couldBe(row, looking) && !others?.posts.has(row.id));
  const [found, second] = like.filter((row) => isIt(row, looking));
  const isSure = !others?.inDoubt.some((other) => isSame(other, order));
  if (found && !second && isSure) return [fromWirePost(found)];
  const unsure = like.length > 0 || hasMore(page, 0, PAGE) || now < sentUntil + SHOWS_WITHIN_MS;
  return unsure ? 'unknown' : 'absent';
}

function isIt(row: WirePost, looking: Looking): boolean {
  const { order, sentAt, lastSentAt = sentAt } = looking;
  const { created_at = 0 } = row;
  const inTime = order.airTime !== undefined || created_at <= lastSentAt + SENT_WITHIN_MS;
  const recent = created_at >= sentAt - CLOCK_SLACK_MS && inTime;
  return recent && sameText(row, looking) && accountsOf(row).length > 0 && isTimely(row, looking);
}

function couldBe(row: WirePost, looking: Looking): boolean {
  const { order, sentAt, lastSentAt = sentAt, sentUntil } = looking;
  const { created_at = sentAt } = row;
  if (created_at < sentAt - LOOK_BACK_MS) return false;
  const ids = accountsOf(row);
  const wanted = order.accounts.map(({ id }) => id).sort();
  const sameAccounts = ids.length === 0 || ids.join() === wanted.join();
  if (!sameAccounts) return false;
  // Somebody may have moved it since.
  if (sameText(row, looking) && created_at >= sentAt - CLOCK_SLACK_MS) return true;
  if (!isTimely(row, looking) && !isImmediate(row)) return false;
  const until = Math.min(sentUntil, lastSentAt + SENT_WITHIN_MS) + SHOWS_WITHIN_MS;
  const then = created_at >= sentAt - CLOCK_SLACK_MS && created_at <= until;
  return then || sameText(row, looking);
}

/** The vendor tells two such orders apart by nothing. */
function isSame(one: OrderLikeness, other: OrderLikeness): boolean {
  return plain(one.caption) === plain(other.caption) && one.airTime?.at === other.airTime?.at;
}

function sameText({ content }: WirePost, { order }: Looking): boolean {
  return plain(content ?? undefined) === plain(order.caption);
}

/** The vendor may lay out white space anew. */
function plain(text = ''): string {
  return text.replace(/\s+/g, ' ').trim();
}

function isTimely(row: WirePost, { order }: Looking): boolean {
  return order.airTime ? isAt(row.scheduled_for, order.airTime.at) : isImmediate(row);
}

function isImmediate({ scheduled_for, created_at }: WirePost): boolean {
  if (scheduled_for === undefined || created_at === undefined) return true;
  return scheduled_for <= created_at + MINUTE_MS;
}

function accountsOf({ account_ids, destinations }: WirePost): string[] {
  const listed = destinations?.flatMap((row) => row.account_id ?? row.social_account_id ?? []);
  return [...(account_ids ?? listed ?? [])].sort();
}
