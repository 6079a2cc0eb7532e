import { z } from 'zod';
import { listProfiles as list } from '../desk/list-profiles.ts';
import { AccountState } from '../domain/account.ts';
import { backend, Moment, platform, Unavailable } from './schemas.ts';
import { defineTool } from './tool.ts';

export const listProfiles = defineTool({
  name: 'list_profiles',
  title: 'List profiles and accounts',
  description:
    'The accounts that can be posted to, the current time, and what each backend can do. Call it first; accountIds come from here.',
  level: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    backend: backend.optional(),
    platform: platform.optional(),
    refresh: z.boolean().optional().describe('true = ask the vendors again; else up to 5 minutes old'),
  }),
  output: z.object({
    now: Moment,
    timezone: z.string(),
    profiles: z.array(
      z.looseObject({
        profileId: z.string(),
        name: z.string(),
        backend: z.string(),
        accounts: z.array(
          z.looseObject({
            accountId: z.string(),
            platform: z.string(),
            username: z.string(),
            state: AccountState,
          }),
        ),
      }),
    ),
    backends: z.array(z.looseObject({ name: z.string(), ready: z.boolean(), can: z.looseObject({}) })),
    unavailable: Unavailable,
  }),
  run: (input, { desk, call }) => list(desk, input, call),
});
