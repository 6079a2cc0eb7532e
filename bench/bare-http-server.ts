import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/**
 * The least that the SDK can do over HTTP: sessions, or a server for each request. One tool answers nothing, the other the
 * page in the file that is named: known beforehand, so that it costs its way out alone.
 */
const NOTHING = { content: [{ type: 'text', text: '{}' }] };
const page = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as typeof NOTHING;
const sessions = new Map<string, StreamableHTTPServerTransport>();

function createServer(): Server {
  const server = new Server({ name: 'bare', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => (params.name === 'page' ? page : NOTHING));
  return server;
}

async function open(): Promise<StreamableHTTPServerTransport> {
  const server = createServer();
  const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await server.connect(transport as Transport);
  return transport;
}

async function answerAlone(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const server = createServer();
  const transport = new StreamableHTTPServerTransport();
  response.once('close', () => void server.close());
  await server.connect(transport as Transport);
  await transport.handleRequest(request, response);
}

const http = createHttpServer(async (request, response) => {
  if (request.url === '/stateless') return answerAlone(request, response);
  const known = sessions.get(String(request.headers['mcp-session-id']));
  return (known ?? (await open())).handleRequest(request, response);
});
http.listen(0, '127.0.0.1', () => {
  console.error(JSON.stringify({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` }));
});
