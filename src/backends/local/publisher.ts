import type { OtherOrders } from '../../domain/backend.ts';
import type { Failure } from '../../domain/failure.ts';
import type { BackendName } from '../../domain/handle.ts';
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
  /** How often it was put back in line by hand after it surely was not accepted. */
  readonly round: number;
  /** When it was first handed over in this round, where that may have been accepted. */
  readonly firstSentAt?: number;
  /** When such a hand-over that gave no answer last came to its end. */
  readonly lastSentAt?: number;
  /** The receivers that may have accepted it before. */
  readonly sentTo: readonly string[];
  /** What a vendor that accepted it calls it. */
  readonly remoteId?: string;
  /** What else was asked for on an account of a vendor, that the vendor may not tell from this. */
  readonly others: (backend: BackendName, accountId: string) => Promise<OtherOrders>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Fires when the program must end. */
  readonly signal: AbortSignal;
}

export type Outcome =
  | { readonly outcome: 'published'; readonly url?: string; readonly remoteId?: string }
  /** Taken by who publishes it in its own time; to be looked at again. */
  | { readonly outcome: 'accepted'; readonly remoteId: string; readonly lookAgainMs: number }
  /** In the drafts of the app, where a person publishes it; the failure says why, where that was not asked for. */
  | { readonly outcome: 'draft'; readonly failure?: Failure }
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
  /** What a target that was made for it remembers. */
  readonly label: string;
  /** What tells its receiver from others of the same label, where there can be several. */
  readonly receiver?: string;
  /** Nothing that it publishes is seen by the world. */
  readonly simulated: boolean;
  /**
   * Whether the same delivery may be handed over again and still count once: its receiver honours the key, or is asked
   * first.
   */
  readonly honoursKey: boolean;
  publish(delivery: Delivery): Promise<Outcome>;
  /** What would go out, for a dry run. */
  plan(account: LocalAccount): { readonly method: string; readonly url: string };
}
