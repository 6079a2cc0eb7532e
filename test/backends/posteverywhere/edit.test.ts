import { describe, expect, it } from 'vitest';
import type { PostEdit } from '../../../src/domain/backend.ts';
import type { Fault } from '../../emulators/emulator.ts';
import { aprilReading, autumnReading } from '../../emulators/posteverywhere-switches.ts';
import {
  ALWAYS,
  codeOf,
  failureOf,
  file,
  HOUR_MS,
  isTo,
  MINUTE_MS,
  NOON,
  open,
  type Setting,
  VIDEO_URL,
} from './support.ts';

const AIRS = NOON + 12 * HOUR_MS;
const LATER = AIRS + 3 * HOUR_MS;
const LATER_UTC = '2026-11-22T03:00:00.000Z';
const onPatch = isTo('PATCH', /./);

function edit(setting: Setting, id: string, changes: PostEdit) {
  return setting.backend.editPost(id, changes, setting.call);
}

function patched(setting: Setting): unknown {
  return setting.sent('PATCH', /./).at(-1)?.json;
}

describe('editing a post', () => {
  it('of its caption is one request that names the caption alone', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ content: 'old', scheduledFor: AIRS });
    const { post, warnings } = await edit(setting, id, { caption: 'new' });
    expect(patched(setting)).toEqual({ content: 'new' });
    expect(post).toMatchObject({ id, status: 'scheduled', caption: 'new', airAt: AIRS });
    expect(warnings).toEqual([]);
    expect(setting.calls()).toEqual([`PATCH /posts/${id}`]);
  });

  it('of its caption to nothing sends a space, and tells', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ content: 'old' });
    const { post, warnings } = await edit(setting, id, { caption: '' });
    expect(patched(setting)).toEqual({ content: ' ' });
    expect(post).not.toHaveProperty('caption');
    expect(warnings).toMatchObject([{ code: 'caption_blank' }]);
  });

  it.each([{}, aprilReading, autumnReading])('of its time sends both names and the zone', async (reading) => {
    await using setting = await open(reading);
    const id = setting.emulator.addPost({ scheduledFor: AIRS, accountIds: [2280, 2284] });
    const { post, warnings } = await edit(setting, id, { airTime: { at: LATER, timezone: 'Europe/Paris' } });
    expect(patched(setting)).toEqual({
      scheduled_for: LATER_UTC,
      scheduled_at: LATER_UTC,
      timezone: 'Europe/Paris',
    });
    expect(post).toMatchObject({ airAt: LATER, timezone: 'Europe/Paris', status: 'scheduled' });
    expect(warnings).toEqual([]);
    setting.clock.set(LATER + MINUTE_MS);
    expect(setting.emulator.published().map(({ publishedAt }) => publishedAt)).toEqual([
      '2026-11-22T03:00:10.000Z',
      '2026-11-22T03:00:10.000Z',
    ]);
  });

  it('of its time tells which accounts it has not reached, after a second look', async () => {
    await using setting = await open({ rescheduleReaches: 'post' });
    const id = setting.emulator.addPost({ scheduledFor: AIRS, accountIds: [2280, 2284] });
    const { post, warnings } = await edit(setting, id, { airTime: { at: LATER, timezone: 'UTC' } });
    expect(post.status).toBe('scheduled');
    expect(warnings).toEqual([
      {
        code: 'time_not_kept',
        message: expect.stringContaining('2026-11-22T00:00:00.000Z'),
        accountIds: ['2280', '2284'],
      },
    ]);
    expect(setting.calls()).toEqual([`PATCH /posts/${id}`, `GET /posts/${id}`]);
    expect(setting.emulator.posts).toHaveLength(1);
  });

  it('of its time that sends the post out at once takes it back', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ scheduledFor: null });
    const data = { id, status: 'publishing', scheduled_for: null };
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { data, error: null } }, onPatch);
    const { post, warnings } = await edit(setting, id, { airTime: { at: LATER, timezone: 'UTC' } });
    expect(post.status).toBe('cancelled');
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
    expect(setting.emulator.posts).toEqual([]);
  });

  it('of a draft’s time tells that it stays a draft, and does not delete it', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ draft: true });
    const { post, warnings } = await edit(setting, id, { airTime: { at: LATER, timezone: 'UTC' } });
    expect(post.status).toBe('draft');
    expect(warnings).toMatchObject([{ code: 'time_not_kept', message: expect.stringContaining('draft') }]);
    expect(setting.emulator.posts).toHaveLength(1);
  });

  it('of options sends what every platform has, with the changes laid over it', async () => {
    await using setting = await open();
    const platformContent = {
      youtube: { content: 'yt', settings: { title: 'old', tags: ['a'] } },
      x: { content: 'x' },
    };
    const id = setting.emulator.addPost({ accountIds: [2282, 2284, 2280], platformContent });
    const { post } = await edit(setting, id, {
      title: 'new',
      options: { tiktok: { allowDuet: false }, youtube: { privacyStatus: 'private' } },
    });
    expect(patched(setting)).toEqual({
      platform_content: {
        youtube: { content: 'yt', settings: { title: 'new', tags: ['a'], privacyStatus: 'private' } },
        x: { content: 'x' },
        tiktok: { settings: { allowDuet: false } },
      },
    });
    expect(post.title).toBe('new');
    expect(setting.calls()).toEqual([`GET /posts/${id}`, `PATCH /posts/${id}`]);
  });

  it('of what the post has no place for is told, and sends nothing', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ accountIds: [2280] });
    const { post, warnings } = await edit(setting, id, {
      title: 'lost',
      options: { x: { caption: 'lost' } },
    });
    expect(warnings).toMatchObject([{ code: 'title_ignored' }]);
    expect(post.id).toBe(id);
    expect(setting.calls()).toEqual([`GET /posts/${id}`]);
  });

  it('of the title refuses angle brackets before anything is sent', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ accountIds: [2282] });
    expect(await codeOf(edit(setting, id, { title: 'a > b' }))).toBe('invalid_parameter');
    expect(setting.sent('PATCH', /./)).toEqual([]);
  });

  it('of the video brings the new one first', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    await edit(setting, id, { content: [{ kind: 'url', url: VIDEO_URL }] });
    const [post] = setting.emulator.posts;
    expect(post?.mediaIds).toHaveLength(1);
    expect(setting.emulator.media(post?.mediaIds[0] ?? '')?.sourceUrl).toBe(VIDEO_URL);
  });

  it('to slides brings every picture', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ accountIds: [2281] });
    const content = ['a', 'b'].map((name) => ({
      kind: 'url' as const,
      url: `https://cdn.example.com/${name}.png`,
    }));
    const { post } = await edit(setting, id, { content, contentType: 'slides' });
    expect(post).toMatchObject({
      contentType: 'slides',
      contentUrl: [expect.any(String), expect.any(String)],
    });
  });

  it('to a time that passed while the video was brought is not sent', async () => {
    await using setting = await open({ pastTime: 'published' });
    const id = setting.emulator.addPost();
    const changes: PostEdit = {
      content: [{ kind: 'url', url: VIDEO_URL }],
      airTime: { at: NOON + 2_000, timezone: 'UTC' },
    };
    expect(await codeOf(edit(setting, id, changes))).toBe('invalid_parameter');
    expect(setting.sent('PATCH', /./)).toEqual([]);
  });

  it('that is out is refused, with the call that shows why', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ scheduledFor: NOON });
    setting.clock.advance(HOUR_MS);
    expect(await failureOf(edit(setting, id, { caption: 'new' }))).toMatchObject({
      code: 'cannot_edit',
      details: {
        field: 'postId',
        next: { tool: 'get_post', arguments: { postId: `posteverywhere:${id}` } },
        upstream: { status: 409 },
      },
    });
  });

  it.each([
    [404, 'not_found', 'not_found'],
    [400, 'past_schedule_time', 'invalid_parameter'],
    [400, 'invalid_post_status', 'cannot_edit'],
    [429, 'rate_limited', 'rate_limited'],
    [500, 'internal_error', 'outcome_unknown'],
  ] as const)('with %i %s is %s', async (status, code, ours) => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.refuse(status, code, onPatch);
    expect(await codeOf(edit(setting, id, { caption: 'new' }))).toBe(ours);
    expect(setting.sent('PATCH', /./)).toHaveLength(1);
  });

  const faults: readonly Fault[] = [
    { kind: 'resetAfterAccept' },
    { kind: 'halfAnswer' },
    { kind: 'errorAfterAccept', status: 500 },
  ];
  it.each(faults)('has an unknown outcome after $kind, and is sent once', async (fault) => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.server.fail(fault, onPatch);
    expect(await codeOf(edit(setting, id, { caption: 'new' }))).toBe('outcome_unknown');
    expect(setting.sent('PATCH', /./)).toHaveLength(1);
    expect(setting.emulator.posts[0]?.content).toBe('new');
  });

  it('has an unknown outcome where it was taken and cannot be read again', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    setting.emulator.server.fail(
      { kind: 'status', status: 200, body: { data: { id }, error: null } },
      onPatch,
    );
    setting.emulator.server.fail({ kind: 'html', status: 502 }, isTo('GET', /./), ALWAYS);
    const failure = await failureOf(edit(setting, id, { caption: 'new' }));
    expect(failure).toMatchObject({
      code: 'outcome_unknown',
      message: expect.stringContaining('took the change'),
    });
  });
});

