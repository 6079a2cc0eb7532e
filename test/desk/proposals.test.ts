import { once } from 'node:events';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { type Airdate, type Answer, newFolder, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { openStdio, runAirdate, type StdioSession } from '../support/process.ts';
import { NO_TERMINAL, startAtTerminal } from '../support/terminal.ts';

const CONTENT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4' };

const draft = (airdate: Airdate) => ({
  accountIds: ['local:tiktok'],
  contentUrl: airdate.media(),
  caption: 'please look at this',
  scheduledTime: '2026-11-21T09:00',
});

test('with draft access a created post waits for a person, and nothing airs', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  const { posts, warnings } = await airdate.call('create_video_post', draft(airdate));
  expect(posts).toMatchObject([
    { status: 'draft', targets: [{ accountId: 'local:tiktok', status: 'draft' }] },
  ]);
  expect(warnings.map(({ code }) => code)).toContain('needs_approval');
  airdate.clock.advance(10 * 3_600_000);
  expect((await airdate.call('list_posts', { status: 'published' })).posts).toEqual([]);
  expect((await airdate.call('list_posts', { status: 'draft' })).posts.map(({ postId }) => postId)).toEqual([
    posts[0]?.postId,
  ]);
});

test('a draft is checked like a post: what would be refused is refused at once', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  const unknown = await airdate.fail('create_video_post', {
    ...draft(airdate),
    accountIds: ['local:tiktik'],
  });
  expect(unknown).toMatchObject({ code: 'not_found', field: 'accountIds' });
  const past = await airdate.fail('create_video_post', {
    ...draft(airdate),
    scheduledTime: '2026-11-01T09:00',
  });
  expect(past).toMatchObject({ code: 'invalid_parameter', field: 'scheduledTime' });
});

test('the same draft asked for twice is one draft', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  const first = await airdate.call('create_video_post', draft(airdate));
  const again = await airdate.call('create_video_post', draft(airdate));
  expect(again.replayed).toBe(true);
  expect(again.posts[0]?.postId).toBe(first.posts[0]?.postId);
});

test('a repeated idempotency key answers what became of the draft', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const keyed = { ...draft(agent), idempotencyKey: 'monday' };
  const { posts } = await agent.call('create_video_post', keyed);
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const approved = await person.call('approve_post', { postId: posts[0]?.postId });
  const again = await agent.call('create_video_post', keyed);
  expect(again).toMatchObject({
    replayed: true,
    posts: [{ postId: approved.posts[0]?.postId, status: 'scheduled' }],
    warnings: [],
  });

  const other = { ...draft(agent), caption: 'another', idempotencyKey: 'tuesday' };
  const made = await agent.call('create_video_post', other);
  await agent.call('cancel_post', { postId: made.posts[0]?.postId });
  expect(await agent.call('create_video_post', other)).toMatchObject({
    replayed: true,
    posts: [{ status: 'cancelled' }],
    warnings: [{ code: 'cancelled_since' }],
  });
});

test('draft access edits and cancels drafts, and nothing that is past that', async () => {
  await using full = await openAirdate();
  const scheduled = await full.call('create_video_post', draft(full));
  await using airdate = await openAirdate({
    level: 'draft',
    home: full.home,
    runner: false,
    clock: full.clock,
  });
  const { posts } = await airdate.call('create_video_post', { ...draft(airdate), caption: 'another' });
  const postId = posts[0]?.postId;
  const edited = await airdate.call('edit_post', {
    postId,
    caption: 'better',
    timezone: 'Asia/Tokyo',
    scheduledTime: '2026-11-22T09:00',
  });
  expect(edited.post).toMatchObject({
    caption: 'better',
    status: 'draft',
    airTime: { utc: '2026-11-22T00:00:00Z' },
  });
  expect((await airdate.call('cancel_post', { postId })).post.status).toBe('cancelled');
  const other = scheduled.posts[0]?.postId;
  expect((await airdate.fail('edit_post', { postId: other, caption: 'mine now' })).code).toBe('forbidden');
  expect((await airdate.fail('cancel_post', { postId: other })).code).toBe('forbidden');
});

