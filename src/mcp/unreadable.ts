import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../domain/log.ts';
import { LINGER_MS, Refusal, refuse, toBody } from './refusal.ts';

const REASONS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: new Refusal(431, 'The head of the request is too large.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Refusal(413, 'The pieces of the body carry too much besides it.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal(408, 'The request took too long to come in.'),
};
const NO_HTTP = new Refusal(400, 'This is no request that can be read.');
const NO_TUNNEL = new Refusal(501, 'There are no tunnels here.');
const UNMET = new Refusal(417, 'Of expectations only 100-continue is met.', {
  headers: { connection: 'close' },
});

/** Answers in words what never becomes a request, and what Node would answer with an empty body. */
export function answerUnreadable(server: Server, log: Log): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const refuseOn = (socket: Duplex, refusal: Refusal) => {
    const response = latest.get(socket);
    const hasBegun = response?.headersSent && !response.writableFinished;
    if (!socket.writable || hasBegun) {
      socket.destroy();
      return;
    }
    log('debug', 'refused', { status: refusal.status, reason: refusal.message });
    socket.end(toHttp(refusal));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
  server.on('request', ({ socket }, response) => latest.set(socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What still comes in of a request that was refused is no request either.
    if (socket.writableEnded) return;
    if (error.code === 'ECONNRESET') socket.destroy();
    else refuseOn(socket, REASONS[error.code ?? ''] ?? NO_HTTP);
  });
  server.on('connect', (_, socket) => {
    // Node has let go of it.
    socket.on('error', () => socket.destroy()).resume();
    refuseOn(socket, NO_TUNNEL);
  });
  server.on('checkExpectation', (_, response) => refuse(response, UNMET));
}

function toHttp(refusal: Refusal): string {
  const body = JSON.stringify(toBody(refusal));
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
