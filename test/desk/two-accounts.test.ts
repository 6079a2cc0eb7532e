/** One call for two accounts: what stands of it is never sent again, whatever became of the rest. */
import { describe, expect, test } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { openDraftOffice } from '../support/draft-office.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';

const ONE = 'infinipost:acc_tiktok1';
const TWO = 'infinipost:acc_tiktok2';
const CALL = {
  accountIds: [ONE, TWO],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
  scheduledTime: '2026-11-21T18:30',
};
const KEYS: [string, string | undefined][] = [
  ['without a key', undefined],
  ['with a key', 'monday'],
];

/** A vendor that makes a post of each account, a person with full access, and an agent that may prepare drafts. */
async function open() {
  const office = await openDraftOffice();
  const { vendor, person, agent } = office;
  return {
    ...office,
    /** Has the two posts made, directly or by way of a draft; answers their ids. */
    async make(way: 'post' | 'draft', call: object) {
      const made = await (way === 'post' ? person : agent).call('create_video_post', call);
      const { posts } =
        way === 'post' ? made : await person.call('approve_post', { postId: made.posts[0]?.postId });
      return posts.map(({ postId }) => postId);
    },
    /** What the vendor has for an account; it forgets what it cancelled. */
    on: (accountId: string) =>
      [...vendor.posts.values()].filter((post) => `infinipost:${post.accountId}` === accountId),
  };
}

const codes = ({ warnings }: { warnings: readonly { code: string }[] }) => warnings.map(({ code }) => code);

describe.each(KEYS)('the same call again, %s', (_, idempotencyKey) => {
  const call = { ...CALL, idempotencyKey };

  test.each(['post', 'draft'] as const)('made as a %s, of which one was cancelled', async (way) => {
    await using setting = await open();
    const { person, agent, on } = setting;
    const [, second] = await setting.make(way, call);
    await person.call('cancel_post', { postId: second });
    for (const one of [person, agent]) {
      const again = await one.call('create_video_post', call);
      expect(again.replayed).toBe(true);
      expect(again.warnings).toContainEqual({
        code: 'cancelled_since',
        message: expect.stringMatching(new RegExp(`${second}.*${TWO} alone`)),
        accountIds: [TWO],
      });
    }
    expect([on(ONE).length, on(TWO).length]).toEqual([1, 0]);
    const alone = { ...CALL, accountIds: [TWO], ...(idempotencyKey && { idempotencyKey: 'tuesday' }) };
    expect((await person.call('create_video_post', alone)).replayed).toBe(false);
    expect([on(ONE).length, on(TWO).length]).toEqual([1, 1]);
  });

  test.each(['post', 'draft'] as const)('made as a %s, of which one failed', async (way) => {
    await using setting = await open();
    const { person, agent, vendor, clock } = setting;
    const posts = await setting.make(way, call);
    vendor.failWhenDue(({ accountId }) => `infinipost:${accountId}` === TWO);
    clock.set('2026-11-21T23:31:00Z');
    await person.call('list_posts');
    for (const one of [person, agent]) {
      const again = await one.call('create_video_post', call);
      expect(again).toMatchObject({ replayed: true, posts: posts.map((postId) => ({ postId })) });
      expect(codes(again)).not.toContain('failed_before');
      if (idempotencyKey === undefined)
        expect(again.warnings).toContainEqual({
          code: 'failed_since',
          message: expect.stringMatching(new RegExp(`${posts[1]}.*${TWO}.*no others`)),
          accountIds: [TWO],
        });
    }
    expect(vendor.posts.size).toBe(2);
  });
});

test('what a draft became is not made again beside it while a part of it stands', async () => {
  await using setting = await open();
  const { person, on } = setting;
  const [, second] = await setting.make('draft', CALL);
  await person.call('cancel_post', { postId: second });
  const dry = await person.call('create_video_post', { ...CALL, dryRun: true });
  expect(dry.dryRun).toBe(true);
  await person.call('create_video_post', CALL);
  expect(on(ONE)).toHaveLength(1);
});

test('once all of it is over, the same call is a new one', async () => {
  await using setting = await open();
  const { person, on } = setting;
  const posts = await setting.make('post', CALL);
  for (const postId of posts) await person.call('cancel_post', { postId });
  expect((await person.call('create_video_post', CALL)).replayed).toBe(false);
  expect([on(ONE).length, on(TWO).length]).toEqual([1, 1]);
});

test('a part that is over is made again while another backend keeps what stands there', async () => {
  await using setting = await open();
  const { person, on } = setting;
  const call = { ...CALL, accountIds: [...CALL.accountIds, 'local:youtube'] };
  const { posts } = await person.call('create_video_post', call);
  const local = posts.find(({ backend }) => backend === 'local')?.postId;
  const second = posts.find(({ targets }) => targets[0]?.accountId === TWO)?.postId;
  for (const postId of [local, second]) await person.call('cancel_post', { postId });
  const again = await person.call('create_video_post', call);
  expect(again.posts.filter(({ backend }) => backend === 'local')).toMatchObject([{ status: 'scheduled' }]);
  expect(codes(again)).toContain('cancelled_since');
  expect([on(ONE).length, on(TWO).length]).toEqual([1, 0]);
});

test('one post of which an account failed stands, and the same call tells of that account', async () => {
  const clock = new ManualClock();
  await using sink = await openWebhookSink({ now: clock.now });
  await using airdate = await openAirdate({ clock, environment: sink.environment });
  const call = { ...CALL, accountIds: ['local:tiktok', 'local:youtube'], scheduledTime: undefined };
  sink.server.fail({ kind: 'status', status: 403, body: 'the account is locked' });
  const { posts } = await airdate.call('create_video_post', call);
  const postId = posts[0]?.postId;
  await expect.poll(async () => (await airdate.call('get_post', { postId })).post.status).toBe('partial');
  const again = await airdate.call('create_video_post', call);
  expect(again).toMatchObject({ replayed: true, posts: [{ postId }] });
  const failed = (await airdate.call('get_post', { postId })).post.targets.find(
    ({ status }) => status === 'failed',
  );
  expect(again.warnings).toContainEqual({
    code: 'failed_since',
    message: expect.stringMatching(new RegExp(`${postId}.*${failed?.accountId}.*no others`)),
    accountIds: [failed?.accountId],
  });
  expect(sink.published).toHaveLength(1);
});
