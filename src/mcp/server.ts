import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ElicitResultSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { Question } from '../domain/call.ts';
import { instructionsFor } from '../tools/index.ts';
import { refuseMisfits } from './misfits.ts';
import { ANSWER_MS, showsForms, toElicitation } from './question.ts';
import { schemaValidator } from './schema-validator.ts';
import { openToolTable, type ServerSettings } from './tool-table.ts';

/** One connection's server, of the revisions up to 2025-11-25. Cheap: everything that lasts is in the desk. */
export function createServer(settings: ServerSettings): Server {
  const table = openToolTable(settings);
  const server = new Server(
    { name: 'airdate', title: 'Airdate', version: settings.version },
    {
      capabilities: { tools: {} },
      instructions: instructionsFor(settings.caller.level, settings.tools),
      jsonSchemaValidator: schemaValidator,
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, table.list);
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const { signal, _meta, sendNotification } = extra;
    const ask = async (question: Question) => {
      const request = { method: 'elicitation/create', params: toElicitation(question) } as const;
      const options = { signal, timeout: ANSWER_MS };
      // No answer, or one that makes no sense, is not a yes.
      const answer = await extra.sendRequest(request, ElicitResultSchema, options).catch(() => undefined);
      return answer?.action === 'accept';
    };
    const answer = table.call({
      name: params.name,
      arguments: params.arguments,
      client: server.getClientVersion()?.name,
      signal,
      progressToken: _meta?.progressToken,
      notify: sendNotification,
      confirm: showsForms(server.getClientCapabilities()?.elicitation) ? ask : undefined,
    });
    if (answer !== undefined) return answer;
    throw new McpError(ErrorCode.InvalidParams, table.unknown(params.name));
  });
  const connect = server.connect.bind(server);
  server.connect = async (transport) => {
    await connect(transport);
    refuseMisfits(transport, ['initialize', 'tools/list', 'tools/call'], (params) =>
      table.refused(params, server.getClientVersion()?.name),
    );
  };
  return server;
}
