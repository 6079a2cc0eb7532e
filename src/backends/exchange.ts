import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';

/** A larger answer is not read. */
const LARGEST_ANSWER = 8 * 1024 * 1024;

interface WireRequest {
  readonly method: string;
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable | undefined;
}

interface Patience {
  readonly deadlineMs: number;
  /** The deadline counts from the last byte that moved, not from the beginning. */
  readonly whileBytesMove: boolean;
  readonly signal: AbortSignal;
  /** Whether the signal still counts once the request is on its way. */
  readonly abandonable: boolean;
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/** What became of one request. */
export interface Outcome {
  /** The whole request was handed to the socket. Until then the other side cannot have more than a torso of it. */
  readonly sent: boolean;
  /** Absent when no answer began. */
  readonly status?: number;
  readonly headers: IncomingHttpHeaders;
  /** Absent when the answer did not come whole. */
  readonly text?: string;
  /** Why there is no whole answer. */
  readonly trouble?: string;
  /** The request could not be put into HTTP at all. */
  readonly malformed?: Error;
}

/** Loaded with the first request: a program that talks to no vendor starts without it. */
export async function openAgent(connectMs: number): Promise<Agent> {
  const { Agent } = await import('undici');
  return new Agent({
    allowH2: false,
    pipelining: 1,
    connect: { timeout: connectMs },
    // One deadline of our own is over headers, body and the connection together.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: LARGEST_ANSWER,
    // A write on a connection that the other side is about to close has an unknown outcome: so idle ones are dropped
    // early, whatever longer time the other side offers.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
  });
}

/** Sends one request once and never throws: whatever happens is in the outcome. */
export function exchange(agent: Agent, request: WireRequest, patience: Patience): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const { body, ...head } = request;
  const handler = new Exchange(request, patience, resolve);
  agent.dispatch({ ...head, body: body ?? null }, handler);
  return promise;
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #body: string | Readable | undefined;
  readonly #patience: Patience;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #sent = false;
  #ended = false;
  #status: number | undefined;
  #headers: IncomingHttpHeaders = {};

  constructor({ body }: WireRequest, patience: Patience, resolve: (outcome: Outcome) => void) {
    this.#body = body;
    this.#patience = patience;
    this.#resolve = resolve;
    const { deadlineMs, whileBytesMove, signal } = patience;
    const within = whileBytesMove ? 'nothing moved for' : 'no answer within';
    this.#timer = setTimeout(() => this.#giveUp(`${within} ${deadlineMs / 1000} s`), deadlineMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (typeof body === 'object') body.on('error', () => {});
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(new Error('given up'));
    this.#controller = controller;
    if (!this.#patience.abandonable) this.#patience.signal.removeEventListener('abort', this.#onAbort);
  }

  onBodySent(chunk: Buffer): void {
    this.#moved();
    this.#patience.onSent?.(chunk.byteLength);
  }

  onRequestSent(): void {
    this.#sent = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#moved();
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#moved();
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end({ text: new TextDecoder().decode(Buffer.concat(this.#chunks)) });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const code = 'code' in error ? String(error.code) : error.name;
    if (code === 'UND_ERR_INVALID_ARG') this.#end({ malformed: error });
    else if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') this.#end({ trouble: 'the answer is too large' });
    else this.#end({ trouble: code });
  }

  #onAbort = (): void => this.#giveUp('the call was cancelled');

  #moved(): void {
    if (this.#patience.whileBytesMove) this.#timer.refresh();
  }

  #giveUp(trouble: string): void {
    this.#end({ trouble });
    this.#controller?.abort(new Error(trouble));
  }

  #end(rest: Pick<Outcome, 'text' | 'trouble' | 'malformed'>): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#patience.signal.removeEventListener('abort', this.#onAbort);
    if (typeof this.#body === 'object') this.#body.destroy();
    const status = this.#status === undefined ? {} : { status: this.#status };
    this.#resolve({ sent: this.#sent, headers: this.#headers, ...status, ...rest });
  }
}
