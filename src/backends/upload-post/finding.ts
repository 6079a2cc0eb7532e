import type { SentOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { profileOf, type Reference, toPostId, toReference } from './ids.ts';
import { toWireOrder } from './order.ts';
import { toPost } from './posts.ts';
import { readHistoryOf, readSchedule, readStatus } from './reading.ts';
import { toInstant } from './wire.ts';

/** The vendor knows a key for 24 hours, by its own client; the last is left for sending: https://www.npmjs.com/package/upload-post */
const KEY_MS = 23 * 3_600_000;

/** The one scheduled post that is like the order; of several nobody knows which. */
export async function findJob(
  http: Http,
  order: SentOrder['order'],
  call: Call,
): Promise<Reference | undefined> {
  const { airTime, accounts } = order;
  if (!airTime) return undefined;
  const profile = profileOf(accounts[0]?.id ?? '');
  const wanted = toWireOrder({ ...order, content: { kind: 'url', url: '' } });
  const title = wanted.form.find(([name]) => name === 'title')?.[1] ?? '';
  const jobs = await readSchedule(http, { profile, from: airTime.at, to: airTime.at + 1 }, call);
  const alike = jobs.filter(
    (job) =>
      job.profile_username === profile &&
      toInstant(job.scheduled_date) === airTime.at &&
      (job.title ?? '') === title,
  );
  const [only] = alike;
  return only && alike.length === 1 ? { kind: 'job', id: only.job_id } : undefined;
}

export function fromOrder(
  { accounts, caption, title, soundId }: SentOrder['order'],
  reference: Reference,
  status: 'scheduled' | 'processing',
): Omit<Post, 'airAt'> {
  return {
    id: toPostId(reference),
    status,
    contentType: 'video',
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    ...(soundId !== undefined && { soundId }),
    targets: accounts.map(({ id, platform }) => ({ accountId: id, platform, status })),
  };
}

/**
 * Asks by the id that was sent along. Where the vendor knows nothing of it the post is absent: should it still be on
 * its way, sending it again within a day under the same key makes no second one. After that nobody can tell.
 */
export async function findVideoPost(
  { http, clock }: { readonly http: Http; readonly clock: Clock },
  { order, sentAt }: SentOrder,
  call: Call,
): Promise<readonly Post[] | 'absent' | 'unknown'> {
  const request: Reference = { kind: 'request', id: order.requestId };
  const status = await readStatus(http, request, call);
  if (!status) return clock.now() - sentAt < KEY_MS ? 'absent' : 'unknown';
  const isPending = order.airTime !== undefined && status.status === 'pending';
  if (isPending) {
    const reference = (await findJob(http, order, call)) ?? request;
    return [{ ...fromOrder(order, reference, 'scheduled'), airAt: order.airTime?.at ?? null }];
  }
  const history = await readHistoryOf(http, request, call);
  const rows = [status, ...status.results, ...history];
  const jobId = order.airTime && rows.find(({ job_id }) => job_id)?.job_id;
  const reference = (jobId && toReference({ job_id: jobId })) || request;
  const { status: word, targets, backendStatus } = toPost({ reference, status, history });
  const post = fromOrder(order, reference, 'processing');
  return [
    {
      ...post,
      status: word,
      targets: targets.length > 0 ? targets : post.targets,
      ...(backendStatus && { backendStatus }),
      airAt: order.airTime?.at ?? sentAt,
    },
  ];
}
