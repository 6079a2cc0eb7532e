import { z } from 'zod';
import { getPost as get } from '../desk/posts.ts';
import { Post, postId } from './schemas.ts';
import { defineTool } from './tool.ts';

export const getPost = defineTool({
  name: 'get_post',
  title: 'Get a post',
  description:
    'One post with what became of it on each account, and why it failed. Call it after the air time.',
  level: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ postId }),
  output: z.object({ post: Post }),
  run: (input, { desk, call }) => get(desk, input, call),
});
