import { z } from 'zod';
import type { Platform } from './platform.ts';

export const AccountState = z.enum(['ready', 'warming_up', 'needs_reconnect', 'inactive']);
export type AccountState = z.infer<typeof AccountState>;

/** One connection to one platform. `id` is the backend's own. */
export interface Account {
  readonly id: string;
  readonly platform: Platform;
  readonly username: string;
  readonly state: AccountState;
  /** Why it is not ready, or what is special about it, in a few words. */
  readonly detail?: string;
}

/** A brand or a person on one backend, with the accounts that belong to it. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly accounts: readonly Account[];
}
