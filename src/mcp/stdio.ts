import type { Readable, Writable } from 'node:stream';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  ErrorCode,
  type JSONRPCMessage,
  type RequestId,
  RequestIdSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { filterLines } from './stdio-lines.ts';
import { opensModern } from './stdio-opening.ts';

export interface StdioConnection {
  /** Resolves when the client has said its last, reads no more, or cannot be served. */
  readonly ended: Promise<void>;
  /** Resolves when every request has its answer. */
  answered(): Promise<void>;
  /** Gives up the calls that still run. */
  close(): Promise<void>;
}

interface Surroundings {
  readonly input: Readable;
  readonly output: Writable;
  /** Serves a client of the revision 2026-07-28, instead of the server. Loaded for such a client alone. */
  readonly serveModern?: (transport: StdioServerTransport) => Promise<void>;
}

/** Serves one client over a pair of streams. */
export function serveStdio(server: Server, { input, output, serveModern }: Surroundings): StdioConnection {
  const tell = (message: object) => output.write(`${JSON.stringify(message)}\n`);
  const filter = filterLines(tell);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  // The filter ends when the last line has passed it, which is after the input's end.
  filter.once('end', end);
  input.once('close', () => filter.end()).once('error', () => end());
  output.once('error', () => end());
  const lines = input.pipe(filter);
  const transport = new StdioServerTransport(lines, output);
  const serve = async () => {
    if (serveModern && (await opensModern(lines, output))) await serveModern(transport);
    else await server.connect(transport);
    return watchAnswers(transport);
  };
  const served = serve().catch((error: unknown) => {
    const message = `This client cannot be served: ${String(error)}`;
    tell({ jsonrpc: '2.0', id: null, error: { code: ErrorCode.InternalError, message } });
    end();
    return async () => undefined;
  });
  return {
    ended,
    answered: async () => (await served)(),
    close: () => transport.close(),
  };
}

/** Keeps account of the requests that have no answer yet. One that the client cancels gets none. */
function watchAnswers(transport: StdioServerTransport): () => Promise<void> {
  const open = new Set<RequestId>();
  let onAnswer = () => {};
  const receive = transport.onmessage;
  const send = transport.send.bind(transport);
  transport.onmessage = (message) => {
    if ('method' in message && 'id' in message) open.add(message.id);
    for (const id of cancelledBy(message)) open.delete(id);
    receive?.(message);
  };
  transport.send = async (message) => {
    await send(message);
    if (!('method' in message) && message.id !== undefined) open.delete(message.id);
    onAnswer();
  };
  return () =>
    new Promise((resolve) => {
      onAnswer = () => open.size === 0 && resolve();
      onAnswer();
    });
}

function cancelledBy(message: JSONRPCMessage): RequestId[] {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return [];
  const id = RequestIdSchema.safeParse(message.params?.requestId);
  return id.success ? [id.data] : [];
}
