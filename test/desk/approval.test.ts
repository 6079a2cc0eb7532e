import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import type { EmulatorServer } from '../emulators/emulator.ts';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openPosteverywhereEmulator } from '../emulators/posteverywhere.ts';
import { type Airdate, newFolder, openAirdate, type Person } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import {
  connect,
  connectModern,
  connectSse,
  type HttpAirdate,
  openHttpAirdate,
  tokens,
} from '../support/http.ts';
import { openStdio, runAirdate, source } from '../support/process.ts';

const DRAFT = {
  accountIds: ['local:tiktok', 'local:youtube'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'please look at this',
  scheduledTime: '2026-11-21T09:00',
};
const yes: Person = async () => 'accept';
const codes = ({ warnings }: { warnings: readonly { code: string }[] }) => warnings.map(({ code }) => code);

test('a client that can ask its person has a draft approved at once, and it airs as planned', async () => {
  const asked: string[] = [];
  await using airdate = await openAirdate({
    level: 'draft',
    person: async (text) => {
      asked.push(text);
      return 'accept';
    },
  });
  const created = await airdate.call('create_video_post', { ...DRAFT, title: 'Look' });
  expect(created.posts).toMatchObject([{ status: 'scheduled', caption: DRAFT.caption }]);
  expect(codes(created)).not.toContain('needs_approval');
  expect(asked).toEqual([
    [
      'Let this post go out?',
      'When: 2026-11-21 09:00:00 (America/New_York, -05:00)',
      'Where: tiktok (local:tiktok), youtube (local:youtube)',
      'Video: "https://cdn.example.com/clip.mp4"',
      'caption: "please look at this"',
      'title: "Look"',
    ].join('\n'),
  ]);
  airdate.clock.set('2026-11-21T14:00:00Z');
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId: created.posts[0]?.postId });
    expect(post.status).toBe('published');
  });
});

test.each(['decline', 'cancel'] as const)('%s leaves a draft, and nothing airs', async (action) => {
  await using airdate = await openAirdate({ level: 'draft', person: async () => action });
  const created = await airdate.call('create_video_post', DRAFT);
  expect(created.posts).toMatchObject([{ status: 'draft' }]);
  expect(created.warnings).toContainEqual({
    code: 'needs_approval',
    message: expect.stringContaining('was asked and did not approve it'),
  });
  expect((await airdate.call('list_posts', { status: 'scheduled' })).posts).toEqual([]);
});

test('a person who is asked again about the same draft can still say yes, once', async () => {
  const answers: ('accept' | 'decline')[] = ['decline', 'accept'];
  await using airdate = await openAirdate({
    level: 'draft',
    person: async () => answers.shift() ?? 'decline',
  });
  expect((await airdate.call('create_video_post', DRAFT)).posts).toMatchObject([{ status: 'draft' }]);
  expect((await airdate.call('create_video_post', DRAFT)).posts).toMatchObject([{ status: 'scheduled' }]);
  expect((await airdate.call('list_posts')).posts).toHaveLength(1);
});

test('nothing in a caption can pose as another line of the question', async () => {
  const asked: string[] = [];
  await using airdate = await openAirdate({
    level: 'draft',
    person: async (text) => {
      asked.push(text);
      return 'decline';
    },
  });
  await airdate.call('create_video_post', { ...DRAFT, caption: 'nice\nWhere: nowhere\u200b at all' });
  expect(asked[0]).toContain('caption: "nice\\nWhere: nowhere\\u200b at all"');
  expect(asked[0]?.split('\n')).toHaveLength(5);
});

test('a yes is for what was shown: a draft that is changed while the person looks is not sent', async () => {
  const home = newFolder();
  const clock = new ManualClock();
  await using other = await openAirdate({ home, clock, level: 'draft', runner: false });
  await using airdate = await openAirdate({
    home,
    clock,
    level: 'draft',
    runner: false,
    person: async () => {
      const [draft] = (await other.call('list_posts', { status: 'draft' })).posts;
      await other.call('edit_post', { postId: draft?.postId, caption: 'something else' });
      return 'accept';
    },
  });
  expect(await airdate.fail('create_video_post', DRAFT)).toMatchObject({
    code: 'conflict',
    next: { tool: 'get_post' },
  });
  expect((await airdate.call('list_posts')).posts).toMatchObject([
    { status: 'draft', caption: 'something else' },
  ]);
});

