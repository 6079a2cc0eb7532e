import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { type Access, type Identity, ownerKey } from './access.ts';
import type { SentEvents } from './event-store.ts';
import type { ConnectServer, Exchange } from './exchange.ts';
import type { Limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { Sessions } from './sessions.ts';
import { stillHolds } from './still-holds.ts';
import { StreamableTransport } from './streamable-transport.ts';

/** When a client that lost a stream should ask for the rest of it. */
const RETRY_MS = 500;

interface Surroundings {
  readonly access: Access;
  readonly connect: ConnectServer;
  readonly sessions: Sessions;
  readonly events: SentEvents;
  readonly limits: Limits;
}

/** Streamable HTTP, up to 2025-11-25. `initialize` opens a session; a request without one is answered on its own. */
export class Streamable {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async post(exchange: Exchange, body: unknown): Promise<void> {
    const { request, response, identity } = exchange;
    const id = sessionOf(request);
    if (id !== undefined) {
      const transport = this.#find(id, identity);
      // Also until the answer is out: a session that waits for one is not given up for another.
      response.once('close', this.#around.sessions.holdStream(id));
      return transport.handleRequest(request, response, body);
    }
    return opensSession(body) ? this.#open(exchange, body) : this.#answerAlone(exchange, body);
  }

  /** The stream on which a server speaks unasked, or one that was lost. */
  async get({ request, response, identity }: Exchange): Promise<void> {
    const id = requireSession(request);
    const transport = this.#find(id, identity);
    const release = this.#around.limits.openStream(identity);
    const leave = this.#around.sessions.holdStream(id);
    response.once('close', () => {
      release();
      leave();
    });
    return transport.handleRequest(request, response);
  }

  async delete({ request, response, identity }: Exchange): Promise<void> {
    return this.#find(requireSession(request), identity).handleRequest(request, response);
  }

  #find(id: string, identity: Identity): StreamableTransport {
    return this.#around.sessions.find(id, { owner: ownerKey(identity), kind: StreamableTransport });
  }

  async #open({ request, response, identity }: Exchange, body: unknown): Promise<void> {
    const { access, connect, sessions, events } = this.#around;
    const id = randomUUID();
    const server = connect(identity);
    const transport = new StreamableTransport({
      sessionIdGenerator: () => id,
      eventStore: events.of(id),
      retryInterval: RETRY_MS,
    });
    const holds = stillHolds(access, { request, identity });
    await sessions.add(id, { owner: ownerKey(identity), holds, server, transport: transport as Transport });
    server.onclose = () => {
      sessions.close(id);
      events.forgetSession(id);
    };
    await server.connect(transport as Transport);
    await transport.handleRequest(request, response, body);
    if (transport.sessionId === undefined) sessions.close(id);
  }

  async #answerAlone({ request, response, identity }: Exchange, body: unknown): Promise<void> {
    const server = this.#around.connect(identity);
    const transport = new StreamableTransport();
    response.once('close', () => server.close().catch(() => undefined));
    await server.connect(transport as Transport);
    await transport.handleRequest(request, response, body);
  }
}

function sessionOf({ headers }: IncomingMessage): string | undefined {
  return headers['mcp-session-id']?.toString();
}

function requireSession(request: IncomingMessage): string {
  const id = sessionOf(request);
  if (id !== undefined) return id;
  throw new Refusal(405, 'Without a session only POST is served.', { headers: { allow: 'POST' } });
}

function opensSession(body: unknown): boolean {
  return [body].flat().some((message) => isInitializeRequest(message));
}
