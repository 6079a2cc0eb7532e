import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../src/domain/failure.ts';
import type { Fault } from '../../emulators/emulator.ts';
import { at, failureOf, openSetting } from './setting.ts';

const isEdit = ({ method }: { method: string }) => method === 'PATCH';

describe('editing a post', () => {
  it('sends what was named, and the sound that the post has', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({ caption: 'old', soundId: 'snd_kept' });
    const { post, warnings } = await setting.backend.editPost(postId, { caption: 'new' }, setting.call);
    expect(setting.calls()).toEqual([`GET /v1/posts/${postId}`, `PATCH /v1/posts/${postId}`]);
    expect(setting.lastBody()).toEqual({ caption: 'new', soundId: 'snd_kept' });
    expect(post).toMatchObject({ id: postId, caption: 'new', soundId: 'snd_kept', status: 'scheduled' });
    expect(warnings).toEqual([]);
    expect(setting.emulator.posts.get(postId)?.soundId).toBe('snd_kept');
  });

  it('moves it in the zone that was asked, and answers the instant', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({ soundId: 'snd_kept' });
    const airTime = at('2026-12-31T08:00:00Z', 'Asia/Singapore');
    const { post, warnings } = await setting.backend.editPost(postId, { airTime }, setting.call);
    expect(setting.lastBody()).toEqual({
      scheduledTime: '2026-12-31T16:00',
      timezone: 'Asia/Singapore',
      soundId: 'snd_kept',
    });
    expect(post).toMatchObject({ airAt: airTime.at, timezone: 'Asia/Singapore', soundId: 'snd_kept' });
    expect(warnings).toEqual([]);
  });

  it('moves it in a zone without summer time where the asked one will not do', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const airTime = at('2027-10-31T01:30:00Z', 'Europe/Paris');
    await setting.backend.editPost(
      postId,
      { airTime: at('2027-10-31T00:30:00Z', 'Europe/Paris') },
      setting.call,
    );
    expect(setting.lastBody()).toEqual({ scheduledTime: '2027-10-31T09:30', timezone: 'Asia/Tokyo' });
    await setting.backend.editPost(postId, { airTime }, setting.call);
    expect(setting.lastBody()).toEqual({ scheduledTime: '2027-10-31T10:30', timezone: 'Asia/Tokyo' });
    expect(setting.emulator.posts.get(postId)?.dueAt).toBe(airTime.at);
  });

  it('warns when the vendor answers with another time than was asked', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const body = {
      postId,
      accountId: 'acc_tiktok1',
      platform: 'tiktok',
      scheduledTime: '2026-12-31T09:00:00Z',
    };
    setting.emulator.server.fail({ kind: 'status', status: 200, body }, isEdit);
    const airTime = at('2026-12-31T08:00:00Z', 'Europe/London');
    const { post, warnings } = await setting.backend.editPost(postId, { airTime }, setting.call);
    expect(post.airAt).toBe(Date.parse('2026-12-31T09:00:00Z'));
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
  });

  it('changes the sound, and removes it where that is asked', async () => {
    await using setting = await openSetting();
    const { soundId } = setting.emulator.addSound();
    const { postId } = setting.emulator.addPost({ soundId: 'snd_old' });
    const changed = await setting.backend.editPost(postId, { soundId }, setting.call);
    expect(setting.lastBody()).toEqual({ soundId });
    expect(changed.post.soundId).toBe(soundId);
    const removed = await setting.backend.editPost(postId, { soundId: null }, setting.call);
    expect(setting.lastBody()).toEqual({});
    expect(removed.post).not.toHaveProperty('soundId');
  });

  it('warns that Instagram takes no sound, and does not send it there', async () => {
    await using setting = await openSetting();
    const { soundId } = setting.emulator.addSound();
    const { postId } = setting.emulator.addPost({ accountId: 'acc_instagram1' });
    const edit = { caption: 'new', soundId };
    const { warnings } = await setting.backend.editPost(postId, edit, setting.call);
    expect(setting.lastBody()).toEqual({ caption: 'new' });
    expect(warnings).toMatchObject([{ code: 'sound_ignored', accountIds: ['acc_instagram1'] }]);
  });

  it('keeps the sound that a rendered slideshow has on Instagram', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({
      accountId: 'acc_instagram1',
      contentType: 'slides',
      soundId: 'snd_rendered',
    });
    await setting.backend.editPost(postId, { caption: 'new' }, setting.call);
    expect(setting.lastBody()).toEqual({ caption: 'new', soundId: 'snd_rendered' });
  });

  it('puts a new video in the place of the old one', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const url = 'https://example.com/other.mp4';
    await setting.backend.editPost(postId, { content: [{ kind: 'url', url }] }, setting.call);
    expect(setting.lastBody()).toEqual({ contentType: 'video', contentUrl: url });
    expect(setting.emulator.posts.get(postId)?.sourceUrl).toBe(url);
  });

  it.each([1, 3])('turns a video into slides: %i of them', async (count) => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const urls = Array.from({ length: count }, (_, nth) => `https://example.com/${nth}.jpg`);
    const content = urls.map((url) => ({ kind: 'url', url }) as const);
    const { post } = await setting.backend.editPost(postId, { contentType: 'slides', content }, setting.call);
    expect(setting.lastBody()).toEqual({ contentType: 'slides', contentUrl: urls });
    expect(post.contentType).toBe('slides');
    expect(post.contentUrl).toHaveLength(count);
  });

  it('wants the content together with its kind', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const failure = await failureOf(setting.backend.editPost(postId, { contentType: 'video' }, setting.call));
    expect(failure.toAnswer()).toMatchObject({ code: 'invalid_parameter', field: 'contentUrl' });
    expect(setting.calls()).toEqual([`GET /v1/posts/${postId}`]);
  });

  it('works while a slideshow is rendered, and says so', async () => {
    await using setting = await openSetting();
    const readyAt = setting.emulator.server.clock.now() + 30_000;
    const { postId } = setting.emulator.addPost({ contentType: 'slides', status: 'pending_render', readyAt });
    const { post } = await setting.backend.editPost(postId, { caption: 'new' }, setting.call);
    expect(post).toMatchObject({ status: 'processing', backendStatus: 'pending_render', caption: 'new' });
  });

  it('shows what would go out in a dry run, after a read alone', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({ soundId: 'snd_kept' });
    const plan = await setting.backend.planEdit(postId, { caption: 'new' }, setting.call);
    expect(setting.calls()).toEqual([`GET /v1/posts/${postId}`]);
    expect(plan.requests).toEqual([
      {
        accountIds: ['acc_tiktok1'],
        method: 'PATCH',
        url: `${setting.emulator.baseUrl}/v1/posts/${postId}`,
        body: { caption: 'new', soundId: 'snd_kept' },
      },
    ]);
  });
});

