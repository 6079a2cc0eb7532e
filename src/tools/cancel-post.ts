import { z } from 'zod';
import { cancelPost as cancel } from '../desk/posts.ts';
import { Post, postId, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const cancelPost = defineTool({
  name: 'cancel_post',
  title: 'Cancel a post',
  description: 'Take back a scheduled, draft or missed post. It cannot be brought back. Does not unpublish.',
  level: 'draft',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ postId }),
  output: z.object({ post: Post, warnings: Warnings }),
  run: (input, { desk, call }) => cancel(desk, input, call),
});
