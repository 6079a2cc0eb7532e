import { randomUUID } from 'node:crypto';
import type { EventStore } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../domain/clock.ts';

interface Kept {
  readonly session: string;
  readonly stream: string;
  /** As JSON: it takes a fraction of the room. */
  readonly message: string;
  readonly at: number;
}

const BOUNDS = { events: 10_000, characters: 32 * 1024 * 1024, ageMs: 5 * 60_000 };

/** What was sent on the streams of all sessions of late, so that a client that lost one can go on with it. */
export class SentEvents {
  readonly #kept = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #bounds: typeof BOUNDS;
  #characters = 0;

  constructor(clock: Clock, bounds: Partial<typeof BOUNDS> = {}) {
    this.#clock = clock;
    this.#bounds = { ...BOUNDS, ...bounds };
  }

  get count(): number {
    return this.#kept.size;
  }

  /** The events of one session: it sees no others. */
  of(session: string): EventStore {
    const streamOf = (id: string) => {
      this.#forget();
      const kept = this.#kept.get(id);
      return kept?.session === session ? kept.stream : undefined;
    };
    return {
      storeEvent: async (stream, message) =>
        this.#keep({ session, stream, message: JSON.stringify(message) }),
      getStreamIdForEventId: async (id) => streamOf(id),
      replayEventsAfter: async (id, { send }) => {
        const stream = streamOf(id);
        if (stream === undefined) throw new Error('The event is not kept any more.');
        for (const [later, message] of this.#after(id, { session, stream })) await send(later, message);
        return stream;
      },
    };
  }

  forgetSession(session: string): void {
    for (const [id, kept] of this.#kept) if (kept.session === session) this.#drop(id, kept);
  }

  #keep(event: Pick<Kept, 'session' | 'stream' | 'message'>): string {
    // Told to the client: in a count it would read how much is sent to others.
    const id = randomUUID();
    this.#kept.set(id, { ...event, at: this.#clock.now() });
    this.#characters += event.message.length;
    this.#forget();
    return id;
  }

  #after(id: string, { session, stream }: Pick<Kept, 'session' | 'stream'>): [string, JSONRPCMessage][] {
    const all = [...this.#kept];
    return all
      .slice(all.findIndex(([known]) => known === id) + 1)
      .filter(([, kept]) => kept.session === session && kept.stream === stream)
      .map(([later, kept]): [string, JSONRPCMessage] => [later, JSON.parse(kept.message)])
      .filter(([, message]) => isMessage(message));
  }

  #forget(): void {
    const { events, characters, ageMs } = this.#bounds;
    for (const [id, kept] of this.#kept) {
      const tooMany = this.#kept.size > events || this.#characters > characters;
      if (!tooMany && this.#clock.now() - kept.at <= ageMs) return;
      this.#drop(id, kept);
    }
  }

  #drop(id: string, { message }: Kept): void {
    this.#kept.delete(id);
    this.#characters -= message.length;
  }
}

/** The event that opens a stream has an id and nothing to say. */
function isMessage(message: JSONRPCMessage): boolean {
  return 'jsonrpc' in message;
}
