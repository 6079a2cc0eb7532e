import type { Database } from '../../database/database.ts';
import type { ProcessLock } from '../../database/process-lock.ts';
import type { Clock } from '../../domain/clock.ts';
import { Failure } from '../../domain/failure.ts';
import type { Log } from '../../domain/log.ts';
import { type Attempt, beginAttempt, finishAttempt, markMissed, mayBeLive } from './attempts.ts';
import { DueQueue } from './due-queue.ts';
import { type DueTarget, type Label, nextDueAt } from './due-targets.ts';
import type { Delivery, Outcome, Publisher } from './publisher.ts';
import { judgeAttempt } from './retry-policy.ts';
import { noSuchAccount, notHere, nothingRan } from './runner-failures.ts';

/** Looks that are further apart have a gap between them, in which nothing ran. */
const PUNCTUAL_MS = 5_000;
/** How often another process's new posts, and a lock that came free, are looked for. */
const LOOK_MS = 1_000;
const AT_ONCE = 8;
/** How long the end of the program waits for deliveries in hand. */
const LAST_CALL_MS = 1_000;
const LAST_RECORD_MS = 300;
/** How long a process leaves the lock to others that can publish what it cannot. */
const STAND_BACK_MS = 3_000;

export interface RunnerSettings {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process in the attempts. */
  readonly owner: string;
  readonly graceMs: number;
  readonly takeLock: () => Promise<ProcessLock | undefined>;
  readonly publisherOf: (accountId: string) => Publisher | undefined;
  /** What this process can publish. */
  readonly labels: readonly Label[];
  readonly toDelivery: (attempt: Attempt, signal: AbortSignal) => Promise<Delivery>;
  /** Settles the attempts that dead processes left open. */
  readonly recover: () => Promise<void>;
}

/** Publishes what is due. Several processes may run one each: the one that holds the lock airs, the others stand by. */
export class Runner {
  readonly #settings: RunnerSettings;
  readonly #queue: DueQueue;
  readonly #inHand = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  #wake = new AbortController();
  #lock: ProcessLock | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Since when it has looked for due posts without a gap. */
  #upSince = Number.POSITIVE_INFINITY;
  #standsBackUntil = Number.NEGATIVE_INFINITY;
  #loop: Promise<void> = Promise.resolve();

