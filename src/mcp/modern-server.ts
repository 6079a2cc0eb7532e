import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { INSTRUCTIONS } from '../tools/index.ts';
import { openToolTable, type ServerSettings } from './tool-table.ts';

/** The server that `createServer` makes, with the SDK that speaks 2026-07-28. */
export function createModernServer(settings: ServerSettings): Server {
  const table = openToolTable(settings);
  const server = new Server(
    { name: 'airdate', title: 'Airdate', version: settings.version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler('tools/list', table.list);
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
    const answer = table.call({
      name: params.name,
      arguments: params.arguments,
      client: server.getClientVersion()?.name,
      signal: mcpReq.signal,
      progressToken: mcpReq._meta?.progressToken,
      notify: mcpReq.notify,
    });
    if (answer !== undefined) return answer;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name.slice(0, 100)}`);
  });
  return server;
}
