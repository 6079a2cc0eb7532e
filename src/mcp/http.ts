import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import type { Access } from './access.ts';
import { identify, toRefusal } from './challenge.ts';
import { SentEvents } from './event-store.ts';
import type { Bindings } from './exchange.ts';
import { allowOrigin, answerPreflight, Guard, isLoopback } from './guard.ts';
import type { Limits } from './limits.ts';
import { answerJson, Refusal, refuse } from './refusal.ts';
import { openRoutes } from './routes.ts';
import { Sessions } from './sessions.ts';

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Names under which the server is reached, besides those of the loopback. */
  readonly allowedHosts: readonly string[];
  readonly access: Access;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly sessions: number;
  /** Takes nothing new, lets calls in hand end for a while, then closes every stream. */
  close(): Promise<void>;
}

/** Serves MCP over HTTP: who may come in, what is answered where, and how it ends. */
export async function openHttp(settings: HttpSettings, bindings: Bindings): Promise<HttpServer> {
  const { host, port, access, limits, clock, log } = settings;
  checkBind(host, access);
  const { bounds } = limits;
  const guard = new Guard([...settings.allowedHosts, host.includes(':') ? `[${host}]` : host]);
  const sessions = new Sessions(clock, bounds);
  const routes = openRoutes({ access, bindings, sessions, events: new SentEvents(clock), limits });
  const posts = new Set<ServerResponse>();
  let closing = false;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    guard.check(request);
    allowOrigin(request, response);
    response.setHeader('x-accel-buffering', 'no');
    if (closing) {
      const headers = { 'retry-after': '5', connection: 'close' };
      throw new Refusal(503, 'The server is ending.', { headers });
    }
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const route = routes.get(pathname);
    if (!route) throw new Refusal(404, 'There is nothing here.');
    const method = request.method ?? '';
    const methods = 'answer' in route ? ['GET', 'HEAD'] : Object.keys(route.methods);
    if (method === 'OPTIONS' && request.headers.origin) return answerPreflight(response, methods);
    if (!methods.includes(method)) {
      throw new Refusal(405, 'Method not allowed.', { headers: { allow: methods.join(', ') } });
    }
    if ('answer' in route) return answerJson(response, { status: 200, body: route.answer(request) });
    const identity = await identify(access, request);
    if (method === 'POST') {
      posts.add(response);
      response.once('close', () => posts.delete(response));
    }
    await route.methods[method]?.({ request, response, identity });
  }

  function refuseWith(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    if (request.errored) return;
    const refusal = thrown instanceof Refusal ? thrown : toRefusal(Failure.from(thrown));
    const facts = { method: request.method, path: request.url?.slice(0, 100), status: refusal.status };
    if (refusal.status === 500) log('error', 'request', { ...facts, cause: causeOf(thrown) });
    else log(refusal.status < 404 ? 'warn' : 'debug', 'refused', { ...facts, reason: refusal.message });
    refuse(response, refusal);
  }

  const server = createServer(
    {
      headersTimeout: bounds.headMs,
      requestTimeout: bounds.requestMs,
      connectionsCheckingInterval: Math.min(bounds.headMs, 5000),
    },
    (request, response) => {
      answer(request, response).catch((thrown: unknown) => refuseWith(thrown, request, response));
    },
  );
  server.maxConnections = bounds.connections;
  await listen(server, { host, port });
  const bound = server.address() as AddressInfo;

  async function close(): Promise<void> {
    if (closing) return;
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const end = performance.now() + bounds.endingMs;
    // At least once: an answer is written a moment after its call has ended.
    do await delay(10);
    while ((limits.inHand > 0 || posts.size > 0) && performance.now() < end);
    sessions[Symbol.dispose]();
    await bindings.modern?.close();
    server.closeIdleConnections();
    await Promise.race([closed, delay(100)]);
    server.closeAllConnections();
    await closed;
  }

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    get sessions() {
      return sessions.count;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkBind(host: string, { required }: Access): void {
  if (required || isLoopback(host)) return;
  throw new Failure('forbidden', `Airdate does not listen on ${host} without tokens: anybody could post.`, {
    hint: 'Make one with airdate token create NAME, configure OAuth, or listen on 127.0.0.1.',
  });
}

async function listen(
  server: ReturnType<typeof createServer>,
  at: { host: string; port: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(at, resolve);
  try {
    await promise;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new Failure('unavailable', `Airdate cannot listen on ${at.host}:${at.port} (${code}).`, {
      cause,
      ...(code === 'EADDRINUSE' && { hint: 'Something listens there already; --port names another port.' }),
    });
  }
}

function causeOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
}
