import { checkFuture } from '../../domain/air-time.ts';
import type { Plan, VideoOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { TargetStatus } from '../../domain/status.ts';
import type { Http } from '../http.ts';
import { toCreateBody } from './body.ts';
import { advise } from './explain.ts';
import { answerOf } from './fields.ts';
import type { MediaLibrary } from './media.ts';
import { planMedia } from './media-requests.ts';
import { cancelled, readPost, regardless, takeBack } from './requests.ts';
import { fromWireStatus, WirePost } from './wire.ts';

export interface Surroundings {
  readonly http: Http;
  readonly clock: Clock;
  readonly media: MediaLibrary;
}

interface Created {
  readonly posts: readonly Post[];
  readonly warnings: readonly Warning[];
}

export function planVideoPost(http: Http, order: VideoOrder): Plan {
  if (order.content.kind === 'clip') return { requests: [], warnings: [] };
  const { body, warnings } = toCreateBody(order);
  const { requests, id } = planMedia(http, order.content);
  const create = http.plan(createRequest({ ...body, media_ids: [id] }));
  const accountIds = order.accounts.map((account) => account.id);
  return { requests: [...requests, create].map((request) => ({ accountIds, ...request })), warnings };
}

export async function createVideoPost(
  { http, clock, media }: Surroundings,
  order: VideoOrder,
  call: Call,
): Promise<Created> {
  const { airTime } = order;
  const { body, warnings, title } = toCreateBody(order);
  const mediaId = await media.prepare(order.content, call);
  // The video may have taken longer than there was time.
  if (airTime) checkFuture(airTime, clock.now(), 'scheduledTime');
  call.progress('handing the post to PostEverywhere');
  const request = createRequest({ ...body, media_ids: [mediaId] });
  const answer = await http.write({ ...request, schema: answerOf(WirePost) }, call).catch((thrown) => {
    throw advise(thrown);
  });
  const post = fromCreated(answer, { order, title, now: clock.now() });
  if (!airTime || (await keepsTime(http, answer, airTime.at, call))) return { posts: [post], warnings };
  const taken = await takeBack(http, answer.id, call);
  const told = toldOf(taken, post);
  return { posts: [told], warnings: [...warnings, timeNotKept(told, answer.status)] };
}

function createRequest(json: object) {
  return { method: 'POST', path: '/posts', body: { json } } as const;
}

interface Taken {
  readonly order: VideoOrder;
  readonly title: string | undefined;
  readonly now: number;
}

/** The answer may be five fields: what it leaves out is as it was asked. */
function fromCreated(answer: WirePost, { order, title, now }: Taken): Post {
  const { airTime, caption, content } = order;
  const status = answer.status === undefined && airTime ? 'scheduled' : fromWireStatus(answer.status);
  return {
    id: answer.id,
    status,
    ...(answer.status && { backendStatus: answer.status }),
    contentType: 'video',
    contentUrl: content.url,
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    airAt: answer.scheduled_for ?? airTime?.at ?? now,
    ...(airTime && { timezone: airTime.timezone }),
    targets: targetsOf(order, status === 'partial' ? 'processing' : status),
    createdAt: answer.created_at ?? now,
  };
}

function targetsOf({ accounts }: VideoOrder, status: TargetStatus): Post['targets'] {
  return accounts.map(({ id, platform }) => ({ accountId: id, platform, status }));
}

/** What the vendor reads as "at once" it answers with: the answer is held against what was asked. */
async function keepsTime(http: Http, answer: WirePost, at: number, call: Call): Promise<boolean> {
  if (isOnTheWay(answer)) return false;
  if (answer.scheduled_for !== undefined) return isAt(answer.scheduled_for, at);
  // From here on the post exists, so that nothing may fail as if it did not.
  const read = await readPost(http, answer.id, regardless(call)).catch(() => undefined);
  return read === undefined || (!isOnTheWay(read) && isAt(read.scheduled_for, at));
}

const ON_THE_WAY = ['publishing', 'published', 'partially_failed', 'failed', 'draft'];

export function isOnTheWay({ status }: WirePost): boolean {
  return status !== undefined && ON_THE_WAY.includes(status);
}

/** To the second, which is as exact as an air time can be asked for. */
export function isAt(found: number | undefined, at: number): boolean {
  return found !== undefined && Math.abs(found - at) < 1000;
}

function toldOf(taken: Awaited<ReturnType<typeof takeBack>>, post: Post): Post {
  if (taken === 'gone') return cancelled(post);
  if (taken !== 'unknown') return taken;
  const targets = post.targets.map((target) => ({ ...target, status: 'unconfirmed' as const }));
  return { ...post, status: 'unconfirmed', targets };
}

export function timeNotKept({ status }: Post, answered: string | undefined): Warning {
  const became =
    status === 'cancelled'
      ? 'It was cancelled at once; look at the accounts before it is posted again.'
      : `Airdate tried to cancel it at once; it is ${status} now.`;
  const message = `PostEverywhere did not keep the air time: it answered that the post is ${answered ?? 'at another time'}. ${became}`;
  return { code: 'time_not_kept', message };
}