describe('the plan of an edit', () => {
  it('is the request as it would go out, after one read', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost({ accountIds: [2282, 2284] });
    const changes: PostEdit = {
      caption: 'new',
      title: 'Title',
      airTime: { at: LATER, timezone: 'UTC' },
      content: [{ kind: 'file', url: '/media/clip.mp4', file: file() }],
    };
    const plan = await setting.backend.planEdit(id, changes, setting.call);
    expect(plan.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'POST', 'PATCH']);
    expect(plan.requests.at(-1)).toEqual({
      accountIds: ['2282', '2284'],
      method: 'PATCH',
      url: `${setting.emulator.baseUrl}/posts/${id}`,
      body: {
        content: 'new',
        scheduled_for: LATER_UTC,
        scheduled_at: LATER_UTC,
        timezone: 'UTC',
        platform_content: { youtube: { settings: { title: 'Title' } } },
        media_ids: ['<media id of the upload>'],
      },
    });
    expect(setting.calls()).toEqual([`GET /posts/${id}`]);
  });

  it('is empty where nothing would go out', async () => {
    await using setting = await open();
    const id = setting.emulator.addPost();
    expect(await setting.backend.planEdit(id, { title: 'lost' }, setting.call)).toMatchObject({
      requests: [],
      warnings: [{ code: 'title_ignored' }],
    });
  });
});
