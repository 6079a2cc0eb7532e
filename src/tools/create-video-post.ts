import { z } from 'zod';
import { createVideoPost as create } from '../desk/create-video-post.ts';
import { VideoDraft } from '../domain/draft.ts';
import { Plan, Post, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const createVideoPost = defineTool({
  name: 'create_video_post',
  title: 'Schedule a video post',
  description:
    'Publish a video on one or more accounts, now or at a given time. Safe to repeat: the same call again answers the first result. Not for changing a post (edit_post) or trying a failed one again (retry_post).',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: VideoDraft,
  output: z.object({
    posts: z.array(Post),
    failures: z.array(
      z.looseObject({ accountIds: z.array(z.string()), error: z.looseObject({ code: z.string() }) }),
    ),
    warnings: Warnings,
    replayed: z.boolean(),
    dryRun: z.boolean(),
    plan: Plan.optional(),
  }),
  run: (draft, { desk, call }) => create(desk, draft, call),
});
