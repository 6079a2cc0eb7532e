import { z } from 'zod';
import { approvePost as approve } from '../desk/approve-post.ts';
import { Post, postId, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const approvePost = defineTool({
  name: 'approve_post',
  title: 'Approve a draft',
  description: 'Let a draft that waits for approval go out as planned. Ask a person first.',
  level: 'full',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ postId }),
  output: z.object({ posts: z.array(Post), warnings: Warnings }),
  run: (input, { desk, call }) => approve(desk, input, call),
});
