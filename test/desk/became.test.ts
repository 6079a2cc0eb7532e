/** The id of an approved draft stands for all that was sent of it, also for what nobody knows to have arrived. */
import { expect, test } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { openDraftOffice } from '../support/draft-office.ts';
import { eventually } from '../support/eventually.ts';

const ACCOUNT = 'infinipost:acc_tiktok1';
const DRAFT = {
  accountIds: ['local:tiktok', ACCOUNT],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
  scheduledTime: '2026-11-25T18:30',
};

/** A draft that was approved while the vendor's answer was lost. */
async function openApproved(fault: 'resetAfterAccept' | 'resetBeforeRead', draft: object = DRAFT) {
  const office = await openDraftOffice();
  const { vendor, person, agent } = office;
  const { posts } = await agent.call('create_video_post', draft);
  const postId = posts[0]?.postId ?? '';
  vendor.server.fail({ kind: fault }, ({ method }) => method === 'POST');
  await person.result('approve_post', { postId });
  const [row] = await person.program.desk.ledger.unsettled('infinipost');
  const unknown = `infinipost:~${row?.request_id}`;
  return {
    ...office,
    postId,
    unknown,
  };
}

const accountsOf = ({ targets }: { targets: readonly { accountId: string; status: string }[] }) =>
  Object.fromEntries(targets.map(({ accountId, status }) => [accountId, status]));

test('what arrived without an answer is shown with the rest, and a cancellation names both', async () => {
  await using setting = await openApproved('resetAfterAccept');
  const { person, vendor, postId } = setting;
  const { post } = await person.call('get_post', { postId });
  expect(accountsOf(post)).toEqual({ 'local:tiktok': 'scheduled', [ACCOUNT]: 'scheduled' });
  const refused = await person.fail('cancel_post', { postId });
  expect(refused).toMatchObject({ code: 'invalid_parameter', field: 'postId' });
  expect(refused.candidates).toHaveLength(2);
  for (const { value } of refused.candidates ?? []) await person.call('cancel_post', { postId: value });
  expect(vendor.posts.size).toBe(0);
  expect((await person.call('get_post', { postId })).post.status).toBe('cancelled');
});

test('nobody edits it as if a part of it were all', async () => {
  await using setting = await openApproved('resetAfterAccept');
  const { person, postId } = setting;
  const refused = await person.fail('edit_post', { postId, caption: 'another' });
  expect(refused.code).toBe('cannot_edit');
  for (const part of [/local:/, /infinipost:post_/]) expect(refused.hint).toMatch(part);
});

test('what never arrived is shown as such, and once retry_post sent it, as what was sent', async () => {
  await using setting = await openApproved('resetBeforeRead');
  const { person, vendor, clock, postId, unknown } = setting;
  clock.advance(10 * 60_000);
  expect(accountsOf((await person.call('get_post', { postId })).post)).toEqual({
    'local:tiktok': 'scheduled',
    [ACCOUNT]: 'failed',
  });
  expect(accountsOf((await person.call('get_post', { postId })).post)[ACCOUNT]).toBe('failed');
  const { post } = await person.call('retry_post', { postId: unknown });
  expect(accountsOf((await person.call('get_post', { postId })).post)).toEqual({
    'local:tiktok': 'scheduled',
    [ACCOUNT]: 'scheduled',
  });
  const { candidates = [] } = await person.fail('cancel_post', { postId });
  expect(candidates.map(({ value }) => value)).toContain(post.postId);
  expect(vendor.posts.size).toBe(1);
});

test('the same call again shows all of it', async () => {
  await using setting = await openApproved('resetAfterAccept');
  const { person, agent, vendor } = setting;
  for (const one of [person, agent]) {
    const { posts, replayed } = await one.call('create_video_post', DRAFT);
    expect(replayed).toBe(true);
    expect(posts.map(({ backend, status }) => [backend, status]).sort()).toEqual([
      ['infinipost', 'scheduled'],
      ['local', 'scheduled'],
    ]);
  }
  expect(vendor.posts.size).toBe(1);
});

test('one that was sent and is found after a long time is shown as the post that it became', async () => {
  const { scheduledTime: _, ...now } = { ...DRAFT, accountIds: [ACCOUNT] };
  await using setting = await openApproved('resetAfterAccept', now);
  const { clock, shared, postId } = setting;
  clock.advance(30 * 60_000);
  await using next = await openAirdate(shared);
  await eventually(async () => {
    const { post } = await next.call('get_post', { postId });
    expect(post).toMatchObject({ backend: 'infinipost', status: 'published' });
  });
});

test('a draft that is being sent is on its way, and nothing of it is looked for as if it were lost', async () => {
  await using setting = await openApproved('resetBeforeRead');
  const { person, agent, vendor, clock } = setting;
  const draft = { ...DRAFT, accountIds: [ACCOUNT], caption: 'on its way' };
  const { posts } = await agent.call('create_video_post', draft);
  const postId = posts[0]?.postId;
  const { promise, resolve } = Promise.withResolvers<void>();
  vendor.server.fail({ kind: 'lateAnswer', ms: 600 }, ({ method }) => {
    if (method === 'POST') resolve();
    return method === 'POST';
  });
  const approval = person.call('approve_post', { postId });
  await promise;
  clock.advance(10 * 60_000);
  expect((await agent.call('get_post', { postId })).post.status).toBe('processing');
  expect((await person.fail('cancel_post', { postId })).code).toBe('cannot_edit');
  await approval;
  expect((await agent.call('get_post', { postId })).post.status).toBe('scheduled');
});

test.each(['a draft', 'a post'])(
  '%s for two accounts of which nobody knows is shown whole, and cancelled by its parts',
  async (way) => {
    const both = { ...DRAFT, accountIds: [ACCOUNT, 'infinipost:acc_tiktok2'] };
    await using setting = await openApproved('resetAfterAccept', both);
    const { person, vendor, unknown } = setting;
    const postId = way === 'a draft' ? setting.postId : unknown;
    const { post } = await person.call('get_post', { postId });
    expect(accountsOf(post)).toEqual({ [ACCOUNT]: 'scheduled', 'infinipost:acc_tiktok2': 'scheduled' });
    const calls: [string, object][] = [
      ['cancel_post', {}],
      ['retry_post', {}],
      ...(way === 'a post' ? [['edit_post', { caption: 'another' }] satisfies [string, object]] : []),
    ];
    for (const [tool, more] of calls) {
      const refused = await person.fail(tool, { postId, ...more });
      expect(refused).toMatchObject({ code: 'invalid_parameter', field: 'postId' });
      expect(refused.candidates).toHaveLength(2);
    }
    const { candidates = [] } = await person.fail('cancel_post', { postId });
    await person.call('cancel_post', { postId: candidates[0]?.value });
    expect(vendor.posts.size).toBe(1);
    expect((await person.call('get_post', { postId })).post.status).toBe('scheduled');
  },
);
