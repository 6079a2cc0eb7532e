import { type AirTime, checkFuture, toMoment } from '../domain/air-time.ts';
import type { Backend, VideoOrder } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { WAY_OUT } from '../domain/way-out.ts';
import type { Desk } from './desk.ts';
import { checkNotTriedAgain } from './made-again.ts';
import type { Created, Part } from './part.ts';
import type { Identity } from './replay.ts';
import { type Fate, fatesOf, isOver } from './standing.ts';
import { lookFor } from './unsettled.ts';
import type { PreparedOrder } from './video-order.ts';
import { whereListed } from './where-listed.ts';
import type { Write } from './write.ts';

interface Sending {
  readonly draft: VideoDraft;
  readonly identity: Identity;
  readonly airTime: AirTime | undefined;
  readonly call: Call;
}

/** Sends one order through the ledger; a failure is part of the answer. */
export async function sendOrder(
  desk: Desk,
  { backend, order, warnings }: PreparedOrder,
  { draft, identity, airTime, call }: Sending,
): Promise<Part> {
  const accountIds = order.accounts.map(({ id }) => id);
  const part = { backend: backend.name, accountIds };
  const { content, requestId, ...details } = order;
  const write: Write = {
    scope: identity.scope,
    part: `${backend.name}:${[...accountIds].sort().join(',')}`,
    tool: 'create_video_post',
    backend: backend.name,
    argumentsHash: identity.hash,
    details: {
      accountIds,
      draft: { ...draft, accountIds: accountIds.map((id) => toHandle(backend.name, id)) },
      ...details,
      contentSha256: identity.contentSha256,
    },
    requestId,
    caller: call.caller,
  };
  let fates: readonly Fate[] = [];
  try {
    const { result, replayed } = await desk.ledger.write<Created>(write, {
      async send(id) {
        if (identity.isPrint) await checkNotTriedAgain(desk, { ...write, requestId: id });
        if (airTime) checkFuture(airTime, desk.clock.now(), 'scheduledTime');
        call.progress(`sending to ${backend.name}`);
        const created = await backend.createVideoPost({ ...order, requestId: id }, call);
        return { posts: created.posts, warnings: [...warnings, ...created.warnings] };
      },
      async find(row) {
        const found = await lookFor(desk, backend, row, call);
        return typeof found === 'string' ? found : { posts: found, warnings };
      },
      async stands(row) {
        fates = await fatesOf(desk, row);
        return !isOver(fates);
      },
    });
    for (const post of result.posts) await desk.knownPosts.remember(backend.name, post, order.airTime);
    return { ...part, ...result, replayed, fates };
  } catch (thrown) {
    return { ...part, failure: withNext(desk, Failure.from(thrown), backend, order) };
  }
}

/** An unknown outcome comes with the call that shows what is there. */
function withNext(desk: Desk, failure: Failure, backend: Backend, { airTime }: VideoOrder): Failure {
  if (failure.code !== 'outcome_unknown') return failure;
  const around = airTime?.at ?? desk.clock.now();
  const { hint: _, ...details } = failure.details;
  return new Failure(failure.code, failure.message, {
    ...details,
    hint: `The post may exist. The same call again looks for it, and sends only what is surely absent. Where that cannot be told: ${WAY_OUT}`,
    next: whereListed(desk, backend, 'shows whether the post is there', {
      from: toMoment(around - 5 * 60_000, 'UTC').utc,
      to: toMoment(around + 5 * 60_000, 'UTC').utc,
    }),
  });
}
