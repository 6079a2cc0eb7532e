import { randomUUID } from 'node:crypto';
import type { ManualClock } from '../support/clock.ts';
import type { PublicPost } from './emulator.ts';
import type { Accounts } from './posteverywhere-accounts.ts';
import type { Platform } from './posteverywhere-bodies.ts';
import { Refusal } from './posteverywhere-envelope.ts';
import { type Destination, type Post, textFor } from './posteverywhere-post.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

export interface PlannedFailure {
  readonly reason: string;
  /** Only this post, account or platform; every one where nothing is named. */
  readonly postId?: string;
  readonly accountId?: number;
  readonly platform?: Platform;
  /** The vendor tries again by itself after so long: `next_retry_at` is set, and `failed` is not final. */
  readonly retryInMs?: number;
  /** How many attempts fail so; one when left out. */
  readonly times?: number;
}

const resubmissions = 5;

/** Carries destinations along as far as the clock has come. */
export class Publishing {
  readonly #clock: ManualClock;
  readonly #switches: PosteverywhereSwitches;
  readonly #accounts: Accounts;
  readonly #planned: { failure: PlannedFailure; left: number }[] = [];
  readonly #live: PublicPost[] = [];
  readonly #failures = new Map<string, number>();

  constructor(clock: ManualClock, switches: PosteverywhereSwitches, accounts: Accounts) {
    this.#clock = clock;
    this.#switches = switches;
    this.#accounts = accounts;
  }

  /** What went live, oldest first, deleted or not. */
  get live(): PublicPost[] {
    return this.#live.toSorted((one, other) => one.publishedAt.localeCompare(other.publishedAt));
  }

  failNext(failure: PlannedFailure): void {
    this.#planned.push({ failure, left: failure.times ?? 1 });
  }

  settle(posts: Iterable<Post>): void {
    for (const post of posts) {
      if (post.draft) continue;
      for (const destination of post.destinations) while (this.#step(post, destination));
    }
  }

  /** https://www.npmjs.com/package/@posteverywhere/sdk: what has failed so often is not taken again. */
  refuseHopeless(post: Post, destinations: readonly Destination[]): void {
    const hopeless = destinations.some(
      (destination) => (this.#failures.get(fingerprint(post, destination)) ?? 0) > resubmissions,
    );
    if (hopeless)
      throw new Refusal(
        422,
        'permanent_failure_circuit_breaker',
        `This content has failed permanently and was submitted again ${resubmissions} times. Change it first.`,
      );
  }

  #step(post: Post, destination: Destination): boolean {
    const now = this.#clock.now();
    const { status, fireAt, nextRetryAt } = destination;
    if (status === 'failed' && nextRetryAt !== null && nextRetryAt <= now) {
      destination.status = 'queued';
      destination.fireAt = nextRetryAt;
      destination.nextRetryAt = null;
      return true;
    }
    if (fireAt === null) return false;
    if (status === 'queued' && fireAt <= now) {
      destination.status = 'publishing';
      destination.attempts += 1;
      return true;
    }
    const doneAt = fireAt + this.#switches.publishingMs;
    if (status !== 'publishing' || doneAt > now) return false;
    this.#conclude(post, destination, doneAt);
    post.updatedAt = Math.max(post.updatedAt, doneAt);
    return true;
  }

  #conclude(post: Post, destination: Destination, at: number): void {
    const failure = this.#failure(post, destination);
    if (!failure) {
      this.#publish(post, destination, at);
      return;
    }
    destination.status = 'failed';
    destination.error = failure.reason;
    if (failure.retryInMs !== undefined) {
      destination.nextRetryAt = at + Math.max(1, failure.retryInMs);
      return;
    }
    const content = fingerprint(post, destination);
    this.#failures.set(content, (this.#failures.get(content) ?? 0) + 1);
  }

  #publish(post: Post, destination: Destination, at: number): void {
    destination.status = 'published';
    destination.error = null;
    destination.publishedAt = at;
    destination.platformPostId = `${destination.platform}-${randomUUID()}`;
    this.#failures.delete(fingerprint(post, destination));
    this.#live.push({
      id: post.id,
      accountId: String(destination.accountId),
      platform: destination.platform,
      caption: textFor(post, destination.platform),
      publishedAt: new Date(at).toISOString(),
    });
  }

  #failure(post: Post, destination: Destination): PlannedFailure | undefined {
    if (!this.#accounts.canPost(destination.accountId))
      return { reason: 'The account needs to be reconnected.' };
    const planned = this.#planned.find(
      ({ failure, left }) =>
        left > 0 &&
        (failure.postId ?? post.id) === post.id &&
        (failure.accountId ?? destination.accountId) === destination.accountId &&
        (failure.platform ?? destination.platform) === destination.platform,
    );
    if (planned) planned.left -= 1;
    return planned?.failure;
  }
}

function fingerprint(post: Post, destination: Destination): string {
  return JSON.stringify([destination.accountId, textFor(post, destination.platform), post.mediaIds]);
}