test('an approved draft airs as planned, and approving it twice posts once', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const { posts } = await agent.call('create_video_post', draft(agent));
  const postId = posts[0]?.postId;
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const approved = await person.call('approve_post', { postId });
  expect(approved.posts).toMatchObject([{ status: 'scheduled', caption: 'please look at this' }]);
  const again = await person.call('approve_post', { postId });
  expect(again).toMatchObject({ replayed: true, posts: [{ postId: approved.posts[0]?.postId }] });
  expect((await person.fail('edit_post', { postId, caption: 'too late' })).code).toBe('cannot_edit');
  agent.clock.set('2026-11-21T14:00:00Z');
  await eventually(async () => {
    const { post } = await agent.call('get_post', { postId: approved.posts[0]?.postId });
    expect(post.status).toBe('published');
  });
});

test('what was approved and sent is told as such, also where Airdate cannot note down what the draft became', async () => {
  await using airdate = await openAirdate({ level: 'draft', runner: false });
  await using person = await openAirdate({ home: airdate.home, clock: airdate.clock, runner: false });
  const { posts } = await airdate.call('create_video_post', draft(airdate));
  const { query } = person.program.database;
  await sql`create trigger full before update of post_ids_json on proposals begin select raise(abort, 'no space'); end`.execute(
    query,
  );
  const postId = posts[0]?.postId;
  const approved = await person.call('approve_post', { postId });
  expect(approved.posts).toMatchObject([{ status: 'scheduled' }]);
  expect(person.log).toContainEqual(
    expect.objectContaining({ level: 'error', facts: expect.objectContaining({ postId }) }),
  );
  await sql`drop trigger full`.execute(query);
  airdate.clock.advance(5_000);
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post.postId).toBe(approved.posts[0]?.postId);
  });
});

test('a person approves on the command line', async () => {
  await using agent = await openAirdate({ level: 'draft', clock: new ManualClock(Date.now()) });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const { posts } = await agent.call('create_video_post', { ...draft(agent), scheduledTime: tomorrow });
  const approved = await runAirdate(['approve', posts[0]?.postId ?? ''], { AIRDATE_HOME: agent.home });
  expect(approved).toMatchObject({ code: 0, stdout: expect.stringMatching(/^local:\w+ {2}scheduled {2}/) });
  expect((await agent.call('list_posts', { status: 'scheduled' })).posts).toHaveLength(1);
  const nobodys = await runAirdate(['approve', 'local:draft-00'], { AIRDATE_HOME: agent.home });
  expect(nobodys).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no draft local:draft-00'),
  });
});

test('the command line shows the drafts that wait, whole', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const environment = { AIRDATE_HOME: agent.home };
  expect((await runAirdate(['approve'], environment)).stdout).toBe('No draft waits for approval.\n');
  const { posts } = await agent.call('create_video_post', { ...draft(agent), title: 'Look' });
  const shown = await runAirdate(['approve'], environment);
  expect(shown.stdout.split('\n')).toEqual([
    posts[0]?.postId,
    '  By: "test-client"',
    '  When: 2026-11-21 09:00:00 (America/New_York, -05:00)',
    '  Where: tiktok (local:tiktok)',
    `  Video: ${JSON.stringify(agent.media())}`,
    '  caption: "please look at this"',
    '  title: "Look"',
    'airdate approve POST_ID lets one go out.',
    '',
  ]);
  expect(JSON.parse((await runAirdate(['approve', '--json'], environment)).stdout)).toMatchObject([
    { postId: posts[0]?.postId, caption: 'please look at this' },
  ]);
});

test.for([
  ['y', 'scheduled'],
  ['n', 'draft'],
])(
  'at a terminal the draft is shown first; the answer %s leaves it %s',
  async ([answer, status], { skip }) => {
    if (NO_TERMINAL) skip(NO_TERMINAL);
    await using agent = await openAirdate({ level: 'draft', clock: new ManualClock(Date.now()) });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const { posts } = await agent.call('create_video_post', { ...draft(agent), scheduledTime: tomorrow });
    const environment = { AIRDATE_HOME: agent.home };
    const { child, shown } = startAtTerminal(['approve', posts[0]?.postId ?? ''], environment);
    const ended = once(child, 'close');
    await eventually(() => expect(shown()).toContain('[y/N]'));
    child.stdin.write(`${answer}\n`);
    await ended;
    expect(shown()).toMatch(/Where: tiktok.+caption: "please look at this".+Let it go out\?/s);
    expect((await agent.call('list_posts', { status })).posts).toHaveLength(1);
  },
);

test('a draft whose time has passed is not sent: it needs a new time first', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const { posts } = await agent.call('create_video_post', draft(agent));
  agent.clock.advance(24 * 3_600_000);
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const late = await person.fail('approve_post', { postId: posts[0]?.postId });
  expect(late).toMatchObject({ code: 'invalid_parameter', field: 'scheduledTime' });
  expect(late.hint).toContain('edit_post');
  expect((await person.call('list_posts', { status: 'scheduled' })).posts).toEqual([]);
});