test('a call that is given up while the person thinks leaves the draft', async () => {
  const given = new AbortController();
  await using airdate = await openAirdate({
    level: 'draft',
    person: async () => {
      given.abort();
      await new Promise((resolve) => setImmediate(resolve));
      return 'accept';
    },
  });
  const call = airdate.client.callTool({ name: 'create_video_post', arguments: DRAFT }, undefined, {
    signal: given.signal,
  });
  await expect(call).rejects.toThrow();
  await eventually(async () =>
    expect((await airdate.call('list_posts')).posts).toMatchObject([{ status: 'draft' }]),
  );
});

test('who waits for a person is told so before it gives up', async () => {
  const told: (string | undefined)[] = [];
  const answered = Promise.withResolvers<'accept'>();
  await using airdate = await openAirdate({ level: 'draft', person: () => answered.promise });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const call = airdate.client.callTool({ name: 'create_video_post', arguments: DRAFT }, undefined, {
      onprogress: ({ message }) => told.push(message),
    });
    await eventually(async () => {
      vi.advanceTimersByTime(20_000);
      await Promise.resolve();
      expect(told.length).toBeGreaterThan(2);
    });
    expect(new Set(told)).toEqual(new Set(['A person is asked.']));
    answered.resolve('accept');
    expect((await call).isError).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('full access is not asked: it posts by itself', async () => {
  await using airdate = await openAirdate({ person: async () => 'decline' });
  expect((await airdate.call('create_video_post', DRAFT)).posts).toMatchObject([{ status: 'scheduled' }]);
});

test('over stdio a yes counts, unless the settings say never', async () => {
  const later = { ...DRAFT, scheduledTime: new Date(Date.now() + 86_400_000).toISOString() };
  const create = { name: 'create_video_post', arguments: later };
  for (const [setting, status] of [
    ['stdio', 'scheduled'],
    ['never', 'draft'],
  ] as const) {
    const environment = {
      AIRDATE_HOME: newFolder(),
      AIRDATE_ACCESS: 'draft',
      AIRDATE_APPROVE_IN_CLIENT: setting,
    };
    await using session = await openStdio(environment, { person: yes });
    const { structuredContent } = await session.client.callTool(create);
    expect(structuredContent).toMatchObject({ posts: [{ status }] });
  }
});

interface Answered {
  readonly structuredContent?: { readonly posts: readonly { readonly postId: string }[] };
}

/** A call in the form of 2026-07-28, by a client that says that it can ask its person. */
async function askModern(server: HttpAirdate, draft: object, more: object = {}, token = 'agent') {
  return server.send({
    headers: {
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'create_video_post',
    },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'create_video_post',
        arguments: draft,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
          'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
        },
        ...more,
      },
    },
  });
}

const ACCESS = tokens({
  agent: { token: 'agent', tenant: 'own', level: 'draft' },
  other: { token: 'other', tenant: 'own', level: 'draft' },
});
const create = { name: 'create_video_post', arguments: DRAFT };

test('over HTTP the client of a draft token cannot say yes by itself', async () => {
  await using server = await openHttpAirdate({ access: ACCESS });
  await using connection = await connect(server.http, 'agent', yes);
  await using modern = await connectModern(server.http, 'agent', yes);
  for (const client of [connection.client, modern]) {
    const { structuredContent } = await client.callTool(create);
    expect(structuredContent).toMatchObject({ posts: [{ status: 'draft' }] });
  }
});

