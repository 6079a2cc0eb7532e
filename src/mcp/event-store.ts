import { randomUUID } from 'node:crypto';
import type { EventStore } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../domain/clock.ts';

interface Kept {
  readonly stream: string;
  /** As JSON: it takes a fraction of the room. */
  readonly message: string;
  readonly at: number;
}

/** What one session keeps, oldest first. */
interface Shelf {
  readonly events: Map<string, Kept>;
  characters: number;
}

const BOUNDS = { events: 10_000, characters: 32 * 1024 * 1024, ageMs: 5 * 60_000 };

/**
 * What was sent on the streams of all sessions of late, so that a client that lost one can go on with it. Where it is too
 * much, the session that keeps most gives up its oldest: nobody pushes out what others may still need.
 */
export class SentEvents {
  readonly #shelves = new Map<string, Shelf>();
  readonly #clock: Clock;
  readonly #bounds: typeof BOUNDS;
  #events = 0;
  #characters = 0;

  constructor(clock: Clock, bounds: Partial<typeof BOUNDS> = {}) {
    this.#clock = clock;
    this.#bounds = { ...BOUNDS, ...bounds };
  }

  get count(): number {
    return this.#events;
  }

  /** The events of one session: it sees no others. */
  of(session: string): EventStore {
    return {
      storeEvent: async (stream, message) => this.#keep(session, stream, JSON.stringify(message)),
      getStreamIdForEventId: async (id) => this.#fresh(session).get(id)?.stream,
      replayEventsAfter: async (id, { send }) => {
        const events = this.#fresh(session);
        const stream = events.get(id)?.stream;
        if (stream === undefined) throw new Error('The event is not kept any more.');
        for (const [later, message] of after(id, { events, stream })) await send(later, message);
        return stream;
      },
    };
  }

  forgetSession(session: string): void {
    const shelf = this.#shelves.get(session);
    while (shelf?.events.size) this.#dropOldest(shelf);
    this.#shelves.delete(session);
  }

  #keep(session: string, stream: string, message: string): string {
    const shelf = this.#shelves.get(session) ?? { events: new Map(), characters: 0 };
    this.#shelves.set(session, shelf);
    // Told to the client: in a count it would read how much is sent to others.
    const id = randomUUID();
    shelf.events.set(id, { stream, message, at: this.#clock.now() });
    shelf.characters += message.length;
    this.#events += 1;
    this.#characters += message.length;
    this.#dropAged(shelf);
    while (this.#events > this.#bounds.events) this.#dropOldest(this.#most(({ events }) => events.size));
    while (this.#characters > this.#bounds.characters)
      this.#dropOldest(this.#most(({ characters }) => characters));
    return id;
  }

  #fresh(session: string): Shelf['events'] {
    const shelf = this.#shelves.get(session);
    if (shelf) this.#dropAged(shelf);
    return shelf?.events ?? new Map();
  }

  #most(of: (shelf: Shelf) => number): Shelf {
    return this.#shelves.values().reduce((most, shelf) => (of(shelf) > of(most) ? shelf : most));
  }

  #dropAged(shelf: Shelf): void {
    for (const { at } of shelf.events.values()) {
      if (this.#clock.now() - at <= this.#bounds.ageMs) return;
      this.#dropOldest(shelf);
    }
  }

  #dropOldest(shelf: Shelf): void {
    const [oldest] = shelf.events;
    if (!oldest) return;
    const [id, { message }] = oldest;
    shelf.events.delete(id);
    shelf.characters -= message.length;
    this.#events -= 1;
    this.#characters -= message.length;
  }
}

function after(
  id: string,
  { events, stream }: { readonly events: Shelf['events']; readonly stream: string },
): [string, JSONRPCMessage][] {
  const all = [...events];
  return all
    .slice(all.findIndex(([known]) => known === id) + 1)
    .filter(([, kept]) => kept.stream === stream)
    .map(([later, kept]): [string, JSONRPCMessage] => [later, JSON.parse(kept.message)])
    .filter(([, message]) => isMessage(message));
}

/** The event that opens a stream has an id and nothing to say. */
function isMessage(message: JSONRPCMessage): boolean {
  return 'jsonrpc' in message;
}
