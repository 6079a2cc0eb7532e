import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Access, Identity } from '../../../src/mcp/access.ts';
import { eventually } from '../../support/eventually.ts';
import {
  callMessage,
  connect,
  connectModern,
  connectSse,
  LIST_TOOLS,
  openHttpAirdate,
  openSession,
  tokens,
  waitingTool,
} from '../../support/http.ts';

const one: Identity = { tenant: 'own', token: 'one', level: 'full' };
const two: Identity = { tenant: 'own', token: 'two', level: 'full' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function errorOf(answer: unknown): { code: string; retryable: boolean; retryAfterSeconds: number } {
  const { isError, content } = answer as { isError: boolean; content: [{ text: string }] };
  if (!isError) throw new Error('expected a failure');
  return JSON.parse(content[0].text).error;
}

test('a token that calls one tool too often is told when to come back; its other tools and other tokens go on', async () => {
  await using server = await openHttpAirdate({ access: tokens({ one, two }), bounds: { calls: 2 } });
  await using first = await connect(server.http, 'one');
  await using modern = await connectModern(server.http, 'one');
  await using sse = await connectSse(server.http, 'one');
  await using second = await connect(server.http, 'two');
  await first.client.callTool({ name: 'list_profiles' });
  await modern.callTool({ name: 'list_profiles' });
  for (const client of [first.client, modern, sse]) {
    const error = errorOf(await client.callTool({ name: 'list_profiles' }));
    expect(error).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(60);
  }
  expect((await first.client.callTool({ name: 'list_posts' })).isError).toBeUndefined();
  expect((await second.client.callTool({ name: 'list_profiles' })).isError).toBeUndefined();
  expect(server.log.filter(({ facts }) => facts.outcome === 'rate_limited')).toHaveLength(3);
});

test('a token runs so many calls at a time', async () => {
  const waiting = waitingTool();
  await using server = await openHttpAirdate({ bounds: { callsInHand: 1 }, tools: [waiting.tool] });
  await using connection = await connect(server.http);
  const running = connection.client.callTool({ name: 'wait' });
  await waiting.running;
  expect(errorOf(await connection.client.callTool({ name: 'wait' }))).toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 1,
  });
  waiting.finish();
  await expect(running).resolves.toMatchObject({ structuredContent: { waited: true } });
  expect((await connection.client.callTool({ name: 'wait' })).isError).toBeUndefined();
});

test('too many messages are 429, and each message of a batch counts', async () => {
  await using server = await openHttpAirdate({ access: tokens({ one, two }), bounds: { messages: 10 } });
  const batch = Array.from({ length: 10 }, (_, id) => ({ ...LIST_TOOLS, id }));
  expect((await server.send({ body: batch, headers: bearer('one') })).status).toBe(200);
  const { status, headers, json } = await server.send({ body: LIST_TOOLS, headers: bearer('one') });
  expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true]);
  expect(json.error?.data).toMatchObject({ error: { code: 'rate_limited', retryable: true } });
  expect((await server.send({ body: LIST_TOOLS, headers: bearer('two') })).status).toBe(200);
});

test('a token has so many streams of any kind, and each that ends makes room', async () => {
  await using server = await openHttpAirdate({ access: tokens({ one, two }), bounds: { streams: 2 } });
  const headers = { ...bearer('one'), 'mcp-session-id': await openSession(server.http.url, bearer('one')) };
  const session = new AbortController();
  const stream = await fetch(`${server.http.url}/mcp`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: session.signal,
  });
  expect([stream.status, stream.headers.get('x-accel-buffering')]).toEqual([200, 'no']);
  const legacy = new AbortController();
  await fetch(`${server.http.url}/sse`, { headers: bearer('one'), signal: legacy.signal });

  const tooMany = await server.send({ path: '/sse', headers: bearer('one') });
  expect([tooMany.status, tooMany.headers['retry-after']]).toEqual([429, '1']);
  expect((await server.send({ path: '/sse', headers: bearer('two'), until: '\n\n' })).status).toBe(200);
  session.abort();
  legacy.abort();
  await eventually(async () => {
    expect((await server.send({ path: '/sse', headers: bearer('one'), until: '\n\n' })).status).toBe(200);
  });
  // The session outlived its stream.
  expect((await server.send({ body: LIST_TOOLS, headers })).status).toBe(200);
});

test('the thousand-and-first session is refused, a thousand cost little, and a freed one makes room', async () => {
  await using server = await openHttpAirdate();
  const before = process.memoryUsage().rss;
  const ids: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    ids.push(...(await Promise.all(Array.from({ length: 50 }, () => openSession(server.http.url)))));
  }
  expect([server.http.sessions, new Set(ids).size]).toEqual([1000, 1000]);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  await expect(openSession(server.http.url)).rejects.toThrow('503');
  expect((await server.send({ path: '/sse' })).status).toBe(503);
  expect((await server.send({ body: callMessage('list_profiles') })).status).toBe(200);
  await server.send({ method: 'DELETE', headers: { 'mcp-session-id': ids[0] ?? '' } });
  await openSession(server.http.url);

  server.airdate.clock.advance(31 * 60_000);
  await openSession(server.http.url);
  expect(server.http.sessions).toBe(1);
});

test('a token that has taken every session gives them up, one by one, to a token that has none', async () => {
  await using server = await openHttpAirdate({ access: tokens({ one, two }), bounds: { sessions: 4 } });
  const ids: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    ids.push(await openSession(server.http.url, bearer('one')));
    server.airdate.clock.advance(1_000);
  }
  const other = await openSession(server.http.url, bearer('two'));
  expect(server.http.sessions).toBe(4);
  const status = async (token: string, id: string | undefined) =>
    (await server.send({ body: LIST_TOOLS, headers: { ...bearer(token), 'mcp-session-id': id ?? '' } }))
      .status;
  expect(await status('one', ids[0])).toBe(404);
  expect(await status('one', ids[3])).toBe(200);
  expect(await status('two', other)).toBe(200);
  await openSession(server.http.url, bearer('two'));
  await expect(openSession(server.http.url, bearer('two'))).rejects.toThrow('503');
});

