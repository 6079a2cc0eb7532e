import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import type { Access, Identity } from '../../../src/mcp/access.ts';
import { TOOLS, toolsFor } from '../../../src/tools/index.ts';
import { Issuer } from '../../access/issuer.ts';
import { type Door, openDoor } from '../../access/open.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import {
  asked,
  callMessage,
  connect,
  connectSse,
  type HttpAirdate,
  LIST_TOOLS,
  NO_TOKENS,
  openHttpAirdate,
  openSession,
  type Sent,
  tokens,
} from '../../support/http.ts';

const reader: Identity = { tenant: 'own', token: 'reader', level: 'read' };
const writer: Identity = { tenant: 'own', token: 'writer', level: 'full' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** Every route, and what a request there is. */
const ROUTES: readonly Sent[] = [
  { body: LIST_TOOLS },
  { path: '/mcp' },
  { method: 'DELETE' },
  { path: '/sse', until: '\n\n' },
  { path: '/messages', body: LIST_TOOLS },
];
const METADATA_PATH = '/.well-known/oauth-protected-resource';

let server: HttpAirdate;
beforeAll(async () => {
  server = await openHttpAirdate({ access: tokens({ reader, writer }) });
});
afterAll(() => server[Symbol.asyncDispose]());

test.each(ROUTES)('without a token that holds nothing is answered: %o', async (sent) => {
  const none = await server.send(sent);
  expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="airdate"']);
  expect(none.json.error).toMatchObject({
    message: 'A valid bearer token is needed.',
    data: { error: { code: 'unauthenticated', retryable: false, hint: 'Send one.' } },
  });
  const wrong = await server.send({ ...sent, headers: bearer('wrong') });
  expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="airdate", error="invalid_token", error_description="A valid bearer token is needed."',
  ]);
  const inQuery = await server.send({
    ...sent,
    path: `${sent.path ?? '/mcp'}?access_token=writer&token=writer`,
  });
  expect(inQuery.status).toBe(401);
  const right = await server.send({ ...sent, headers: bearer('writer') });
  expect(right.status).not.toBe(401);
});

test.each(['Basic dXNlcjpwYXNz', 'Bearertoken', ''])(
  'who sends no bearer token is not told that it is wrong: "%s"',
  async (authorization) => {
    const { status, headers } = await server.send({ body: LIST_TOOLS, headers: { authorization } });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="airdate"']);
  },
);

test('a body is not read before its sender is known', async () => {
  const body = 'x'.repeat(5 * 1024 * 1024);
  expect((await server.send({ body })).status).toBe(401);
  expect((await server.send({ body, headers: bearer('writer') })).status).toBe(413);
});

test('healthz asks for no token and says nothing but ok', async () => {
  expect((await server.send({ path: '/healthz' })).text).toBe('{"status":"ok"}');
  const { status, text } = await server.send({ method: 'HEAD', path: '/healthz' });
  expect([status, text]).toEqual([200, '']);
});

test('a tool above the level of a caller is neither listed nor run, on any transport', async () => {
  await using http = await connect(server.http, 'reader');
  await using sse = await connectSse(server.http, 'reader');
  for (const client of [http.client, sse]) {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(toolsFor('read').map(({ name }) => name));
    expect(tools.length).toBeLessThan(TOOLS.length);
    const { content } = await client.callTool({ name: 'create_video_post', arguments: {} });
    expect(JSON.stringify(content)).toContain('needs the access level draft; this access has read');
  }
  await using full = await connect(server.http, 'writer');
  expect((await full.client.listTools()).tools).toHaveLength(TOOLS.length);
});

test('the session of one token is not there for another, nor for nobody', async () => {
  const session = { 'mcp-session-id': await openSession(server.http.url, bearer('writer')) };
  for (const sent of [{ body: LIST_TOOLS }, { method: 'GET' }, { method: 'DELETE' }]) {
    expect((await server.send({ ...sent, headers: { ...session, ...bearer('reader') } })).status).toBe(404);
    expect((await server.send({ ...sent, headers: session })).status).toBe(401);
  }
  const own = await server.send({ body: LIST_TOOLS, headers: { ...session, ...bearer('writer') } });
  expect(own.status).toBe(200);
});

test('the legacy session of one token takes no message of another', async () => {
  const stream = await fetch(`${server.http.url}/sse`, { headers: bearer('writer') });
  const events = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const [, path = ''] = /data: (\S+)/.exec((await events?.read())?.value ?? '') ?? [];
  expect((await server.send({ path, body: LIST_TOOLS, headers: bearer('reader') })).status).toBe(404);
  expect((await server.send({ path, body: LIST_TOOLS, headers: bearer('writer') })).status).toBe(202);
  await events?.cancel();
});

