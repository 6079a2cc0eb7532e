import { z } from 'zod';
import { BACKENDS } from '../domain/handle.ts';
import { PLATFORM_NAMES } from '../domain/platform.ts';
import { line } from '../domain/text.ts';

/** Parameters that several tools take. */
export const backend = z.enum(BACKENDS);
export const platform = z.enum(PLATFORM_NAMES);
export const postId = line(500).describe('From list_posts, e.g. local:0k3…');
export const limit = z.int().min(1).max(100).optional().describe('Default 20');
export const cursor = line(2000).optional().describe('nextCursor of the page before, same filters');

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
  backend: z.string(),
  status: z.string(),
  airTime: z.looseObject({ local: z.string(), timezone: z.string(), utc: z.string() }).nullable(),
  targets: z.array(Target),
});

export const Warnings = z.array(z.looseObject({ code: z.string(), message: z.string() }));
export const Plan = z.looseObject({ requests: z.array(z.looseObject({})) });
export const Unavailable = z.array(z.looseObject({ backend: z.string(), error: z.looseObject({}) }));
export const nextCursor = z.string().nullable();
export const Sound = z.looseObject({ soundId: z.string(), name: z.string(), platforms: z.array(z.string()) });
