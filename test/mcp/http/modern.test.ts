import { Client as ModernClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  asked,
  connect,
  connectModern,
  type HttpAirdate,
  LIST_TOOLS,
  META,
  openHttpAirdate,
  tokens,
  VERSION,
  waitingTool,
} from '../../support/http.ts';

let server: HttpAirdate;
beforeAll(async () => {
  server = await openHttpAirdate();
});
afterAll(() => server[Symbol.asyncDispose]());

test('a client of 2026-07-28 lists and calls the same tools, and leaves no session', async () => {
  await using modern = await connectModern(server.http);
  await using connection = await connect(server.http);
  const { tools } = await modern.listTools();
  const known = await connection.client.listTools();
  expect(tools).toEqual(known.tools);
  const answer = await modern.callTool({ name: 'list_profiles', arguments: {} });
  expect(answer.structuredContent).toMatchObject({ timezone: 'America/New_York' });
  expect(server.log).toContainEqual(
    expect.objectContaining({ message: 'call', facts: expect.objectContaining({ client: 'modern-client' }) }),
  );
  expect(server.http.sessions).toBe(1);
});

test('server/discover tells the revision, the name and what there is', async () => {
  const { status, json } = await server.send(asked('server/discover'));
  expect(status).toBe(200);
  expect(json.result).toMatchObject({
    supportedVersions: [VERSION],
    capabilities: { tools: {} },
    instructions: expect.stringContaining('list_profiles'),
  });
});

test('what does not fit the revision is refused with its codes', async () => {
  const wrongVersion = asked('tools/list');
  const answers = {
    'no headers': await server.send({ body: asked('tools/list').body }),
    'another method in the header': await server.send(
      asked('tools/list', {}, { 'mcp-method': 'tools/call' }),
    ),
    'an unknown version': await server.send({
      body: {
        ...wrongVersion.body,
        params: { _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } },
      },
      headers: { ...wrongVersion.headers, 'mcp-protocol-version': '2099-01-01' },
    }),
    'an unknown method': await server.send(asked('tools/destroy')),
    'an unknown tool': await server.send(asked('tools/call', { name: 'no_tool' }, { 'mcp-name': 'no_tool' })),
    'no envelope': await server.send({ body: LIST_TOOLS, headers: { 'mcp-protocol-version': VERSION } }),
  };
  const codes = Object.entries(answers).map(([what, { status, json }]) => [what, status, json.error?.code]);
  expect(codes).toEqual([
    ['no headers', 400, -32020],
    ['another method in the header', 400, -32020],
    ['an unknown version', 400, -32022],
    ['an unknown method', 404, -32601],
    ['an unknown tool', 200, -32602],
    ['no envelope', 400, -32602],
  ]);
});

test('who listens for changes is told at once that the tools do not change', async () => {
  const { status, text } = await server.send(
    asked('subscriptions/listen', { notifications: { toolsListChanged: true } }),
  );
  expect(status).toBe(200);
  expect(text).toContain('"params":{"notifications":{},');
  expect(text).toContain('"resultType":"complete"');
});

test('what an agent may do wrong is answered alike in both revisions', async () => {
  await using modern = await connectModern(server.http);
  await using connection = await connect(server.http);
  const wrong = { name: 'get_post', arguments: { postid: 'local:1' } };
  const answer = await modern.callTool(wrong);
  expect(answer.isError).toBe(true);
  expect(answer.content).toEqual((await connection.client.callTool(wrong)).content);
});

test('progress arrives before the answer', async () => {
  const waiting = waitingTool();
  await using other = await openHttpAirdate({ tools: [waiting.tool] });
  await using client = await connectModern(other.http);
  const onprogress = vi.fn();
  const call = client.callTool({ name: 'wait', arguments: {} }, { onprogress });
  await eventually(() =>
    expect(onprogress).toHaveBeenCalledWith(expect.objectContaining({ message: 'waiting' })),
  );
  waiting.finish();
  await expect(call).resolves.toMatchObject({ structuredContent: { waited: true } });
});

test('a caller of this revision has its own tools and needs its token too', async () => {
  const { tool } = waitingTool();
  await using guarded = await openHttpAirdate({
    access: tokens({ reader: { tenant: 'own', token: 'reader', level: 'read' } }),
    tools: [tool, { ...tool, name: 'publish', level: 'full' }],
  });
  await using client = await connectModern(guarded.http, 'reader');
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['wait']);
  const { content } = await client.callTool({ name: 'publish', arguments: {} });
  expect(JSON.stringify(content)).toContain('forbidden');
  expect((await guarded.send(asked('tools/list'))).status).toBe(401);
});

test('with AIRDATE_PROTOCOL=legacy a client that can do both speaks the older revision', async () => {
  await using legacy = await openHttpAirdate({ protocol: 'legacy' });
  for (const { http } of [legacy, server]) {
    const client = new ModernClient({ name: 'both', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', http.url)));
    expect(client.getNegotiatedProtocolVersion()).toBe(http === legacy.http ? '2025-11-25' : VERSION);
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    await client.close();
  }
});