test('where HTTP clients are trusted to ask, a yes counts in every form of the protocol', async () => {
  await using server = await openHttpAirdate({ access: ACCESS, asksPerson: true, runner: false });
  await using connection = await connect(server.http, 'agent', yes);
  await using sse = await connectSse(server.http, 'agent', yes);
  await using modern = await connectModern(server.http, 'agent', yes);
  for (const [index, client] of [connection.client, sse, modern].entries()) {
    const { structuredContent } = await client.callTool({
      ...create,
      arguments: { ...DRAFT, caption: `number ${index}` },
    });
    expect(structuredContent).toMatchObject({ posts: [{ status: 'scheduled', caption: `number ${index}` }] });
  }
  await using modernNo = await connectModern(server.http, 'agent', async () => 'decline');
  const { structuredContent } = await modernNo.callTool({ ...create, arguments: DRAFT });
  expect(structuredContent).toMatchObject({ posts: [{ status: 'draft' }] });
});

test('a yes without the question, or to another one, asks anew', async () => {
  await using server = await openHttpAirdate({ access: ACCESS, asksPerson: true, runner: false });
  const ask = (caption: string, more: object = {}) => askModern(server, { ...DRAFT, caption }, more);
  const inputResponses = { approval: { action: 'accept', content: {} } };
  const first = await ask('one', { inputResponses });
  expect(first.json.result).toMatchObject({ resultType: 'input_required' });
  const { requestState } = first.json.result as { requestState: string };
  expect((await ask('two', { inputResponses, requestState })).json.result).toMatchObject({
    resultType: 'input_required',
  });
  const forged = `${requestState.slice(0, -4)}AAAA`;
  expect((await ask('one', { inputResponses, requestState: forged })).json.error).toMatchObject({
    code: -32602,
  });
  expect((await ask('one', { inputResponses, requestState })).json.result).toMatchObject({
    structuredContent: { posts: [{ status: 'scheduled', caption: 'one' }] },
  });
});

test('a question is good for ten minutes, and for the one who was asked it', async () => {
  await using server = await openHttpAirdate({ access: ACCESS, asksPerson: true, runner: false });
  const inputResponses = { approval: { action: 'accept', content: {} } };
  const first = await askModern(server, DRAFT);
  const { requestState } = first.json.result as { requestState: string };
  const answer = async (token?: string) => {
    const { json } = await askModern(server, DRAFT, { inputResponses, requestState }, token);
    return json.error?.code ?? json.result;
  };
  expect(await answer('other')).toBe(-32602);
  const now = Date.now();
  try {
    vi.useFakeTimers({ toFake: ['Date'], now: now + 602_000 });
    expect(await answer()).toBe(-32602);
    vi.setSystemTime(now + 598_000);
    expect(await answer()).toMatchObject({ structuredContent: { posts: [{ status: 'scheduled' }] } });
  } finally {
    vi.useRealTimers();
  }
});

const draftOf = (airdate: Airdate) => ({ ...DRAFT, contentUrl: airdate.media() });

test('a file that is not the one any more that was looked at does not air', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const draft = draftOf(agent);
  const { posts } = await agent.call('create_video_post', draft);
  const postId = posts[0]?.postId;
  agent.media('rotated.mp4', 'clip.mp4');
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  expect(await person.fail('approve_post', { postId })).toMatchObject({
    code: 'media_rejected',
    field: 'contentUrl',
    hint: expect.stringContaining('edit_post'),
  });
  expect((await person.call('get_post', { postId })).post.status).toBe('draft');
  await agent.call('edit_post', { postId, contentUrl: draft.contentUrl });
  expect((await person.call('approve_post', { postId })).posts).toMatchObject([{ status: 'scheduled' }]);
});

test('a file that is gone leaves the draft as it is', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const draft = draftOf(agent);
  const { posts } = await agent.call('create_video_post', draft);
  writeFileSync(draft.contentUrl, '');
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  expect((await person.fail('approve_post', { postId: posts[0]?.postId })).field).toBe('contentUrl');
  expect((await person.call('list_posts', { status: 'draft' })).posts).toHaveLength(1);
});

