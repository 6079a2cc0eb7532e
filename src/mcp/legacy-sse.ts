import type { ServerResponse } from 'node:http';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { type Access, ownerKey } from './access.ts';
import type { ConnectServer, Exchange } from './exchange.ts';
import type { Limits } from './limits.ts';
import { INVALID_REQUEST, Refusal } from './refusal.ts';
import type { Sessions } from './sessions.ts';
import { stillHolds } from './still-holds.ts';

const KEEP_ALIVE_MS = 15_000;

interface Surroundings {
  readonly access: Access;
  readonly connect: ConnectServer;
  readonly sessions: Sessions;
  readonly limits: Limits;
}

/** HTTP+SSE of 2024-11-05, for the frameworks that still speak it: a stream for the answers, POSTs for the rest. */
export class LegacySse {
  readonly #around: Surroundings;
  readonly #streams = new WeakMap<SSEServerTransport, ServerResponse>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async open({ request, response, identity }: Exchange): Promise<void> {
    const { access, connect, sessions, limits } = this.#around;
    const release = limits.openStream(identity);
    response.once('close', release);
    const server = connect(identity);
    const transport = new SSEServerTransport('/messages', response);
    const id = transport.sessionId;
    const holds = stillHolds(access, { request, identity });
    await sessions.add(id, { owner: ownerKey(identity), holds, server, transport });
    // Gone while room was made for it.
    if (response.destroyed) return sessions.close(id);
    sessions.holdStream(id);
    this.#streams.set(transport, response);
    const beat = setInterval(() => response.write(': keepalive\n\n'), KEEP_ALIVE_MS).unref();
    response.once('close', () => clearInterval(beat));
    server.onclose = () => sessions.close(id);
    await server.connect(transport);
  }

  async post({ request, response, identity }: Exchange, body: unknown): Promise<void> {
    const id = new URL(request.url ?? '', 'http://localhost').searchParams.get('sessionId') ?? '';
    const { sessions, limits } = this.#around;
    const transport = sessions.find(id, { owner: ownerKey(identity), kind: SSEServerTransport });
    const unread = this.#streams.get(transport)?.writableLength ?? 0;
    if (unread > limits.bounds.unreadBytes) {
      // The SDK writes on, whether or not anybody reads.
      sessions.close(id);
      throw new Refusal(429, 'The stream of this session is not read, and was closed.');
    }
    try {
      await transport.handleMessage(body);
    } catch {
      throw new Refusal(400, 'The body is not a message of JSON-RPC.', { code: INVALID_REQUEST });
    }
    response.writeHead(202, { 'content-type': 'text/plain' }).end('Accepted');
  }
}
