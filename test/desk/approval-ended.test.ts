/** Mirrors src/desk/approvals.ts: an approval that was answered is over, and one that is under way is left alone. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

const DRAFT = {
  accountIds: ['infinipost:acc_tiktok1'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'old text',
  scheduledTime: '2026-11-25T18:30:00Z',
};

/** An agent and a person on one data directory; `openNext` starts another process on it. */
async function openOffice(vendor: 'infinipost' | 'upload-post') {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const infinipost = stack.use(await openInfinipostEmulator({ clock }));
  const uploadPost = stack.use(await openUploadPostEmulator({ clock }));
  const environment =
    vendor === 'infinipost'
      ? { INFINIPOST_API_KEY: infinipost.apiKey, INFINIPOST_BASE_URL: infinipost.baseUrl }
      : { UPLOAD_POST_API_KEY: uploadPost.apiKey, UPLOAD_POST_BASE_URL: uploadPost.baseUrl };
  const agent = stack.use(await openAirdate({ clock, environment, level: 'draft', runner: false }));
  const openNext = (settings: Record<string, string> = environment, runner = true) =>
    openAirdate({ clock, home: agent.home, environment: settings, runner });
  const person = stack.use(await openNext(environment, false));
  const moving = setInterval(() => clock.advance(1_000), 20);
  stack.defer(() => clearInterval(moving));
  const accountIds = vendor === 'infinipost' ? DRAFT.accountIds : ['upload-post:myusername/instagram'];
  const draft = { ...DRAFT, accountIds };
  const { posts } = await agent.call('create_video_post', draft);
  const postId = posts[0]?.postId ?? '';
  return {
    infinipost,
    uploadPost,
    agent,
    person,
    openNext,
    draft,
    postId,
    statusOf: async (id = postId) => (await agent.call('get_post', { postId: id })).post.status,
    /** A younger draft, as a process leaves it that is killed between the approval and what it sends. */
    async leaveOrphan() {
      clock.advance(1_000);
      const younger = await agent.call('create_video_post', { ...DRAFT, accountIds: ['local:tiktok'] });
      const id = younger.posts[0]?.postId ?? '';
      const hash = sql<string>`(select arguments_hash from writes where part = 'draft' order by id desc limit 1)`;
      await agent.program.database.query
        .updateTable('proposals')
        .set({ status: 'approved', approver: 'killed', approved_hash: hash })
        .where('id', '=', id.replace('local:', ''))
        .execute();
      return id;
    },
    /** Until the accounts are answered nothing is sent yet. */
    slowAccounts: (ms: number) =>
      infinipost.server.fail({ kind: 'lateAnswer', ms }, ({ path }) => path === '/v1/accounts'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
type Office = Awaited<ReturnType<typeof openOffice>>;

/** Approves while nothing reaches the vendor and it cannot be asked; answers the id of the unconfirmed post. */
async function approveInVain({ uploadPost, person, postId }: Office): Promise<string> {
  uploadPost.server.fail({ kind: 'resetBeforeRead' }, ({ method }) => method === 'POST', 4);
  expect((await person.fail('approve_post', { postId })).code).toBe('outcome_unknown');
  while (
    (await fetch(`${uploadPost.baseUrl}/upload`, { method: 'POST' }).catch(() => undefined)) === undefined
  );
  const [row] = await person.program.desk.ledger.unsettled('upload-post');
  return `upload-post:~${row?.request_id}`;
}

test('what was answered as unknown is not sent by the next process that starts: it waits again', async () => {
  await using office = await openOffice('upload-post');
  await approveInVain(office);
  await office.person.call('create_video_post', { ...office.draft, idempotencyKey: 'anew' });
  await using next = await office.openNext();
  await eventually(async () => expect(await office.statusOf()).toBe('draft'));
  expect(next.log).not.toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('was sent') }),
  );
  expect(office.uploadPost.uploads()).toHaveLength(1);
  expect(
    (await office.agent.call('edit_post', { postId: office.postId, caption: 'new text' })).changed,
  ).toEqual(['caption']);
});