test('who made, changed, approved and cancelled a draft is in the activity', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const { posts } = await agent.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  await agent.call('edit_post', { postId, caption: 'better' });
  const other = await agent.call('create_video_post', { ...DRAFT, caption: 'another' });
  await agent.call('cancel_post', { postId: other.posts[0]?.postId });
  await using person = await openAirdate({
    home: agent.home,
    clock: agent.clock,
    runner: false,
    caller: { token: 'editor' },
  });
  await person.call('approve_post', { postId });
  await using owner = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const { activity } = await owner.call('get_activity');
  const trace = activity.map(({ what, token, postIds }) => [what, token, postIds[0]]);
  expect(trace).toContainEqual(['approve_post', 'editor', postId]);
  expect(trace).toContainEqual(['edit_post', undefined, postId]);
  expect(trace).toContainEqual(['cancel_post', undefined, other.posts[0]?.postId]);
});

test('what hides in a text or in a path is spelled out, and an emoji is left whole', async () => {
  const asked: string[] = [];
  const person: Person = async (text) => {
    asked.push(text);
    return 'decline';
  };
  await using airdate = await openAirdate({ level: 'draft', person });
  const contentUrl = airdate.media('clip.mp4', 'cl\u200bip.mp4');
  const caption = '👩‍🚀 a\u2029Where: nowhere\u{e0061}';
  await airdate.call('create_video_post', { ...DRAFT, contentUrl, caption });
  expect(asked[0]).toContain('cl\\u200bip.mp4');
  expect(asked[0]).toContain('caption: "👩‍🚀 a\\u2029Where: nowhere\\udb40\\udc61"');
});

test('what hides behind a letter or has no shape is spelled out, and what an emoji or a sign needs is left', async () => {
  const asked: string[] = [];
  const person: Person = async (text) => {
    asked.push(text);
    return 'decline';
  };
  await using airdate = await openAirdate({ level: 'draft', person });
  const whole = '❤️‍🔥 1️⃣ 🏳️‍🌈 葛\u{e0100}';
  await airdate.call('create_video_post', {
    ...DRAFT,
    caption: `${whole}\ufe01 a\ufe0f\u{e0161} \u115f\u1160\u3164\uffa0\u2800\u034f\u00ad`,
  });
  const spelled = '\\ufe01 a\\ufe0f\\udb40\\udd61 \\u115f\\u1160\\u3164\\uffa0\\u2800\\u034f\\u00ad';
  expect(asked[0]).toContain(`caption: "${whole}${spelled}"`);
  const { stdout } = await runAirdate(['approve'], { AIRDATE_HOME: airdate.home });
  expect(stdout).toContain(`"${whole}${spelled}"`);
});

test('what is too long to be looked over is not asked: it waits, and the command line shows all of it', async () => {
  let asked = 0;
  const person: Person = async () => {
    asked += 1;
    return 'accept';
  };
  await using airdate = await openAirdate({ level: 'draft', person });
  const { posts } = await airdate.call('create_video_post', {
    ...DRAFT,
    accountIds: ['local:tiktok'],
    caption: `${'\n'.repeat(9_000)}x`,
    platformOptions: { tiktok: { caption: 'what really airs' } },
  });
  expect(asked).toBe(0);
  expect(posts).toMatchObject([{ status: 'draft' }]);
  const { stdout } = await runAirdate(['approve'], { AIRDATE_HOME: airdate.home });
  expect(stdout).toContain('what really airs');
});

