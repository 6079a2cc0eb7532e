import { type Readable, Transform, type Writable } from 'node:stream';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type JSONRPCMessage, type RequestId, RequestIdSchema } from '@modelcontextprotocol/sdk/types.js';
import { opensModern } from './stdio-opening.ts';

/** The SDK's reader stops for good at a line of 10 MB. */
const LONGEST_LINE = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

const TOO_LONG = JSON.stringify({
  jsonrpc: '2.0',
  id: null,
  error: { code: -32600, message: `A message may have at most ${LONGEST_LINE} bytes; this one was dropped.` },
});

export interface StdioConnection {
  /** Resolves when the client has said its last, or reads no more. */
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
  const filter = dropLongLines(() => output.write(`${TOO_LONG}\n`));
  const ended = new Promise<void>((resolve) => {
    // The filter ends when the last line has passed it, which is after the input's end.
    filter.once('end', resolve);
    input.once('close', () => filter.end()).once('error', () => resolve());
    output.once('error', () => resolve());
  });
  const lines = input.pipe(filter);
  const transport = new StdioServerTransport(lines, output);
  const serve = async () => {
    if (serveModern && (await opensModern(lines, output))) await serveModern(transport);
    else await server.connect(transport);
    return watchAnswers(transport);
  };
  const served = serve();
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

/** Passes lines on and drops those that are too long, without ever holding more of them than is passed on. */
function dropLongLines(onDropped: () => void): Transform {
  let held: Buffer[] = [];
  let length = 0;
  let dropping = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        const line = rest.subarray(0, end + 1);
        if (dropping || length + line.length > LONGEST_LINE) onDropped();
        else this.push(Buffer.concat([...held, line]));
        held = [];
        length = 0;
        dropping = false;
        rest = rest.subarray(end + 1);
      }
      length += rest.length;
      if (length > LONGEST_LINE) {
        held = [];
        dropping = true;
      } else if (rest.length > 0 && !dropping) held.push(rest);
      done();
    },
  });
}