test('many drafts are listed page by page before the posts, none twice and none left out', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  for (let number = 0; number < 7; number += 1) {
    await agent.call('create_video_post', { ...draft(agent), caption: `draft ${number}` });
    agent.clock.advance(1_000);
  }
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  await person.call('create_video_post', { ...draft(person), caption: 'a post' });
  const captions: (string | undefined)[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await person.call('list_posts', { limit: 3, ...(cursor && { cursor }) });
    captions.push(...page.posts.map(({ caption }) => caption));
    cursor = page.nextCursor;
  } while (cursor);
  expect(captions).toEqual([...Array.from({ length: 7 }, (_, number) => `draft ${number}`), 'a post']);
});

test('all that an approval lets out is to be seen in the draft, and that it is simulated', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  await using person = await openAirdate({ home: airdate.home, clock: airdate.clock, runner: false });
  const { sound } = await person.call('upload_sound', { soundUrl: 'https://cdn.example.com/song.mp3' });
  const asked = {
    ...CONTENT,
    caption: 'Nice family video',
    title: 'Nice',
    soundId: sound.soundId,
    scheduledTime: '2026-11-21T09:00',
    platformOptions: { tiktok: { caption: 'BUY NOW', privacyLevel: 'SELF_ONLY' } },
  };
  const { posts } = await airdate.call('create_video_post', asked);
  const { post } = await person.call('get_post', { postId: posts[0]?.postId });
  const { accountIds: _, scheduledTime: __, ...shown } = asked;
  expect(post).toMatchObject({ ...shown, status: 'draft', simulated: true, version: expect.any(String) });
  expect((await person.call('list_posts', { status: 'draft' })).posts).toEqual([post]);
});

test('an approval with the version that was shown lets out that, and nothing that was put in its place', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const { posts } = await agent.call('create_video_post', draft(agent));
  const { postId, version } = posts[0] ?? {};
  const edited = await agent.call('edit_post', { postId, caption: 'something else' });
  expect(await person.fail('approve_post', { postId, version })).toMatchObject({
    code: 'conflict',
    next: { tool: 'get_post', arguments: { postId } },
  });
  expect((await person.call('get_post', { postId })).post.status).toBe('draft');
  const approved = await person.call('approve_post', { postId, version: edited.post.version });
  expect(approved.posts).toMatchObject([{ caption: 'something else', status: 'scheduled' }]);
});

test('a draft that was taken back is listed as cancelled', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  const { posts } = await airdate.call('create_video_post', draft(airdate));
  await airdate.call('cancel_post', { postId: posts[0]?.postId });
  const { posts: cancelled } = await airdate.call('list_posts', { status: 'cancelled' });
  expect(cancelled.map(({ postId, status }) => [postId, status])).toEqual([[posts[0]?.postId, 'cancelled']]);
  expect((await airdate.call('list_posts', { status: 'draft' })).posts).toEqual([]);
});

test('what was not sent yet is not tried again; once approved its id stands for the post there, too', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const { posts } = await agent.call('create_video_post', draft(agent));
  const { postId } = posts[0] ?? {};
  const waiting = await person.fail('retry_post', { postId });
  // Whoever follows every next call must not approve by it.
  expect(waiting).toMatchObject({ code: 'cannot_edit', next: { tool: 'get_post', arguments: { postId } } });
  const approved = await person.call('approve_post', { postId });
  const retried = await person.fail('retry_post', { postId });
  expect(retried).toMatchObject(await person.fail('retry_post', { postId: approved.posts[0]?.postId }));
});