test('a yes is good for one post: the same call again answers it, and what was taken back is asked anew', async () => {
  await using server = await openHttpAirdate({ access: ACCESS, asksPerson: true, runner: false });
  const accepted = { inputResponses: { approval: { action: 'accept', content: {} } } };
  const first = await askModern(server, DRAFT);
  const { requestState } = first.json.result as { requestState: string };
  const again = () => askModern(server, DRAFT, { ...accepted, requestState });
  const answers = [await again(), ...(await Promise.all([again(), again(), again()]))];
  const ids = answers.map(({ json }) => (json.result as Answered).structuredContent?.posts[0]?.postId);
  expect(new Set(ids).size).toBe(1);
  const { posts } = await server.airdate.call('list_posts');
  expect(posts).toHaveLength(1);
  await server.airdate.call('cancel_post', { postId: posts[0]?.postId });
  expect((await again()).json.result).toMatchObject({ resultType: 'input_required' });
  expect((await server.airdate.call('list_posts', { status: 'scheduled' })).posts).toEqual([]);
});

test('accounts that could not be looked up are not part of the draft', async () => {
  const clock = new ManualClock();
  await using emulator = await openInfinipostEmulator({ clock });
  const home = newFolder();
  const environment = { INFINIPOST_BASE_URL: emulator.baseUrl };
  const wrong = { ...environment, INFINIPOST_API_KEY: 'sk_live_wrong' };
  await using agent = await openAirdate({ home, clock, level: 'draft', environment: wrong });
  const accountIds = ['local:tiktok', 'infinipost:acc_tiktok1'];
  const { posts, failures } = await agent.call('create_video_post', { ...DRAFT, accountIds });
  expect(failures).toMatchObject([{ accountIds: ['infinipost:acc_tiktok1'] }]);
  await using person = await openAirdate({
    home,
    clock,
    runner: false,
    environment: { ...environment, INFINIPOST_API_KEY: emulator.apiKey },
  });
  const approved = await person.call('approve_post', { postId: posts[0]?.postId });
  const aired = approved.posts.flatMap(({ targets }) => targets.map(({ accountId }) => accountId));
  expect(aired).toEqual(['local:tiktok']);
});

test('bytes that are changed while they are copied do not air', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const contentUrl = agent.media();
  const bytes = readFileSync(contentUrl);
  const free = Buffer.alloc(40 * 1024 * 1024);
  free.writeUInt32BE(free.length, 0);
  free.write('free', 4);
  writeFileSync(contentUrl, Buffer.concat([bytes, free]));
  const { posts } = await agent.call('create_video_post', { ...DRAFT, contentUrl });
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const folder = join(agent.home, 'content');
  const watching = setInterval(() => {
    if (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.part'))) return;
    clearInterval(watching);
    const file = openSync(contentUrl, 'r+');
    writeSync(file, 'EVIL', bytes.length + free.length - 4);
    closeSync(file);
  }, 1);
  const answer = await person.result('approve_post', { postId: posts[0]?.postId });
  clearInterval(watching);
  expect(answer.isError).toBe(true);
  expect((await person.call('list_posts')).posts).toMatchObject([{ status: 'draft' }]);
});

