import type { OrderLikeness, SentOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { fromWirePost } from './from-wire.ts';
import { LARGEST_PAGE, WirePosts } from './posts.ts';

const MINUTE_MS = 60_000;
/** For so long what was accepted may not be listed yet. */
const SETTLING_MS = 5 * MINUTE_MS;
/** A post older than its order is another one; clocks agree within so much. */
const CLOCK_SKEW_MS = 15_000;
/** A post this much older than its order may still be it, by a clock that is set wrong. */
const WRONG_CLOCK_MS = 60 * MINUTE_MS;
const MOST_PAGES = 5;

type Found = readonly Post[] | 'absent' | 'unknown';

/**
 * The vendor keeps no id of ours, and its copy of the content has another address: a post is known by account, time,
 * caption and age. Surely absent is an order when the list was read to its end, late enough, and no account has a post
 * at its time, whatever the caption, or one with its caption that somebody may have moved since.
 */
export async function findVideoPost(
  http: Http,
  { sent, now }: { readonly sent: SentOrder; readonly now: number },
  call: Call,
): Promise<Found> {
  const { airTime } = sent.order;
  // A video goes live or fails at its time; until then it waits under this one word.
  const waits = airTime !== undefined && airTime.at > now + SETTLING_MS;
  const { rows, complete } = await readPosts(http, { sent, ...(waits && { status: 'generated' }) }, call);
  const others = await sent.others?.();
  const isOpen = (post: Post) => isOnAny(post, sent) && !others?.posts.has(post.id);
  const open = rows.filter(isOpen);
  const alike = open.filter((post) => isNear(post, sent) && isAlike(post, sent));
  const found = sent.order.accounts.flatMap(({ id }) => onlyOneOf(alike.filter((post) => isOn(post, id))));
  const isSure = !others?.inDoubt.some((other) => isSame(other, sent.order));
  if (found.length === sent.order.accounts.length && isSure) return found;
  const settled = now >= (sent.lastSentAt ?? sent.sentAt) + SETTLING_MS;
  const couldBe = (post: Post) => isNear(post, sent) || isAlike(post, sent);
  if (open.some(couldBe) || !complete || !settled) return 'unknown';
  if (!waits) return 'absent';
  const live = await readPosts(http, { sent, status: 'posted' }, call);
  return live.rows.some((post) => isOpen(post) && isAlike(post, sent)) ? 'unknown' : 'absent';
}

/** All posts that it could be among, or as many as a call has time for. */
async function readPosts(
  http: Http,
  { sent, status }: { readonly sent: SentOrder; readonly status?: string },
  call: Call,
): Promise<{ rows: readonly Post[]; complete: boolean }> {
  const { accounts } = sent.order;
  const [only] = accounts.length === 1 ? accounts : [];
  const query = {
    ...(status !== undefined && { status }),
    contentType: 'video',
    accountId: only?.id,
    limit: LARGEST_PAGE,
  };
  const rows: Post[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const request = { path: '/v1/posts', query: { ...query, cursor }, schema: WirePosts };
    const read = await http.read(request, call);
    rows.push(...read.rows.map(fromWirePost));
    cursor = read.nextCursor;
    if (cursor === undefined) return { rows, complete: !read.hasMore };
  }
  return { rows, complete: false };
}

/** At the time of the order. One that goes out at once has the time at which it was made. */
function isNear(post: Post, { order, sentAt }: SentOrder): boolean {
  const { airAt, createdAt = sentAt } = post;
  if (order.airTime) return airAt === null || airAt === order.airTime.at;
  const atOnce = airAt === null || Math.abs(airAt - createdAt) <= SETTLING_MS;
  return atOnce && createdAt >= sentAt - WRONG_CLOCK_MS;
}

function isAlike({ caption, createdAt }: Post, { order, sentAt }: SentOrder): boolean {
  return plain(caption) === plain(order.caption) && (createdAt ?? 0) >= sentAt - CLOCK_SKEW_MS;
}

/** The vendor tells two such orders apart by nothing. */
function isSame(one: OrderLikeness, other: OrderLikeness): boolean {
  return plain(one.caption) === plain(other.caption) && one.airTime?.at === other.airTime?.at;
}

/** Of several alike nobody knows which. */
function onlyOneOf(posts: readonly Post[]): readonly Post[] {
  return posts.length === 1 ? posts : [];
}

function plain(caption = ''): string {
  return caption.normalize('NFC').replace(/\s+/g, ' ').trim();
}

function isOnAny(post: Post, { order }: SentOrder): boolean {
  return order.accounts.some(({ id }) => isOn(post, id));
}

function isOn({ targets }: Post, accountId: string): boolean {
  return targets.some((target) => target.accountId === accountId);
}
