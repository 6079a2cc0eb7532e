import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Question } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { Tool } from '../tools/tool.ts';
import { type Identity, tokenKey } from './access.ts';

/** What one server, and one token of it, may use up. */
export interface Bounds {
  readonly bodyBytes: number;
  readonly sessions: number;
  readonly sessionIdleMs: number;
  /** How often it is looked whether sessions are idle, and their tokens still good. */
  readonly sessionCheckMs: number;
  readonly connections: number;
  /** Until the head of a request is there, and until all of it is. */
  readonly headMs: number;
  readonly requestMs: number;
  /** How long calls in hand may go on when the server ends. */
  readonly endingMs: number;
  /** Of one token: messages of any kind in a minute. */
  readonly messages: number;
  /** Of one token: calls of one tool in a minute. */
  readonly calls: number;
  /** Of one token: calls at the same time. */
  readonly callsInHand: number;
  /** Of one token: calls that wait for the answer of a person. */
  readonly questions: number;
  /** Of one token: streams at the same time. */
  readonly streams: number;
  /** Of one legacy stream: what its client has not read yet. */
  readonly unreadBytes: number;
}

const BOUNDS: Bounds = {
  bodyBytes: 4 * 1024 * 1024,
  sessions: 1000,
  sessionIdleMs: 30 * 60_000,
  sessionCheckMs: 15_000,
  connections: 4000,
  headMs: 10_000,
  requestMs: 30_000,
  endingMs: 1500,
  messages: 6000,
  calls: 600,
  callsInHand: 64,
  questions: 64,
  streams: 256,
  unreadBytes: 4 * 1024 * 1024,
};

/** Counts what the tokens use. In memory, and for this process alone. */
export class Limits {
  readonly bounds: Bounds;
  readonly #messages: RateLimiterMemory;
  readonly #calls: RateLimiterMemory;
  readonly #callsInHand = new Map<string, number>();
  readonly #questions = new Map<string, number>();
  readonly #streams = new Map<string, number>();

  constructor(bounds: Partial<Bounds> = {}) {
    this.bounds = { ...BOUNDS, ...bounds };
    this.#messages = new RateLimiterMemory({ points: this.bounds.messages, duration: 60 });
    this.#calls = new RateLimiterMemory({ points: this.bounds.calls, duration: 60 });
  }

  /** Calls that are under way, of all tokens. */
  get inHand(): number {
    return this.#callsInHand.values().reduce((sum, count) => sum + count, 0);
  }

  async takeMessages(identity: Identity, count: number): Promise<void> {
    await take(this.#messages, tokenKey(identity), { count, what: 'messages' });
  }

  /** Throws when the token has too many; else answers what ends the stream's count. */
  openStream(identity: Identity): () => void {
    return occupy(this.#streams, tokenKey(identity), { most: this.bounds.streams, what: 'streams' });
  }

  /** The same tools, held to what a token may call. */
  limitTools(tools: readonly Tool[]): readonly Tool[] {
    return tools.map((tool) => this.#limit(tool));
  }

  #limit(tool: Tool): Tool {
    return {
      ...tool,
      run: async (input, surroundings) => {
        const key = tokenKey(surroundings.call.caller);
        const what = `calls of ${tool.name}`;
        await take(this.#calls, JSON.stringify([key, tool.name]), { count: 1, what });
        let leave = occupy(this.#callsInHand, key, {
          most: this.bounds.callsInHand,
          what: 'calls at the same time',
        });
        const { call } = surroundings;
        const { confirm } = call;
        // A person may take minutes: who waits for one does not keep other calls out.
        const ask = async (question: Question) => {
          if ((this.#questions.get(key) ?? 0) >= this.bounds.questions) return false;
          leave();
          leave = enter(this.#questions, key);
          try {
            return (await confirm?.(question)) ?? false;
          } finally {
            leave();
            leave = enter(this.#callsInHand, key);
          }
        };
        try {
          return await tool.run(input, {
            ...surroundings,
            call: { ...call, ...(confirm && { confirm: ask }) },
          });
        } finally {
          leave();
        }
      },
    };
  }
}

async function take(
  limiter: RateLimiterMemory,
  key: string,
  { count, what }: { count: number; what: string },
): Promise<void> {
  try {
    await limiter.consume(key, count);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) throw tooMany(what, Math.ceil(thrown.msBeforeNext / 1000));
    throw thrown;
  }
}

function occupy(
  places: Map<string, number>,
  key: string,
  { most, what }: { most: number; what: string },
): () => void {
  if ((places.get(key) ?? 0) >= most) throw tooMany(what, 1);
  return enter(places, key);
}

/** Answers what leaves the place again. */
function enter(places: Map<string, number>, key: string): () => void {
  places.set(key, (places.get(key) ?? 0) + 1);
  return () => {
    const left = (places.get(key) ?? 1) - 1;
    if (left === 0) places.delete(key);
    else places.set(key, left);
  };
}

function tooMany(what: string, retryAfterSeconds: number): Failure {
  return new Failure('rate_limited', `Too many ${what}.`, {
    retryAfterSeconds: Math.max(1, retryAfterSeconds),
  });
}