test('over stdio a client of 2026-07-28 is asked, too', async () => {
  const environment = { AIRDATE_HOME: newFolder(), AIRDATE_ACCESS: 'draft' };
  const client = new ModernClient(
    { name: 'modern', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler('elicitation/create', async () => ({ action: 'accept' }));
  const env = { ...process.env, ...environment } as Record<string, string>;
  await client.connect(new ModernStdio({ command: process.execPath, args: [source], env }));
  const scheduledTime = new Date(Date.now() + 86_400_000).toISOString();
  const answer = await client.callTool({ ...create, arguments: { ...DRAFT, scheduledTime } });
  expect(answer.structuredContent).toMatchObject({ posts: [{ status: 'scheduled' }] });
  await client.close();
});

test('what was approved and then deleted at the vendor can be drafted again', async () => {
  const clock = new ManualClock();
  await using emulator = await openInfinipostEmulator({ clock });
  const home = newFolder();
  const environment = { INFINIPOST_BASE_URL: emulator.baseUrl, INFINIPOST_API_KEY: emulator.apiKey };
  await using agent = await openAirdate({ home, clock, level: 'draft', environment });
  const draft = { ...DRAFT, accountIds: ['infinipost:acc_tiktok1'] };
  const first = await agent.call('create_video_post', draft);
  await using person = await openAirdate({ home, clock, runner: false, environment });
  await person.call('approve_post', { postId: first.posts[0]?.postId });
  expect(await agent.call('create_video_post', draft)).toMatchObject({
    replayed: true,
    posts: [{ backend: 'infinipost', status: 'scheduled' }],
  });
  emulator.posts.clear();
  clock.advance(6 * 60_000);
  const anew = await agent.call('create_video_post', draft);
  expect(anew).toMatchObject({ replayed: false, posts: [{ status: 'draft' }] });
  expect(anew.posts[0]?.postId).not.toBe(first.posts[0]?.postId);
});

/** As a process leaves it that is killed between the approval and what it sends. */
const CUT_OFF = {
  status: 'approved',
  approver: 'killed',
  approved_hash: sql<string>`(select arguments_hash from writes where part = 'draft')`,
} as const;

test('what a person approved goes out although the process died over it', async () => {
  const clock = new ManualClock();
  await using agent = await openAirdate({ clock, level: 'draft', runner: false });
  const { posts } = await agent.call('create_video_post', DRAFT);
  await agent.program.database.query.updateTable('proposals').set(CUT_OFF).execute();
  await using next = await openAirdate({ clock, home: agent.home });
  await eventually(async () => {
    const { post } = await next.call('get_post', { postId: posts[0]?.postId });
    expect(post.status).toBe('scheduled');
  });
  clock.set('2026-11-21T14:00:00Z');
  await eventually(async () => {
    const { post } = await next.call('get_post', { postId: posts[0]?.postId });
    expect(post.status).toBe('published');
  });
});

test('it does not go out on an account that another tenant has by now: it waits again', async () => {
  const clock = new ManualClock();
  const caller = { tenant: 'shop', accounts: DRAFT.accountIds };
  await using agent = await openAirdate({ clock, level: 'draft', runner: false, caller });
  const { posts } = await agent.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  await agent.program.database.query.updateTable('proposals').set(CUT_OFF).execute();
  const token = ['token', 'create', 'acme', '--tenant', 'acme', '--accounts', 'local:youtube'];
  await runAirdate(token, { AIRDATE_HOME: agent.home });
  await using next = await openAirdate({ clock, home: agent.home });
  await eventually(async () => expect((await agent.call('get_post', { postId })).post.status).toBe('draft'));
  expect(next.log).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      facts: { postId, error: expect.stringContaining('belongs to the tenant acme by now') },
    }),
  );
  expect(await next.program.database.query.selectFrom('posts').selectAll().execute()).toEqual([]);
});

test('a post that was never a draft is told as what it is', async () => {
  await using airdate = await openAirdate({ runner: false });
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  expect(await airdate.fail('approve_post', { postId })).toMatchObject({
    code: 'cannot_edit',
    message: 'It is no draft but scheduled already.',
    next: { tool: 'get_post', arguments: { postId } },
  });
  expect((await airdate.fail('approve_post', { postId: 'local:none' })).code).toBe('not_found');
});

test('what was to go out at once does not go out long after, unasked: it waits for another yes', async () => {
  const clock = new ManualClock();
  await using agent = await openAirdate({ clock, level: 'draft', runner: false });
  const { scheduledTime: _, ...atOnce } = DRAFT;
  const { posts } = await agent.call('create_video_post', atOnce);
  await agent.program.database.query.updateTable('proposals').set(CUT_OFF).execute();
  clock.advance(24 * 3_600_000);
  await using next = await openAirdate({ clock, home: agent.home });
  await eventually(async () => {
    const { post } = await next.call('get_post', { postId: posts[0]?.postId });
    expect(post.status).toBe('draft');
  });
  expect((await next.call('list_posts', { status: 'published' })).posts).toEqual([]);
});

