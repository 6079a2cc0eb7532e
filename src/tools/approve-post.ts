import { z } from 'zod';
import { approvePost as approve } from '../desk/approve-post.ts';
import { line } from '../domain/text.ts';
import { Post, postId, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const approvePost = defineTool({
  name: 'approve_post',
  title: 'Approve a draft',
  description:
    'Let a draft that waits for approval go out as planned. Show it to a person first, and pass its version.',
  level: 'full',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    postId,
    version: line(100)
      .optional()
      .describe('Of the draft as it was shown, e.g. "q3Zk…"; one changed since is refused'),
  }),
  output: z.object({ posts: z.array(Post), warnings: Warnings }),
  run: (input, { desk, call }) => approve(desk, input, call),
});
