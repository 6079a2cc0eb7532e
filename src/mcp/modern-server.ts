import { randomBytes } from 'node:crypto';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Question } from '../domain/call.ts';
import { instructionsFor } from '../tools/index.ts';
import { tokenKey } from './access.ts';
import { refuseMisfits } from './misfits.ts';
import { ANSWER_MS, showsForms, toElicitation, Unanswered } from './question.ts';
import { openToolTable, type ServerSettings } from './tool-table.ts';

/** What was asked goes round through the client, which must not change it. Good for this process alone. */
const STATE_KEY = randomBytes(32);

/** What each request of this revision says of its client. */
const Told = z.object({
  [CLIENT_INFO_META_KEY]: z.object({ name: z.string() }).optional(),
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.looseObject({}).optional() }).optional(),
});

const Asked = z.object({ _meta: Told });

const Answers = z.object({ approval: z.object({ action: z.string() }) });

/** The server that `createServer` makes, with the SDK that speaks 2026-07-28. */
export function createModernServer(settings: ServerSettings): Server {
  const table = openToolTable(settings);
  const states = createRequestStateCodec<string>({
    key: STATE_KEY,
    ttlSeconds: ANSWER_MS / 1000,
    bind: () => tokenKey(settings.caller),
  });
  const server = new Server(
    { name: 'airdate', title: 'Airdate', version: settings.version },
    {
      capabilities: { tools: {} },
      instructions: instructionsFor(settings.caller.level, settings.tools),
      requestState: { verify: states.verify },
    },
  );
  server.setRequestHandler('tools/list', table.list);
  server.setRequestHandler(
    'tools/call',
    async ({ params }, context): Promise<CallToolResult | InputRequiredResult> => {
      const { mcpReq } = context;
      // Said with each request in this revision, and once on a connection that went back to an older one.
      const { data: told } = Told.safeParse(mcpReq.envelope);
      const { elicitation } = told?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {};
      const answer = table.call({
        name: params.name,
        arguments: params.arguments,
        client: (told?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion())?.name,
        signal: mcpReq.signal,
        progressToken: mcpReq._meta?.progressToken,
        notify: mcpReq.notify,
        confirm: showsForms(elicitation) ? confirmBy(context) : undefined,
      });
      if (answer === undefined) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, table.unknown(params.name));
      }
      try {
        return await answer;
      } catch (thrown) {
        if (!(thrown instanceof Unanswered)) throw thrown;
        const approval = inputRequired.elicit(toElicitation(thrown.question));
        const requestState = await states.mint(thrown.question.about, context);
        return inputRequired({ inputRequests: { approval }, requestState });
      }
    },
  );
  const connect = server.connect.bind(server);
  server.connect = async (transport) => {
    await connect(transport);
    refuseMisfits(transport as Transport, ['tools/list', 'tools/call'], (params) => {
      const { data: told } = Asked.safeParse(params);
      table.refused(params, (told?._meta[CLIENT_INFO_META_KEY] ?? server.getClientVersion())?.name);
    });
  };
  return server;
}

/** There are no requests to a client in this revision: the call ends with the question, and comes again with the answer. */
function confirmBy({ mcpReq }: ServerContext): (question: Question) => Promise<boolean> {
  return async (question) => {
    const answers = Answers.safeParse(mcpReq.inputResponses);
    if (!answers.success || mcpReq.requestState<string>() !== question.about) throw new Unanswered(question);
    return answers.data.approval.action === 'accept';
  };
}
