import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import type { Access } from './access.ts';
import { Door } from './door.ts';
import { SentEvents } from './event-store.ts';
import type { Bindings } from './exchange.ts';
import { Guard, isLoopback } from './guard.ts';
import type { Limits } from './limits.ts';
import { toOriginForm } from './request-target.ts';
import { openRoutes } from './routes.ts';
import { Sessions } from './sessions.ts';
import { answerUnreadable } from './unreadable.ts';

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
  /** How many are open. */
  readonly sessions: number;
  /** Takes nothing new, lets calls in hand end for a while, then closes every stream. */
  close(): Promise<void>;
}

const CHECK_MS = 5000;
const FLUSH_MS = 50;

/** Serves MCP over HTTP, from its first request to its last. */
export async function openHttp(settings: HttpSettings, bindings: Bindings): Promise<HttpServer> {
  const { host, port, access, limits, clock, log } = settings;
  const { bounds } = limits;
  if (!access.required && !isLoopback(host)) throw unguarded(host);
  const name = host.includes(':') ? `[${host}]` : host;
  const sessions = new Sessions(clock, bounds);
  const events = new SentEvents(clock);
  const door = new Door({
    guard: new Guard([...settings.allowedHosts, name]),
    access,
    routes: openRoutes({ access, bindings, sessions, events, limits }),
    log,
  });
  const options = {
    // The guard asks for it, and says so.
    requireHostHeader: false,
    headersTimeout: bounds.headMs,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: Math.min(bounds.headMs, CHECK_MS),
  };
  const server = createServer(options, (request, response) => {
    toOriginForm(request);
    door.listener(request, response);
  });
  answerUnreadable(server, log);
  server.maxConnections = bounds.connections;
  const bound = await listen(server, { host, port });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));

  const close = async () => {
    door.close();
    server.close();
    server.closeIdleConnections();
    const end = performance.now() + bounds.endingMs;
    // At least once: an answer is written a moment after its call has ended.
    do await delay(10);
    while ((limits.inHand > 0 || door.answering > 0) && performance.now() < end);
    sessions[Symbol.dispose]();
    await bindings.modern?.close();
    server.closeIdleConnections();
    await Promise.race([closed, delay(FLUSH_MS)]);
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${name}:${bound.port}`,
    get sessions() {
      return sessions.count;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(
  server: ReturnType<typeof createServer>,
  at: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve));
    return server.address() as AddressInfo;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new Failure('unavailable', `Airdate cannot listen on ${at.host}:${at.port} (${code}).`, {
      cause,
      ...(code === 'EADDRINUSE' && { hint: 'Something listens there already; --port names another port.' }),
    });
  }
}

function unguarded(host: string): Failure {
  return new Failure('forbidden', `Airdate does not listen on ${host} without tokens: anybody could post.`, {
    hint: 'Make one with airdate token create NAME, configure OAuth, or listen on 127.0.0.1.',
  });
}
