import type { Agent } from 'undici';
import type { Call } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import type { Failure } from '../domain/failure.ts';
import { Lane } from '../domain/lane.ts';
import { exchange, type Outcome, openAgent } from './exchange.ts';
import { Gate } from './gate.ts';
import type { EncodedPayload } from './payload.ts';
import { cancelled, leaveAlone } from './refusal.ts';
import type { Vendor } from './vendor.ts';
import type { Repeat, Verdict } from './verdict.ts';

const ATTEMPTS = 4;
/** No attempt begins later than this after the first. */
const RETRY_BUDGET_MS = 10_000;
const FIRST_PAUSE_MS = 250;
/** A longer wait is the caller's to decide on. */
const LONGEST_WAIT_SECONDS = 2;
/** Files take their time, so they do not stand in the way of everything else. */
const UPLOADS_AT_ONCE = 2;
const PROGRESS_EVERY_MS = 1_000;

export interface Delivery<Value> {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: EncodedPayload | undefined;
  readonly repeat: Repeat;
  readonly deadlineMs: number;
  /** Goes to the vendor itself, so that its 429 is about this. */
  readonly gated: boolean;
  readonly judge: (outcome: Outcome) => Verdict<Value>;
}

interface DeliverySettings {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly connectMs: number;
}

/** Sends deliveries: so many at once, none while the vendor wants to be left alone, again only where that is harmless. */
export class Courier {
  readonly #vendor: Vendor;
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #requests: Lane;
  readonly #uploads = new Lane(UPLOADS_AT_ONCE);
  readonly #connectMs: number;
  #agent: Promise<Agent> | undefined;

  constructor(vendor: Vendor, { clock, concurrency, connectMs }: DeliverySettings) {
    this.#vendor = vendor;
    this.#clock = clock;
    this.#gate = new Gate(clock);
    this.#requests = new Lane(concurrency);
    this.#connectMs = connectMs;
  }

  /** Once an attempt may have arrived, only an answer ends the doubt: what refuses a later one says nothing of it. */
  async deliver<Value>(delivery: Delivery<Value>, call: Call): Promise<Value> {
    const lastStart = this.#clock.now() + RETRY_BUDGET_MS;
    let doubt: Failure | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const verdict = await this.#attempt(delivery, call);
      if (verdict.kind === 'answer') return verdict.value;
      if (verdict.failure.code === 'outcome_unknown') doubt ??= verdict.failure;
      const pauseMs = delivery.repeat === 'never' ? undefined : pauseBefore(attempt + 1, verdict);
      if (pauseMs === undefined || this.#clock.now() + pauseMs > lastStart) throw doubt ?? verdict.failure;
      await this.#clock.sleep(pauseMs, call.signal);
    }
  }

  /** Requests that are under way come to their end first. */
  async close(): Promise<void> {
    const agent = await this.#agent;
    await agent?.close();
  }

  async #attempt<Value>(delivery: Delivery<Value>, call: Call): Promise<Verdict<Value>> {
    const lane = delivery.payload?.fileNames === undefined ? this.#requests : this.#uploads;
    const shut = this.#shut(delivery);
    if (shut && !call.signal.aborted) return shut;
    if (!(await lane.enter(call.signal))) return this.#cancelled();
    try {
      return this.#shut(delivery) ?? (await this.#send(delivery, call));
    } finally {
      lane.leave();
    }
  }

  #cancelled(): Verdict<never> {
    return { kind: 'failure', failure: cancelled(this.#vendor), passing: false };
  }

  #shut({ gated }: Delivery<unknown>): Verdict<never> | undefined {
    const seconds = this.#gate.remainingSeconds;
    if (!gated || seconds === 0) return undefined;
    return { kind: 'failure', failure: leaveAlone(this.#vendor, seconds), passing: true };
  }

  async #send<Value>(delivery: Delivery<Value>, call: Call): Promise<Verdict<Value>> {
    this.#agent ??= openAgent(this.#connectMs);
    const agent = await this.#agent;
    if (call.signal.aborted) return this.#cancelled();
    const { method, url, headers, payload, deadlineMs, repeat } = delivery;
    const withFiles = payload?.fileNames !== undefined;
    const request = {
      method,
      origin: url.origin,
      path: url.pathname + url.search,
      headers: { ...headers, ...payload?.headers },
      body: payload?.open(),
    };
    const outcome = await exchange(agent, request, {
      deadlineMs,
      whileBytesMove: withFiles,
      signal: call.signal,
      abandonable: repeat === 'harmless',
      onSent: withFiles ? this.#progress(payload, call) : undefined,
    });
    const verdict = delivery.judge(outcome);
    if (delivery.gated && verdict.kind === 'failure' && verdict.failure.code === 'rate_limited')
      this.#gate.shut(verdict.failure.details.retryAfterSeconds ?? 0);
    return verdict;
  }

  #progress({ bytes, fileNames }: EncodedPayload, call: Call): (sent: number) => void {
    const message = `Sending ${fileNames} to ${this.#vendor.backend}`;
    let done = 0;
    let told = Number.NEGATIVE_INFINITY;
    return (sent) => {
      done += sent;
      const now = this.#clock.now();
      if (done < bytes && now < told + PROGRESS_EVERY_MS) return;
      told = now;
      call.progress(message, done, bytes);
    };
  }
}

type Failed = Extract<Verdict<never>, { kind: 'failure' }>;

function pauseBefore(attempt: number, { failure, passing }: Failed): number | undefined {
  const toldSeconds = failure.details.retryAfterSeconds ?? 0;
  if (!passing || attempt > ATTEMPTS || toldSeconds > LONGEST_WAIT_SECONDS) return undefined;
  const backoffMs = FIRST_PAUSE_MS * 2 ** (attempt - 2) * (1 + Math.random());
  return Math.max(backoffMs, toldSeconds * 1000);
}
