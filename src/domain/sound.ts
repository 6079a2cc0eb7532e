import type { Platform } from './platform.ts';

/** Audio that can be attached to a post. `id` is the backend's own. */
export interface Sound {
  readonly id: string;
  readonly name: string;
  readonly url?: string;
  readonly durationSeconds?: number;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
  readonly platforms: readonly Platform[];
  /** What an agent should know before it uses the sound. */
  readonly note?: string;
}
