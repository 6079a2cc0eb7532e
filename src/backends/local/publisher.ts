import type { Failure } from '../../domain/failure.ts';
import type { LocalAccount } from './settings.ts';
import type { KeptMedia, StoredPost } from './wire.ts';

/** One post that is due on one account. */
export interface Delivery {
  readonly post: StoredPost;
  readonly account: LocalAccount;
  /** The same for every attempt of this target. */
  readonly idempotencyKey: string;
  readonly media?: KeptMedia;
  readonly soundUrl?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Fires when the program must end. */
  readonly signal: AbortSignal;
}

export type Outcome =
  | { readonly outcome: 'published'; readonly url?: string }
  /** Surely not accepted. */
  | {
      readonly outcome: 'refused';
      readonly failure: Failure;
      readonly retryable: boolean;
      readonly retryAfterSeconds?: number;
    }
  /** It may have been accepted. */
  | { readonly outcome: 'unknown'; readonly failure: Failure; readonly retryAfterSeconds?: number };

/** Hands a due post over. */
export interface Publisher {
  /** Nothing that it publishes is seen by the world. */
  readonly simulated: boolean;
  /** Whether the same delivery may be handed over again with the same key and still count once. */
  readonly honoursKey: boolean;
  publish(delivery: Delivery): Promise<Outcome>;
  /** What would go out, for a dry run. */
  plan(account: LocalAccount): { readonly method: string; readonly url: string };
}
