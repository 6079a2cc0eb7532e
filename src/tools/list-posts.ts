import { z } from 'zod';
import { listPosts as list } from '../desk/list-posts.ts';
import { ScheduledTime } from '../domain/draft.ts';
import { CONTENT_TYPES } from '../domain/post.ts';
import { POST_STATUSES } from '../domain/status.ts';
import { line } from '../domain/text.ts';
import { backend, cursor, limit, nextCursor, Post, platform, Unavailable } from './schemas.ts';
import { defineTool } from './tool.ts';

export const listPosts = defineTool({
  name: 'list_posts',
  title: 'List posts',
  description:
    'Drafts that wait, then posts of every backend, soonest air time first where the backend can sort. A page can be short while hasMore is true. For one known post use get_post.',
  level: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    backend: backend.optional(),
    status: z.enum(POST_STATUSES).optional().describe('E.g. scheduled'),
    platform: platform.optional(),
    contentType: z.enum(CONTENT_TYPES).optional().describe('E.g. video'),
    accountId: line(300).optional().describe('E.g. local:tiktok'),
    from: ScheduledTime.optional().describe('Air time at or after, e.g. 2030-12-24T00:00'),
    to: ScheduledTime.optional().describe('Air time before, e.g. 2031-01-01T00:00'),
    limit,
    cursor,
  }),
  output: z.object({ posts: z.array(Post), hasMore: z.boolean(), nextCursor, unavailable: Unavailable }),
  run: (input, { desk, call }) => list(desk, input, call),
});
