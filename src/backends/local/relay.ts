import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relayLabel } from '../../database/other-orders.ts';
import type { Backend, VideoOrder } from '../../domain/backend.ts';
import { type Call, ownCall } from '../../domain/call.ts';
import type { Content } from '../../domain/content.ts';
import { Failure } from '../../domain/failure.ts';
import { toHandle } from '../../domain/handle.ts';
import type { Post, Target } from '../../domain/post.ts';
import type { Delivery, Outcome, Publisher } from './publisher.ts';
import { type KeptMedia, optionsOf } from './wire.ts';

const LOOK_AGAIN_MS = 15_000;
/** Vendors take minutes; one that says nothing for so long is not going to. */
const LONGEST_WAIT_MS = 30 * 60_000;

/**
 * Publishes through an account of a vendor: Airdate keeps the calendar, the vendor only publishes. Where an earlier
 * attempt may have been accepted the vendor is asked first, and only what is surely absent is sent.
 */
export function relay(backend: Backend, accountId: string): Publisher {
  return {
    label: relayLabel(backend.name, accountId),
    simulated: backend.simulated ?? false,
    honoursKey: true,
    plan: () => ({ method: 'RELAY', url: toHandle(backend.name, accountId) }),
    async publish(delivery) {
      const call = ownCall(delivery.signal);
      try {
        if (delivery.remoteId !== undefined)
          return await follow(backend, { ...delivery, remoteId: delivery.remoteId }, call);
        const order = toOrder(delivery, accountId);
        const standing =
          delivery.firstSentAt === undefined
            ? 'absent'
            : await backend.findVideoPost(
                {
                  order,
                  sentAt: delivery.firstSentAt,
                  ...(delivery.lastSentAt !== undefined && { lastSentAt: delivery.lastSentAt }),
                  others: () => delivery.others(backend.name, accountId),
                },
                call,
              );
        if (standing === 'unknown') return onlyLooked();
        const posts = standing === 'absent' ? (await backend.createVideoPost(order, call)).posts : standing;
        const [post] = posts;
        return post ? fromVendor(post, delivery) : unsure('The vendor answered no post.');
      } catch (thrown) {
        return fromFailure(Failure.from(thrown));
      }
    },
  };
}

/** What became of a post that the vendor accepted. */
async function follow(
  backend: Backend,
  delivery: Delivery & { readonly remoteId: string },
  call: Call,
): Promise<Outcome> {
  try {
    return fromVendor(await backend.getPost(delivery.remoteId, call), delivery);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    return failure.retryable
      ? { outcome: 'accepted', remoteId: delivery.remoteId, lookAgainMs: LOOK_AGAIN_MS }
      : { outcome: 'unknown', failure };
  }
}

function fromVendor(post: Post, { firstSentAt, lastSentAt = firstSentAt, now }: Delivery): Outcome {
  const [target] = post.targets;
  const status = target?.status ?? post.status;
  if (status === 'published')
    return {
      outcome: 'published',
      remoteId: post.id,
      ...(target?.url !== undefined && { url: target.url }),
    };
  if (status === 'draft')
    return { outcome: 'draft', ...(target?.error && { failure: toFailure(target.error) }) };
  if (status === 'failed' || status === 'cancelled') {
    const message = `The vendor says ${post.backendStatus ?? status}.`;
    const failure = toFailure(target?.error ?? { code: 'media_rejected', message });
    return { outcome: 'refused', failure, retryable: false };
  }
  if (now - (lastSentAt ?? now) > LONGEST_WAIT_MS)
    return unsure('The vendor accepted the post and has not said for half an hour whether it is live.');
  return { outcome: 'accepted', remoteId: post.id, lookAgainMs: LOOK_AGAIN_MS };
}

function toFailure({ code, message, hint }: NonNullable<Target['error']>): Failure {
  return new Failure(code, message, hint === undefined ? {} : { hint });
}

function fromFailure(failure: Failure): Outcome {
  if (failure.code === 'outcome_unknown' || failure.code === 'internal')
    return { outcome: 'unknown', failure };
  const { retryAfterSeconds } = failure.details;
  return {
    outcome: 'refused',
    failure,
    retryable: failure.retryable,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** Nothing was sent, so that this attempt says nothing of when it may have arrived. */
function onlyLooked(): Outcome {
  const failure = new Failure('outcome_unknown', 'The vendor cannot tell yet whether it has the post.');
  return { outcome: 'refused', failure, retryable: true };
}

function unsure(message: string): Outcome {
  return { outcome: 'unknown', failure: new Failure('outcome_unknown', message) };
}

function toOrder(
  { post: { row }, account, idempotencyKey, round, media }: Delivery,
  accountId: string,
): VideoOrder {
  return {
    requestId: uuidFrom(`${idempotencyKey}/${round}`),
    accounts: [{ id: accountId, platform: account.platform, username: account.username, state: 'ready' }],
    content: toContent(row.content_url, media),
    ...(row.caption !== null && { caption: row.caption }),
    ...(row.title !== null && { title: row.title }),
    options: optionsOf(row),
  };
}

function toContent(url: string, media: KeptMedia | undefined): Content {
  if (!media) return { kind: 'url', url };
  const { file, name, bytes, facts } = media;
  return { kind: 'file', url, file: { path: file, name, bytes, facts, read: () => createReadStream(file) } };
}

/** The same request id for every attempt of a round, also after a restart. */
function uuidFrom(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
