import { z } from 'zod';
import { askVideoPost } from '../desk/ask-video-post.ts';
import { VideoDraft } from '../domain/draft.ts';
import { Post, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const createVideoPost = defineTool({
  name: 'create_video_post',
  title: 'Schedule a video post',
  description:
    'Publish a video on accounts, now or at a given time. Safe to repeat: it never posts twice. To change a post use edit_post; after a failure retry_post.',
  level: 'draft',
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
  }),
  run: (draft, { desk, call }) => askVideoPost(desk, draft, call),
});