test('a draft for accounts that do not go together is one post in sight, and each of its posts is changed by itself', async () => {
  const clock = new ManualClock();
  await using emulator = await openInfinipostEmulator({ clock });
  const environment = { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl };
  await using agent = await openAirdate({ clock, environment, level: 'draft', runner: false });
  await using person = await openAirdate({ clock, environment, home: agent.home, runner: false });
  const accountIds = ['infinipost:acc_tiktok1', 'infinipost:acc_instagram1', 'local:tiktok'];
  const contentUrl = 'https://cdn.example.com/clip.mp4';
  const { posts } = await agent.call('create_video_post', {
    accountIds,
    contentUrl,
    scheduledTime: '2026-11-23T09:00',
  });
  const { postId } = posts[0] ?? {};
  const approved = await person.call('approve_post', { postId });
  expect(approved.posts).toHaveLength(3);
  const { post } = await person.call('get_post', { postId });
  expect(post).toMatchObject({ postId, status: 'scheduled' });
  expect(post.targets.map(({ accountId }) => accountId).sort()).toEqual([...accountIds].sort());
  for (const tool of ['cancel_post', 'retry_post']) {
    const { code, candidates } = await person.fail(tool, { postId });
    expect([code, candidates?.map(({ value }) => value)]).toEqual([
      'invalid_parameter',
      approved.posts.map((one) => one.postId),
    ]);
  }
  await person.call('cancel_post', { postId: approved.posts[0]?.postId });
  expect((await person.call('get_post', { postId })).post.targets.map(({ status }) => status)).toContain(
    'cancelled',
  );
});

test('drafts that are decided on while they are paged through are all shown', async () => {
  await using agent = await openAirdate({ level: 'draft', runner: false });
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    const { posts } = await agent.call('create_video_post', { ...CONTENT, caption: `${index}` });
    made.push(posts[0]?.postId ?? '');
    agent.clock.advance(1_000);
  }
  const shown: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await agent.call('list_posts', { status: 'draft', limit: 3, ...(cursor && { cursor }) });
    shown.push(...page.posts.map(({ postId }) => postId));
    for (const { postId } of page.posts) await agent.call('cancel_post', { postId });
    cursor = page.nextCursor;
  } while (cursor);
  expect(shown).toEqual(made);
});

test('a draft for a vendor is listed with that vendor and with its account', async () => {
  const clock = new ManualClock();
  await using emulator = await openInfinipostEmulator({ clock });
  const environment = { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl };
  await using agent = await openAirdate({ clock, environment, level: 'draft', runner: false });
  const accountId = 'infinipost:acc_tiktok1';
  const { posts } = await agent.call('create_video_post', { ...CONTENT, accountIds: [accountId] });
  const listed = async (filter: object) =>
    (await agent.call('list_posts', filter)).posts.map(({ postId }) => postId);
  const own = [posts[0]?.postId];
  for (const filter of [{}, { accountId }, { backend: 'infinipost' }, { accountId, status: 'draft' }])
    expect(await listed(filter), JSON.stringify(filter)).toEqual(own);
  expect(await listed({ accountId: 'infinipost:acc_instagram1' })).toEqual([]);
  expect(await listed({ accountId: 'local:tiktok' })).toEqual([]);
});

test('a draft is found behind many that do not fit the filters', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  const drafts = Array.from({ length: 25 }, (_, index) => ({ ...CONTENT, caption: `${index}` }));
  for (const one of drafts) await airdate.call('create_video_post', one);
  airdate.clock.advance(1_000);
  const rare = { ...CONTENT, accountIds: ['local:youtube'], title: 'rare' };
  const { posts } = await airdate.call('create_video_post', rare);
  const found = await airdate.call('list_posts', { status: 'draft', platform: 'youtube' });
  expect(found.posts.map(({ postId }) => postId)).toEqual([posts[0]?.postId]);
});

test('a draft that others edit at the same time takes one edit at a time', async () => {
  await using airdate = await openAirdate({ level: 'draft' });
  const { posts } = await airdate.call('create_video_post', draft(airdate));
  const { postId } = posts[0] ?? {};
  const edits = [{ caption: 'new caption' }, { title: 'new title' }];
  const answers = await Promise.all(edits.map((edit) => airdate.result('edit_post', { postId, ...edit })));
  const taken = edits.filter((_, index) => !answers[index]?.isError);
  expect((await airdate.call('get_post', { postId })).post).toMatchObject(Object.assign({}, ...taken));
  const refused = answers.filter(({ isError }) => isError);
  for (const { content } of refused) expect(JSON.stringify(content)).toContain('conflict');
});

test('a tool above the level neither shows nor runs', async () => {
  await using airdate = await openAirdate({ level: 'read' });
  const { tools } = await airdate.client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'list_profiles',
    'list_posts',
    'get_post',
    'list_sounds',
    'get_activity',
  ]);
  expect(await airdate.fail('create_video_post', draft(airdate))).toMatchObject({
    code: 'forbidden',
    message: 'create_video_post needs the access level draft; this access has read.',
    hint: expect.stringContaining('AIRDATE_ACCESS'),
  });
  expect((await airdate.call('get_activity')).activity).toEqual([]);
});