test('a token that may do less from now on has lost its sessions', async () => {
  const known: Record<string, Identity> = { changing: writer };
  await using other = await openHttpAirdate({ access: tokens(known) });
  const headers = {
    'mcp-session-id': await openSession(other.http.url, bearer('changing')),
    ...bearer('changing'),
  };
  expect((await other.send({ body: LIST_TOOLS, headers })).status).toBe(200);
  known.changing = { ...writer, accounts: ['local:tiktok'] };
  expect((await other.send({ body: LIST_TOOLS, headers })).status).toBe(404);
});

test('each call is in the log with the name of its token, and no token is', async () => {
  await server.send({ body: callMessage('list_profiles'), headers: bearer('writer') });
  expect(server.log).toContainEqual({
    level: 'info',
    message: 'call',
    facts: expect.objectContaining({ tool: 'list_profiles', token: 'writer', outcome: 'ok' }),
  });
  expect(JSON.stringify(server.log)).not.toContain('Bearer');
  expect(server.log.find(({ facts }) => facts.status === 401)).toMatchObject({
    level: 'warn',
    message: 'refused',
  });
});

test('with OAuth a client is told where tokens come from and what they must hold', async () => {
  const access: Access = {
    required: true,
    metadata: {
      authorizationServers: ['https://login.example.com'],
      scopes: ['airdate:read', 'airdate:full'],
    },
    async identify(authorization) {
      if (authorization === undefined) throw new Failure('unauthenticated', 'A token is needed.');
      throw new Failure('forbidden', 'The token needs the scope "airdate:read".', { field: 'scope' });
    },
  };
  await using guarded = await openHttpAirdate({ access, allowedHosts: ['post.example.com'] });
  const { host } = new URL(guarded.http.url);
  const none = await guarded.send({ body: LIST_TOOLS });
  expect(none.json.error?.message).toBe('A token is needed.');
  expect(none.headers['www-authenticate']).toBe(
    `Bearer realm="airdate", scope="airdate:read airdate:full", resource_metadata="http://${host}${METADATA_PATH}/mcp"`,
  );
  const poor = await guarded.send({ body: LIST_TOOLS, headers: bearer('poor') });
  expect([poor.status, poor.headers['www-authenticate']]).toEqual([
    403,
    'Bearer realm="airdate", error="insufficient_scope", error_description="The token needs the scope  airdate:read .", ' +
      `scope="airdate:read", resource_metadata="http://${host}${METADATA_PATH}/mcp"`,
  ]);
  for (const path of [METADATA_PATH, `${METADATA_PATH}/mcp`]) {
    const headers = { host: 'post.example.com', 'x-forwarded-proto': 'https' };
    const { status, json } = await guarded.send({ path, headers });
    expect([status, json]).toEqual([
      200,
      {
        resource: 'https://post.example.com/mcp',
        authorization_servers: ['https://login.example.com'],
        scopes_supported: ['airdate:read', 'airdate:full'],
        bearer_methods_supported: ['header'],
        resource_name: 'Airdate',
      },
    ]);
  }
  expect((await server.send({ path: METADATA_PATH })).status).toBe(404);
});