test('a session that nobody uses for half an hour is gone; one with a stream or a request is not', async () => {
  await using server = await openHttpAirdate();
  const { clock } = server.airdate;
  const idle = { 'mcp-session-id': await openSession(server.http.url) };
  const used = { 'mcp-session-id': await openSession(server.http.url) };
  await using client = await connectSse(server.http);
  clock.advance(29 * 60_000);
  expect((await server.send({ body: LIST_TOOLS, headers: used })).status).toBe(200);
  clock.advance(2 * 60_000);
  expect((await server.send({ body: LIST_TOOLS, headers: used })).status).toBe(200);
  expect((await server.send({ body: LIST_TOOLS, headers: idle })).status).toBe(404);
  clock.advance(60 * 60_000);
  expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  expect((await server.send({ body: LIST_TOOLS, headers: used })).status).toBe(404);
});

test('a request that comes in drops is cut off', async () => {
  await using server = await openHttpAirdate({ bounds: { headMs: 200, requestMs: 400 } });
  const { port } = new URL(server.http.url);
  const head = openSocket(Number(port), '127.0.0.1');
  head.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Drop: ');
  const body = openSocket(Number(port), '127.0.0.1');
  body.write(
    'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  const began = performance.now();
  const answers = await Promise.all([text(head), text(body)]);
  expect(performance.now() - began).toBeLessThan(3000);
  expect(answers[0]).toMatch(/^HTTP\/1.1 408 /);
  expect(answers.join()).not.toMatch(/<html|\.js:/);
  expect((await server.send({ path: '/healthz' })).status).toBe(200);
});

test('more connections than are allowed are not taken', async () => {
  await using server = await openHttpAirdate({ bounds: { connections: 2 } });
  const { port } = new URL(server.http.url);
  const sockets = [1, 2].map(() => openSocket(Number(port), '127.0.0.1'));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await expect(server.send({ path: '/healthz' })).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
});

test('a stream whose client went away before it was known who speaks leaves its place', async () => {
  const known = tokens({ one });
  const [asked, identified] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isSlow = true;
  const access: Access = {
    ...known,
    async identify(authorization) {
      if (isSlow) {
        asked.resolve();
        await identified.promise;
      }
      return known.identify(authorization);
    },
  };
  await using server = await openHttpAirdate({ access, bounds: { streams: 1, sessions: 1 } });
  const leaving = new AbortController();
  const left = fetch(`${server.http.url}/sse`, { headers: bearer('one'), signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await expect(left).rejects.toThrow('abort');
  isSlow = false;
  // The server has seen that connection close: it answers this one later.
  await server.send({ path: '/healthz' });
  identified.resolve();
  expect((await server.send({ path: '/sse', headers: bearer('one'), until: '\n\n' })).status).toBe(200);
});

test('a client that does not read its legacy stream loses it, and costs no more than a bound', async () => {
  await using server = await openHttpAirdate({ bounds: { unreadBytes: 100_000 } });
  const { port } = new URL(server.http.url);
  const socket = openSocket(Number(port), '127.0.0.1');
  socket.write('GET /sse HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [opening] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  const [, path = ''] = /data: (\S+)/.exec(opening.toString()) ?? [];
  const statuses: number[] = [];
  // What the kernel takes goes unread, too: some megabytes.
  while (statuses.at(-1) !== 429 && statuses.length < 2_000)
    statuses.push((await server.send({ path, body: LIST_TOOLS })).status);
  expect([statuses[0], statuses.at(-1)]).toEqual([202, 429]);
  expect((await server.send({ path, body: LIST_TOOLS })).status).toBe(404);
  socket.destroy();
});

test('who waits for the answer of a person keeps no other calls of its token out', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<'accept'>();
  const person = async () => {
    asked.resolve();
    return answer.promise;
  };
  await using server = await openHttpAirdate({
    access: tokens({ one: { ...one, level: 'draft' } }),
    bounds: { callsInHand: 1 },
    asksPerson: true,
  });
  await using connection = await connect(server.http, 'one', person);
  const created = connection.client.callTool({
    name: 'create_video_post',
    arguments: {
      accountIds: ['local:tiktok'],
      contentUrl: 'https://cdn.example.com/a.mp4',
      scheduledTime: '2099-01-01T10:00',
    },
  });
  await asked.promise;
  expect((await connection.client.callTool({ name: 'list_posts' })).isError).toBeUndefined();
  answer.resolve('accept');
  expect((await created).structuredContent).toMatchObject({ posts: [{ status: 'scheduled' }] });
});

test('a session that waits for an answer is not given up for another', async () => {
  const waiting = waitingTool();
  const bounds = { sessions: 2 };
  await using server = await openHttpAirdate({ access: tokens({ one, two }), bounds, tools: [waiting.tool] });
  const busy = { ...bearer('one'), 'mcp-session-id': await openSession(server.http.url, bearer('one')) };
  const running = server.send({ body: callMessage('wait'), headers: busy });
  await waiting.running;
  server.airdate.clock.advance(1_000);
  const idle = await openSession(server.http.url, bearer('one'));
  await openSession(server.http.url, bearer('two'));
  const headers = { ...bearer('one'), 'mcp-session-id': idle };
  expect((await server.send({ body: LIST_TOOLS, headers })).status).toBe(404);
  waiting.finish();
  expect((await running).json.result).toMatchObject({ structuredContent: { waited: true } });
});
