import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ManualClock } from '../support/clock.ts';

/** What a test can make a vendor do to one request. The write itself is carried out only where the name says so. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'resetBeforeRead' }
  | { readonly kind: 'resetAfterAccept' }
  | { readonly kind: 'halfAnswer' }
  /** Carried out, but the answer is held back for so long (`Infinity` = for ever). */
  | { readonly kind: 'lateAnswer'; readonly ms: number }
  /** Carried out, and the answer comes a byte at a time. */
  | { readonly kind: 'drip'; readonly msPerByte: number }
  /** Carried out, then a 5xx is answered instead of the result. */
  | { readonly kind: 'errorAfterAccept'; readonly status: number };

export interface Received {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string>;
  readonly bytes: Buffer;
  /** The JSON body, or `undefined` where there is none or it does not parse. */
  readonly json: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export type Handler = (request: Received) => Answer | Promise<Answer>;

interface Switch {
  readonly matches: (request: Received) => boolean;
  readonly fault: Fault;
  left: number;
}

/** An HTTP server on loopback that plays one vendor: it keeps what it received, and fails on demand. */
export class EmulatorServer implements AsyncDisposable {
  readonly requests: Received[] = [];
  readonly clock: ManualClock;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #switches: Switch[] = [];
  readonly #handler: Handler;
  #port = 0;

  constructor(handler: Handler, clock: ManualClock = new ManualClock()) {
    this.#handler = handler;
    this.clock = clock;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(port = this.#port): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Stops listening: the next connection is refused. `listen()` brings it back on the same port. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** The next `times` requests for which `matches` holds meet the fault. */
  fail(fault: Fault, matches: (request: Received) => boolean = () => true, times = 1): void {
    this.#switches.push({ matches, fault, left: times });
  }

  /** Requests by `METHOD /path`, as a test would count them. */
  calls(): string[] {
    return this.requests.map((request) => `${request.method} ${request.path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await receive(message);
    this.requests.push(request);
    const fault = this.#fault(request);
    if (fault?.kind === 'resetBeforeRead') return void message.socket.resetAndDestroy();
    if (fault?.kind === 'status') return send(response, fault);
    if (fault?.kind === 'html') return sendHtml(response, fault.status);
    const answer = await this.#handler(request);
    if (fault?.kind === 'resetAfterAccept') return void message.socket.resetAndDestroy();
    if (fault?.kind === 'errorAfterAccept') return sendHtml(response, fault.status);
    if (fault?.kind === 'halfAnswer') return sendHalf(response, answer);
    if (fault?.kind === 'drip') return drip(response, answer, fault.msPerByte);
    if (fault?.kind === 'lateAnswer') {
      if (fault.ms === Number.POSITIVE_INFINITY) return;
      await new Promise((resolve) => setTimeout(resolve, fault.ms).unref());
    }
    send(response, answer);
  }

  #fault(request: Received): Fault | undefined {
    const found = this.#switches.find((candidate) => candidate.left > 0 && candidate.matches(request));
    if (found) found.left -= 1;
    return found?.fault;
  }
}

async function receive(message: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const url = new URL(message.url ?? '/', 'http://emulator.invalid');
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    bytes,
    json: parse(bytes),
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

function sendHtml(response: ServerResponse, status: number): void {
  response
    .writeHead(status, { 'content-type': 'text/html' })
    .end(`<html><body><h1>${status} Bad Gateway</h1></body></html>`);
}

function sendHalf(response: ServerResponse, answer: Answer): void {
  const text = JSON.stringify(answer.body ?? {});
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': text.length + 100,
  });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
}

async function drip(response: ServerResponse, answer: Answer, msPerByte: number): Promise<void> {
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  for (const byte of JSON.stringify(answer.body ?? {})) {
    if (response.destroyed) return;
    response.write(byte);
    await new Promise((resolve) => setTimeout(resolve, msPerByte).unref());
  }
  response.end();
}

/** One post as the world sees it: the truth against which a promise is checked. */
export interface PublicPost {
  readonly id: string;
  readonly accountId: string;
  readonly platform: string;
  readonly caption: string;
  /** UTC, ISO 8601. */
  readonly publishedAt: string;
}

/** What every vendor's emulator offers beside its own switches. */
export interface VendorEmulator extends AsyncDisposable {
  readonly server: EmulatorServer;
  /** A key that the emulator accepts. */
  readonly apiKey: string;
  /** Value for the vendor's `…_BASE_URL` setting. */
  readonly baseUrl: string;
  /** Everything that went live by the emulator's clock, oldest first. Publishing is settled first. */
  published(): PublicPost[];
}
