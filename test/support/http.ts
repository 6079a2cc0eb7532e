import { rmSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { OWN_TENANT } from '../../src/domain/call.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { Access, Identity } from '../../src/mcp/access.ts';
import type { HttpServer } from '../../src/mcp/http.ts';
import type { Bounds } from '../../src/mcp/limits.ts';
import { serveHttp } from '../../src/mcp/serve-http.ts';
import { TOOLS } from '../../src/tools/index.ts';
import { defineTool, type Tool } from '../../src/tools/tool.ts';
import { type Airdate, newFolder, type Options, openAirdate, openClient, type Person } from './airdate.ts';

export interface HttpOptions extends Omit<Options, 'tools'> {
  readonly access?: Access;
  readonly allowedHosts?: readonly string[];
  readonly bounds?: Partial<Bounds>;
  readonly host?: string;
  readonly port?: number;
  readonly protocol?: 'auto' | 'legacy';
  readonly tools?: readonly Tool[];
}

export interface HttpAirdate extends AsyncDisposable {
  readonly airdate: Airdate;
  readonly http: HttpServer;
  /** What the transport and the calls over it logged. */
  readonly log: Airdate['log'];
  send(sent?: Sent): Promise<Received>;
}

/** Whoever reaches the loopback is its user. */
export const NO_TOKENS: Access = {
  required: false,
  identify: async () => ({ tenant: OWN_TENANT, level: 'full' }),
};

/** Tokens by their text, and who they speak for. */
export function tokens(known: Readonly<Record<string, Identity>>): Access {
  return {
    required: true,
    async identify(authorization) {
      const identity = known[authorization?.replace(/^Bearer /, '') ?? ''];
      if (identity) return identity;
      throw new Failure('unauthenticated', 'A valid bearer token is needed.', { hint: 'Send one.' });
    },
  };
}

/** A whole Airdate behind a real HTTP server on a free port. */
export async function openHttpAirdate(options: HttpOptions = {}): Promise<HttpAirdate> {
  const {
    access = NO_TOKENS,
    allowedHosts = [],
    bounds,
    host = '127.0.0.1',
    port = 0,
    protocol = 'auto',
  } = options;
  const { tools, ...rest } = options;
  const airdate = await openAirdate(rest);
  const log: Airdate['log'] = [];
  const http = await serveHttp({
    host,
    port,
    allowedHosts,
    access,
    protocol,
    ...(bounds && { bounds }),
    clock: airdate.clock,
    log: (level, message, facts = {}) => log.push({ level, message, facts }),
    version: '0.0.0',
    desk: airdate.program.desk,
    mask: (plain) => plain,
    asksPerson: options.asksPerson ?? false,
    tools: tools ?? TOOLS,
  });
  return {
    airdate,
    http,
    log,
    send: (sent = {}) => send(http.url, sent),
    async [Symbol.asyncDispose]() {
      await http.close();
      await airdate[Symbol.asyncDispose]();
    },
  };
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Reads no further than to this text; for streams, which do not end. */
  readonly until?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, or what the one event of a stream holds. */
  readonly json: {
    error?: { code: number; message: string; data?: unknown };
    result?: Record<string, unknown>;
  };
}

const MCP_HEADERS = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};

/** One request, with nothing added that was not asked for but what every client of MCP sends. */
export async function send(url: string, sent: Sent): Promise<Received> {
  const { path = '/mcp', body, method = body === undefined ? 'GET' : 'POST', headers } = sent;
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const asking = request(new URL(path, url), {
    method,
    headers: { ...MCP_HEADERS, ...headers },
    agent: false,
  });
  asking.once('error', reject).once('response', async (response) => {
    const answer = await readUntil(response, sent.until);
    const { statusCode: status = 0 } = response;
    resolve({ status, headers: response.headers, text: answer, json: parse(answer) });
  });
  asking.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  return promise;
}

async function readUntil(response: IncomingMessage, until: string | undefined): Promise<string> {
  let read = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      read += chunk;
      if (until !== undefined && read.includes(until)) break;
    }
  } catch {
    // The server cut the stream: what came before is the answer.
  }
  return read;
}

function parse(answer: string): Received['json'] {
  const data = /^data: (\{.*)$/m.exec(answer)?.[1] ?? answer;
  return data.startsWith('{') ? JSON.parse(data) : {};
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

export const LIST_TOOLS = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };

export const VERSION = '2026-07-28';
export const META = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
};

/** A request of the newest revision. */
export function asked(method: string, params: object = {}, headers: Record<string, string> = {}) {
  return {
    body: { jsonrpc: '2.0', id: 7, method, params: { ...params, _meta: META } },
    headers: { 'mcp-protocol-version': VERSION, 'mcp-method': method, ...headers },
  };
}

export function callMessage(name: string, input: object = {}, id = 3): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: input } };
}

/** The id of a session that is opened anew. */
export async function openSession(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { status, headers: answered } = await send(url, { body: INITIALIZE, headers });
  if (status !== 200) throw new Error(`no session: ${status}`);
  return String(answered['mcp-session-id']);
}

type Address = Pick<HttpServer, 'url'>;

export interface Connection extends AsyncDisposable {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
}

/** A client of the SDK that speaks the revisions up to 2025-11-25. */
export async function connect({ url }: Address, token?: string, person?: Person): Promise<Connection> {
  const client = openClient(person);
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', url), optionsFor(token));
  await client.connect(transport as Transport);
  return { client, transport, [Symbol.asyncDispose]: () => client.close() };
}

/** A client of the SDK over the legacy transport. */
export async function connectSse(
  { url }: Address,
  token?: string,
  person?: Person,
): Promise<Client & AsyncDisposable> {
  const client = openClient(person, 'sse-client');
  await client.connect(new SSEClientTransport(new URL('/sse', url), optionsFor(token)));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

function optionsFor(token: string | undefined): { requestInit?: RequestInit } {
  return token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } };
}

/** A client that speaks 2026-07-28 and nothing else. */
export async function connectModern(
  { url }: Address,
  token?: string,
  person?: Person,
): Promise<ModernClient & AsyncDisposable> {
  const client = new ModernClient(
    { name: 'modern-client', version: '1' },
    {
      versionNegotiation: { mode: { pin: '2026-07-28' } },
      ...(person && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (person) {
    client.setRequestHandler('elicitation/create', async ({ params }) => ({
      action: await person(params.message),
    }));
  }
  await client.connect(new ModernTransport(new URL('/mcp', url), optionsFor(token)));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

export interface WaitingTool {
  readonly tool: Tool;
  /** Resolves when the tool runs. */
  readonly running: Promise<void>;
  readonly finish: () => void;
}

/** A tool that runs until the test lets it end. */
export function waitingTool(): WaitingTool {
  const started = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const tool = defineTool({
    name: 'wait',
    title: 'Wait',
    description: 'Waits.',
    level: 'read',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    input: z.strictObject({}),
    output: z.object({ waited: z.boolean() }),
    async run(_, { call }) {
      call.progress('waiting');
      started.resolve();
      await finished.promise;
      return { waited: true };
    },
  });
  return { tool, running: started.promise, finish: finished.resolve };
}

/** Makes folders that go when the tests of the file are done. */
export function openScratch(): () => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = newFolder();
    made.push(folder);
    return folder;
  };
}
