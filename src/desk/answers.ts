import { toMoment } from '../domain/air-time.ts';
import type { PlannedRequest } from '../domain/backend.ts';
import { Failure, type FailureAnswer } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post, Warning } from '../domain/post.ts';
import type { Sound } from '../domain/sound.ts';
import type { Desk } from './desk.ts';

/** Posts, warnings and sounds as an agent reads them: ids are handles, instants are moments in the post's own zone. */

export async function toPostAnswers(desk: Desk, backend: BackendName, posts: readonly Post[]) {
  const complete = await desk.knownPosts.complete(backend, posts);
  return complete.map((post) => toPostAnswer(desk, backend, post));
}

export type PostAnswer = ReturnType<typeof toPostAnswer>;

export function toPostAnswer(desk: Pick<Desk, 'timezone'>, backend: BackendName, post: Post) {
  const { id, airAt, timezone: asked, targets, createdAt, updatedAt, ...content } = post;
  const { soundId, soundBackend = backend, ...rest } = content;
  const timezone = asked ?? desk.timezone;
  const moment = (at: number) => toMoment(at, timezone);
  return {
    postId: toHandle(backend, id),
    backend,
    ...rest,
    ...(soundId !== undefined && { soundId: toHandle(soundBackend, soundId) }),
    airTime: airAt === null ? null : moment(airAt),
    targets: targets.map(({ accountId, backend: own = backend, publishedAt, ...target }) => ({
      accountId: toHandle(own, accountId),
      ...target,
      ...(publishedAt !== undefined && { publishedAt: moment(publishedAt) }),
    })),
    ...(createdAt !== undefined && { createdAt: moment(createdAt) }),
    ...(updatedAt !== undefined && { updatedAt: moment(updatedAt) }),
  };
}

export function toWarningAnswers(backend: BackendName, warnings: readonly Warning[]) {
  return warnings.map(({ code, message, accountIds }) => ({
    code,
    message,
    ...(accountIds && { accountIds: accountIds.map((id) => toHandle(backend, id)) }),
  }));
}
export type WarningAnswer = ReturnType<typeof toWarningAnswers>[number];

/** Requests as a dry run shows them. */
export function toRequestAnswers(backend: BackendName, requests: readonly PlannedRequest[]) {
  return requests.map(({ accountIds, ...request }) => ({
    backend,
    ...request,
    accountIds: accountIds.map((id) => toHandle(backend, id)),
  }));
}

export function toSoundAnswer(desk: Desk, backend: BackendName, { id, createdAt, ...rest }: Sound) {
  return {
    soundId: toHandle(backend, id),
    ...rest,
    ...(createdAt !== undefined && { createdAt: toMoment(createdAt, desk.timezone) }),
  };
}

/** A failure of one part of a call, as it stands beside what succeeded. Of what was not foreseen the log has the cause. */
export function toFailureAnswer(
  { log }: Pick<Desk, 'log'>,
  thrown: unknown,
  backend: BackendName,
): FailureAnswer {
  const failure = Failure.from(thrown);
  const { code, cause } = failure;
  if (code === 'internal' && cause !== undefined)
    log('error', 'A part of a call failed.', { backend, cause: told(cause) });
  return failure.with({ backend }).toAnswer();
}

function told(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause);
}
