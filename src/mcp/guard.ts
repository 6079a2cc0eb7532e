import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv4 } from 'node:net';
import { Refusal } from './refusal.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/;

/** Keeps out what a page in a browser was tricked into sending: Host and Origin must be names that are known. */
export class Guard {
  readonly #allowed: ReadonlySet<string>;

  /** Names, with a port (that one alone) or without (any). */
  constructor(allowedHosts: readonly string[]) {
    this.#allowed = new Set([...LOOPBACK, ...allowedHosts.map((host) => host.toLowerCase())]);
  }

  /** With `anyHost` the Host may be any one; the Origin never. */
  check({ headers, headersDistinct, httpVersion }: IncomingMessage, { anyHost = false } = {}): void {
    if (headers.host === undefined && httpVersion === '1.1') {
      throw new Refusal(400, 'A request must name its Host.', { headers: { connection: 'close' } });
    }
    // Of two Hosts Node keeps the first, and whoever stands in front of it may have gone by the other.
    const [host = '', ...more] = headersDistinct.host ?? [];
    if (more.length > 0 || !(anyHost || this.#allows(host))) {
      throw new Refusal(403, 'This Host is not allowed. AIRDATE_ALLOWED_HOSTS names those that are.');
    }
    if (headers.origin !== undefined && !this.#allows(hostOf(headers.origin))) {
      throw new Refusal(403, 'This Origin is not allowed. AIRDATE_ALLOWED_HOSTS names those that are.');
    }
  }

  #allows(host: string): boolean {
    const [whole, name] = HOST.exec(host.toLowerCase()) ?? [];
    return whole !== undefined && name !== undefined && (this.#allowed.has(name) || this.#allowed.has(whole));
  }
}

function hostOf(origin: string): string {
  const url = URL.parse(origin);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.host : '';
}

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

const EXPOSED = 'mcp-session-id, mcp-protocol-version, www-authenticate, retry-after';
const ASKED =
  'authorization, content-type, accept, last-event-id, mcp-session-id, mcp-protocol-version, mcp-method, mcp-name';

/** A page whose origin the guard let pass may read the answer; no other may, and none with cookies. */
export function allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'origin');
  if (headers.origin === undefined) return;
  response.setHeader('access-control-allow-origin', headers.origin);
  response.setHeader('access-control-expose-headers', EXPOSED);
}

export function answerPreflight(response: ServerResponse, methods: readonly string[]): void {
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': ASKED,
    'access-control-max-age': '600',
  });
  response.end();
}
