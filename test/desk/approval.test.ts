import { writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { type Airdate, newFolder, openAirdate, type Person } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { connect, connectModern, connectSse, openHttpAirdate, tokens } from '../support/http.ts';
import { openStdio } from '../support/process.ts';

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
  await vi.waitFor(async () => {
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
  expect(asked[0]).toContain('caption: "nice\\nWhere: nowhere at all"');
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
  await vi.waitFor(async () =>
    expect((await airdate.call('list_posts')).posts).toMatchObject([{ status: 'draft' }]),
  );
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

const ACCESS = tokens({ agent: { token: 'agent', tenant: 'own', level: 'draft' } });
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
  const ask = (caption: string, more: object = {}) =>
    server.send({
      headers: {
        authorization: 'Bearer agent',
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
          arguments: { ...DRAFT, caption },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
            'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
          },
          ...more,
        },
      },
    });
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
