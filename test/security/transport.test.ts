/** Who reaches the program, by a real process, and what it does with bytes that are no HTTP. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';
import { asked, callMessage, INITIALIZE, LIST_TOOLS, send } from '../support/http.ts';
import { runAirdate, startAirdate } from '../support/process.ts';

const folder = newFolder();
const environment = { AIRDATE_HOME: folder };
let child: ChildProcess;
let url: string;
let stderr = '';
beforeAll(async () => {
  child = startAirdate(['http', '--port', '0'], environment);
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  url = await eventually(
    () => {
      const found = /"url":"(http:[^"]+)\/mcp"/.exec(stderr)?.[1];
      if (found === undefined) throw new Error(`it does not listen: ${stderr}`);
      return found;
    },
    { timeout: 15_000 },
  );
});
afterAll(async () => {
  child.kill('SIGTERM');
  await once(child, 'close');
  rmSync(folder, { recursive: true, force: true });
});

/** What comes back for bytes, until the server ends the connection; `after` follows the first of it. */
async function exchange(bytes: string, { after }: { readonly after?: string } = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connectSocket(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  if (after !== undefined) socket.once('data', () => socket.write(after));
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return Buffer.concat(received).toString();
}

describe('airdate http', () => {
  test('listens on the loopback alone unless it is told otherwise, and says where', () => {
    expect(new URL(url).hostname).toBe('127.0.0.1');
  });

  test.each(['0.0.0.0', '::', '192.0.2.1'])(
    'does not start on %s while nobody needs a token',
    async (host) => {
      const home = newFolder();
      const ended = await runAirdate(['http', '--port', '0', '--host', host], { AIRDATE_HOME: home });
      rmSync(home, { recursive: true, force: true });
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toContain('anybody could post');
      expect(ended.stderr).toContain('airdate token create');
    },
  );

  test('answers a page that was led to it by a name of its own with 403, whatever it asks for', async () => {
    const strangers: Record<string, string>[] = [
      { host: 'evil.example' },
      { host: `evil.example:${new URL(url).port}` },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost.evil.example' },
      { origin: 'http://localhost@evil.example' },
      { origin: 'https://127.0.0.1.nip.io' },
    ];
    const paths = ['/mcp', '/sse', '/messages', '/.well-known/oauth-protected-resource'];
    for (const headers of strangers) {
      // Health is told under any name, to no page of another origin.
      for (const path of 'origin' in headers ? [...paths, '/healthz'] : paths) {
        for (const sent of [{ path }, { path, body: INITIALIZE }, { path, method: 'OPTIONS' }]) {
          const answer = await send(url, { ...sent, headers });
          expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
        }
      }
    }
  });

  test('never says that a page may send what a browser keeps', async () => {
    const answer = await send(url, { body: LIST_TOOLS, headers: { origin: 'http://localhost:3000' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test.each([
    ['no HTTP', 400, 'hello\r\n\r\n'],
    ['the hello of TLS', 400, '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00'],
    [
      'a message within a message',
      400,
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /mcp HTTP/1.1\r\n\r\n',
    ],
    [
      'two lengths',
      400,
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    ],
    [
      'a body in pieces that are none',
      400,
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
    [
      'two hosts',
      403,
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    ],
    ['no host', 400, 'GET /healthz HTTP/1.1\r\n\r\n'],
    [
      'a head that is too large',
      431,
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(3_000_000)}\r\n\r\n`,
    ],
    [
      'an expectation that nobody has',
      417,
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nExpect: foo\r\nContent-Length: 9\r\n\r\n{"json',
    ],
    [
      'a whole address with a strange host',
      403,
      'GET http://evil.example/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ],
    [
      'a whole address with a strange user',
      403,
      'GET http://localhost@evil.example/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ],
    [
      'a whole address and two hosts',
      403,
      'GET http://localhost/mcp HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    ],
    ['a whole address and no host', 400, 'GET http://localhost/healthz HTTP/1.1\r\n\r\n'],
    [
      'an address of another protocol',
      404,
      'GET ftp://localhost/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ],
    ['who wants a tunnel', 501, 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    [
      'who speaks into a tunnel that is none',
      501,
      `CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n${'GET / HTTP/1.1\r\n\r\n'.repeat(10_000)}`,
    ],
  ])('answers %s with %i in JSON, and ends the connection', async (_, status, bytes) => {
    const answer = await exchange(bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toMatch(/\r\ncontent-type: application\/json\r\n/i);
    expect(head).toMatch(/\r\nconnection: close(\r\n|$)/i);
    expect(head).toMatch(new RegExp(`\r\ncontent-length: ${Buffer.byteLength(body)}(\r\n|$)`, 'i'));
    expect(JSON.parse(body)).toEqual({
      jsonrpc: '2.0',
      error: { code: -32000, message: expect.stringMatching(/^[A-Z][^/]*\.$/) },
      id: null,
    });
    expect((await send(url, { path: '/healthz' })).status).toBe(200);
  });

  test.each([
    ['http://localhost/healthz', 'localhost'],
    ['HTTPS://127.0.0.1:9/healthz?a', 'evil.example'],
    ['http://evil.example/healthz', 'localhost'],
    ['http://localhost?a', 'localhost'],
  ])('takes a whole address, whose host counts: %s', async (target, host) => {
    const answer = await exchange(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const [status, body] = target.includes('healthz')
      ? [200, '{"status":"ok"}']
      : [404, 'There is nothing here.'];
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(body);
  });

  test('answers a message that is sent to a whole address, in every revision', async () => {
    const { host } = new URL(url);
    const modern = asked('tools/list');
    for (const { body, headers } of [{ body: LIST_TOOLS, headers: {} }, modern]) {
      const json = JSON.stringify(body);
      const head = Object.entries({
        host,
        connection: 'close',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'content-length': `${json.length}`,
        ...headers,
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      const answer = await exchange(`POST http://${host}/mcp HTTP/1.1\r\n${head.join('')}\r\n${json}`);
      expect(answer).toContain('create_video_post');
    }
  });

  test.each(['garbage', 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost'])(
    'writes nothing into an answer that has begun, though on its connection comes %s',
    async (line) => {
      const opened = 'GET /sse HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n';
      const answer = await exchange(opened, { after: `${line}\r\n\r\n` });
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer.match(/HTTP/g)).toHaveLength(1);
    },
  );

  test('is still well after all of this, and what it logged has no stack', async () => {
    const { json } = await send(url, { body: callMessage('list_profiles') });
    expect(json.result?.isError).toBeUndefined();
    expect(stderr).not.toMatch(/^\s+at /m);
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('message');
  });
});

test('the first token shuts the door of a server that runs, also on the loopback', async () => {
  expect((await send(url, { body: LIST_TOOLS })).status).toBe(200);
  const token = (await runAirdate(['token', 'create', 'agent'], environment)).stdout.trim();
  expect((await send(url, { body: LIST_TOOLS })).status).toBe(401);
  const authorization = `Bearer ${token}`;
  expect((await send(url, { body: LIST_TOOLS, headers: { authorization } })).status).toBe(200);
  expect(
    (await send(url, { path: `/mcp?token=${token}&access_token=${token}`, body: LIST_TOOLS })).status,
  ).toBe(401);
  await runAirdate(['token', 'revoke', 'agent'], environment);
  expect((await send(url, { body: LIST_TOOLS, headers: { authorization } })).status).toBe(401);
});
