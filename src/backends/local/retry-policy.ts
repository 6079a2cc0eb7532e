import type { Verdict } from './attempts.ts';
import type { Outcome } from './publisher.ts';

/** Waits between attempts; after the last one the target is given up. */
const BACKOFF_MS = [1_000, 5_000, 20_000, 60_000] as const;
const JITTER = 0.2;
/** Whoever asks for a longer one is asked again after a day. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;

interface Attempted {
  readonly outcome: Outcome;
  /** The attempt's number, from 1. */
  readonly number: number;
  readonly honoursKey: boolean;
  /** An earlier attempt may have been accepted. */
  readonly mayBeLive: boolean;
  readonly now: number;
}

/** What an attempt's outcome means for its target. Only what is safe to hand over again is taken up again. */
export function judgeAttempt(
  { outcome, number, honoursKey, mayBeLive, now }: Attempted,
  random = Math.random,
): Verdict {
  if (outcome.outcome === 'published') return { status: 'published', dueAt: null };
  if (outcome.outcome === 'draft') return { status: 'draft', dueAt: null };
  if (outcome.outcome === 'accepted') return { status: 'processing', dueAt: now + outcome.lookAgainMs };
  const unsure = outcome.outcome === 'unknown' || mayBeLive;
  const again = outcome.outcome === 'unknown' ? honoursKey : outcome.retryable;
  const wait = BACKOFF_MS[number - 1];
  if (again && wait !== undefined) {
    const jittered = wait * (1 + JITTER * (2 * random() - 1));
    const asked = Math.min((outcome.retryAfterSeconds ?? 0) * 1000, LONGEST_PAUSE_MS);
    return { status: 'processing', dueAt: Math.round(now + Math.max(jittered, asked)) };
  }
  // What refuses a later attempt says nothing of an earlier one.
  return { status: unsure ? 'unconfirmed' : 'failed', dueAt: null };
}
