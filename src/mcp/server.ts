import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import type { Desk } from '../desk/desk.ts';
import type { Call, Caller } from '../domain/call.ts';
import type { Log } from '../domain/log.ts';
import { INSTRUCTIONS } from '../tools/index.ts';
import type { Tool } from '../tools/tool.ts';
import { callTool } from './call.ts';
import { listTool } from './tool-list.ts';

export interface ServerSettings {
  readonly version: string;
  readonly tools: readonly Tool[];
  readonly desk: Desk;
  readonly log: Log;
  readonly mask: (text: string) => string;
  /** Who speaks on this connection, as far as the transport knows; the client's own name comes from its greeting. */
  readonly caller: Omit<Caller, 'client'>;
}

/** One connection's server. Cheap: everything that lasts is in the desk. */
export function createServer({ version, tools, caller, ...surroundings }: ServerSettings): Server {
  const server = new Server(
    { name: 'airdate', title: 'Airdate', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(listTool) }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${params.name.slice(0, 100)}`);
    const client = server.getClientVersion()?.name ?? 'unknown';
    return callTool(tool, params.arguments, {
      ...surroundings,
      call: toCall(extra, { ...caller, client: client.slice(0, 100) }),
    });
  });
  return server;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

function toCall({ signal, _meta, sendNotification }: Extra, caller: Caller): Call {
  const progressToken = _meta?.progressToken;
  let step = 0;
  return {
    caller,
    signal,
    progress(message, done, total) {
      if (progressToken === undefined || signal.aborted) return;
      step = Math.max(step + 1, done ?? 0);
      const params = { progressToken, progress: step, message, ...(total !== undefined && { total }) };
      // Who asked may be gone; the work goes on.
      sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
    },
  };
}
