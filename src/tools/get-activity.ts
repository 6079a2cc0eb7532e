import { z } from 'zod';
import { getActivity as get } from '../desk/get-activity.ts';
import { backend, cursor, limit, nextCursor } from './schemas.ts';
import { defineTool } from './tool.ts';

export const getActivity = defineTool({
  name: 'get_activity',
  title: 'Get activity',
  description:
    'What was asked through this server, by whom and with what outcome, and what happened since: published late, missed, found or unconfirmed. Newest first.',
  level: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({ backend: backend.optional(), limit, cursor }),
  output: z.object({
    activity: z.array(z.looseObject({ what: z.string(), postIds: z.array(z.string()) })),
    hasMore: z.boolean(),
    nextCursor,
  }),
  run: (input, { desk, call }) => get(desk, input, call.caller),
});