  constructor(settings: RunnerSettings) {
    this.#settings = settings;
    const { database, clock, log } = settings;
    this.#queue = new DueQueue({ query: database.query, clock, log });
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Looks for due posts now. */
  poke(): void {
    this.#wake.abort();
  }

  /** Takes up nothing more, and waits a little for what is in hand; the rest is settled by the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.poke();
    await this.#loop;
    await this.#finished(LAST_CALL_MS);
    this.#giveUp.abort();
    await this.#finished(LAST_RECORD_MS);
    this.#lock?.release();
    this.#lock = undefined;
  }

  async #finished(withinMs: number): Promise<void> {
    if (this.#inHand.size === 0) return;
    await Promise.race([Promise.all(this.#inHand), new Promise((resolve) => setTimeout(resolve, withinMs))]);
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#settings;
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      let wait = LOOK_MS;
      try {
        if (await this.#leads()) wait = await this.#takeUp();
      } catch (error) {
        log('error', 'The runner could not look for due posts.', { error: String(error) });
      }
      await clock.sleep(wait, this.#wake.signal);
    }
  }

  async #leads(): Promise<boolean> {
    if (this.#lock) return true;
    if (this.#settings.clock.now() < this.#standsBackUntil) return false;
    const lock = await this.#settings.takeLock();
    if (!lock) return false;
    try {
      await this.#settings.recover();
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#lock = lock;
    this.#settings.log('info', 'This process airs the posts of the local backend.');
    return true;
  }

  /** Takes up what is due and answers how long nothing more will be. */
  async #takeUp(): Promise<number> {
    const { database, clock, labels } = this.#settings;
    const now = clock.now();
    if (Math.abs(now - this.#lookedAt) > PUNCTUAL_MS) this.#upSince = now;
    const free = AT_ONCE - this.#inHand.size;
    const due = free > 0 ? await this.#queue.next(free, now, { of: labels }) : [];
    await this.#queue.each(due, (target) => this.#takeUpOne(target));
    this.#lookedAt = now;
    await this.#leaveToOthers(now);
    if (due.length === free) return this.#inHand.size < AT_ONCE ? 0 : LOOK_MS;
    const next = await nextDueAt(database.query, now, labels);
    return Math.min(LOOK_MS, Math.max(0, (next ?? Number.POSITIVE_INFINITY) - clock.now()));
  }

  async #takeUpOne(due: DueTarget): Promise<void> {
    const { database, clock, owner, graceMs, log } = this.#settings;
    const now = clock.now();
    // The clock may have been set back since the look.
    if (now < due.due_at) return;
    const late = now - due.due_at > Math.max(graceMs, PUNCTUAL_MS);
    // What waits behind others while the runner is up was not due while nothing ran.
    if (late && due.due_at < this.#upSince) {
      await markMissed(database.query, due, { now, why: nothingRan(graceMs) });
      log('warn', 'A post was due while nothing ran, and is held.', {
        postId: due.post_id,
        accountId: due.account_id,
      });
      return;
    }
    const receiver = this.#settings.publisherOf(due.account_id)?.receiver;
    const attempt = await beginAttempt(database.query, due, { owner, now, ...(receiver && { receiver }) });
    if (!attempt) return;
    const delivery = this.#deliver(attempt).finally(() => {
      this.#inHand.delete(delivery);
      this.poke();
    });
    this.#inHand.add(delivery);
  }

  /**
   * What was made for a publisher that this process does not have is left to a process that has it: the lock is given up
   * for a while. When nobody takes it up within the grace, it is held as missed.
   */
  async #leaveToOthers(now: number): Promise<void> {
    const { database, labels, graceMs, log } = this.#settings;
    const foreign = await this.#queue.next(AT_ONCE, now, { not: labels });
    const late = foreign.filter(({ due_at }) => now - due_at > Math.max(graceMs, PUNCTUAL_MS));
    await this.#queue.each(late, (due) =>
      markMissed(database.query, due, { now, why: notHere(due.account_id) }),
    );
    if (foreign.length === late.length || this.#inHand.size > 0) return;
    log('warn', 'Posts are due that were made for a publisher which this process does not have.', {
      postIds: foreign.map(({ post_id }) => post_id),
    });
    this.#lock?.release();
    this.#lock = undefined;
    this.#standsBackUntil = now + STAND_BACK_MS;
  }

  async #deliver(attempt: Attempt): Promise<void> {
    const publisher = this.#settings.publisherOf(attempt.target.account_id);
    const outcome = publisher
      ? await this.#publish(publisher, attempt)
      : noSuchAccount(attempt.target.account_id);
    const honoursKey = publisher?.honoursKey ?? false;
    while (!(await this.#record(attempt, outcome, honoursKey))) {
      // The disk is full, say. What was published must be known as such before anything else is done with it; when the
      // program ends first, the open attempt is settled by the next process.
      if (this.#giveUp.signal.aborted) return;
      await this.#settings.clock.sleep(LOOK_MS, this.#giveUp.signal);
    }
  }

  async #record(attempt: Attempt, outcome: Outcome, honoursKey: boolean): Promise<boolean> {
    const { database, clock, log } = this.#settings;
    const { post_id: postId, account_id: accountId } = attempt.target;
    try {
      const now = clock.now();
      const live = await mayBeLive(database.query, attempt.target);
      const verdict = judgeAttempt({ outcome, number: attempt.number, honoursKey, mayBeLive: live, now });
      await finishAttempt(database.query, { id: attempt.id, postId, accountId }, outcome, { verdict, now });
      const facts = { postId, accountId, outcome: outcome.outcome, status: verdict.status };
      if (outcome.outcome === 'draft' || !('failure' in outcome))
        log('info', 'A post was handed over.', facts);
      else log('warn', 'A post was not handed over.', { ...facts, error: String(outcome.failure.message) });
      return true;
    } catch (error) {
      log('error', 'The outcome of a delivery cannot be recorded yet.', {
        postId,
        accountId,
        error: String(error),
      });
      return false;
    }
  }

  async #publish(publisher: Publisher, attempt: Attempt): Promise<Outcome> {
    let delivery: Delivery;
    try {
      delivery = await this.#settings.toDelivery(attempt, this.#giveUp.signal);
    } catch (error) {
      const failure = Failure.from(error);
      return { outcome: 'refused', failure, retryable: failure.retryable };
    }
    try {
      return await publisher.publish(delivery);
    } catch (error) {
      const failure = Failure.from(error);
      this.#settings.log('error', 'A publisher failed.', {
        postId: attempt.target.post_id,
        accountId: attempt.target.account_id,
        error: String(error),
      });
      return { outcome: 'unknown', failure };
    }
  }
}
