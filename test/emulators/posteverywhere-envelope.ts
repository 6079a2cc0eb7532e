import { randomBytes } from 'node:crypto';
import type { ManualClock } from '../support/clock.ts';
import type { Answer } from './emulator.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

export interface Reply {
  readonly status: number;
  readonly data: unknown;
}

export const ok = (data: unknown): Reply => ({ status: 200, data });
export const created = (data: unknown): Reply => ({ status: 201, data });

/** A request the vendor turns down. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown> | undefined;

  constructor(status: number, code: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const invalid = (message: string, details?: Record<string, unknown>): Refusal =>
  new Refusal(400, 'validation_error', message, details);

export const notFound = (what: string): Refusal => new Refusal(404, 'not_found', `${what} not found.`);

/** Wraps whatever is answered in `{data, error, meta}`. */
export class Envelope {
  readonly #clock: ManualClock;
  readonly #switches: PosteverywhereSwitches;

  constructor(clock: ManualClock, switches: PosteverywhereSwitches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  success({ status, data }: Reply): Answer {
    return { status, body: { data, error: null, meta: this.#meta() } };
  }

  failure({ status, code, message, details }: Refusal): Answer {
    const error = {
      message,
      code,
      ...(this.#switches.errorRetryable && { retryable: status === 429 || status >= 500 }),
      ...(details && { details }),
    };
    return { status, body: { data: null, error, meta: this.#meta() } };
  }

  #meta(): Record<string, string> {
    return {
      [this.#switches.requestIdName]: randomBytes(4).toString('hex'),
      timestamp: new Date(this.#clock.now()).toISOString(),
    };
  }
}
