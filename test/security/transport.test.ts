/** Who reaches the program, by a real process, and what it does with bytes that are no HTTP. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newFolder } from '../support/airdate.ts';
import { callMessage, INITIALIZE, LIST_TOOLS, send } from '../support/http.ts';
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
  url = await vi.waitFor(() => {
    const found = /"url":"(http:[^"]+)\/mcp"/.exec(stderr)?.[1];
    if (found === undefined) throw new Error(`it does not listen: ${stderr}`);
    return found;
  }, 15_000);
});
afterAll(async () => {
  child.kill('SIGTERM');
  await once(child, 'close');
  rmSync(folder, { recursive: true, force: true });
});

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
    ['no HTTP', 'hello\r\n\r\n'],
    [
      'a message within a message',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /mcp HTTP/1.1\r\n\r\n',
    ],
    [
      'two lengths',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    ],
    ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    [
      'a head that is too large',
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    ],
    [
      'a whole address',
      'GET http://evil.example/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ],
    ['another protocol', 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('answers %s with a refusal or not at all', async (_, bytes) => {
    const { hostname, port } = new URL(url);
    const socket = connectSocket(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(bytes);
    const answer = await text(socket).catch(() => '');
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    expect(answer).not.toMatch(/<html|node:|\.ts/i);
    expect((await send(url, { path: '/healthz' })).status).toBe(200);
  });

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