test.each([
  ['0', 60_000, 'draft'],
  ['600', 5 * 3_600_000, 'published'],
])('how late it may go out unasked is as configured: %s minutes', async (grace, downMs, status) => {
  const clock = new ManualClock();
  await using agent = await openAirdate({ clock, level: 'draft', runner: false });
  const { scheduledTime: _, ...atOnce } = DRAFT;
  const { posts } = await agent.call('create_video_post', atOnce);
  const postId = posts[0]?.postId;
  await agent.program.database.query.updateTable('proposals').set(CUT_OFF).execute();
  clock.advance(downMs);
  await using next = await openAirdate({ clock, home: agent.home, environment: { AIRDATE_GRACE: grace } });
  await eventually(async () => {
    const { post } = await next.call('get_post', { postId });
    expect(post.status).toBe(status);
  });
  expect(next.log).toContainEqual(
    expect.objectContaining({ level: 'warn', facts: expect.objectContaining({ postId }) }),
  );
});

describe('an approval of which a part was sent', () => {
  const accountIds = ['infinipost:acc_tiktok1', 'posteverywhere:2280'];
  const draft = {
    accountIds,
    contentUrl: 'https://cdn.example.com/clip.mp4',
    caption: 'two vendors',
    scheduledTime: '2026-11-25T18:30:00Z',
  };

  async function openOffice() {
    const clock = new ManualClock();
    const stack = new AsyncDisposableStack();
    const infinipost = stack.use(await openInfinipostEmulator({ clock }));
    const posteverywhere = stack.use(await openPosteverywhereEmulator({ clock, requestsPerMinute: 1_000 }));
    const environment = {
      INFINIPOST_API_KEY: infinipost.apiKey,
      INFINIPOST_BASE_URL: infinipost.baseUrl,
      POSTEVERYWHERE_API_KEY: posteverywhere.apiKey,
      POSTEVERYWHERE_BASE_URL: posteverywhere.baseUrl,
    };
    const options = { clock, environment, runner: false };
    const agent = stack.use(await openAirdate({ ...options, level: 'draft' }));
    const person = stack.use(await openAirdate({ ...options, home: agent.home }));
    const moving = setInterval(() => clock.advance(1_000), 20);
    stack.defer(() => clearInterval(moving));
    const { posts } = await agent.call('create_video_post', draft);
    const refuse = (vendor: { server: EmulatorServer }, status: number) =>
      vendor.server.fail(
        { kind: 'status', status, body: { error: { code: 'bad_request', message: 'no' } } },
        ({ method, path }) => method === 'POST' && /\/posts(\/video)?$/.test(path),
      );
    return {
      infinipost,
      posteverywhere,
      agent,
      person,
      refuse,
      postId: posts[0]?.postId ?? '',
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  }

  test('is no draft any more where one part may have arrived: it is neither edited nor made again', async () => {
    await using office = await openOffice();
    const { person, agent, infinipost, posteverywhere, postId } = office;
    office.refuse(infinipost, 400);
    posteverywhere.server.fail(
      { kind: 'errorAfterAccept', status: 502 },
      ({ method, path }) => method === 'POST' && path.endsWith('/posts'),
    );
    const failure = await person.fail('approve_post', { postId });
    expect(failure.code).toBe('outcome_unknown');
    expect((await agent.fail('edit_post', { postId, caption: 'other' })).code).toBe('cannot_edit');
    const again = await person.call('create_video_post', draft);
    expect(again.replayed).toBe(true);
    expect(posteverywhere.posts).toHaveLength(1);
  });

  test('knows all of its posts when the rest follows', async () => {
    await using office = await openOffice();
    const { person, infinipost, posteverywhere, postId } = office;
    office.refuse(posteverywhere, 400);
    const first = await person.call('approve_post', { postId });
    expect(first.failures).toHaveLength(1);
    const second = await person.call('approve_post', { postId });
    expect(second.posts).toHaveLength(2);
    const { post } = await person.call('get_post', { postId });
    expect(post.targets.map(({ accountId }) => accountId).sort()).toEqual(accountIds);
    expect([infinipost.posts.size, posteverywhere.posts.length]).toEqual([1, 1]);
  });
});
