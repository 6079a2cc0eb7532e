import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  callMessage,
  connect,
  type HttpAirdate,
  INITIALIZE,
  LIST_TOOLS,
  openHttpAirdate,
  openSession,
  waitingTool,
} from '../../support/http.ts';

const SESSION = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UNKNOWN_SESSION = { 'mcp-session-id': '6f1ed2a5-3c5e-4a4e-9d35-2a4a9d3f2b11' };

let server: HttpAirdate;
beforeAll(async () => {
  server = await openHttpAirdate();
});
afterAll(() => server[Symbol.asyncDispose]());

test('a client opens a session, schedules a post, and frees the session', async () => {
  await using connection = await connect(server.http);
  const { client, transport } = connection;
  expect(transport.sessionId).toMatch(SESSION);
  expect(client.getInstructions()).toContain('list_profiles');
  const before = server.http.sessions;
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('create_video_post');
  const created = await client.callTool({
    name: 'create_video_post',
    arguments: {
      accountIds: ['local:tiktok'],
      contentUrl: server.airdate.media(),
      caption: 'over http',
      scheduledTime: '2026-12-01T09:00',
    },
  });
  expect(created).toMatchObject({
    structuredContent: { posts: [{ status: 'scheduled', caption: 'over http' }] },
  });
  await transport.terminateSession();
  expect(server.http.sessions).toBe(before - 1);
});

test('a request without a session is answered on its own', async () => {
  const before = server.http.sessions;
  const { status, headers, json } = await server.send({ body: callMessage('list_profiles') });
  expect([status, headers['mcp-session-id'], headers['x-accel-buffering']]).toEqual([200, undefined, 'no']);
  expect(json.result).toMatchObject({ structuredContent: { timezone: 'America/New_York' } });
  expect(server.http.sessions).toBe(before);
});

test('what has no session to go to is refused in words', async () => {
  expect((await server.send({ body: LIST_TOOLS, headers: UNKNOWN_SESSION })).status).toBe(404);
  expect((await server.send({ headers: UNKNOWN_SESSION })).json.error).toMatchObject({ code: -32001 });
  const deleted = await server.send({ method: 'DELETE', headers: UNKNOWN_SESSION });
  expect(deleted.json).toEqual({
    jsonrpc: '2.0',
    error: { code: -32001, message: 'Session not found' },
    id: null,
  });
  for (const method of ['GET', 'DELETE']) {
    const { status, headers } = await server.send({ method });
    expect([status, headers.allow]).toEqual([405, 'POST']);
  }
});

test('a session is opened once, and is gone when it was deleted', async () => {
  const headers = { 'mcp-session-id': await openSession(server.http.url) };
  expect((await server.send({ body: INITIALIZE, headers })).status).toBe(400);
  expect((await server.send({ body: LIST_TOOLS, headers })).status).toBe(200);
  expect((await server.send({ method: 'DELETE', headers })).status).toBe(200);
  expect((await server.send({ body: LIST_TOOLS, headers })).status).toBe(404);
});

test('an initialize that is refused leaves no session behind', async () => {
  const before = server.http.sessions;
  const { status } = await server.send({ body: INITIALIZE, headers: { accept: 'application/json' } });
  expect([status, server.http.sessions]).toEqual([406, before]);
});

test('what is no message of MCP is refused as JSON, with neither HTML nor a stack', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const answers = {
    'a text': await server.send({ body: 'hello', headers: { 'content-type': 'text/plain' } }),
    packed: await server.send({ body: '{}', headers: { 'content-encoding': 'gzip' } }),
    'no accept': await server.send({ body: LIST_TOOLS, headers: { accept: '*/*' } }),
    'bad JSON': await server.send({ body: '{"jsonrpc":' }),
    'no body': await server.send({ method: 'POST' }),
    'a number': await server.send({ body: '42' }),
    'deep JSON': await server.send({ body: deep }),
    'long batch': await server.send({ body: Array.from({ length: 101 }, () => LIST_TOOLS) }),
    'unknown version': await server.send({
      body: LIST_TOOLS,
      headers: { 'mcp-protocol-version': '2099-01-01' },
    }),
    PUT: await server.send({ method: 'PUT', body: LIST_TOOLS }),
    TRACE: await server.send({ method: 'TRACE' }),
    elsewhere: await server.send({ path: '/admin' }),
    'a page': await server.send({ path: '/', headers: { accept: 'text/html' } }),
    'another form': await server.send({ path: '/mcp/' }),
  };
  expect(Object.fromEntries(Object.entries(answers).map(([what, { status }]) => [what, status]))).toEqual({
    'a text': 415,
    packed: 415,
    'no accept': 406,
    'bad JSON': 400,
    'no body': 400,
    'a number': 400,
    'deep JSON': 400,
    'long batch': 400,
    'unknown version': 400,
    PUT: 405,
    TRACE: 405,
    elsewhere: 404,
    'a page': 404,
    'another form': 404,
  });
  for (const { headers, text, json } of Object.values(answers)) {
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(json).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
    expect(text).not.toMatch(/<html|\.ts:|\.js:|node_modules/);
  }
  expect(answers['bad JSON'].json.error?.code).toBe(-32700);
});

test('a body of more than 4 MiB is not taken, told beforehand or not', async () => {
  const body = JSON.stringify({ ...LIST_TOOLS, params: { padding: 'x'.repeat(4 * 1024 * 1024) } });
  const told = await server.send({ body, headers: { 'content-length': String(Buffer.byteLength(body)) } });
  const untold = await server.send({ body, headers: { 'transfer-encoding': 'chunked' } });
  for (const { status, json } of [told, untold]) {
    expect([status, json.error?.message]).toEqual([413, 'A body may have at most 4194304 bytes.']);
  }
});

