import type { Call } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

export interface Patience {
  readonly clock: Clock;
  readonly call: Call;
  /** The last look, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Told before every look, so that nobody takes the call for dead. */
  readonly message: string;
}

/**
 * Waits for what a vendor does in its own time: pauses, looks, and pauses a little longer. `undefined` when the deadline
 * passed or nobody waits any more.
 */
export async function until<Value>(
  ready: () => Promise<Value | undefined>,
  { clock, call, deadline, message }: Patience,
): Promise<Value | undefined> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return undefined;
    call.progress(message);
    await clock.sleep(Math.min(pauseMs, leftMs), call.signal);
    if (call.signal.aborted) return undefined;
    const value = await ready();
    if (value !== undefined) return value;
  }
}
