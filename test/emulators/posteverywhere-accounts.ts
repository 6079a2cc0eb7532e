import type { ManualClock } from '../support/clock.ts';
import type { Platform } from './posteverywhere-bodies.ts';
import { notFound } from './posteverywhere-envelope.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

export type PosteverywhereHealth = keyof typeof healths;

export interface PosteverywhereAccount {
  readonly id: number;
  readonly platform: Platform;
  readonly name: string;
  /** `healthy` when left out. */
  readonly health?: PosteverywhereHealth;
}

// https://developers.posteverywhere.ai/account-health: the list has its own words.
const healths = {
  healthy: { listed: 'healthy', status: 'healthy', canPost: true, reasons: [] },
  expiring: { listed: 'healthy', status: 'warning', canPost: true, reasons: ['token_expiring_soon'] },
  expired: {
    listed: 'expired',
    status: 'broken',
    canPost: false,
    reasons: ['needs_reconnection', 'token_expired'],
  },
  unhealthy: { listed: 'unhealthy', status: 'broken', canPost: false, reasons: ['needs_reconnection'] },
  inactive: { listed: 'unhealthy', status: 'broken', canPost: false, reasons: ['account_inactive'] },
} as const;

export const defaultAccounts: readonly PosteverywhereAccount[] = [
  { id: 2280, platform: 'tiktok', name: 'mybrand' },
  { id: 2281, platform: 'instagram', name: 'mybrand' },
  { id: 2282, platform: 'youtube', name: 'My Brand' },
  { id: 2283, platform: 'linkedin', name: 'My Brand Ltd' },
  { id: 2284, platform: 'x', name: 'mybrand' },
  { id: 2285, platform: 'facebook', name: 'My Brand' },
  { id: 2286, platform: 'threads', name: 'mybrand' },
  { id: 2287, platform: 'instagram', name: 'mybrand.archive', health: 'expired' },
];

const day = 86_400_000;

export class Accounts {
  readonly #clock: ManualClock;
  readonly #switches: PosteverywhereSwitches;
  readonly #connectedAt: number;
  readonly #accounts: Map<number, PosteverywhereAccount>;

  constructor(
    clock: ManualClock,
    switches: PosteverywhereSwitches,
    accounts: readonly PosteverywhereAccount[],
  ) {
    this.#clock = clock;
    this.#switches = switches;
    this.#connectedAt = clock.now() - 30 * day;
    this.#accounts = new Map(accounts.map((account) => [account.id, account]));
  }

  get ids(): number[] {
    return [...this.#accounts.keys()];
  }

  find(id: number): PosteverywhereAccount | undefined {
    return this.#accounts.get(id);
  }

  canPost(id: number): boolean {
    const account = this.find(id);
    return account !== undefined && healths[account.health ?? 'healthy'].canPost;
  }

  setHealth(id: number, health: PosteverywhereHealth): void {
    this.#accounts.set(id, { ...this.#read(String(id)), health });
  }

  list(): unknown {
    return {
      accounts: [...this.#accounts.values()].map((account) => this.#view(account)),
      account_ids: this.ids,
    };
  }

  get(id: string): unknown {
    return this.#view(this.#read(id));
  }

  health(id: string): unknown {
    const account = this.#read(id);
    const { status, canPost, reasons } = healths[account.health ?? 'healthy'];
    const expired = account.health === 'expired';
    const soon = account.health === 'expiring';
    const now = this.#clock.now();
    return {
      account_id: account.id,
      platform: account.platform,
      account_name: account.name,
      platform_account_id: `${account.platform}-${account.id}`,
      status,
      can_post: canPost,
      reasons,
      is_active: account.health !== 'inactive',
      needs_reconnection: reasons.some((reason) => reason === 'needs_reconnection'),
      needs_reconnection_since: expired ? iso(now - day) : null,
      token: {
        expires_at: iso(now + (expired ? -day : soon ? 3 * day : 60 * day)),
        last_refresh: iso(this.#connectedAt),
        expired,
        expiring_soon: soon,
      },
      activity: {
        last_published_at: null,
        failures_last_7d: 0,
        permanent_failures_last_7d: 0,
        queued_count: 0,
      },
      connected_at: iso(this.#connectedAt),
    };
  }

  #read(id: string): PosteverywhereAccount {
    const account = this.find(Number(id));
    if (!account) throw notFound('Account');
    return account;
  }

  #view(account: PosteverywhereAccount): Record<string, unknown> {
    const { listed, canPost } = healths[account.health ?? 'healthy'];
    const name = this.#switches.accountIdName;
    return {
      ...((name === 'id' || name === 'both') && { id: account.id }),
      ...(name === 'stringId' && { id: String(account.id) }),
      ...((name === 'account_id' || name === 'both') && { account_id: account.id }),
      platform: account.platform,
      account_name: account.name,
      avatar_url: null,
      is_active: account.health !== 'inactive',
      created_at: iso(this.#connectedAt),
      health: { status: listed, can_post: canPost },
    };
  }
}

const iso = (instant: number): string => new Date(instant).toISOString();
