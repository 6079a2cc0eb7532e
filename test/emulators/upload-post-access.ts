import type { Received } from './emulator.ts';
import { Refusal } from './upload-post-refusal.ts';
import type { UploadPostState } from './upload-post-state.ts';

const minute = 60_000;
const failuresUntilBlocked = 10;
const blockedFor = 5 * minute;

/** Keys, and how often they may call: https://docs.upload-post.com/guides/rate-limits */
export class UploadPostAccess {
  readonly #state: UploadPostState;
  readonly #apiKey: string;
  keyExpired = false;
  #failures = { key: '', count: 0 };
  #blockedUntil = 0;
  #window = { start: 0, used: 0 };

  constructor(state: UploadPostState, apiKey: string) {
    this.#state = state;
    this.#apiKey = apiKey;
  }

  /** The headers of every answer to a key that is known. */
  admit({ headers }: Received): Record<string, string> {
    const now = this.#state.clock.now();
    if (now < this.#blockedUntil) throw new Refusal(429, 'Too many failed attempts. Try again later.');
    this.#checkKey(headers.authorization, now);
    return this.#count(now);
  }

  overLimit(): boolean {
    return this.#window.used > this.#state.limits.requestsPerMinute;
  }

  #checkKey(header: string | undefined, now: number): void {
    if (!header) throw new Refusal(401, 'Authorization header required');
    const [, scheme = '', key = ''] = /^(\S+)\s+(\S+)$/.exec(header) ?? [];
    const rightScheme = scheme.toLowerCase() === 'apikey';
    if (rightScheme && key === this.#apiKey && !this.keyExpired) {
      this.#failures.count = 0;
      return;
    }
    this.#failures = { key, count: this.#failures.key === key ? this.#failures.count + 1 : 1 };
    if (this.#failures.count >= failuresUntilBlocked) this.#blockedUntil = now + blockedFor;
    if (!rightScheme) throw new Refusal(401, 'Invalid or expired token');
    throw new Refusal(401, key === this.#apiKey ? 'API key expired' : 'Invalid API key');
  }

  #count(now: number): Record<string, string> {
    const start = now - (now % minute);
    this.#window = { start, used: this.#window.start === start ? this.#window.used + 1 : 1 };
    const limit = this.#state.limits.requestsPerMinute;
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - this.#window.used)),
      'x-ratelimit-reset': String((start + minute) / 1000),
    };
  }
}
