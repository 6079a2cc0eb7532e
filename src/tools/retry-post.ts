import { z } from 'zod';
import { retryPost as retry } from '../desk/posts.ts';
import { line } from '../domain/text.ts';
import { Post, postId, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const retryPost = defineTool({
  name: 'retry_post',
  title: 'Retry a post',
  description:
    'Try again, now, where a post failed, was missed or is unconfirmed. What may be live is looked up first and never sent twice.',
  level: 'full',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    postId,
    accountIds: z
      .array(line(300))
      .min(1)
      .max(50)
      .optional()
      .describe('Only these accounts of the post, e.g. ["local:tiktok"]'),
  }),
  output: z.object({ post: Post, warnings: Warnings }),
  run: (input, { desk, call }) => retry(desk, input, call),
});
