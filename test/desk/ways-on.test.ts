/** What an agent is told can be done with a post that stands. No other backend can do anything with it. */
import { describe, expect, test } from 'vitest';
import type { FailureAnswer } from '../../src/domain/failure.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type Everything, openEverything } from '../support/everything.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'a',
  scheduledTime: '2026-11-25T18:30:00Z',
};

async function newPost({ airdate, openshorts }: Everything, backend: string): Promise<string | undefined> {
  const { profiles } = await airdate.call('list_profiles', { backend });
  const account = profiles[0]?.accounts.find(({ platform }) => platform === 'tiktok')?.accountId;
  const clip = `openshorts:${openshorts.jobs.completed}/0`;
  const draft = { ...DRAFT, accountIds: [account], ...(backend === 'openshorts' && { contentUrl: clip }) };
  const { posts } = await airdate.call('create_video_post', draft);
  return posts[0]?.postId;
}

function namesNoOther({ hint = '' }: FailureAnswer, backend: string): void {
  expect(hint).not.toMatch(/Can: |Configured/);
  for (const name of ['infinipost', 'posteverywhere', 'upload-post', 'openshorts', 'local'])
    if (name !== backend) expect(hint).not.toContain(name);
}

describe('retry_post where the vendor has no retry', () => {
  test.each(['infinipost', 'openshorts'])(
    'of %s: a post that did not fail is left as it is, and never made a second time',
    async (backend) => {
      await using everything = await openEverything({ runner: false, ticking: true });
      const postId = await newPost(everything, backend);
      const error = await everything.airdate.fail('retry_post', { postId });
      expect(error).toMatchObject({
        code: 'cannot_edit',
        field: 'postId',
        message: expect.stringContaining('it is scheduled'),
        next: { tool: 'get_post', arguments: { postId } },
      });
      expect(`${error.message} ${error.hint}`).not.toMatch(/create|anew/);
      namesNoOther(error, backend);
    },
  );

  test('a post that failed is to be made anew, and one that there is not is not found', async () => {
    await using everything = await openEverything({ runner: false });
    const postId = await newPost(everything, 'infinipost');
    for (const post of everything.infinipost.posts.values()) post.status = 'failed';
    const error = await everything.airdate.fail('retry_post', { postId });
    expect(error).toMatchObject({ code: 'unsupported', field: 'postId', backend: 'infinipost' });
    expect(error.hint).toContain('create it anew');
    namesNoOther(error, 'infinipost');
    expect(await everything.airdate.fail('retry_post', { postId: 'infinipost:post_none' })).toMatchObject({
      code: 'not_found',
    });
  });
});

describe('edit_post', () => {
  test.each([
    ['infinipost', { title: 'x' }, 'title', 'caption, scheduledTime, contentUrl, soundId'],
    ['infinipost', { platformOptions: { tiktok: { draft: true } } }, 'platformOptions', 'cancel_post'],
    ['upload-post', { contentUrl: 'https://cdn.example.com/b.mp4' }, 'contentUrl', 'caption, title'],
    ['posteverywhere', { soundId: null }, 'soundId', 'caption, title'],
    ['openshorts', { caption: 'x' }, undefined, 'cancel_post'],
  ])(
    'of %s with %o says what can be changed, or how to make the post anew',
    async (name, change, field, way) => {
      await using everything = await openEverything({ runner: false, ticking: true });
      const postId = await newPost(everything, name);
      const error = await everything.airdate.fail('edit_post', { postId, ...change });
      expect(error).toMatchObject({ code: 'unsupported', ...(field !== undefined && { field }) });
      expect(error.hint).toContain(way);
      namesNoOther(error, name);
    },
  );

  test('with content that the vendor cannot take says what it takes', async () => {
    await using everything = await openEverything({ runner: false });
    const { airdate } = everything;
    const postId = await newPost(everything, 'infinipost');
    const error = await airdate.fail('edit_post', { postId, contentUrl: airdate.media() });
    expect(error).toMatchObject({
      code: 'unsupported',
      field: 'contentUrl',
      hint: 'Pass a public https URL.',
    });
  });

  test('of a post that failed names both ways on: to try it again, or to make it anew', async () => {
    const clock = new ManualClock();
    await using sink = await openWebhookSink({ now: clock.now });
    sink.fail({ kind: 'status', status: 400, body: 'caption holds a banned word' });
    await using airdate = await openAirdate({ clock, environment: sink.environment });
    const { posts } = await airdate.call('create_video_post', { ...DRAFT, scheduledTime: undefined });
    const postId = posts[0]?.postId;
    await eventually(async () => {
      expect((await airdate.call('get_post', { postId })).post.status).toBe('failed');
    });
    const error = await airdate.fail('edit_post', { postId, caption: 'b' });
    expect(error.code).toBe('cannot_edit');
    expect(error.hint).toMatch(/retry_post.*create it anew/);
  });
});

describe('a text that is too long', () => {
  test.each([
    [{ title: 'x'.repeat(101) }, 'title', 'platformOptions.youtube.title'],
    [{ caption: 'x'.repeat(5001) }, 'caption', 'a caption of its own in platformOptions'],
    [
      { platformOptions: { youtube: { caption: 'x'.repeat(5001) } } },
      'platformOptions.youtube.caption',
      'Shorten it;',
    ],
  ])('is told with what fits the field: %#', async (texts, field, hint) => {
    await using airdate = await openAirdate({ runner: false });
    const draft = { ...DRAFT, accountIds: ['local:youtube'] };
    const { posts } = await airdate.call('create_video_post', draft);
    for (const error of [
      await airdate.fail('create_video_post', { ...draft, ...texts }),
      await airdate.fail('edit_post', { postId: posts[0]?.postId, ...texts }),
    ]) {
      expect(error).toMatchObject({ code: 'invalid_parameter', field });
      expect(error.hint).toContain(hint);
      if (field !== 'caption') expect(error.hint).not.toContain('a caption of its own');
    }
  });
});
