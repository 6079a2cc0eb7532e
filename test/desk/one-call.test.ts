/** The same call is one call, whether it was made to be posted or as a draft that waits for a person. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Airdate, type Answer, newFolder, type Options, openAirdate } from '../support/airdate.ts';
import { FAR_OFF } from '../support/clock.ts';
import { openStdio } from '../support/process.ts';

const CALL = {
  accountIds: ['local:tiktok', 'local:youtube'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
  scheduledTime: '2026-11-22T09:00',
};
const KEYS: [string, string | undefined][] = [
  ['with a key', 'monday'],
  ['without a key', undefined],
];

interface Office extends AsyncDisposable {
  readonly person: Airdate;
  readonly agent: Airdate;
}

/** A person with full access and an agent that may prepare drafts, at one calendar. */
async function open(agents: Options = {}): Promise<Office> {
  const stack = new AsyncDisposableStack();
  const person = stack.use(await openAirdate({ runner: false }));
  const shared = { home: person.home, clock: person.clock, runner: false };
  const agent = stack.use(await openAirdate({ ...shared, level: 'draft', ...agents }));
  return { person, agent, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const all = async ({ person }: Office) => (await person.call('list_posts')).posts;
const codes = ({ warnings }: { warnings: readonly { code: string }[] }) => warnings.map(({ code }) => code);

test.each(KEYS)(
  'a draft that waits stands for it: it is shown, and nothing is posted beside it, %s',
  async (_, key) => {
    await using office = await open();
    const { person, agent } = office;
    const call = { ...CALL, idempotencyKey: key };
    const { posts } = await agent.call('create_video_post', call);
    const again = await person.call('create_video_post', call);
    expect(again).toMatchObject({ replayed: true, posts: [{ status: 'draft', postId: posts[0]?.postId }] });
    expect(codes(again)).toContain('needs_approval');
    expect(await all(office)).toHaveLength(1);
  },
);

test.each(KEYS)('the post that a draft became stands for it, %s', async (_, key) => {
  await using office = await open();
  const { person, agent } = office;
  const call = { ...CALL, idempotencyKey: key };
  const draft = await agent.call('create_video_post', call);
  const approved = await person.call('approve_post', { postId: draft.posts[0]?.postId });
  for (const one of [person, agent]) {
    const again = await one.call('create_video_post', call);
    expect(again).toMatchObject({ replayed: true, posts: [{ postId: approved.posts[0]?.postId }] });
  }
  expect(await all(office)).toHaveLength(1);
});

test.each(KEYS)('a post stands for the draft: nobody is asked and nothing waits, %s', async (_, key) => {
  const asked: string[] = [];
  await using office = await open({
    person: async (text) => {
      asked.push(text);
      return 'accept';
    },
  });
  const { person, agent } = office;
  const call = { ...CALL, idempotencyKey: key };
  const { posts } = await person.call('create_video_post', call);
  const again = await agent.call('create_video_post', call);
  expect(again).toMatchObject({ replayed: true, posts: [{ postId: posts[0]?.postId, status: 'scheduled' }] });
  expect(asked).toEqual([]);
  expect(await all(office)).toHaveLength(1);
});

test('what was taken back stands for nothing: without a key the same call is a new one, in both directions', async () => {
  await using office = await open();
  const { person, agent } = office;
  const draft = await agent.call('create_video_post', CALL);
  await agent.call('cancel_post', { postId: draft.posts[0]?.postId });
  const posted = await person.call('create_video_post', CALL);
  expect(posted).toMatchObject({ replayed: false, posts: [{ status: 'scheduled' }] });
  await person.call('cancel_post', { postId: posted.posts[0]?.postId });
  const drafted = await agent.call('create_video_post', CALL);
  expect(drafted).toMatchObject({ replayed: false, posts: [{ status: 'draft' }] });
});

test('a key that was used for something else is refused in both directions', async () => {
  await using office = await open();
  const { person, agent } = office;
  await agent.call('create_video_post', { ...CALL, idempotencyKey: 'draft' });
  await person.call('create_video_post', { ...CALL, caption: 'other', idempotencyKey: 'post' });
  const others = [
    [person, 'draft'],
    [agent, 'post'],
  ] as const;
  for (const [one, idempotencyKey] of others) {
    const call = { ...CALL, caption: 'something else', idempotencyKey };
    expect(await one.fail('create_video_post', call)).toMatchObject({ code: 'conflict' });
  }
});

test.each([
  ['had kept the draft', true],
  ['had not kept it yet', false],
])('a process that died when it %s leaves one draft, whoever asks next', async (_, kept) => {
  for (const asksNext of ['person', 'agent'] as const) {
    await using office = await open();
    const { agent, program } = { ...office, program: office.agent.program };
    await agent.call('create_video_post', CALL);
    const { query } = program.database;
    await query.updateTable('writes').set({ state: 'sent', owner: 'gone', result_json: null }).execute();
    if (!kept) await query.deleteFrom('proposals').execute();
    const again = await office[asksNext].call('create_video_post', CALL);
    expect(again.replayed).toBe(kept);
    expect(again.posts).toMatchObject([{ status: kept || asksNext === 'agent' ? 'draft' : 'scheduled' }]);
    expect(await all(office)).toHaveLength(1);
  }
});

test('asked both ways in the same moment there is a draft or a post, not both', async () => {
  const home = newFolder();
  await using agent = await openStdio({ AIRDATE_HOME: home, AIRDATE_ACCESS: 'draft' });
  await using person = await openStdio({ AIRDATE_HOME: home });
  for (let round = 0; round < 20; round += 1) {
    const caption = `round ${round}`;
    const call = {
      name: 'create_video_post',
      arguments: { ...CALL, caption, scheduledTime: FAR_OFF },
    };
    await Promise.all([agent, person].map(({ client }) => client.callTool(call)));
    const listed = await person.client.callTool({ name: 'list_posts', arguments: { limit: 100 } });
    const { posts } = listed.structuredContent as unknown as Answer;
    expect(posts.filter((post) => post.caption === caption)).toHaveLength(1);
  }
  rmSync(home, { recursive: true });
});
