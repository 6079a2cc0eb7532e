import { basename, join } from 'node:path';
import type { PostRow, TargetRow } from '../../database/tables.ts';
import type { MediaFacts } from '../../domain/content.ts';
import type { Platform } from '../../domain/platform.ts';
import type { PlatformOptions } from '../../domain/platform-options.ts';
import type { Post, Target } from '../../domain/post.ts';

/** The copy that Airdate keeps of a local file. */
export interface KeptMedia {
  /** Absolute path of the copy. */
  readonly file: string;
  /** The name that it had. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly facts: MediaFacts;
}

export interface StoredPost {
  readonly row: PostRow;
  readonly targets: readonly TargetRow[];
}

/** The columns that a post is shown from: a page reads no others. */
export const SHOWN = [
  ...(['id', 'status', 'content_url', 'caption', 'title', 'sound_id'] as const),
  ...(['air_at', 'timezone', 'created_at', 'updated_at'] as const),
];
export const SHOWN_OF_TARGET = [
  ...(['post_id', 'account_id', 'platform', 'status', 'publisher'] as const),
  ...(['url', 'published_at', 'error_json'] as const),
];

type ShownTarget = Pick<TargetRow, (typeof SHOWN_OF_TARGET)[number]>;

export interface ShownPost {
  readonly row: Pick<PostRow, (typeof SHOWN)[number]>;
  readonly targets: readonly ShownTarget[];
}

/** A stored post as the desk knows it. `simulated`: nothing of it reaches the world. */
export function fromRows({ row, targets }: ShownPost): Post {
  return {
    id: row.id,
    status: row.status,
    contentType: 'video',
    contentUrl: row.content_url,
    ...(row.caption !== null && { caption: row.caption }),
    ...(row.title !== null && { title: row.title }),
    ...(row.sound_id !== null && { soundId: row.sound_id }),
    airAt: row.air_at,
    timezone: row.timezone,
    targets: targets.map(fromTargetRow),
    createdAt: row.created_at,
    ...(row.updated_at !== row.created_at && { updatedAt: row.updated_at }),
    ...(targets.every(({ publisher }) => publisher === 'outbox') && { simulated: true }),
  };
}

function fromTargetRow(row: ShownTarget): Target {
  return {
    accountId: row.account_id,
    platform: row.platform as Platform,
    status: row.status,
    ...(row.url !== null && { url: row.url }),
    ...(row.published_at !== null && { publishedAt: row.published_at }),
    ...(row.error_json !== null && { error: JSON.parse(row.error_json) as NonNullable<Target['error']> }),
  };
}

export function optionsOf(row: PostRow): PlatformOptions {
  return JSON.parse(row.options_json) as PlatformOptions;
}

/** Kept by its name alone, so that a data directory can be moved or restored elsewhere. */
export function toMediaJson(media: KeptMedia): string {
  return JSON.stringify({ ...media, file: basename(media.file) });
}

export function fromMediaJson(json: string, contentFolder: string): KeptMedia {
  const media = JSON.parse(json) as KeptMedia;
  return { ...media, file: join(contentFolder, media.file) };
}

export function mediaOf(row: PostRow, contentFolder: string): KeptMedia | undefined {
  return row.media_json === null ? undefined : fromMediaJson(row.media_json, contentFolder);
}
