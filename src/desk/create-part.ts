import type { WriteRow } from '../database/tables.ts';
import { type AirTime, checkFuture, toMoment } from '../domain/air-time.ts';
import type { SentOrder, VideoOrder } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post, Warning } from '../domain/post.ts';
import type { Desk } from './desk.ts';
import type { Write } from './ledger.ts';
import { type Identity, stillStands } from './replay.ts';
import type { PreparedOrder } from './video-order.ts';

/** What came of one write. */
export interface Part {
  readonly backend: BackendName;
  readonly accountIds: readonly string[];
  readonly posts?: readonly Post[];
  readonly warnings?: readonly Warning[];
  readonly failure?: Failure;
  readonly replayed?: boolean;
}

export type Created = { readonly posts: readonly Post[]; readonly warnings: readonly Warning[] };

interface Sending {
  readonly identity: Identity;
  readonly airTime: AirTime | undefined;
  readonly call: Call;
}

/** Sends one order through the ledger; a failure is part of the answer. */
export async function sendOrder(
  desk: Desk,
  { backend, order, warnings }: PreparedOrder,
  { identity, airTime, call }: Sending,
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
    details: { accountIds, contentUrl: content.url, ...details },
    requestId,
    client: call.caller.client,
  };
  try {
    const { result, replayed } = await desk.ledger.write<Created>(write, {
      async send(id) {
        if (airTime) checkFuture(airTime, desk.clock.now(), 'scheduledTime');
        call.progress(`sending to ${backend.name}`);
        const created = await backend.createVideoPost({ ...order, requestId: id }, call);
        return { posts: created.posts, warnings: [...warnings, ...created.warnings] };
      },
      async find(row) {
        const found = await backend.findVideoPost(toSentOrder(row), call);
        return typeof found === 'string' ? found : { posts: found, warnings };
      },
      stands: (created) => stillStands(desk, backend.name, created),
    });
    for (const post of result.posts) await desk.knownPosts.remember(backend.name, post, order.airTime);
    return { ...part, ...result, replayed };
  } catch (thrown) {
    return { ...part, failure: withNext(Failure.from(thrown), part, order, desk.clock.now()) };
  }
}

function toSentOrder(row: WriteRow): SentOrder {
  const details = JSON.parse(row.arguments_json) as Omit<VideoOrder, 'requestId' | 'content'>;
  return { order: { ...details, requestId: row.request_id }, sentAt: row.created_at };
}

/** An unknown outcome comes with the call that shows what is there. */
function withNext(
  failure: Failure,
  { backend, accountIds }: Part,
  { airTime }: VideoOrder,
  now: number,
): Failure {
  if (failure.code !== 'outcome_unknown') return failure;
  const [accountId] = accountIds;
  const around = airTime?.at ?? now;
  return failure.with({
    hint: 'The post may exist. Look before anything is sent again; the same call again looks too, and sends only what is surely absent.',
    next: {
      tool: 'list_posts',
      arguments: {
        backend,
        ...(accountId !== undefined && { accountId: toHandle(backend, accountId) }),
        from: toMoment(around - 5 * 60_000, 'UTC').utc,
        to: toMoment(around + 5 * 60_000, 'UTC').utc,
      },
      why: 'shows whether the post is there',
    },
  });
}