test('a draft that is approved while it is cancelled or edited is either sent as it was or not at all', async () => {
  const home = newFolder();
  await using agent = await openStdio({ AIRDATE_HOME: home, AIRDATE_ACCESS: 'draft' });
  await using person = await openStdio({ AIRDATE_HOME: home });
  const call = async ({ client }: StdioSession, name: string, input: object) =>
    (await client.callTool({ name, arguments: { ...input } })) as CallToolResult & {
      structuredContent: Answer;
    };
  const later = new Date(Date.now() + 86_400_000).toISOString();
  for (let round = 0; round < 12; round += 1) {
    const caption = `round ${round}`;
    const made = await call(agent, 'create_video_post', { ...CONTENT, caption, scheduledTime: later });
    const postId = made.structuredContent.posts[0]?.postId;
    const change =
      round % 2 === 0
        ? (['cancel_post', {}] as const)
        : (['edit_post', { caption: `${caption}, edited` }] as const);
    const [approved, changed] = await Promise.all([
      call(person, 'approve_post', { postId }),
      call(agent, change[0], { postId, ...change[1] }),
    ]);
    const { posts } = (await call(person, 'list_posts', { status: 'scheduled', limit: 100 }))
      .structuredContent;
    const live = posts.filter((post) => post.caption?.startsWith(caption));
    // Whoever came second was refused, or met what the first had made of it.
    expect(approved.isError && changed.isError).toBeFalsy();
    const edited = change[0] === 'edit_post' ? [`${caption}, edited`] : [];
    const left = changed.isError ? [caption] : edited;
    expect(live.map((post) => post.caption)).toEqual(approved.isError ? [] : left);
  }
});

test('the id of an approved draft stands for the post that it became', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const { posts } = await agent.call('create_video_post', draft(agent));
  const postId = posts[0]?.postId;
  await using person = await openAirdate({ home: agent.home, clock: agent.clock, runner: false });
  const approved = await person.call('approve_post', { postId });
  expect((await agent.call('get_post', { postId })).post.postId).toBe(approved.posts[0]?.postId);
  expect((await person.call('cancel_post', { postId })).post).toMatchObject({
    postId: approved.posts[0]?.postId,
    status: 'cancelled',
  });
});

test('a draft is checked again when it is edited', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const { posts } = await agent.call('create_video_post', draft(agent));
  const postId = posts[0]?.postId;
  expect(await agent.fail('edit_post', { postId, contentUrl: '/etc/passwd' })).toMatchObject({
    field: 'contentUrl',
  });
  expect(await agent.fail('edit_post', { postId, caption: 'x'.repeat(5_000) })).toMatchObject({
    field: 'caption',
  });
});

test.each(['draft', 'full'] as const)(
  'a choice of two moments is for the time it was made for: %s',
  async (level) => {
    await using airdate = await openAirdate({ level, runner: false });
    const twice = { scheduledTime: '2027-11-07T01:30', timezone: 'America/New_York', ambiguousTime: 'later' };
    const { posts } = await airdate.call('create_video_post', { ...CONTENT, ...twice });
    const postId = posts[0]?.postId;
    expect(posts[0]?.airTime?.offset).toBe('-05:00');
    expect((await airdate.call('edit_post', { postId, caption: 'new' })).post.airTime?.offset).toBe('-05:00');
    for (const scheduledTime of ['2027-03-14T02:30', '2027-11-07T01:45'])
      expect(await airdate.fail('edit_post', { postId, scheduledTime })).toMatchObject({
        code: 'invalid_parameter',
        candidates: [{}, {}],
      });
    const gap = { postId, scheduledTime: '2027-03-14T02:30', ambiguousTime: 'earlier' };
    expect((await airdate.call('edit_post', gap)).post.airTime?.local).toBe('2027-03-14T01:30:00');
  },
);

test('a token sees and changes no draft for accounts that are not its own', async () => {
  await using agent = await openAirdate({ level: 'draft' });
  const { posts } = await agent.call('create_video_post', draft(agent));
  const postId = posts[0]?.postId;
  const caller = { token: 'other', accounts: ['local:youtube'] };
  await using other = await openAirdate({
    home: agent.home,
    clock: agent.clock,
    runner: false,
    level: 'draft',
    caller,
  });
  expect((await other.fail('edit_post', { postId, caption: 'mine' })).code).toBe('not_found');
  expect((await other.fail('cancel_post', { postId })).code).toBe('not_found');
  expect((await other.call('list_posts')).posts).toEqual([]);
});