test('what is found never to have arrived is a draft again, and can be taken back', async () => {
  await using office = await openOffice('upload-post');
  const unconfirmed = await approveInVain(office);
  expect(await office.statusOf(unconfirmed)).toBe('failed');
  const { agent, postId } = office;
  expect((await agent.call('cancel_post', { postId })).post.status).toBe('cancelled');
  await using _ = await office.openNext();
  expect((await office.person.fail('retry_post', { postId: unconfirmed })).code).toBe('conflict');
  expect(office.uploadPost.uploads()).toEqual([]);
});

test('so it is where it is looked for by the id of the draft', async () => {
  await using office = await openOffice('upload-post');
  await approveInVain(office);
  expect(await office.statusOf()).toBe('draft');
  expect((await office.agent.call('cancel_post', { postId: office.postId })).post.status).toBe('cancelled');
});

test('retry_post sends it, and the draft goes by that post', async () => {
  await using office = await openOffice('upload-post');
  const unconfirmed = await approveInVain(office);
  const { post } = await office.person.call('retry_post', { postId: unconfirmed });
  expect((await office.person.call('get_post', { postId: office.postId })).post.postId).toBe(post.postId);
  expect((await office.person.call('approve_post', { postId: office.postId })).replayed).toBe(true);
  expect(office.uploadPost.uploads()).toHaveLength(1);
});

test('what cannot be given back at once is given back later, and sent by nobody meanwhile', async () => {
  await using office = await openOffice('infinipost');
  const { query } = office.person.program.database;
  const full = sql.raw("begin select raise(abort, 'no space'); end");
  await sql`create trigger full before insert on writes when new.backend = 'infinipost' ${full}`.execute(
    query,
  );
  await sql`create trigger full_too before update on proposals when new.status = 'draft' ${full}`.execute(
    query,
  );
  await office.person.fail('approve_post', { postId: office.postId });
  expect(await office.statusOf()).toBe('processing');
  await sql`drop trigger full`.execute(query);
  await using next = await office.openNext();
  await next.call('list_posts');
  expect(office.infinipost.posts.size).toBe(0);
  await sql`drop trigger full_too`.execute(query);
  await eventually(async () => expect(await office.statusOf()).toBe('draft'));
  expect(office.infinipost.posts.size).toBe(0);
});

test('a process that starts leaves alone what another one is about to send', async () => {
  await using office = await openOffice('infinipost');
  office.slowAccounts(3_000);
  const approving = office.person.call('approve_post', { postId: office.postId });
  await eventually(async () => expect(await office.statusOf()).toBe('processing'));
  const orphan = await office.leaveOrphan();
  await using next = await office.openNext({});
  // Drafts are taken up in their order: once this one is sent, the other was passed over.
  await eventually(async () => expect(await office.statusOf(orphan)).toBe('scheduled'));
  expect((await next.fail('cancel_post', { postId: office.postId })).code).toBe('cannot_edit');
  expect(await office.agent.fail('edit_post', { postId: office.postId, caption: 'new' })).toMatchObject({
    code: 'cannot_edit',
    next: { tool: 'get_post', arguments: { postId: office.postId } },
  });
  expect((await approving).posts).toMatchObject([{ caption: 'old text' }]);
  expect(office.infinipost.posts.size).toBe(1);
});

test.each([
  ['cancel_post', {}],
  ['edit_post', { caption: 'new text' }],
])('what was given back to %s while another approval was at it is not sent', async (tool, changes) => {
  await using office = await openOffice('infinipost');
  const { agent, infinipost, postId } = office;
  const wrong = { INFINIPOST_API_KEY: 'sk_live_wrong', INFINIPOST_BASE_URL: infinipost.baseUrl };
  await using other = await office.openNext(wrong, false);
  office.slowAccounts(600);
  office.slowAccounts(2_500);
  const first = other.fail('approve_post', { postId });
  await eventually(async () => expect(await office.statusOf()).toBe('processing'));
  const second = office.person.result('approve_post', { postId });
  expect((await first).code).toBe('unauthenticated');
  expect(await office.statusOf()).toBe('draft');
  await agent.call(tool, { postId, ...changes });
  expect(JSON.stringify(await second)).toMatch(/conflict.*nothing was sent/);
  expect(infinipost.posts.size).toBe(0);
});
