/** Over real processes: what the program does with its standard streams and its end. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { PassThrough } from 'node:stream';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveStdio } from '../../src/mcp/stdio.ts';
import { newFolder } from '../support/airdate.ts';
import { FAR_OFF } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { openStdio, root, startAirdate } from '../support/process.ts';

interface Message {
  readonly jsonrpc: string;
  readonly id?: number | string | null;
  readonly result?: {
    readonly isError?: boolean;
    readonly structuredContent?: Structured;
    readonly tools?: unknown[];
  };
  readonly error?: { readonly code: number; readonly message: string };
}

interface Structured {
  readonly posts: readonly { readonly postId: string; readonly status: string }[];
}

const DRAFT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4' };
/** As soon as a busy machine has it; what waits for something else would not end at all. */
const SOON_MS = 5_000;
const FUTURE = { ...DRAFT, scheduledTime: FAR_OFF };

let folder: string;
/** The data directory: not there before the first start. */
let home: string;

beforeEach(() => {
  folder = newFolder();
  home = join(folder, 'home');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A process spoken to by hand, line by line. */
class Wire implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr = '';
  #id = 0;

  constructor(environment: Record<string, string> = {}) {
    this.child = startAirdate([], { AIRDATE_HOME: home, ...environment });
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error('the process has no pipes');
    createInterface({ input: stdout }).on('line', (line) => this.lines.push(line));
    stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    // `close` comes when the streams are read to their end.
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  send(line: string | Buffer): void {
    this.child.stdin?.write(line);
    this.child.stdin?.write('\n');
  }

  request(method: string, params: object = {}): number {
    this.#id += 1;
    this.send(JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params }));
    return this.#id;
  }

  call(name: string, input: object = {}): number {
    return this.request('tools/call', { name, arguments: input });
  }

  messages(): Message[] {
    return this.lines.map((line) => JSON.parse(line) as Message);
  }

  async answerTo(id: number): Promise<Message> {
    return eventually(
      () => {
        const answer = this.messages().find((message) => message.id === id);
        if (!answer) throw new Error(`no answer to ${id} yet; stderr: ${this.stderr}`);
        return answer;
      },
      { timeout: 15_000, interval: 10 },
    );
  }

  async initialize(): Promise<void> {
    const clientInfo = { name: 'wire', version: '1' };
    const id = this.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
    await this.answerTo(id);
    this.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
  }

  /** How long the process takes to end from now on. */
  async endsWithin(): Promise<number> {
    const began = performance.now();
    await this.ended;
    return performance.now() - began;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin?.destroy();
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

async function openWire(environment: Record<string, string> = {}): Promise<Wire> {
  const wire = new Wire(environment);
  await wire.initialize();
  return wire;
}

async function listed(): Promise<readonly string[]> {
  await using wire = await openWire();
  const { result } = await wire.answerTo(wire.call('list_posts'));
  return result?.structuredContent?.posts.map(({ postId, status }) => `${postId} ${status}`) ?? [];
}

/** Where a link leads, if it is still there. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

describe('standard output', () => {
  test('carries JSON-RPC alone, whatever happens, also when everything is logged', async () => {
    await using wire = await openWire({ AIRDATE_LOG: 'debug' });
    mkdirSync(join(home, 'media'));
    copyFileSync(join(root, 'test/fixtures/clip.mp4'), join(home, 'media/clip.mp4'));
    copyFileSync(join(root, 'test/fixtures/cut-off.mp4'), join(home, 'media/cut-off.mp4'));
    wire.request('tools/list');
    wire.call('list_profiles');
    wire.call('create_video_post', { ...DRAFT, contentUrl: join(home, 'media/clip.mp4') });
    wire.call('create_video_post', { ...DRAFT, contentUrl: join(home, 'media/cut-off.mp4') });
    wire.call('create_video_post', { accountIds: 5 });
    wire.call('no_such_tool');
    wire.request('no/such/method');
    wire.send('garbage');
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const id of ids) expect((await wire.answerTo(id)).jsonrpc).toBe('2.0');
    wire.child.stdin?.end();
    expect(await wire.ended).toBe(0);
    for (const message of wire.messages()) expect(message).toMatchObject({ jsonrpc: '2.0' });
    for (const line of wire.stderr.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: expect.any(String) });
    }
  });

  test('and standard error tell no secret, even when a client sends it', async () => {
    const secret = `whsec_${Buffer.from('a secret of thirty-two letters!!').toString('base64')}`;
    await using wire = await openWire({
      AIRDATE_LOG: 'debug',
      AIRDATE_WEBHOOK_URL: 'http://127.0.0.1:9/',
      AIRDATE_WEBHOOK_SECRET: secret,
    });
    const { result } = await wire.answerTo(wire.call('get_post', { postId: `local:${secret}` }));
    expect(result?.isError).toBe(true);
    await wire.answerTo(wire.call('create_video_post', { ...DRAFT, contentUrl: `/${secret}` }));
    expect(wire.lines.join('\n') + wire.stderr).not.toContain(secret);
    expect(wire.lines.join('\n')).toContain('***');
  });
});

describe('what cannot be read', () => {
  test.each<[string, string | Buffer]>([
    ['words', 'this is no JSON'],
    ['half a message', '{"jsonrpc":"2.0","id":7,"met'],
    ['an empty line', ''],
    ['a list', '[]'],
    ['nothing', 'null'],
    ['a message of no protocol', '{"id":7,"method":"tools/list"}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
    ['an answer to no request', '{"jsonrpc":"2.0","id":999,"result":{}}'],
  ])('does not end the program: %s', async (_, line) => {
    await using wire = await openWire();
    wire.send(line);
    const { result } = await wire.answerTo(wire.request('tools/list'));
    expect(result?.tools?.length).toBeGreaterThan(5);
  });

  const IS_NO_MESSAGE = { code: -32600, message: expect.stringMatching(/^A message has /) };

  test.each<[string, unknown, unknown]>([
    ['parameters that are a list', { jsonrpc: '2.0', id: 5, method: 'tools/call', params: [] }, 5],
    ['a fraction for an id', { jsonrpc: '2.0', id: 1.5, method: 'ping' }, 1.5],
    ['no version of JSON-RPC', { id: 'six', method: 'ping' }, 'six'],
    ['no method', { jsonrpc: '2.0', id: 7 }, 7],
    ['an id that is none', { jsonrpc: '2.0', id: {}, method: 'ping' }, null],
    ['no object', 5, null],
  ])('is refused with its id, so that nobody waits for it: %s', async (_, message, id) => {
    await using wire = await openWire();
    wire.send(JSON.stringify(message));
    await wire.answerTo(wire.request('ping'));
    expect(wire.messages().slice(1)).toEqual([
      { jsonrpc: '2.0', id, error: IS_NO_MESSAGE },
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
  });

  test.each(['this is no JSON', '{"jsonrpc":"2.0","id":7,"met'])('is refused: %s', async (line) => {
    await using wire = await openWire();
    wire.send(line);
    await wire.answerTo(wire.request('ping'));
    expect(wire.messages()[1]).toMatchObject({ id: null, error: { code: -32700 } });
  });

  test.each<[string, string]>([
    ['an empty line', ' \r'],
    ['a broken answer', '{"jsonrpc":"2.0","id":8,"result":5}'],
    ['a failure of nothing', '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"No."}}'],
    ['a broken notification', '{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}'],
  ])('is let be where nobody waits for an answer: %s', async (_, line) => {
    await using wire = await openWire();
    wire.send(line);
    await wire.answerTo(wire.request('ping'));
    expect(wire.messages()).toHaveLength(2);
  });

  test('a batch is taken apart, and what in it is no message is refused', async () => {
    await using wire = await openWire();
    const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' });
    wire.send(
      JSON.stringify([ping(11), ping('twelve'), ping(1.5), 5, { ...ping(13), method: 'tools/list' }]),
    );
    expect((await wire.answerTo(13)).result?.tools?.length).toBeGreaterThan(5);
    const [, ...answers] = wire.messages();
    expect(answers).toHaveLength(5);
    expect(answers).toEqual(
      expect.arrayContaining([
        { jsonrpc: '2.0', id: 11, result: {} },
        { jsonrpc: '2.0', id: 'twelve', result: {} },
        { jsonrpc: '2.0', id: 1.5, error: IS_NO_MESSAGE },
        { jsonrpc: '2.0', id: null, error: IS_NO_MESSAGE },
      ]),
    );
  });

  test.each<[string, string, unknown]>([
    ['an empty batch', '[]', null],
    ['a batch of more than 100', `[${Array(101).fill('{"jsonrpc":"2.0","id":1,"method":"ping"}')}]`, null],
    ['a batch of many levels', '['.repeat(200_000) + ']'.repeat(200_000), null],
    [
      'a message of very many values',
      `{"jsonrpc":"2.0","id":9,"method":"ping","params":{"a":[${Array(30_000).fill(0)}]}}`,
      9,
    ],
  ])('is refused as a whole: %s', async (_, line, id) => {
    await using wire = await openWire();
    wire.send(line);
    await wire.answerTo(wire.request('ping'));
    const refused = { jsonrpc: '2.0', id, error: { code: -32600, message: expect.stringMatching(/^A /) } };
    expect(wire.messages().slice(1, -1)).toEqual([refused]);
  });

  test('a line of 11 MB is refused, and the next call is answered', async () => {
    await using wire = await openWire();
    const caption = 'x'.repeat(11 * 1024 * 1024);
    const long = wire.call('create_video_post', { ...FUTURE, caption });
    const { result } = await wire.answerTo(wire.call('list_posts'));
    expect(result?.structuredContent?.posts).toEqual([]);
    const messages = wire.messages();
    expect(messages.find(({ id }) => id === long)).toBeUndefined();
    expect(messages.filter(({ error }) => error)).toMatchObject([
      { id: null, error: { code: -32600, message: expect.stringContaining('bytes') } },
    ]);
  });

  test('many long lines one after the other, cut anywhere, each count once', async () => {
    await using wire = await openWire();
    const long = Buffer.alloc(9 * 1024 * 1024, 'y');
    wire.send(long);
    wire.child.stdin?.write(long.subarray(0, 5_000_000));
    wire.send(long.subarray(5_000_000));
    const { result } = await wire.answerTo(wire.call('list_posts'));
    expect(result?.structuredContent?.posts).toEqual([]);
    expect(wire.messages().filter(({ error }) => error)).toHaveLength(2);
  });

  test('a message that is as long as may be is taken', async () => {
    await using wire = await openWire();
    const id = wire.call('create_video_post', { ...FUTURE, caption: 'x'.repeat(7 * 1024 * 1024) });
    const { result } = await wire.answerTo(id);
    expect(result?.isError).toBe(true);
    expect(wire.messages().filter(({ error }) => error)).toEqual([]);
  });
});

test('a call of which everything failed does not end the program', async () => {
  await using wire = await openWire();
  mkdirSync(join(home, 'media'));
  const contentUrl = join(home, 'media/clip.mp4');
  copyFileSync(join(root, 'test/fixtures/clip.mp4'), contentUrl);
  for (const dryRun of [true, false]) {
    const { result } = await wire.answerTo(
      wire.call('create_video_post', { ...FUTURE, contentUrl, soundId: 'infinipost:1', dryRun }),
    );
    expect(result?.isError).toBe(true);
  }
  expect((await wire.answerTo(wire.call('list_posts'))).result?.structuredContent?.posts).toEqual([]);
  wire.child.stdin?.end();
  expect(await wire.ended).toBe(0);
});

test('a client that cannot be served is told so, and its connection ends', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const server = new Server({ name: 'airdate', version: '0.0.0' });
  const serveModern = () => Promise.reject(new Error('no such file'));
  const connection = serveStdio(server, { input, output, serveModern });
  const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  input.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params })}\n`);
  await connection.ended;
  await connection.answered();
  await connection.close();
  const said = JSON.parse(String(output.read())) as Message;
  expect(said).toMatchObject({ id: null, error: { message: expect.stringContaining('no such file') } });
});

describe('the end', () => {
  test.each<[string, (child: ChildProcess) => void]>([
    ['the end of stdin', (child) => child.stdin?.end()],
    ['SIGTERM', (child) => child.kill('SIGTERM')],
    ['SIGINT', (child) => child.kill('SIGINT')],
  ])('comes soon after %s, and a post that is due later is kept', async (_, end) => {
    let kept: string | undefined;
    {
      await using wire = await openWire();
      const { result } = await wire.answerTo(wire.call('create_video_post', FUTURE));
      kept = result?.structuredContent?.posts[0]?.postId;
      end(wire.child);
      expect(await wire.endsWithin()).toBeLessThan(SOON_MS);
      expect(wire.child.exitCode).toBe(0);
    }
    expect(await listed()).toEqual([`${kept} scheduled`]);
  });

  test('of stdin loses no answer to what was asked before it', async () => {
    await using wire = await openWire();
    const ids = Array.from({ length: 20 }, (_, index) =>
      wire.call('create_video_post', { ...FUTURE, caption: `${index}` }),
    );
    wire.child.stdin?.end();
    expect(await wire.endsWithin()).toBeLessThan(SOON_MS);
    const answered = wire.messages().filter(({ id, result }) => ids.includes(Number(id)) && !result?.isError);
    expect(answered).toHaveLength(20);
    expect(await listed()).toHaveLength(20);
  });

  test('of stdin loses no post whose video is still being looked at', async () => {
    await using wire = await openWire();
    mkdirSync(join(home, 'media'));
    const contentUrl = join(home, 'media/clip.mp4');
    copyFileSync(join(root, 'test/fixtures/clip.mp4'), contentUrl);
    const id = wire.call('create_video_post', { ...FUTURE, contentUrl });
    wire.child.stdin?.end();
    expect(await wire.endsWithin()).toBeLessThan(SOON_MS);
    const answer = wire.messages().find((message) => message.id === id);
    const { postId } = answer?.result?.structuredContent?.posts[0] ?? {};
    expect(await listed()).toEqual([`${postId} scheduled`]);
  });

  test('comes as cleanly when a signal falls into the start', async ({ skip }) => {
    if (process.platform !== 'linux')
      skip('How far a start has come is read from /proc, which is Linux alone.');
    mkdirSync(home);
    const file = join(home, 'airdate.db');
    using other = new DatabaseSync(file);
    other.exec('begin exclusive');
    await using wire = new Wire();
    const open = `/proc/${wire.child.pid}/fd`;
    const opened = () => readdirSync(open).some((fd) => linkOf(join(open, fd)) === file);
    await eventually(() => expect(opened()).toBe(true));
    wire.child.kill('SIGTERM');
    other.exec('rollback');
    expect(await wire.ended).toBe(0);
  });

  test('comes when nobody reads the answers any more', async () => {
    await using wire = await openWire();
    wire.child.stdout?.destroy();
    wire.call('list_profiles');
    const closed = once(wire.child, 'exit');
    const began = performance.now();
    await closed;
    expect(performance.now() - began).toBeLessThan(SOON_MS);
  });
});

describe('the data directory', () => {
  test('is made by two first starts at once, and both come up on it', async () => {
    await using one = await openStdio({ AIRDATE_HOME: home });
    await using two = await openStdio({ AIRDATE_HOME: home });
    const call = { name: 'create_video_post', arguments: FUTURE };
    const answers = await Promise.all([one, two].map(({ client }) => client.callTool(call)));
    const ids = answers.map(({ structuredContent }) => (structuredContent as Structured).posts[0]?.postId);
    expect(new Set(ids).size).toBe(1);
  });

  test('is made by six first starts in the same moment', async () => {
    const wires = Array.from({ length: 6 }, () => new Wire());
    try {
      await Promise.all(wires.map((wire) => wire.initialize()));
      const ids = wires.map((wire, index) =>
        wire.call('create_video_post', { ...FUTURE, caption: `${index}` }),
      );
      const answers = await Promise.all(wires.map((wire, index) => wire.answerTo(ids[index] ?? 0)));
      expect(answers.filter(({ result }) => result?.isError)).toEqual([]);
    } finally {
      for (const wire of wires) await wire[Symbol.asyncDispose]();
    }
    expect(await listed()).toHaveLength(6);
  }, 40_000);

  test('is the user’s alone: files are 0600 and directories 0700', async () => {
    await using wire = await openWire();
    const { result } = await wire.answerTo(wire.call('list_profiles'));
    expect(result?.isError).toBeUndefined();
    mkdirSync(join(home, 'media'), { mode: 0o700 });
    const contentUrl = join(home, 'media/clip.mp4');
    copyFileSync(join(root, 'test/fixtures/clip.mp4'), contentUrl);
    await wire.answerTo(wire.call('create_video_post', { ...DRAFT, contentUrl }));
    const outbox = join(home, 'outbox');
    await eventually(() => expect(readdirSync(outbox).some((name) => name.endsWith('.json'))).toBe(true));
    const made = ['.', ...readdirSync(home, { recursive: true, encoding: 'utf8' })].filter(
      (name) => !name.startsWith('media'),
    );
    const modes = made.map((name) => {
      const stats = statSync(join(home, name));
      return [name, (stats.mode & 0o777).toString(8), stats.isDirectory()] as const;
    });
    expect(modes.length).toBeGreaterThan(6);
    expect(modes.filter(([, mode, isFolder]) => mode !== (isFolder ? '700' : '600'))).toEqual([]);
  });
});
