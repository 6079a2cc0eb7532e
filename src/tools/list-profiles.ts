import { z } from 'zod';
import { listProfiles as list } from '../desk/list-profiles.ts';
import { AccountState } from '../domain/account.ts';
import { Failure } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
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
  async run(input, { desk, call }) {
    const answer = await list(desk, input, call);
    if (call.caller.accounts?.length !== 0) return answer;
    const silent = answer.backends.filter(({ ready }) => ready).map(({ name }) => noAccount(name));
    return { ...answer, unavailable: [...answer.unavailable, ...silent] };
  },
});

function noAccount(name: BackendName) {
  const failure = new Failure('forbidden', 'This access was given no account, so none is shown.', {
    backend: name,
    hint: 'A person gives accounts: in the claim airdate_accounts of an OAuth token, else with airdate token create --accounts.',
  });
  return { backend: name, error: failure.toAnswer() };
}
