import type { ServerResponse } from 'node:http';

export type Facts = Readonly<Record<string, unknown>>;

interface RefusalDetails {
  /** The code of JSON-RPC. */
  readonly code?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: unknown;
  /** These two are for the log alone. */
  readonly cause?: unknown;
  readonly facts?: Facts;
}

/** A request that the transport does not take, as it is answered. */
export class Refusal extends Error {
  override name = 'Refusal' as const;
  readonly status: number;
  readonly details: RefusalDetails;

  constructor(status: number, message: string, details: RefusalDetails = {}) {
    super(message, { cause: details.cause });
    this.status = status;
    this.details = details;
  }
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
const REFUSED = -32000;
/** What both SDKs answer for a session that is not there. */
const SESSION_NOT_FOUND = -32001;
/** How long what is left of a refused body is thrown away before the connection is cut. */
export const LINGER_MS = 1000;

export function sessionNotFound(): Refusal {
  return new Refusal(404, 'Session not found', { code: SESSION_NOT_FOUND });
}

export function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, details } = refusal;
  const { headers } = details;
  answerJson(response, { status, body: toBody(refusal), ...(headers && { headers }) });
}

export function toBody({ message, details }: Refusal): object {
  const { code = REFUSED, data } = details;
  return { jsonrpc: '2.0', error: { code, message, ...(data !== undefined && { data }) }, id: null };
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function answerJson(response: ServerResponse, { status, body, headers }: JsonAnswer): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.end();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
  endUpload(response);
}

/** Cut at once, the connection of a client that still sends would be reset before it has read the answer. */
function endUpload({ req }: ServerResponse): void {
  if (req.complete) return;
  req.resume();
  const timer = setTimeout(() => req.complete || req.socket.destroy(), LINGER_MS);
  timer.unref();
  req.once('close', () => clearTimeout(timer));
}
