import { z } from 'zod';
import { BACKENDS } from '../domain/handle.ts';
import { PLATFORM_NAMES } from '../domain/platform.ts';
import { line } from '../domain/text.ts';

/** Parameters that several tools take. */
export const backend = z.enum(BACKENDS).describe('Only this one, e.g. local');
export const platform = z.enum(PLATFORM_NAMES).describe('Only this one, e.g. tiktok');
export const postId = line(500).describe('From list_posts, e.g. local:0k3…');
export const limit = z.int().min(1).max(100).optional().describe('Rows, e.g. 50; default 20');
export const cursor = line(2000).optional().describe('nextCursor of the page before, with the same filters');

/** What an agent builds on. The rest of an answer is open. */
export const Moment = z.looseObject({
  local: z.string(),
  timezone: z.string(),
  offset: z.string(),
  utc: z.string(),
});

const Target = z.looseObject({ accountId: z.string(), status: z.string() });

export const Post = z.looseObject({
  postId: z.string(),
  status: z.string(),
  airTime: z.looseObject({ local: z.string(), utc: z.string() }).nullable(),
  targets: z.array(Target),
});

export const Warnings = z.array(z.looseObject({}));
export const Unavailable = z.array(z.looseObject({ backend: z.string() }));
export const nextCursor = z.string().nullable();
export const Sound = z.looseObject({ soundId: z.string(), name: z.string(), platforms: z.array(z.string()) });
