import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isLegacyRequest,
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
    async accepts({ request: { headers } }, body) {
      const telling = TELLING.flatMap((name) => {
        const value = headers[name]?.toString();
        return value === undefined ? [] : [[name, value] as [string, string]];
      });
      const probe = new Request('http://localhost/mcp', { method: 'POST', headers: telling });
      return !(await isLegacyRequest(probe, body));
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
