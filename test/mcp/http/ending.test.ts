import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  connect,
  connectModern,
  connectSse,
  openHttpAirdate,
  openSession,
  waitingTool,
} from '../../support/http.ts';

test('the end of the server closes every stream at once when no call is in hand', async () => {
  await using server = await openHttpAirdate();
  const headers = { 'mcp-session-id': await openSession(server.http.url), accept: 'text/event-stream' };
  const streams = [await fetch(`${server.http.url}/mcp`, { headers }), await fetch(`${server.http.url}/sse`)];
  await using _client = await connectModern(server.http);
  const began = performance.now();
  await server.http.close();
  // A call in hand would have had a second and a half.
  expect(performance.now() - began).toBeLessThan(1400);
  expect(server.http.sessions).toBe(0);
  await Promise.all(streams.map((stream) => stream.text().catch(() => undefined)));
  await expect(server.send({ path: '/healthz' })).rejects.toThrow();
});

test.each([
  ['Streamable HTTP', async (...given: Parameters<typeof connect>) => (await connect(...given)).client],
  ['HTTP+SSE', connectSse],
  ['2026-07-28', connectModern],
] as const)('a call in hand has its answer before the server ends: %s', async (_, open) => {
  const waiting = waitingTool();
  await using server = await openHttpAirdate({ tools: [waiting.tool] });
  const client = await open(server.http);
  const call = client.callTool({ name: 'wait', arguments: {} });
  await waiting.running;
  const closed = server.http.close();
  await delay(50);
  waiting.finish();
  await expect(call).resolves.toMatchObject({ structuredContent: { waited: true } });
  await closed;
  await client.close();
});

test('while the server ends nobody new is let in', async () => {
  const waiting = waitingTool();
  await using server = await openHttpAirdate({ tools: [waiting.tool] });
  await using connection = await connect(server.http);
  const call = connection.client.callTool({ name: 'wait' });
  await waiting.running;
  const closed = server.http.close();
  // On a connection that is open already; a new one is not taken at all.
  await expect(connection.client.listTools()).rejects.toThrow();
  await expect(openSession(server.http.url)).rejects.toThrow();
  waiting.finish();
  await call;
  await closed;
});

test('a call that does not end is not waited for longer than a second and a half', async () => {
  const waiting = waitingTool();
  await using server = await openHttpAirdate({ tools: [waiting.tool] });
  await using connection = await connect(server.http);
  const call = connection.client.callTool({ name: 'wait' }).catch(() => 'lost');
  await waiting.running;
  const began = performance.now();
  await server.http.close();
  const took = performance.now() - began;
  expect(took).toBeGreaterThan(1400);
  expect(took).toBeLessThan(5000);
  waiting.finish();
  await connection.client.close();
  await call;
});
