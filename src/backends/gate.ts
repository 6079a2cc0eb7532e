import type { Clock } from '../domain/clock.ts';

/** Whatever a vendor says, after a day one request goes out and asks again. */
const LONGEST_MS = 86_400_000;

/** Shut while a vendor that said 429 is to be left alone. */
export class Gate {
  readonly #clock: Clock;
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  shut(seconds: number): void {
    this.#until = Math.max(this.#until, this.#clock.now() + Math.min(seconds * 1000, LONGEST_MS));
  }

  /** 0 when it is open. */
  get remainingSeconds(): number {
    return Math.max(0, Math.ceil((this.#until - this.#clock.now()) / 1000));
  }
}
