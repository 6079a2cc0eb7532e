import { randomUUID } from 'node:crypto';
import type { Platform, PlatformContent } from './posteverywhere-bodies.ts';

export type PostStatus = 'draft' | 'scheduled' | 'publishing' | 'published' | 'partially_failed' | 'failed';

export interface Destination {
  readonly id: string;
  readonly accountId: number;
  readonly platform: Platform;
  status: 'queued' | 'publishing' | 'published' | 'failed';
  /** When it goes out; `null` for a draft. */
  fireAt: number | null;
  publishedAt: number | null;
  platformPostId: string | null;
  error: string | null;
  attempts: number;
  /** A failed destination that the vendor will try again by itself. */
  nextRetryAt: number | null;
}

export interface Post {
  readonly id: string;
  readonly sequence: number;
  readonly createdAt: number;
  updatedAt: number;
  draft: boolean;
  content: string;
  /** `null` for a draft and for a post that was to go out at once. */
  scheduledFor: number | null;
  timezone: string;
  mediaIds: string[];
  platformContent: PlatformContent | null;
  destinations: Destination[];
}

export function newDestination(accountId: number, platform: Platform, fireAt: number | null): Destination {
  return {
    id: randomUUID(),
    accountId,
    platform,
    status: 'queued',
    fireAt,
    publishedAt: null,
    platformPostId: null,
    error: null,
    attempts: 0,
    nextRetryAt: null,
  };
}

export function statusOf(post: Post, now: number): PostStatus {
  if (post.draft) return 'draft';
  const words = post.destinations.map((destination) => destination.status);
  const waiting = post.destinations.every(
    ({ status, fireAt }) => status === 'queued' && fireAt !== null && fireAt > now,
  );
  if (waiting) return 'scheduled';
  if (words.some((word) => word === 'queued' || word === 'publishing')) return 'publishing';
  if (words.every((word) => word === 'published')) return 'published';
  return words.every((word) => word === 'failed') ? 'failed' : 'partially_failed';
}

export function publishedAt(post: Post): number | null {
  const moments = post.destinations.flatMap((destination) => destination.publishedAt ?? []);
  return moments.length > 0 ? Math.max(...moments) : null;
}

/** What a platform shows: its own text where one was given, else the post's. */
export function textFor(post: Pick<Post, 'content' | 'platformContent'>, platform: Platform): string {
  return post.platformContent?.[platform]?.content ?? post.content;
}
