import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
  classifyInboundRequest,
  createMcpHandler,
  type McpServerFactory,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import type { Log } from '../domain/log.ts';
import type { Identity } from './access.ts';
import type { ModernEndpoint } from './exchange.ts';

/** What of a request says of which revision it is. */
const TELLING = ['mcp-protocol-version', 'mcp-method', 'mcp-name'] as const;

/** Answers requests of the revision 2026-07-28, each on its own. A bus tells whoever listens what has changed. */
export function openModernEndpoint(
  createServer: (identity: Identity) => ReturnType<McpServerFactory>,
  log: Log,
  bus?: ServerEventBus,
): ModernEndpoint {
  const onerror = (error: Error) => log('debug', 'modern', { error: error.message });
  const handler = createMcpHandler(({ authInfo }) => createServer(authInfo?.extra?.identity as Identity), {
    legacy: 'reject',
    onerror,
    ...(bus && { bus }),
  });
  return {
    accepts({ request: { headers } }, body) {
      const [version, method, name] = TELLING.map((header) => headers[header]?.toString());
      const told = {
        httpMethod: 'POST',
        ...(version !== undefined && { protocolVersionHeader: version }),
        ...(method !== undefined && { mcpMethodHeader: method }),
        ...(name !== undefined && { mcpNameHeader: name }),
        body,
      };
      return classifyInboundRequest(told).kind !== 'legacy';
    },
    async answer({ request, response, identity }, body) {
      // The token itself stays outside: nothing behind the door needs it.
      const authInfo = { token: '', clientId: identity.token ?? '', scopes: [], extra: { identity } };
      const fetch = (asked: Request) => handler.fetch(asked, { authInfo, parsedBody: body });
      await toNodeHandler({ fetch }, { onerror })(request as NodeIncomingMessageLike, response, body);
    },
    close: () => handler.close(),
  };
}
