import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Failure } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import type { Access } from './access.ts';
import { identify, toRefusal } from './challenge.ts';
import { allowOrigin, answerPreflight, type Guard } from './guard.ts';
import { answerJson, Refusal, refuse } from './refusal.ts';
import type { OpenRoute, Route } from './routes.ts';

/** The answers to who is not let in. */
const STRANGERS: readonly number[] = [401, 403];

interface Surroundings {
  readonly guard: Guard;
  readonly access: Access;
  readonly routes: ReadonlyMap<string, Route | OpenRoute>;
  readonly log: Log;
}

/** Who may come in, and where to. Whatever is thrown on the way becomes an answer here. */
export class Door {
  readonly #around: Surroundings;
  readonly #answering = new Set<ServerResponse>();
  #closed = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Messages whose answer is not out yet. */
  get answering(): number {
    return this.#answering.size;
  }

  readonly listener: RequestListener = (request, response) => {
    this.#answer(request, response).catch((thrown: unknown) => this.#refuse(thrown, request, response));
  };

  /** Whoever comes from now on is sent away. */
  close(): void {
    this.#closed = true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { guard, routes, access } = this.#around;
    const route = routes.get(pathOf(request));
    guard.check(request, { anyHost: route !== undefined && 'anyHost' in route });
    allowOrigin(request, response);
    response.setHeader('x-accel-buffering', 'no');
    if (this.#closed) {
      const headers = { 'retry-after': '5', connection: 'close' };
      throw new Refusal(503, 'The server is ending.', { headers });
    }
    if (!route) throw new Refusal(404, 'There is nothing here.');
    const methods = 'answer' in route ? ['GET', 'HEAD'] : Object.keys(route.methods);
    if (isPreflight(request)) return answerPreflight(response, methods);
    const { method = '' } = request;
    if (!methods.includes(method)) {
      throw new Refusal(405, 'Method not allowed.', { headers: { allow: methods.join(', ') } });
    }
    if ('answer' in route) return answerJson(response, { status: 200, body: route.answer(request) });
    const identity = await identify(access, request);
    // Who has gone away meanwhile has told so already: what waits for it to go would wait for ever.
    if (response.destroyed) return;
    if (method === 'POST') {
      this.#answering.add(response);
      response.once('close', () => this.#answering.delete(response));
    }
    await route.methods[method]?.({ request, response, identity });
  }

  #refuse(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    const { log } = this.#around;
    // The client has gone away while it was sending.
    if (request.errored) return;
    const refusal = thrown instanceof Refusal ? thrown : toRefusal(Failure.from(thrown));
    const facts = { method: request.method, path: pathOf(request).slice(0, 100), status: refusal.status };
    if (refusal.status === 500) log('error', 'request', { ...facts, cause: causeOf(refusal.cause) });
    else
      log(STRANGERS.includes(refusal.status) ? 'warn' : 'debug', 'refused', {
        ...facts,
        reason: refusal.message,
        ...refusal.details.facts,
      });
    refuse(response, refusal);
  }
}

/** Without the query: people put there what belongs into a header. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined;
}

function causeOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause);
}
