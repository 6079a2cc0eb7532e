import { z } from 'zod';
import { listSounds as list } from '../desk/sounds.ts';
import { line } from '../domain/text.ts';
import { backend, cursor, limit, nextCursor, Sound, Unavailable } from './schemas.ts';
import { defineTool } from './tool.ts';

export const listSounds = defineTool({
  name: 'list_sounds',
  title: 'List sounds',
  description: 'Sounds that can be attached with soundId, newest first.',
  level: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    backend: backend.optional(),
    query: line(80).optional().describe('Words in the name, e.g. rain'),
    limit,
    cursor,
  }),
  output: z.object({ sounds: z.array(Sound), hasMore: z.boolean(), nextCursor, unavailable: Unavailable }),
  run: (input, { desk, call }) => list(desk, input, call),
});
