import { z } from 'zod';
import { uploadSound as upload } from '../desk/sounds.ts';
import { line } from '../domain/text.ts';
import { backend, Sound } from './schemas.ts';
import { defineTool } from './tool.ts';

export const uploadSound = defineTool({
  name: 'upload_sound',
  title: 'Upload a sound',
  description: 'Add a sound that posts of the same backend can use. Look in list_sounds first.',
  level: 'full',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    soundUrl: line(4096).describe(
      'TikTok video URL, public audio URL, or absolute path of an audio file, e.g. https://www.tiktok.com/@a/video/71',
    ),
    name: line(200).optional().describe('E.g. "Rain loop"'),
    backend: backend.optional().describe('E.g. local; absent = the one that takes sounds'),
  }),
  output: z.object({ sound: Sound }),
  run: (input, { desk, call }) => upload(desk, input, call),
});
