/** Orders that no vendor can tell apart: one account, one time, one caption, and another video. */
import { expect, test } from 'vitest';
import { type Everything, openEverything } from '../support/everything.ts';

const DRAFT = { caption: '#daily', scheduledTime: '2026-11-25T18:30:00Z' };

interface Vendor {
  readonly accountIds: readonly string[];
  readonly server: Everything['infinipost']['server'];
  content(letter: 'a' | 'b'): string;
  made(): number;
}

const cdn = (letter: string) => `https://cdn.example.com/${letter}.mp4`;

const VENDORS: Readonly<Record<string, (everything: Everything) => Vendor>> = {
  infinipost: ({ infinipost }) => ({
    accountIds: ['infinipost:acc_tiktok1'],
    server: infinipost.server,
    content: cdn,
    made: () => infinipost.posts.size,
  }),
  posteverywhere: ({ posteverywhere }) => ({
    accountIds: ['posteverywhere:2280'],
    server: posteverywhere.server,
    content: cdn,
    made: () => posteverywhere.posts.length,
  }),
  openshorts: ({ openshorts, uploadPost }) => ({
    accountIds: ['openshorts:myusername/instagram'],
    server: openshorts.server,
    content: (letter) => `openshorts:${openshorts.jobs.completed}/${letter === 'a' ? 0 : 1}`,
    made: () => uploadPost.uploads().length,
  }),
};

async function open(name: string) {
  const everything = await openEverything({ runner: false, ticking: true });
  const vendor = VENDORS[name]?.(everything);
  if (!vendor) throw new Error(`no vendor ${name}`);
  const draftOf = (letter: 'a' | 'b') => ({
    ...DRAFT,
    accountIds: vendor.accountIds,
    contentUrl: vendor.content(letter),
  });
  const isCreate = ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && /\/posts?(\/video)?$/.test(path);
  return {
    ...everything,
    vendor,
    draftOf,
    async lose(letter: 'a' | 'b', kind: 'resetBeforeRead' | 'resetAfterAccept') {
      vendor.server.fail({ kind }, isCreate, 1);
      expect(await everything.airdate.fail('create_video_post', draftOf(letter))).toMatchObject({
        code: 'outcome_unknown',
      });
    },
  };
}

test.each(Object.keys(VENDORS))(
  '%s: one that never arrived is not taken for the one before it, and is sent once that is sure',
  async (name) => {
    await using setting = await open(name);
    const { airdate, vendor, draftOf, lose } = setting;
    const [first] = (await airdate.call('create_video_post', draftOf('a'))).posts;
    await lose('b', 'resetBeforeRead');
    expect(await airdate.fail('create_video_post', draftOf('b'))).toMatchObject({ code: 'outcome_unknown' });
    expect(vendor.made()).toBe(1);
    airdate.clock.advance(15 * 60_000);
    const [second] = (await airdate.call('create_video_post', draftOf('b'))).posts;
    expect(second?.postId).not.toBe(first?.postId);
    expect(vendor.made()).toBe(2);
  },
);

test.each(Object.keys(VENDORS))('%s: one that did arrive is found beside the one before it', async (name) => {
  await using setting = await open(name);
  const { airdate, vendor, draftOf, lose } = setting;
  const [first] = (await airdate.call('create_video_post', draftOf('a'))).posts;
  await lose('b', 'resetAfterAccept');
  const [second] = (await airdate.call('create_video_post', draftOf('b'))).posts;
  expect(second?.postId).not.toBe(first?.postId);
  expect(vendor.made()).toBe(2);
});

test.each(Object.keys(VENDORS))('%s: of two in doubt nobody knows which one arrived', async (name) => {
  await using setting = await open(name);
  const { airdate, vendor, draftOf, lose } = setting;
  await lose('a', 'resetBeforeRead');
  await lose('b', 'resetAfterAccept');
  airdate.clock.advance(15 * 60_000);
  for (const letter of ['a', 'b'] as const)
    expect(await airdate.fail('create_video_post', draftOf(letter))).toMatchObject({
      code: 'outcome_unknown',
    });
  expect(vendor.made()).toBe(1);
});

test('one that was made twice on purpose is two posts', async () => {
  await using setting = await open('infinipost');
  const { airdate, vendor, draftOf } = setting;
  const [first] = (await airdate.call('create_video_post', draftOf('a'))).posts;
  const again = { ...draftOf('a'), idempotencyKey: 'once more' };
  vendor.server.fail({ kind: 'resetBeforeRead' }, ({ method }) => method === 'POST', 1);
  await airdate.fail('create_video_post', again);
  airdate.clock.advance(15 * 60_000);
  const [second] = (await airdate.call('create_video_post', again)).posts;
  expect(second?.postId).not.toBe(first?.postId);
  expect(vendor.made()).toBe(2);
});
