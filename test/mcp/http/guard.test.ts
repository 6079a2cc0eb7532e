import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpAirdate, LIST_TOOLS, openHttpAirdate } from '../../support/http.ts';

const PATHS = [
  '/mcp',
  '/sse',
  '/messages',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/nowhere',
];
const STRANGE_HOSTS = [
  'evil.example',
  'localhost.evil.example',
  'localhost@evil.example',
  '10.0.0.1:4600',
  'a b',
];
const STRANGE_ORIGINS = [
  'http://evil.example',
  'null',
  'http://localhost.evil.example',
  'file://',
  'chrome-extension://localhost',
  'http://localhost, http://evil.example',
];

let server: HttpAirdate;
beforeAll(async () => {
  server = await openHttpAirdate({ allowedHosts: ['post.example.com', 'staging.example.com:8443'] });
});
afterAll(() => server[Symbol.asyncDispose]());

const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS'];

test.each(PATHS)('%s is shut to whoever came by another host, whatever the method', async (path) => {
  for (const method of METHODS) {
    for (const host of STRANGE_HOSTS) {
      const { status, headers, json } = await server.send({ method, path, headers: { host } });
      expect([host, status, headers['content-type']]).toEqual([host, 403, 'application/json']);
      expect(json.error?.message).toContain('Host');
    }
  }
});

test.each(['/healthz', ...PATHS])(
  '%s is shut to a page of another origin, whatever the method',
  async (path) => {
    for (const method of METHODS) {
      for (const origin of STRANGE_ORIGINS) {
        const { status, headers } = await server.send({ method, path, headers: { origin } });
        expect([origin, status, headers['access-control-allow-origin']]).toEqual([origin, 403, undefined]);
      }
    }
  },
);

test('health is told by whatever name it is asked, for a load balancer asks by an address', async () => {
  for (const host of STRANGE_HOSTS) {
    const { status, text: body } = await server.send({ path: '/healthz', headers: { host } });
    expect([host, status, body]).toEqual([host, 200, '{"status":"ok"}']);
    const posted = await server.send({ method: 'POST', path: '/healthz', headers: { host } });
    expect([host, posted.status]).toEqual([host, 405]);
    const origin = `http://${host}`;
    const fromPage = await server.send({ path: '/healthz', headers: { host, origin } });
    expect([host, fromPage.status]).toEqual([host, 403]);
  }
});

test.each(['/healthz/', '/healthz/../mcp', '//healthz', '/Healthz', '/mcp?/healthz'])(
  '%s is not the address of health',
  async (path) => {
    const socket = connect(Number(new URL(server.http.url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    await expect(text(socket)).resolves.toMatch(/^HTTP\/1.1 403 /);
  },
);

test('a strange host has its answer before it has sent its body', async () => {
  const { port } = new URL(server.http.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000\r\n\r\n');
  const began = performance.now();
  await expect(text(socket)).resolves.toMatch(/^HTTP\/1.1 403 /);
  // The connection of whoever never sends the rest is cut.
  expect(performance.now() - began).toBeLessThan(3000);
});

test.each([
  'localhost',
  'LOCALHOST:1',
  '127.0.0.1:65535',
  '[::1]',
  '[::1]:4600',
  'post.example.com:443',
  'staging.example.com:8443',
])('%s is a name of the server, and an origin of its pages', async (host) => {
  const asked = await server.send({ body: LIST_TOOLS, headers: { host } });
  expect(asked.status).toBe(200);
  const origin = `http://${host}`;
  const fromPage = await server.send({ body: LIST_TOOLS, headers: { origin } });
  expect([fromPage.status, fromPage.headers['access-control-allow-origin']]).toEqual([200, origin]);
  expect(fromPage.headers['access-control-allow-credentials']).toBeUndefined();
});

test('a name that is allowed with one port is not allowed with another', async () => {
  const { status } = await server.send({ body: LIST_TOOLS, headers: { host: 'staging.example.com:9999' } });
  expect(status).toBe(403);
});

test('without an origin nothing is said of origins; a preflight is answered for those that are allowed', async () => {
  const plain = await server.send({ path: '/healthz' });
  expect(plain.headers['access-control-allow-origin']).toBeUndefined();
  const headers = { origin: 'http://localhost:6274', 'access-control-request-method': 'POST' };
  const preflight = await server.send({ method: 'OPTIONS', headers });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': 'http://localhost:6274',
    'access-control-allow-methods': 'POST, GET, DELETE',
    vary: 'origin',
  });
  const { status } = await server.send({ method: 'OPTIONS' });
  expect(status).toBe(405);
});

test('beyond the loopback nobody listens without tokens', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'post.example.com']) {
    await expect(openHttpAirdate({ host })).rejects.toMatchObject({
      code: 'forbidden',
      message: `Airdate does not listen on ${host} without tokens: anybody could post.`,
      details: { hint: expect.stringContaining('airdate token create') },
    });
  }
});

test('a port that is taken is named', async () => {
  const { port } = new URL(server.http.url);
  await expect(openHttpAirdate({ port: Number(port) })).rejects.toMatchObject({
    code: 'unavailable',
    message: `Airdate cannot listen on 127.0.0.1:${port} (EADDRINUSE).`,
  });
});
