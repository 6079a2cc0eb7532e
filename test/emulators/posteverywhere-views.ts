import type { Accounts } from './posteverywhere-accounts.ts';
import type { Listing } from './posteverywhere-listing.ts';
import { type MediaLibrary, permanentUrl } from './posteverywhere-media.ts';
import { type Destination, type Post, statusOf } from './posteverywhere-post.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

type Json = Record<string, unknown>;

/** Posts as the vendor writes them. */
export class PostViews {
  readonly #switches: PosteverywhereSwitches;
  readonly #accounts: Accounts;
  readonly #library: MediaLibrary;

  constructor(switches: PosteverywhereSwitches, accounts: Accounts, library: MediaLibrary) {
    this.#switches = switches;
    this.#accounts = accounts;
    this.#library = library;
  }

  ids(post: Post): Json {
    const name = this.#switches.postIdName;
    return name === 'both' ? { id: post.id, post_id: post.id } : { [name]: post.id };
  }

  post(post: Post, now: number): Json {
    return {
      ...this.#echo(post, now),
      media: post.mediaIds.flatMap((id) => {
        const media = this.#library.find(id);
        return media ? [{ id, type: media.type, url: permanentUrl(media) }] : [];
      }),
      destinations: post.destinations.map((destination) => this.#destination(destination)),
    };
  }

  created(post: Post, now: number): Json {
    const status = statusOf(post, now);
    const count = post.destinations.length;
    const message = {
      draft: 'Draft saved.',
      scheduled: `Post scheduled for ${count} accounts.`,
      publishing: `Post is being published to ${count} accounts.`,
    }[String(status)];
    const short = {
      ...this.ids(post),
      status,
      scheduled_for: iso(post.scheduledFor),
      accounts_count: count,
      message,
      ...(post.draft && { next_steps: { schedule: `POST /posts/${post.id}/schedule` } }),
    };
    if (this.#switches.createAnswer === 'short') return short;
    const results = status === 'publishing' && { results: post.destinations.map((one) => this.#result(one)) };
    return { ...this.#echo(post, now), ...short, ...results };
  }

  results(post: Post, now: number): Json {
    return {
      post_id: post.id,
      post_status: statusOf(post, now),
      results: post.destinations.map((destination) => this.#result(destination)),
    };
  }

  listing({ posts, limit, offset, total }: Listing, now: number): Json {
    const rows = posts.map((post) => this.post(post, now));
    const form = this.#switches.pagination;
    if (form === 'flat') return { posts: rows, total, limit, offset };
    const more = form === 'full' && { total, has_more: offset + rows.length < total };
    return { posts: rows, pagination: { limit, offset, ...more } };
  }

  #echo(post: Post, now: number): Json {
    return {
      ...this.ids(post),
      content: post.content,
      status: statusOf(post, now),
      account_ids: post.destinations.map((destination) => destination.accountId),
      scheduled_for: iso(post.scheduledFor),
      timezone: post.timezone,
      media_ids: post.mediaIds,
      platform_content: post.platformContent,
      created_at: iso(post.createdAt),
      updated_at: iso(post.updatedAt),
    };
  }

  #destination(destination: Destination): Json {
    return {
      id: destination.id,
      platform: destination.platform,
      status: this.#word(destination),
      account_name: this.#accounts.find(destination.accountId)?.name ?? null,
      account_id: destination.accountId,
      scheduled_for: iso(destination.fireAt),
      published_at: iso(destination.publishedAt),
      platform_post_id: destination.platformPostId,
      error: destination.error,
      attempts: destination.attempts,
    };
  }

  #result(destination: Destination): Json {
    const { platform, platformPostId } = destination;
    return {
      id: destination.id,
      platform,
      status: this.#word(destination),
      account_name: this.#accounts.find(destination.accountId)?.name ?? null,
      account_id: destination.accountId,
      published_at: iso(destination.publishedAt),
      platform_post_id: platformPostId,
      platform_post_url: platformPostId && `https://${platform}.example/${platformPostId}`,
      error: destination.error,
      attempts: destination.attempts,
      next_retry_at: iso(destination.nextRetryAt),
    };
  }

  #word({ status }: Destination): string {
    return status === 'published' ? this.#switches.publishedWord : status;
  }
}

const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();
