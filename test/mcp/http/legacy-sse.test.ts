import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  callMessage,
  connectSse,
  type HttpAirdate,
  LIST_TOOLS,
  openHttpAirdate,
  waitingTool,
} from '../../support/http.ts';

let server: HttpAirdate;
beforeAll(async () => {
  server = await openHttpAirdate();
});
afterAll(() => server[Symbol.asyncDispose]());

test('a client of the legacy transport lists and calls tools, and its session ends with its stream', async () => {
  const client = await connectSse(server.http);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('list_posts');
  await expect(client.callTool({ name: 'list_posts' })).resolves.toMatchObject({
    structuredContent: { posts: [] },
  });
  expect(server.log).toContainEqual(
    expect.objectContaining({ facts: expect.objectContaining({ client: 'sse-client' }) }),
  );
  expect(server.http.sessions).toBe(1);
  await client.close();
  await eventually(() => expect(server.http.sessions).toBe(0));
});

test('the stream says where messages go, and is not held up on its way', async () => {
  const { status, headers, text } = await server.send({ path: '/sse', until: '\n\n' });
  expect([status, headers['content-type'], headers['x-accel-buffering']]).toEqual([
    200,
    'text/event-stream',
    'no',
  ]);
  expect(text).toMatch(/^event: endpoint\ndata: \/messages\?sessionId=[0-9a-f-]{36}\n\n$/);
});

test('progress is told on the stream', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  await using client = await connectSse(other.http);
  const onprogress = vi.fn();
  const call = client.callTool({ name: 'wait' }, undefined, { onprogress });
  await eventually(() =>
    expect(onprogress).toHaveBeenCalledWith(expect.objectContaining({ message: 'waiting' })),
  );
  waiting.finish();
  await expect(call).resolves.toMatchObject({ structuredContent: { waited: true } });
});

test('a message needs a session of this transport, and has to be one message', async () => {
  const stream = await fetch(`${server.http.url}/sse`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const [, path = ''] = /data: (\S+)/.exec((await reader?.read())?.value ?? '') ?? [];
  const statuses = {
    'no session': (await server.send({ path: '/messages', body: LIST_TOOLS })).status,
    'no such session': (await server.send({ path: '/messages?sessionId=x', body: LIST_TOOLS })).status,
    'a message': (await server.send({ path, body: LIST_TOOLS })).status,
    'a batch': (await server.send({ path, body: [LIST_TOOLS, callMessage('list_posts')] })).status,
    'no message': (await server.send({ path, body: { hello: 'there' } })).status,
    'a text': (await server.send({ path, body: 'hello', headers: { 'content-type': 'text/plain' } })).status,
    'as a session of the other transport': (
      await server.send({ body: LIST_TOOLS, headers: { 'mcp-session-id': path.split('=')[1] ?? '' } })
    ).status,
    GET: (await server.send({ path })).status,
    'POST to the stream': (await server.send({ path: '/sse', body: LIST_TOOLS })).status,
  };
  expect(statuses).toEqual({
    'no session': 404,
    'no such session': 404,
    'a message': 202,
    'a batch': 400,
    'no message': 400,
    'a text': 415,
    'as a session of the other transport': 404,
    GET: 405,
    'POST to the stream': 405,
  });
  await reader?.cancel();
});
