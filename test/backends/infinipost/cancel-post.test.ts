import { describe, expect, it } from 'vitest';
import { cancelById } from '../../support/call.ts';
import { failureOf, is, openSetting } from './setting.ts';

const isDelete = is('DELETE', '/v1/posts');
const answer = (body: unknown) => ({ kind: 'status', status: 200, body }) as const;

describe('cancelling a post', () => {
  it('deletes it, and answers it as it was', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost({ caption: 'to go', soundId: 'snd_1' });
    const { post, warnings } = await cancelById(setting.backend, postId);
    expect(setting.calls()).toEqual([`GET /v1/posts/${postId}`, 'DELETE /v1/posts']);
    expect(setting.lastBody()).toEqual({ postIds: [postId] });
    expect(post).toMatchObject({
      id: postId,
      status: 'cancelled',
      caption: 'to go',
      soundId: 'snd_1',
      targets: [{ accountId: 'acc_tiktok1', platform: 'tiktok', status: 'cancelled' }],
    });
    expect(warnings).toEqual([]);
    setting.advance(2 * 86_400_000);
    expect(setting.emulator.published()).toEqual([]);
  });

  it('works while a slideshow is rendered', async () => {
    await using setting = await openSetting();
    const readyAt = setting.emulator.server.clock.now() + 30_000;
    const { postId } = setting.emulator.addPost({ contentType: 'slides', status: 'pending_render', readyAt });
    const { post } = await cancelById(setting.backend, postId);
    expect(post.status).toBe('cancelled');
  });

  it.each(['posted', 'failed'] as const)(
    'is too late when the post has %s, which is told inside a success',
    async (status) => {
      await using setting = await openSetting();
      const { postId } = setting.emulator.addPost({ status });
      const failure = await failureOf(cancelById(setting.backend, postId));
      expect(failure.toAnswer()).toMatchObject({
        code: 'cannot_edit',
        field: 'postId',
        backend: 'infinipost',
      });
      expect(failure.message).toContain('can be deleted');
      expect(setting.emulator.posts.has(postId)).toBe(true);
    },
  );

  it('of a post that is not there finds nothing', async () => {
    await using setting = await openSetting();
    expect((await failureOf(cancelById(setting.backend, 'post_gone'))).code).toBe('not_found');
    expect(setting.calls()).toEqual(['GET /v1/posts/post_gone']);
  });

  it('of a post that went away in between finds nothing', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    const failed = [{ id: postId, error: { code: 'not_found' }, message: `Post ${postId} not found` }];
    setting.emulator.server.fail(answer({ deleted: [], failed }), isDelete);
    expect((await failureOf(cancelById(setting.backend, postId))).code).toBe('not_found');
  });

  it.each([
    ['names it nowhere', answer({ deleted: [], failed: [] })],
    ['is reset', { kind: 'resetAfterAccept' }],
    ['is a 5xx', { kind: 'errorAfterAccept', status: 500 }],
  ] as const)('has an unknown outcome when the answer %s', async (_, fault) => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    setting.emulator.server.fail(fault, isDelete);
    expect((await failureOf(cancelById(setting.backend, postId))).code).toBe('outcome_unknown');
    expect(setting.calls()).toEqual([`GET /v1/posts/${postId}`, 'DELETE /v1/posts']);
  });

  it('says what the words of the vendor are, without an id in them', async () => {
    await using setting = await openSetting();
    const { postId } = setting.emulator.addPost();
    setting.emulator.server.fail(
      answer({ deleted: [], failed: [{ postId, why: 'too\u0007 late' }, 7] }),
      isDelete,
    );
    const failure = await failureOf(cancelById(setting.backend, postId));
    expect(failure.message).toBe('infinipost no longer cancels this post. It says: "too  late"');
  });
});
