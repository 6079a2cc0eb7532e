import type { IncomingMessage } from 'node:http';
import type { Access } from './access.ts';
import { readJson } from './body.ts';
import { describeResource, METADATA_PATH } from './challenge.ts';
import type { SentEvents } from './event-store.ts';
import type { Bindings, Exchange } from './exchange.ts';
import { LegacySse } from './legacy-sse.ts';
import type { Limits } from './limits.ts';
import { checkScope } from './scope.ts';
import type { Sessions } from './sessions.ts';
import { Streamable } from './streamable.ts';

type Handler = (exchange: Exchange) => Promise<void>;

export interface Route {
  readonly methods: Readonly<Record<string, Handler>>;
}

/** What is answered without asking who speaks. */
export interface OpenRoute {
  readonly answer: (request: IncomingMessage) => object;
  /** Answered by whatever name it is asked for: there is nothing in it that a page could learn. */
  readonly anyHost?: true;
}

interface Surroundings {
  readonly access: Access;
  readonly bindings: Bindings;
  readonly sessions: Sessions;
  readonly events: SentEvents;
  readonly limits: Limits;
}

export function openRoutes({
  access,
  bindings,
  ...around
}: Surroundings): ReadonlyMap<string, Route | OpenRoute> {
  const { limits } = around;
  const { connect, modern } = bindings;
  const streamable = new Streamable({ ...around, access, connect });
  const legacy = new LegacySse({ ...around, access, connect });

  const read = async (exchange: Exchange) => {
    const body = await readJson(exchange.request, limits.bounds.bodyBytes);
    await limits.takeMessages(exchange.identity, Array.isArray(body) ? body.length : 1);
    checkScope({ access, ...bindings, ...around }, exchange, body);
    return body;
  };
  const post: Handler = async (exchange) => {
    const body = await read(exchange);
    return modern?.accepts(exchange, body) ? modern.answer(exchange, body) : streamable.post(exchange, body);
  };
  const describe: OpenRoute = { answer: (request) => describeResource(access, request) };

  return new Map<string, Route | OpenRoute>([
    [
      '/mcp',
      {
        methods: {
          POST: post,
          GET: (exchange) => streamable.get(exchange),
          DELETE: (exchange) => streamable.delete(exchange),
        },
      },
    ],
    ['/sse', { methods: { GET: (exchange) => legacy.open(exchange) } }],
    ['/messages', { methods: { POST: async (exchange) => legacy.post(exchange, await read(exchange)) } }],
    ['/healthz', { answer: () => ({ status: 'ok' }), anyHost: true }],
    [METADATA_PATH, describe],
    [`${METADATA_PATH}/mcp`, describe],
  ]);
}
