import type { ManualClock } from '../support/clock.ts';
import type { Answer } from './emulator.ts';
import { type Envelope, Refusal } from './posteverywhere-envelope.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

const minute = 60_000;

/** The vendor's general bucket: so many requests of one key in a minute. */
export class RateLimit {
  readonly #clock: ManualClock;
  readonly #switches: PosteverywhereSwitches;
  readonly #envelope: Envelope;
  #window = 0;
  #used = 0;

  constructor(clock: ManualClock, switches: PosteverywhereSwitches, envelope: Envelope) {
    this.#clock = clock;
    this.#switches = switches;
    this.#envelope = envelope;
  }

  /** Counts one request; false when it is one too many. */
  take(): boolean {
    this.#turn();
    if (this.#used >= this.#switches.requestsPerMinute) return false;
    this.#used += 1;
    return true;
  }

  headers(): Record<string, string> {
    this.#turn();
    return {
      'x-ratelimit-limit': String(this.#switches.requestsPerMinute),
      'x-ratelimit-remaining': String(Math.max(0, this.#switches.requestsPerMinute - this.#used)),
      'x-ratelimit-reset': String((this.#window + minute) / 1000),
    };
  }

  refusal(seconds = Math.ceil((this.#window + minute - this.#clock.now()) / 1000)): Answer {
    const answer = this.#envelope.failure(
      new Refusal(429, this.#switches.rateLimitCode, `Rate limit exceeded. Try again in ${seconds} seconds.`),
    );
    const wait = this.#switches.retryAfter === 'header' && { 'retry-after': String(seconds) };
    return { ...answer, headers: { ...this.headers(), 'x-ratelimit-remaining': '0', ...wait } };
  }

  #turn(): void {
    const window = Math.floor(this.#clock.now() / minute) * minute;
    if (window === this.#window) return;
    this.#window = window;
    this.#used = 0;
  }
}
