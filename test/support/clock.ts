/** A clock that only moves when a test moves it. */
export class ManualClock {
  #now: number;
  readonly #sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(start: string | number = '2026-11-21T12:00:00Z') {
    this.#now = new Date(start).getTime();
  }

  now = (): number => this.#now;

  /** Resolves when the clock has moved `ms` on, or when the signal fires. */
  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { at: this.#now + ms, wake: resolve };
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(() => this.#sleepers.delete(sleeper));
  };

  advance(ms: number): void {
    this.set(this.#now + ms);
  }

  set(instant: string | number): void {
    this.#now = new Date(instant).getTime();
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.#now) sleeper.wake();
  }
}

/** A time to come for a program on the real clock, too. */
export const FAR_OFF = '2099-06-01T12:00:00Z';
