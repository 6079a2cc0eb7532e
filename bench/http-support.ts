import { spawn } from 'node:child_process';
import { on } from 'node:events';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';

const HEAP_PROBE = new URL('./heap-probe.ts', import.meta.url).href;

export interface Server extends AsyncDisposable {
  readonly url: string;
  /** What lives in it, in MB. */
  heap(): Promise<number>;
}

/** A server process, once it says where it listens. */
export async function startServer(args: readonly string[], home: string): Promise<Server> {
  const server = spawn(process.execPath, ['--expose-gc', '--import', HEAP_PROBE, ...args], {
    env: { ...process.env, AIRDATE_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const lines = createInterface(server.stderr);
  const next = async (form: RegExp) => {
    for await (const [line] of on(lines, 'line')) {
      const [, found] = form.exec(line) ?? [];
      if (found !== undefined) return found;
    }
    throw new Error('The server said nothing of that.');
  };
  return {
    url: await next(/"url":"(http[^"]+)"/),
    async heap() {
      const told = next(/"heap":(\d+)/);
      server.kill('SIGUSR2');
      return Number(await told) / 1e6;
    },
    async [Symbol.asyncDispose]() {
      server.kill();
      await ended;
    },
  };
}

export type Headers = Readonly<Record<string, string>>;

export interface Client extends Disposable {
  /** The stream of the answer. */
  call(url: string, tool: string, headers: Headers): Promise<string>;
  /** The header that names the session. */
  openSession(url: string, headers: Headers): Promise<Headers>;
  closeSession(url: string, headers: Headers): Promise<void>;
}

/** Sends plain requests, so that no client's own work is measured. */
export function openClient(connections: number): Client {
  const dispatcher = new Agent({ connections });
  const post = async (url: string, message: object, headers: Headers) => {
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(url, {
      method: 'POST',
      dispatcher,
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...headers,
      },
    });
    const text = await body.text();
    if (statusCode !== 200 || text.includes('"isError"')) throw new Error(`${statusCode} ${text}`);
    return { headers: answered, text };
  };
  const clientInfo = { name: 'bench', version: '1' };
  const greeting = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  return {
    async call(url, name, headers) {
      const { text } = await post(url, { method: 'tools/call', params: { name, arguments: {} } }, headers);
      return text;
    },
    async openSession(url, headers) {
      const answered = await post(url, { method: 'initialize', params: greeting }, headers);
      return { 'mcp-session-id': String(answered.headers['mcp-session-id']) };
    },
    async closeSession(url, headers) {
      const { body } = await request(url, { method: 'DELETE', dispatcher, headers });
      await body.dump();
    },
    [Symbol.dispose]: () => void dispatcher.destroy(),
  };
}
