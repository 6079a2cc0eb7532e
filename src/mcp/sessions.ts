import type { IncomingMessage } from 'node:http';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Clock } from '../domain/clock.ts';
import { type Identity, ownerKey } from './access.ts';
import type { Bounds } from './limits.ts';
import { Refusal, sessionNotFound } from './refusal.ts';

interface Session {
  /** Who opened it: nobody else can speak in it. */
  readonly owner: string;
  /** Whether what let it in still would. */
  readonly holds: () => Promise<boolean>;
  readonly server: Server;
  readonly transport: Transport;
  usedAt: number;
  /** Streams that are open, and answers that are waited for. While there is one the session is not idle. */
  streams: number;
}

/** The conversations that are open: so many, and none that nobody uses. */
export class Sessions implements Disposable {
  readonly #open = new Map<string, Session>();
  readonly #clock: Clock;
  readonly #bounds: Bounds;
  readonly #sweeper: NodeJS.Timeout;

  constructor(clock: Clock, bounds: Bounds) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.#sweeper = setInterval(() => this.#sweep(), bounds.sessionCheckMs).unref();
  }

  get count(): number {
    return this.#open.size;
  }

  async add(id: string, session: Omit<Session, 'usedAt' | 'streams'>): Promise<void> {
    if (this.#open.size >= this.#bounds.sessions) await this.#sweep();
    if (this.#open.size >= this.#bounds.sessions) this.#makeRoomFor(session.owner);
    if (this.#open.size >= this.#bounds.sessions) {
      throw new Refusal(503, 'Too many sessions are open.', { headers: { 'retry-after': '60' } });
    }
    this.#open.set(id, { ...session, usedAt: this.#clock.now(), streams: 0 });
  }

  /** The transport of a session. One of somebody else is not there, nor is one of another kind. */
  find<Kind extends Transport>(
    id: string,
    { owner, kind }: { owner: string; kind: new (...given: never[]) => Kind },
  ): Kind {
    const session = this.#open.get(id);
    if (!session || session.owner !== owner || !(session.transport instanceof kind)) throw sessionNotFound();
    if (this.#isIdle(session)) {
      this.close(id);
      throw sessionNotFound();
    }
    session.usedAt = this.#clock.now();
    return session.transport;
  }

  /** What the client of a request calls itself, if it said so in a session of its own. */
  clientOf({ headers, url = '' }: IncomingMessage, identity: Identity): string | undefined {
    const ofLegacy = new URL(url, 'http://localhost').searchParams.get('sessionId');
    const session = this.#open.get(headers['mcp-session-id']?.toString() ?? ofLegacy ?? '');
    return session?.owner === ownerKey(identity) ? session.server.getClientVersion()?.name : undefined;
  }

  /** Counts a stream of the session, until what it answers is called. */
  holdStream(id: string): () => void {
    const session = this.#open.get(id);
    if (!session) return () => undefined;
    session.streams += 1;
    return () => {
      session.streams -= 1;
      session.usedAt = this.#clock.now();
    };
  }

  close(id: string): void {
    const session = this.#open.get(id);
    if (!this.#open.delete(id)) return;
    // The transport tells the server, which then gives up what nobody waits for.
    session?.server.close().catch(() => undefined);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweeper);
    for (const id of this.#open.keys()) this.close(id);
  }

  /** One token cannot keep the others out: who has the most gives up the one that it used least lately. */
  #makeRoomFor(owner: string): void {
    const byOwner = Map.groupBy(this.#open, ([, session]) => session.owner);
    const [most = []] = [...byOwner.values()].sort((one, other) => other.length - one.length);
    if (most.length <= (byOwner.get(owner)?.length ?? 0) + 1) return;
    const [oldest] = most
      .filter(([, { streams }]) => streams === 0)
      .sort(([, one], [, other]) => one.usedAt - other.usedAt);
    if (oldest) this.close(oldest[0]);
  }

  /** Also what has a stream open goes when its token was revoked, or has expired. */
  async #sweep(): Promise<void> {
    for (const [id, session] of this.#open)
      if (this.#isIdle(session) || !(await session.holds())) this.close(id);
  }

  #isIdle({ streams, usedAt }: Session): boolean {
    return streams === 0 && this.#clock.now() - usedAt > this.#bounds.sessionIdleMs;
  }
}
