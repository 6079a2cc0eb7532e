/** Who may do what, and what is written down of it. */
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { Identity } from '../../src/mcp/access.ts';
import { SentEvents } from '../../src/mcp/event-store.ts';
import { Limits } from '../../src/mcp/limits.ts';
import { openRoutes } from '../../src/mcp/routes.ts';
import { createServer } from '../../src/mcp/server.ts';
import { Sessions } from '../../src/mcp/sessions.ts';
import { TOOLS, toolsFor } from '../../src/tools/index.ts';
import type { VendorEmulator } from '../emulators/emulator.ts';
import { type Airdate, type Answer, openAirdate } from '../support/airdate.ts';
import { openEverything } from '../support/everything.ts';
import {
  asked,
  callMessage,
  connect,
  connectModern,
  connectSse,
  type HttpAirdate,
  INITIALIZE,
  NO_TOKENS,
  openHttpAirdate,
  openSession,
  send,
  tokens,
} from '../support/http.ts';
import { openUse } from '../support/using.ts';

const use = openUse();

const reader: Identity = { tenant: 'own', token: 'reader', level: 'read' };
const writer: Identity = { tenant: 'own', token: 'writer', level: 'full' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('every route that there is wants a token, but those that tell how to come by one and that the server lives', async () => {
  const server = use(await openHttpAirdate({ access: tokens({ writer }) }));
  const { program, clock } = server.airdate;
  using sessions = new Sessions(clock, new Limits().bounds);
  const settings = {
    version: '0',
    tools: TOOLS,
    desk: program.desk,
    log: () => undefined,
    mask: (text: string) => text,
    asksPerson: false,
  };
  const routes = openRoutes({
    access: NO_TOKENS,
    bindings: { ...settings, connect: (caller) => createServer({ ...settings, caller }) },
    sessions,
    events: new SentEvents(clock),
    limits: new Limits(),
  });
  const open: string[] = [];
  for (const [path, route] of routes) {
    const methods = 'methods' in route ? Object.keys(route.methods) : ['GET'];
    for (const method of methods) {
      const { status } = await server.send({
        path,
        method,
        ...(method === 'POST' && { body: '{}' }),
        until: '\n\n',
      });
      if (status !== 401) open.push(`${method} ${path} ${status}`);
    }
  }
  expect(open).toEqual([
    'GET /healthz 200',
    'GET /.well-known/oauth-protected-resource 404',
    'GET /.well-known/oauth-protected-resource/mcp 404',
  ]);
});

interface Spied {
  readonly airdate: Airdate;
  readonly vendors: readonly VendorEmulator[];
  /** A finished clip of OpenShorts. */
  readonly clip: string;
}

async function openSpied(): Promise<Spied> {
  const { airdate, infinipost, posteverywhere, uploadPost, openshorts } = use(
    await openEverything({ ticking: true }),
  );
  const clip = `openshorts:${openshorts.jobs.completed}/0`;
  return { airdate, vendors: [infinipost, posteverywhere, uploadPost, openshorts], clip };
}

/** Every row of every table, as text. */
async function rowsOf({ program }: Airdate): Promise<string[]> {
  const { query } = program.database;
  const tables = [
    'posts',
    'targets',
    'attempts',
    'sounds',
    'writes',
    'proposals',
    'events',
    'known_posts',
    'tokens',
  ] as const;
  const rows = await Promise.all(tables.map((table) => query.selectFrom(table).selectAll().execute()));
  return rows.flatMap((all, index) => all.map((row) => `${tables[index]} ${JSON.stringify(row)}`)).sort();
}

describe('a tool that says it only reads', () => {
  const readers = TOOLS.filter(({ annotations }) => annotations.readOnlyHint);

  test('sends no vendor anything but a question, and changes no row', async () => {
    const { airdate, vendors } = await openSpied();
    const { profiles } = await airdate.call('list_profiles');
    const postIds: string[] = [];
    for (const { backend, accounts } of profiles) {
      const account = accounts.find(({ platform, state }) => platform === 'tiktok' && state === 'ready');
      if (!account || backend === 'openshorts') continue;
      const scheduledTime = new Date(airdate.clock.now() + 30 * 86_400_000).toISOString();
      const contentUrl = 'https://cdn.example.com/clip.mp4';
      const { posts } = await airdate.call('create_video_post', {
        accountIds: [account.accountId],
        contentUrl,
        scheduledTime,
      });
      postIds.push(...posts.map(({ postId }) => postId));
    }
    expect(postIds.length).toBeGreaterThanOrEqual(4);
    await airdate.call('upload_sound', { backend: 'local', soundUrl: 'https://cdn.example.com/a.mp3' });
    const before = await rowsOf(airdate);
    for (const { server } of vendors) server.requests.length = 0;

    const inputs: Record<string, object[]> = {
      list_profiles: [{}, { refresh: true }],
      list_posts: [{}, { limit: 100 }, { status: 'cancelled' }, { platform: 'tiktok' }],
      get_post: [...postIds, 'infinipost:none', 'upload-post:job/none', 'local:none'].map((postId) => ({
        postId,
      })),
      list_sounds: [{}, { query: 'a' }],
      get_activity: [{}, { limit: 1 }],
    };
    expect(Object.keys(inputs).sort()).toEqual(readers.map(({ name }) => name).sort());
    for (const [tool, each] of Object.entries(inputs))
      for (const input of each) await airdate.result(tool, input);

    const asked = vendors.flatMap(({ server }) =>
      server.requests.map(({ method, path }) => `${method} ${path}`),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((request) => !/^(GET|HEAD) /.test(request))).toEqual([]);
    expect(await rowsOf(airdate)).toEqual(before);
  }, 60_000);

  test('a dry run is no more than that', async () => {
    const { airdate, vendors, clip } = await openSpied();
    const { profiles } = await airdate.call('list_profiles');
    const before = await rowsOf(airdate);
    const outcomes = new Set<string>();
    for (const { backend, accounts } of profiles) {
      const accountIds = accounts.filter(({ state }) => state === 'ready').map(({ accountId }) => accountId);
      for (const [kind, contentUrl] of Object.entries({ url: 'https://cdn.example.com/clip.mp4', clip })) {
        const draft = { accountIds, contentUrl, title: 'a title', dryRun: true };
        const { content, structuredContent } = await airdate.result('create_video_post', draft);
        const { plan } = (structuredContent ?? {}) as Partial<Answer>;
        const { error } = JSON.parse(content[0]?.type === 'text' ? content[0].text : '{}');
        outcomes.add(`${backend} ${kind}: ${plan?.requests.length ? 'planned' : error?.code}`);
      }
    }
    // OpenShorts posts its own clips alone, and nobody else can.
    expect([...outcomes].sort()).toEqual([
      'infinipost clip: unsupported',
      'infinipost url: planned',
      'local clip: unsupported',
      'local url: planned',
      'openshorts clip: planned',
      'openshorts url: unsupported',
      'posteverywhere clip: unsupported',
      'posteverywhere url: planned',
      'upload-post clip: unsupported',
      'upload-post url: planned',
    ]);
    const asked = vendors.flatMap(({ server }) => server.requests.map(({ method }) => method));
    expect(asked.filter((method) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
    expect(await rowsOf(airdate)).toEqual(before);
  }, 60_000);

  test('is all that a reader has, and no level has more than its tools', () => {
    expect(toolsFor('read')).toEqual(readers);
    const changes = (level: 'draft' | 'full') => toolsFor(level).filter((tool) => !readers.includes(tool));
    expect(changes('draft').map(({ name }) => name)).toEqual([
      'create_video_post',
      'edit_post',
      'cancel_post',
    ]);
    expect(toolsFor('full')).toEqual(TOOLS);
  });
});

describe('ids', () => {
  test('cannot be guessed: they are random, whatever they are of', async () => {
    await using airdate = await openAirdate({ runner: false });
    const ids: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      const contentUrl = `https://cdn.example.com/${count}.mp4`;
      const draft = { accountIds: ['local:tiktok'], contentUrl, scheduledTime: '2026-12-01T00:00' };
      const { posts } = await airdate.call('create_video_post', draft);
      const { sound } = await airdate.call('upload_sound', {
        soundUrl: `https://cdn.example.com/${count}.mp3`,
      });
      ids.push(posts[0]?.postId ?? '', sound.soundId);
    }
    expect(new Set(ids).size).toBe(80);
    for (const id of ids) expect(id).toMatch(/^local:[a-z0-9]{16}$/);
    // Of ids that follow from one another the next would often begin as the one before.
    const alike = ids.filter((id, index) => id.slice(0, 10) === ids[index - 1]?.slice(0, 10));
    expect(alike).toEqual([]);
  });

  test('of sessions and their events are random too: none tells how much is sent to others', async () => {
    const server = use(await openHttpAirdate());
    const opened = await Promise.all(Array.from({ length: 20 }, () => server.send({ body: INITIALIZE })));
    const events = opened.flatMap(({ text }) => Array.from(text.matchAll(/^id: (.*)$/gm), ([, id]) => id));
    const ids = [...opened.map(({ headers }) => headers['mcp-session-id']), ...events];
    expect(new Set(ids).size).toBe(60);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('of every call there is one line in the log', () => {
  const SECRET = 'a caption that is nobody else’s business';
  const calls = (server: HttpAirdate) =>
    server.log.filter(({ message }) => message === 'call').map(({ facts }) => facts);

  test('with its tool, its client, the name of its token and its outcome, and nothing of its arguments', async () => {
    const access = tokens({ reader, writer });
    const server = use(await openHttpAirdate({ access, bounds: { calls: 2 } }));
    const call = (name: string, input: object, token: string) =>
      server.send({ body: callMessage(name, input), headers: bearer(token) });
    const contentUrl = 'https://cdn.example.com/clip.mp4';
    const draft = { accountIds: ['local:tiktok'], contentUrl, caption: SECRET };
    await call('create_video_post', draft, 'writer');
    await call('create_video_post', { ...draft, accountIds: [SECRET] }, 'writer');
    await call('create_video_post', { ...draft, scheduledTime: '2027-01-01T00:00' }, 'writer');
    await call('get_post', { postId: `local:${SECRET}` }, 'reader');
    await call('cancel_post', { postId: 'local:abc' }, 'reader');
    await call(`no_such_${'x'.repeat(500)}`, { [SECRET]: SECRET }, 'writer');
    const lines = calls(server);
    expect(lines.map(({ tool, token, outcome }) => [String(tool).slice(0, 20), token, outcome])).toEqual([
      ['create_video_post', 'writer', 'ok'],
      ['create_video_post', 'writer', 'invalid_parameter'],
      ['create_video_post', 'writer', 'rate_limited'],
      ['get_post', 'reader', 'not_found'],
      ['cancel_post', 'reader', 'forbidden'],
      ['no_such_xxxxxxxxxxxx', 'writer', 'no_such_tool'],
    ]);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    expect(new Set(lines.map((line) => line.arguments)).size).toBe(lines.length);
    for (const line of lines) {
      expect(line).toMatchObject({ client: expect.any(String), ms: expect.any(Number) });
      expect(JSON.stringify(line).length).toBeLessThan(400);
    }
    expect(JSON.stringify(server.log)).not.toContain(SECRET);
  });

  test('over every transport', async () => {
    const server = use(await openHttpAirdate({ access: tokens({ writer }) }));
    await using one = await connect(server.http, 'writer');
    await one.client.callTool({ name: 'get_activity', arguments: {} });
    await using two = await connectSse(server.http, 'writer');
    await two.callTool({ name: 'get_activity', arguments: {} });
    await using three = await connectModern(server.http, 'writer');
    await three.callTool({ name: 'get_activity', arguments: {} });
    expect(calls(server).map(({ tool, token, outcome }) => [tool, token, outcome])).toEqual(
      Array.from({ length: 3 }, () => ['get_activity', 'writer', 'ok']),
    );
  });

  test('also of one that names no tool, and of one whose arguments are none', async () => {
    const server = use(await openHttpAirdate({ access: tokens({ writer }) }));
    const session = await openSession(server.http.url, bearer('writer'));
    const headers = { 'mcp-session-id': session, ...bearer('writer') };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
    await server.send({ body, headers });
    await server.send({ body: { ...body, params: { name: 5, arguments: { a: 1 } } }, headers });
    await server.send({ body: { ...body, params: { name: 'get_post', arguments: [SECRET] } }, headers });
    const modern = asked('tools/call', { name: 'x'.repeat(500), arguments: 5 }, bearer('writer'));
    await server.send({ ...modern, headers: { ...modern.headers, 'mcp-name': 'x'.repeat(500) } });
    const lines = calls(server);
    expect(lines.map(({ tool, client }) => [tool, client])).toEqual([
      ['', 'raw'],
      ['', 'raw'],
      ['get_post', 'raw'],
      ['x'.repeat(100), 'raw'],
    ]);
    expect(new Set(lines.map((line) => line.id)).size).toBe(4);
    expect(new Set(lines.map((line) => line.arguments)).size).toBe(4);
    for (const line of lines) expect(line).toMatchObject({ token: 'writer', outcome: 'invalid_parameter' });
    expect(JSON.stringify(server.log)).not.toContain(SECRET);
  });

  test('and of every write one row in the ledger, whatever became of it', async () => {
    await using airdate = await openAirdate({ caller: { token: 'writer' }, runner: false });
    const contentUrl = 'https://cdn.example.com/clip.mp4';
    const draft = { accountIds: ['local:tiktok'], contentUrl, scheduledTime: '2026-12-01T00:00' };
    const { posts } = await airdate.call('create_video_post', draft);
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    await airdate.fail('retry_post', { postId: posts[0]?.postId });
    const { activity } = await airdate.call('get_activity');
    expect(activity.map(({ what, token, outcome }) => [what, token, outcome])).toEqual([
      ['retry_post', 'writer', 'refused'],
      ['cancel_post', 'writer', 'done'],
      ['create_video_post', 'writer', 'done'],
    ]);
  });
});

test('whoever is refused is written down without the token that was sent', async () => {
  const access = {
    required: true,
    identify: async () => {
      throw new Failure('unauthenticated', 'A valid bearer token is needed.');
    },
  };
  const server = use(await openHttpAirdate({ access }));
  await send(server.http.url, {
    body: {},
    headers: bearer('canary-token'),
    path: '/mcp?access_token=canary-token',
  });
  expect(server.log).toMatchObject([
    { level: 'warn', message: 'refused', facts: { status: 401, path: '/mcp' } },
  ]);
  expect(JSON.stringify(server.log)).not.toContain('canary');
});