test('deep JSON is answered at once', async () => {
  const nested = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const began = performance.now();
  const { status } = await server.send({
    body: `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${nested}}`,
  });
  expect(performance.now() - began).toBeLessThan(2000);
  expect([200, 400]).toContain(status);
});

test('a message of more than 20,000 values holds nobody up: it is refused before anything looks through it', async () => {
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1]));
  const refused = { jsonrpc: '2.0', id: null, error: { code: -32600, message: expect.any(String) } };
  const began = performance.now();
  const wide = await server.send({ body: callMessage('list_posts', keys(300_000)) });
  expect(performance.now() - began).toBeLessThan(4000);
  expect([wide.status, wide.json]).toEqual([400, refused]);
  expect(wide.json.error?.message).toBe('A message, or a batch of them, has at most 20000 values.');
  const half = callMessage('list_posts', keys(10_001));
  expect((await server.send({ body: [half, half] })).status).toBe(400);
  expect((await server.send({ body: half })).status).toBe(200);
  const long = callMessage('create_video_post', { accountIds: Array(20_000).fill('local:x') });
  expect((await server.send({ body: long })).status).toBe(400);
  const text = callMessage('create_video_post', { caption: '[{,"\\'.repeat(10_000) });
  expect((await server.send({ body: text })).status).toBe(200);
});

test('a batch is answered message by message', async () => {
  const { status, text } = await server.send({ body: [LIST_TOOLS, callMessage('list_profiles')] });
  expect(status).toBe(200);
  expect(text.match(/^data: /gm)).toHaveLength(2);
});

test('progress arrives before the answer', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  await using connection = await connect(other.http);
  const { client } = connection;
  const told: Progress[] = [];
  const call = client.callTool({ name: 'wait' }, undefined, {
    onprogress: (progress) => told.push(progress),
  });
  await waiting.running;
  await eventually(() => expect(told).toMatchObject([{ message: 'waiting' }]));
  waiting.finish();
  await expect(call).resolves.toMatchObject({ structuredContent: { waited: true } });
});

test('a client that lost the stream of its call asks for the rest and has the answer', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  const session = {
    'mcp-session-id': await openSession(other.http.url),
    'mcp-protocol-version': '2025-11-25',
  };
  const lost = new AbortController();
  const response = await fetch(`${other.http.url}/mcp`, {
    method: 'POST',
    headers: {
      ...session,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify(callMessage('wait')),
    signal: lost.signal,
  });
  const { value } = (await response.body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {};
  const [, event = ''] = /^id: (.+)$/m.exec(value ?? '') ?? [];
  expect(event).not.toBe('');
  lost.abort();
  waiting.finish();
  await delay(50);

  const headers = { ...session, 'last-event-id': event };
  const resumed = await other.send({ headers, until: '"waited":true' });
  expect(resumed.text).toContain('"waited":true');
  const elsewhere = { ...headers, 'mcp-session-id': await openSession(other.http.url) };
  expect((await other.send({ headers: elsewhere })).status).toBe(400);
});

test('a second request of an id that is in hand is refused, and the first has its own answer', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  const headers = { 'mcp-session-id': await openSession(other.http.url) };
  const first = other.send({ body: callMessage('wait', {}, 5), headers });
  await waiting.running;
  const second = await other.send({ body: { ...LIST_TOOLS, id: 5 }, headers });
  expect([second.status, second.json.error?.code]).toEqual([400, -32600]);
  expect((await other.send({ body: { ...LIST_TOOLS, id: '5' }, headers })).status).toBe(200);
  waiting.finish();
  expect((await first).json).toMatchObject({ id: 5, result: { structuredContent: { waited: true } } });
  expect((await other.send({ body: { ...LIST_TOOLS, id: 5 }, headers })).json).toHaveProperty('result.tools');
});

test.each([true, false])('a batch names no id twice; with a session: %s', async (inSession) => {
  const headers = inSession ? { 'mcp-session-id': await openSession(server.http.url) } : {};
  const batch = [LIST_TOOLS, callMessage('list_posts', {}, LIST_TOOLS.id)];
  const { status, json } = await server.send({ body: batch, headers });
  expect([status, json.error?.code]).toEqual([400, -32600]);
  expect((await server.send({ body: LIST_TOOLS, headers })).status).toBe(200);
});

test('an id is free again after what used it was refused', async () => {
  const headers = { 'mcp-session-id': await openSession(server.http.url) };
  const refused = await server.send({ body: LIST_TOOLS, headers: { ...headers, accept: 'text/html' } });
  expect(refused.status).toBe(406);
  expect((await server.send({ body: LIST_TOOLS, headers })).status).toBe(200);
});

test('what a client cancels ends its stream', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  const headers = { 'mcp-session-id': await openSession(other.http.url) };
  const call = other.send({ body: callMessage('wait', {}, 5), headers });
  await waiting.running;
  const params = { requestId: 5, reason: 'it takes too long' };
  const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params };
  expect((await other.send({ body, headers })).status).toBe(202);
  const { json } = await call;
  expect(json).toMatchObject({ id: 5, error: { message: 'The request was cancelled.' } });
  waiting.finish();
  expect((await other.send({ body: { ...LIST_TOOLS, id: 5 }, headers })).json).toHaveProperty('result.tools');
});

test('a client that gives up a call keeps no connection for it', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  await using connection = await connect(other.http);
  await expect(connection.client.callTool({ name: 'wait' }, undefined, { timeout: 200 })).rejects.toThrow(
    'timed out',
  );
  waiting.finish();
  const began = performance.now();
  await other.http.close();
  // An answer that never came would be waited for as long as the server's end may take.
  expect(performance.now() - began).toBeLessThan(1_000);
});