describe('an edit that is refused', () => {
  it.each([400, 409] as const)(
    'is too late when the post is out, told with status %i',
    async (cannotEditStatus) => {
      await using setting = await openSetting({ cannotEditStatus });
      const { postId } = setting.emulator.addPost({ status: 'posted', soundId: 'snd_kept' });
      const failure = await failureOf(setting.backend.editPost(postId, { caption: 'new' }, setting.call));
      expect(failure.toAnswer()).toMatchObject({
        code: 'cannot_edit',
        field: 'postId',
        upstream: { status: cannotEditStatus, code: 'cannot_edit' },
      });
    },
  );

  it('knows no such post, and no such sound', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const post = await failureOf(setting.backend.editPost('post_gone', { caption: 'new' }, setting.call));
    expect(post.toAnswer()).toMatchObject({ code: 'not_found', backend: 'infinipost' });
    expect(post.message).toContain('There is no post post_gone on infinipost.');
    const sound = await failureOf(setting.backend.editPost(postId, { soundId: 'snd_gone' }, setting.call));
    expect(sound.code).toBe('not_found');
    expect(sound.message).toContain('snd_gone');
  });

  it.each<[string, Fault, FailureCode]>([
    ['the connection is reset after it was accepted', { kind: 'resetAfterAccept' }, 'outcome_unknown'],
    ['a 5xx after it was accepted', { kind: 'errorAfterAccept', status: 503 }, 'outcome_unknown'],
    ['half an answer', { kind: 'halfAnswer' }, 'outcome_unknown'],
    ['too many requests', { kind: 'status', status: 429 }, 'rate_limited'],
  ])('or goes wrong on its way is not sent again: %s', async (_, fault, code) => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    setting.emulator.server.fail(fault, isEdit);
    const failure = await failureOf(setting.backend.editPost(postId, { caption: 'new' }, setting.call));
    expect(failure.code).toBe(code);
    expect(setting.calls().filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
  });
});
