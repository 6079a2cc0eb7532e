import { z } from 'zod';
import { allows } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import type { Tool } from '../tools/tool.ts';
import { type Access, callerOf } from './access.ts';
import { logRefusedCall } from './call.ts';
import { withChallenge } from './challenge.ts';
import type { Exchange } from './exchange.ts';
import type { Sessions } from './sessions.ts';

interface Surroundings {
  readonly access: Access;
  readonly tools: readonly Tool[];
  readonly sessions: Sessions;
  readonly log: Log;
}

/**
 * Refuses a body with a call above the caller's level where its authorization server could allow it: a client reads from the
 * answer what to ask for. Whoever has no such server to ask gets the answer of the tool.
 */
export function checkScope(
  { access, tools, sessions, log }: Surroundings,
  { request, identity }: Pick<Exchange, 'request' | 'identity'>,
  body: unknown,
): void {
  const calls = [body].flat().flatMap((message) => Called.safeParse(message).data ?? []);
  for (const { name } of calls) {
    const tool = tools.find((known) => known.name === name);
    const scope = tool && !allows(identity.level, tool.level) && access.scopeFor?.(identity, tool.level);
    if (!scope) continue;
    for (const { params, client = sessions.clientOf(request, identity) } of calls) {
      logRefusedCall(log, { caller: callerOf(identity, client), params, outcome: 'forbidden' });
    }
    const text = `insufficient_scope: ${tool.name} needs the scope ${scope}.`;
    const failure = new Failure('forbidden', text, {
      field: 'scope',
      hint: 'Ask the authorization server for it.',
    });
    const { metadata } = access;
    throw withChallenge(failure, { metadata, request, scope }, { tool: tool.name, token: identity.token });
  }
}

const Named = z.object({ name: z.string() });

/** What a client calls itself in the revision 2026-07-28. */
const Told = z.object({ _meta: z.object({ 'io.modelcontextprotocol/clientInfo': Named }) });

const Called = z.object({ method: z.literal('tools/call'), params: z.unknown() }).transform(({ params }) => ({
  params,
  name: Named.safeParse(params).data?.name,
  client: Told.safeParse(params).data?._meta['io.modelcontextprotocol/clientInfo'].name,
}));
