import type { VideoOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import { Failure } from '../../domain/failure.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { Http, Write } from '../http.ts';
import { findJob, findVideoPost, fromOrder } from './finding.ts';
import type { Reference } from './ids.ts';
import { toWireOrder } from './order.ts';
import { Accepted, toInstant } from './wire.ts';

interface Surroundings {
  readonly http: Http;
  readonly clock: Clock;
}

interface Created {
  readonly posts: readonly Post[];
  readonly warnings: readonly Warning[];
}

/** The request of a new post. Its key makes the vendor answer with the post that is there. */
export function toUpload(order: VideoOrder): { request: Write<Accepted>; warnings: readonly Warning[] } {
  const { form, warnings } = toWireOrder(order);
  return {
    request: {
      method: 'POST',
      path: '/upload',
      headers: { 'Idempotency-Key': order.requestId },
      body: { form },
      repeat: 'keyed',
      schema: Accepted,
    },
    warnings,
  };
}

export async function createVideoPost(
  { http, clock }: Surroundings,
  order: VideoOrder,
  call: Call,
): Promise<Created> {
  const { request, warnings } = toUpload(order);
  try {
    const accepted = await http.write(request, call);
    const { post, warnings: more } = await fromAccepted({ http, clock }, { order, accepted }, call);
    return { posts: [post], warnings: [...warnings, ...more] };
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code === 'forbidden')
      throw failure.with({ hint: 'Look at the account and the plan in the Upload-Post dashboard.' });
    if (failure.code !== 'conflict') throw failure;
    // That answer to a known key is not documented, but it has been seen: the post may be there.
    const found = await findVideoPost({ http, clock }, { order, sentAt: clock.now() }, call).catch(
      () => 'unknown',
    );
    if (typeof found !== 'string') return { posts: found, warnings };
    throw found === 'absent' ? failure : new Failure('outcome_unknown', failure.message, failure.details);
  }
}

async function fromAccepted(
  { http, clock }: Surroundings,
  { order, accepted }: { order: VideoOrder; accepted: Accepted },
  call: Call,
): Promise<{ post: Post; warnings: Warning[] }> {
  const { requestId, airTime, content } = order;
  const isOther = Boolean(accepted.request_id) && accepted.request_id !== requestId;
  const reference = await referenceOf(http, { order, accepted }, call);
  const airAt = airTime && (toInstant(accepted.scheduled_date) ?? airTime.at);
  const post = {
    ...fromOrder(order, reference, airTime ? 'scheduled' : 'processing'),
    contentUrl: content.url,
    airAt: airAt ?? clock.now(),
    createdAt: clock.now(),
  };
  return {
    post,
    warnings: [
      ...(isOther ? [ALREADY_THERE] : []),
      ...(airTime && airAt !== airTime.at ? [timeNotKept(airAt)] : []),
    ],
  };
}

const ALREADY_THERE: Warning = {
  code: 'duplicate_content',
  message: 'Upload-Post took this for a post that it has already, and made no new one.',
};

export function timeNotKept(airAt: number | undefined): Warning {
  const told = airAt === undefined ? 'no time' : new Date(airAt).toISOString();
  return { code: 'time_not_kept', message: `Upload-Post answered with another air time: ${told}.` };
}

/** A scheduled post is edited by its job, which an answer to a repeated key may leave out. */
async function referenceOf(
  http: Http,
  { order, accepted }: { order: VideoOrder; accepted: Accepted },
  call: Call,
): Promise<Reference> {
  const request = { kind: 'request', id: accepted.request_id ?? order.requestId } as const;
  if (!order.airTime) return request;
  if (accepted.job_id) return { kind: 'job', id: accepted.job_id };
  // The post is there by now: what fails here must not look as if it were not.
  return (await findJob(http, order, call).catch(() => undefined)) ?? request;
}
