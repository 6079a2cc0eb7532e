/** Lets only so many through at once; the others wait in order. */
export class Lane {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(width: number) {
    this.#free = width;
  }

  /** Resolves to false when the signal fired first. After true, `leave` must follow. */
  enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(true);
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const giveUp = () => {
      this.#waiting.delete(goOn);
      resolve(false);
    };
    const goOn = () => {
      signal.removeEventListener('abort', giveUp);
      resolve(true);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    this.#waiting.add(goOn);
    return promise;
  }

  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
