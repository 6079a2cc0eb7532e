import { z } from 'zod';
import { editPost as edit } from '../desk/edit-post.ts';
import { PostChanges } from '../domain/draft.ts';
import { Post, Warnings } from './schemas.ts';
import { defineTool } from './tool.ts';

export const editPost = defineTool({
  name: 'edit_post',
  title: 'Edit a post',
  description:
    'Change a scheduled, draft or missed post. What is not named stays, the sound and zone included. A new time puts a missed post back. Not for published posts.',
  level: 'draft',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: PostChanges,
  output: z.object({
    post: Post,
    changed: z.array(z.string()),
    warnings: Warnings,
    dryRun: z.boolean(),
  }),
  run: (changes, { desk, call }) => edit(desk, changes, call),
});
