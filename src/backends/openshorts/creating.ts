import type { OrderLikeness, OtherOrders, SentOrder, VideoOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { Http, Write } from '../http.ts';
import { timeNotKept } from '../upload-post/creating.ts';
import { groupsOf, momentOf } from '../upload-post/groups.ts';
import { profileOf, type Reference, toPostId as toVendorId } from '../upload-post/ids.ts';
import { toPost } from '../upload-post/posts.ts';
import { readHistory } from '../upload-post/reading.ts';
import { toDate, toInstant } from '../upload-post/wire.ts';
import { knownTitle, placeTexts, readClip } from './clip.ts';
import { type ClipPost, toPostId } from './ids.ts';
import { readScheduled, type Surroundings } from './reading.ts';
import { Posted } from './wire.ts';

/** The app stands still until Upload-Post has the file. */
const DEADLINE_MS = 45_000;
/** The app gives up each phase of an upload after two minutes: by then what was on its way has arrived or not. */
const SETTLED_MS = 10 * 60_000;

interface Prepared {
  readonly request: Write<Posted>;
  readonly post: Omit<Post, 'id' | 'airAt'>;
  readonly warnings: readonly Warning[];
}

export async function preparePost({ http }: Surroundings, order: VideoOrder, call: Call): Promise<Prepared> {
  const clip = await readClip(http, order, call);
  const { title, description, warnings } = placeTexts(order, clip);
  const { accounts, airTime, content } = order;
  const [jobId, clipIndex] = content.kind === 'clip' ? [content.jobId, content.clipIndex] : ['', 0];
  const tiktok = accounts.filter(({ platform }) => platform === 'tiktok').map(({ id }) => id);
  const request = {
    method: 'POST',
    path: '/api/social/post',
    body: {
      json: {
        job_id: jobId,
        clip_index: clipIndex,
        user_id: profileOf(accounts[0]?.id ?? ''),
        platforms: accounts.map(({ platform }) => platform),
        ...(title !== undefined && { title }),
        description,
        ...(airTime && { scheduled_date: toDate(airTime.at), timezone: 'UTC' }),
      },
    },
    schema: Posted,
    deadlineMs: DEADLINE_MS,
  } as const;
  const post = {
    ...fromOrder({ ...order, caption: description, ...(title !== undefined && { title }) }),
    contentUrl: content.url,
  };
  return { request, post, warnings: [...warnings, ...draftWarnings(tiktok)] };
}

function draftWarnings(accountIds: readonly string[]): Warning[] {
  if (accountIds.length === 0) return [];
  const message =
    'OpenShorts sends TikTok clips to the drafts of the TikTok app, without their caption, unless its operator has set TIKTOK_POST_MODE=DIRECT_POST. Publish the draft in the app.';
  return [{ code: 'lands_in_drafts', message, accountIds }];
}

export async function createVideoPost(
  surroundings: Surroundings,
  order: VideoOrder,
  call: Call,
): Promise<{ posts: readonly Post[]; warnings: readonly Warning[] }> {
  const { request, post, warnings } = await preparePost(surroundings, order, call);
  const posted = await surroundings.http.write(request, call);
  const { airTime, accounts } = order;
  const now = surroundings.clock.now();
  const told = airTime && toInstant(posted.scheduled_date);
  const isMoved = airTime !== undefined && told !== undefined && told !== airTime.at;
  const id = toPostId({ profile: profileOf(accounts[0]?.id ?? ''), reference: toReference(posted, order) });
  return {
    posts: [{ ...post, id, airAt: told ?? airTime?.at ?? now, createdAt: now }],
    warnings: [...warnings, ...(isMoved ? [timeNotKept(told)] : [])],
  };
}

function toReference({ job_id, request_id, uploadId }: Posted, { airTime }: VideoOrder): Reference {
  if (job_id) return { kind: 'job', id: job_id };
  if (request_id) return { kind: 'request', id: request_id };
  return { kind: airTime ? 'job' : 'request', id: uploadId ?? '' };
}

function fromOrder({ accounts, caption, title, airTime }: SentOrder['order']): Omit<Post, 'id' | 'airAt'> {
  const status = airTime ? 'scheduled' : 'processing';
  return {
    status,
    contentType: 'video',
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    targets: accounts.map(({ id, platform }) => ({ accountId: id, platform, status })),
  };
}

type Found = readonly Post[] | 'absent' | 'unknown';

/**
 * The app passes on no id of ours, so a post is looked for by profile, time and title. It is absent when its job is not
 * in the list, at whatever time, although it is still to run and whatever was on its way has arrived long since.
 */
export async function findVideoPost(surroundings: Surroundings, sent: SentOrder, call: Call): Promise<Found> {
  const { http, uploadPost, clock } = surroundings;
  const { order, sentAt, lastSentAt = sentAt } = sent;
  const { airTime, accounts } = order;
  const profile = profileOf(accounts[0]?.id ?? '');
  const title = knownTitle(order);
  if (!airTime) return uploadPost ? findInHistory(uploadPost, sent, call) : 'unknown';
  const jobs = await readScheduled(http, profile, call);
  const others = await sent.others?.();
  const titled = jobs.filter(
    (job) =>
      (title === undefined || (job.title ?? '') === title) &&
      !isKnown({ profile, reference: { kind: 'job', id: job.job_id } }, others),
  );
  const alike = titled.filter((job) => toInstant(job.scheduled_date) === airTime.at);
  const [only] = alike;
  if (only && alike.length === 1 && title !== undefined && isTold(order, others)) {
    const reference = { kind: 'job', id: only.job_id } as const;
    return [{ ...fromOrder(order), id: toPostId({ profile, reference }), airAt: airTime.at }];
  }
  const now = clock.now();
  if (titled.length > 0 || now - lastSentAt <= SETTLED_MS || airTime.at <= now) return 'unknown';
  const ran = uploadPost && (await readRun(uploadPost, sent, call));
  return ran && ran.posts.length > 0 ? 'unknown' : 'absent';
}

/** A post of another order, made here or with Upload-Post itself. */
function isKnown(clipPost: ClipPost, others: OtherOrders | undefined): boolean {
  const ids = [toPostId(clipPost), toVendorId(clipPost.reference)];
  return ids.some((id) => others?.posts.has(id));
}

/** Whether a post that is like the order can be no other's. */
function isTold(order: OrderLikeness, others: OtherOrders | undefined): boolean {
  const isSame = (other: OrderLikeness) =>
    other.airTime?.at === order.airTime?.at && [undefined, knownTitle(order)].includes(knownTitle(other));
  return !others?.inDoubt.some(isSame);
}

async function findInHistory(uploadPost: Http, sent: SentOrder, call: Call): Promise<Found> {
  const { order } = sent;
  const { posts, others } = await readRun(uploadPost, sent, call);
  const platforms = new Set(order.accounts.map(({ platform }) => platform));
  const alike = posts.filter(
    ({ targets }) =>
      targets.length === platforms.size && targets.every(({ platform }) => platforms.has(platform)),
  );
  return knownTitle(order) !== undefined && alike.length === 1 && isTold(order, others) ? alike : 'unknown';
}

interface Run {
  readonly posts: readonly Post[];
  readonly others: OtherOrders | undefined;
}

/** What ran for the profile since the order was sent, with its title as far as that is known. */
async function readRun(
  uploadPost: Http,
  { order, sentAt, others: askOthers }: SentOrder,
  call: Call,
): Promise<Run> {
  const profile = profileOf(order.accounts[0]?.id ?? '');
  const title = knownTitle(order);
  const { history } = await readHistory(uploadPost, 1, call);
  const others = await askOthers?.();
  const rows = history.filter(
    (row) =>
      row.profile_username === profile &&
      (title === undefined || row.post_title === title) &&
      momentOf(row) >= sentAt,
  );
  const groups = groupsOf(rows).filter(({ reference }) => !isKnown({ profile, reference }, others));
  const posts = groups.map((group) => ({
    ...toPost({ reference: group.reference, history: group.rows }),
    id: toPostId({ profile, reference: group.reference }),
  }));
  return { posts, others };
}