describe('with a token of an authorization server, a tool above its scope', () => {
  const clock = new ManualClock();
  let issuer: Issuer;
  let door: Door;
  let guarded: HttpAirdate;
  beforeAll(async () => {
    issuer = await Issuer.open(clock);
    door = await openDoor({ clock, oauth: issuer.settings });
    guarded = await openHttpAirdate({ clock, access: door.access });
  });
  afterAll(async () => {
    for (const one of [guarded, door, issuer]) await one[Symbol.asyncDispose]();
  });
  const asksCancel = { name: 'cancel_post', arguments: { postId: 'local:abc' } };
  const cancel = callMessage(asksCancel.name, asksCancel.arguments);

  test.each<[string, Sent]>([
    ['alone', { body: cancel }],
    ['in a batch', { body: [LIST_TOOLS, cancel] }],
    ['over the legacy transport', { path: '/messages', body: cancel }],
    ['in the revision 2026-07-28', asked('tools/call', asksCancel, { 'mcp-name': 'cancel_post' })],
  ])('is refused %s, with the scope to ask for', async (_, sent) => {
    const headers = bearer(await issuer.sign({ scope: 'airdate:read', tenant: 'acme' }));
    const answer = await guarded.send({ ...sent, headers: { ...sent.headers, ...headers } });
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="airdate", error="insufficient_scope", ' +
        'error_description="insufficient_scope: cancel_post needs the scope airdate:draft.", ' +
        `scope="airdate:draft", resource_metadata="${guarded.http.url}${METADATA_PATH}/mcp"`,
    );
    expect(answer.json.error?.data).toMatchObject({ error: { code: 'forbidden', field: 'scope' } });
    expect(guarded.log.at(-1)).toMatchObject({
      level: 'warn',
      message: 'refused',
      facts: { status: 403, tool: 'cancel_post', token: 'subject:ada' },
    });
  });

  test('has its line in the log for each call of the body, like any other call', async () => {
    const token = await issuer.sign({ scope: 'airdate:read', tenant: 'acme' });
    const lines = async (sent: Sent) => {
      const before = guarded.log.length;
      const headers = { ...sent.headers, ...bearer(token) };
      expect((await guarded.send({ ...sent, headers })).status).toBe(403);
      return guarded.log
        .slice(before)
        .filter(({ message }) => message === 'call')
        .map(({ facts }) => facts);
    };
    const facts = {
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      tool: 'cancel_post',
      client: 'unknown',
      token: 'subject:ada',
      tenant: 'acme',
      arguments: expect.stringMatching(/^[\w-]{16}$/),
      ms: 0,
      outcome: 'forbidden',
    };
    const list = callMessage('list_posts', {}, 4);
    const [first, second, ...more] = await lines({ body: [LIST_TOOLS, list, cancel] });
    expect([first, second, more]).toEqual([{ ...facts, tool: 'list_posts' }, facts, []]);
    expect(first?.id).not.toBe(second?.id);
    const modern = asked('tools/call', asksCancel, { 'mcp-name': 'cancel_post' });
    expect(await lines(modern)).toEqual([{ ...facts, client: 'raw', arguments: second?.arguments }]);
    const session = { 'mcp-session-id': await openSession(guarded.http.url, bearer(token)) };
    expect(await lines({ body: cancel, headers: session })).toEqual([{ ...facts, client: 'raw' }]);
    await using sse = await connectSse(guarded.http, token);
    const before = guarded.log.length;
    await expect(sse.callTool(asksCancel)).rejects.toThrow();
    expect(guarded.log.slice(before).map((line) => line.facts)).toContainEqual({
      ...facts,
      client: 'sse-client',
    });
  });

  test('is named with no more than it needs, and served to who has that', async () => {
    const headers = bearer(await issuer.sign({ scope: 'airdate:draft', tenant: 'acme' }));
    expect((await guarded.send({ body: cancel, headers })).status).toBe(200);
    const approve = callMessage('approve_post', { postId: 'local:abc' });
    const { status, headers: answered } = await guarded.send({ body: approve, headers });
    expect([status, answered['www-authenticate']]).toEqual([
      403,
      expect.stringContaining('scope="airdate:full"'),
    ]);
  });

  test('is refused by the tool itself where the token is one of Airdate’s own', async () => {
    const own = await door.create({ name: 'own-reader', level: 'read' });
    const { status, json } = await guarded.send({ body: cancel, headers: bearer(own) });
    expect([status, JSON.stringify(json.result)]).toEqual([200, expect.stringContaining('forbidden')]);
  });
});

test('who cannot be identified just now is not told that its token is wrong', async () => {
  const failures = [
    new Failure('unavailable', 'The keys cannot be read.', { retryAfterSeconds: 5 }),
    new Error('secret at /etc/secret'),
  ];
  const access: Access = { ...NO_TOKENS, identify: () => Promise.reject(failures.shift()) };
  await using other = await openHttpAirdate({ access });
  const silent = await other.send({ body: LIST_TOOLS });
  expect([silent.status, silent.headers['retry-after'], silent.headers['www-authenticate']]).toEqual([
    503,
    '5',
    undefined,
  ]);
  const broken = await other.send({ body: LIST_TOOLS });
  expect([broken.status, broken.text.includes('secret')]).toEqual([500, false]);
  expect(other.log.find(({ level }) => level === 'error')?.facts.cause).toContain('secret at /etc/secret');
});

test('what a token opened ends with it, also while it listens, and makes room for others', async () => {
  const known: Record<string, Identity> = { reader, writer };
  const bounds = { sessions: 2, sessionCheckMs: 50 };
  await using guarded = await openHttpAirdate({ access: tokens(known), bounds });
  const session = await openSession(guarded.http.url, bearer('writer'));
  const streams = [
    guarded.send({ headers: { ...bearer('writer'), 'mcp-session-id': session } }),
    guarded.send({ path: '/sse', headers: bearer('writer') }),
  ];
  await eventually(() => expect(guarded.http.sessions).toBe(2));
  delete known.writer;
  expect((await Promise.all(streams)).map(({ status }) => status)).toEqual([200, 200]);
  expect(guarded.http.sessions).toBe(0);
  await openSession(guarded.http.url, bearer('reader'));
});

test('a session whose token cannot be checked at the moment goes on', async () => {
  const known = tokens({ writer });
  let isReachable = true;
  let checks = 0;
  const access: Access = {
    ...known,
    async identify(authorization) {
      if (isReachable) return known.identify(authorization);
      checks += 1;
      throw new Failure('unavailable', 'The keys cannot be had.');
    },
  };
  const bounds = { sessions: 1, sessionCheckMs: 20 };
  await using guarded = await openHttpAirdate({ access, bounds });
  const headers = {
    ...bearer('writer'),
    'mcp-session-id': await openSession(guarded.http.url, bearer('writer')),
  };
  isReachable = false;
  // The second says that the first has been gone by.
  await eventually(() => expect(checks).toBeGreaterThan(1));
  isReachable = true;
  expect((await guarded.send({ body: LIST_TOOLS, headers })).status).toBe(200);
});
