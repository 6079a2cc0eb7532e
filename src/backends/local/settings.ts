import type { Handle } from '../../domain/handle.ts';
import type { Platform } from '../../domain/platform.ts';

/** Where an account of the local backend hands its due posts. */
export type PublisherName = 'outbox' | 'webhook' | 'relay';

export interface LocalAccount {
  readonly id: string;
  readonly platform: Platform;
  readonly username: string;
  /** The profile that it belongs to, by name. */
  readonly profile: string;
  readonly publisher: PublisherName;
  /** The vendor's account that publishes, for `relay`. */
  readonly relay?: Handle;
}

export interface LocalSettings {
  /** Where copies of local files are kept. */
  readonly contentFolder: string;
  readonly outboxFolder: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly accounts: readonly LocalAccount[];
  /** How late a post may still be published that was due while nothing ran. */
  readonly graceMs: number;
  readonly timezone: string;
  /** The version of the zone rules in use (`process.versions.tz`). */
  readonly zoneRules: string;
  /** The file whose lock says which process airs. */
  readonly runnerLockFile: string;
}
