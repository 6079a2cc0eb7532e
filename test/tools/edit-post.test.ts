import { describe, expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'as it was',
  title: 'Title',
  scheduledTime: '2026-12-24T18:30',
  timezone: 'Europe/Paris',
};

async function newPost(airdate: Airdate, change: object = {}): Promise<string> {
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, ...change });
  return posts[0]?.postId ?? '';
}

/** A post as it stands, less when it was changed. */
async function standing(airdate: Airdate, postId: string) {
  const { updatedAt: _, ...post } = (await airdate.call('get_post', { postId })).post;
  return post;
}

describe('what was not named stays', () => {
  test.each<[string, object, object]>([
    ['caption', { caption: 'new' }, { caption: 'new' }],
    ['an empty caption', { caption: '' }, { caption: '' }],
    ['title', { title: 'New' }, { title: 'New' }],
    [
      'contentUrl',
      { contentUrl: 'https://cdn.example.com/new.mp4' },
      { contentUrl: 'https://cdn.example.com/new.mp4' },
    ],
    ['soundId: null', { soundId: null }, { soundId: undefined }],
  ])('when %s changes', async (_, edit, expected) => {
    await using airdate = await openAirdate();
    const { sound } = await airdate.call('upload_sound', { soundUrl: airdate.media('tone.mp3') });
    const postId = await newPost(airdate, { soundId: sound.soundId });
    const before = await standing(airdate, postId);
    const { changed, post, warnings, dryRun } = await airdate.call('edit_post', { postId, ...edit });
    expect({ changed, warnings, dryRun }).toEqual({
      changed: Object.keys(edit),
      warnings: [],
      dryRun: false,
    });
    expect(await standing(airdate, postId)).toEqual({ ...before, ...expected });
    expect(post).toMatchObject(await standing(airdate, postId));
  });

  test('and options are laid over option by option', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate, {
      platformOptions: { tiktok: { privacyLevel: 'SELF_ONLY', allowDuet: false } },
    });
    const { plan } = await airdate.call('edit_post', {
      postId,
      platformOptions: { tiktok: { allowDuet: true } },
      dryRun: true,
    });
    expect(plan.requests).toMatchObject([
      { body: { data: { platformOptions: { tiktok: { privacyLevel: 'SELF_ONLY', allowDuet: true } } } } },
    ]);
  });
});

describe('the air time', () => {
  test('a new hour keeps the zone of the post', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    const { post } = await airdate.call('edit_post', { postId, scheduledTime: '2026-12-25T07:00' });
    expect(post.airTime).toMatchObject({
      local: '2026-12-25T07:00:00',
      timezone: 'Europe/Paris',
      utc: '2026-12-25T06:00:00Z',
    });
  });

  test('a new zone alone keeps the wall time', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    const { post, changed } = await airdate.call('edit_post', { postId, timezone: 'Asia/Tokyo' });
    expect(changed).toEqual(['timezone']);
    expect(post.airTime).toMatchObject({
      local: '2026-12-24T18:30:00',
      offset: '+09:00',
      utc: '2026-12-24T09:30:00Z',
    });
  });

  test('an instant with an offset moves the post and keeps its zone', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    const { post } = await airdate.call('edit_post', { postId, scheduledTime: '2026-12-25T00:00Z' });
    expect(post.airTime).toMatchObject({ local: '2026-12-25T01:00:00', timezone: 'Europe/Paris' });
  });

  test('a wall time that exists twice is refused until ambiguousTime says which, and nothing changes before', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    const before = await standing(airdate, postId);
    const edit = { postId, scheduledTime: '2027-10-31T02:30' };
    const error = await airdate.fail('edit_post', edit);
    expect(error).toMatchObject({
      field: 'scheduledTime',
      candidates: [{ ambiguousTime: 'earlier' }, { ambiguousTime: 'later' }],
    });
    expect(await standing(airdate, postId)).toEqual(before);
    const later = await airdate.call('edit_post', { ...edit, ambiguousTime: 'later' });
    expect(later.post.airTime).toMatchObject({ local: '2027-10-31T02:30:00', offset: '+01:00' });
    const earlier = await airdate.call('edit_post', { postId, ambiguousTime: 'earlier' });
    expect(earlier.post.airTime).toMatchObject({ local: '2027-10-31T02:30:00', offset: '+02:00' });
  });

  test('a past time is refused', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    const error = await airdate.fail('edit_post', { postId, scheduledTime: '2026-11-21T12:59:59' });
    expect(error).toMatchObject({ code: 'invalid_parameter', field: 'scheduledTime' });
    expect(error.hint).toContain('2026-11-21T13:00:00+01:00 (Europe/Paris)');
  });

  test('the post airs at the new time and not at the old', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    await airdate.call('edit_post', { postId, scheduledTime: '2026-12-26T18:30' });
    airdate.clock.set('2026-12-25T00:00:00Z');
    const marker = await newPost(airdate, { caption: 'marker', scheduledTime: undefined });
    await eventually(async () => expect((await standing(airdate, marker)).status).toBe('published'));
    expect((await standing(airdate, postId)).status).toBe('scheduled');
    airdate.clock.set('2026-12-26T17:30:00Z');
    await eventually(async () => expect((await standing(airdate, postId)).status).toBe('published'));
  });
});

describe('what may be edited', () => {
  test('not a post that is published', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate, { scheduledTime: undefined });
    await eventually(async () => expect((await standing(airdate, postId)).status).toBe('published'));
    expect(await airdate.fail('edit_post', { postId, caption: 'late' })).toMatchObject({
      code: 'cannot_edit',
      field: 'postId',
      next: { tool: 'get_post', arguments: { postId } },
    });
  });

  test('not a post that is cancelled', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    await airdate.call('cancel_post', { postId });
    for (const edit of [{ caption: 'late' }, { scheduledTime: '2026-12-25T07:00' }]) {
      expect((await airdate.fail('edit_post', { postId, ...edit })).code).toBe('cannot_edit');
    }
    expect((await standing(airdate, postId)).status).toBe('cancelled');
  });

  test('a missed post, when it is given a new time', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate, { scheduledTime: '2026-11-22T09:00' });
    airdate.clock.set('2026-11-25T12:00:00Z');
    await eventually(async () => expect((await standing(airdate, postId)).status).toBe('missed'));
    for (const dryRun of [true, false]) {
      expect(await airdate.fail('edit_post', { postId, caption: 'new', dryRun })).toMatchObject({
        code: 'invalid_parameter',
        field: 'scheduledTime',
        hint: expect.stringContaining('retry_post'),
        next: { tool: 'get_post', arguments: { postId } },
      });
    }
    const { post } = await airdate.call('edit_post', {
      postId,
      caption: 'new',
      scheduledTime: '2026-11-26T09:00',
    });
    expect(post).toMatchObject({ status: 'scheduled', caption: 'new', targets: [{ status: 'scheduled' }] });
    airdate.clock.set('2026-11-26T08:00:00Z');
    await eventually(async () => expect((await standing(airdate, postId)).status).toBe('published'));
  });

  test('nothing, when nothing is named', async () => {
    await using airdate = await openAirdate();
    const postId = await newPost(airdate);
    for (const edit of [{}, { dryRun: true }]) {
      expect(await airdate.fail('edit_post', { postId, ...edit })).toMatchObject({
        code: 'invalid_parameter',
        issues: [{ message: expect.stringContaining('caption') }],
        hint: expect.stringContaining('get_post'),
      });
    }
  });
});

test('a dry run shows what would be, and changes nothing', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  const before = await airdate.call('get_post', { postId });
  const answer = await airdate.call('edit_post', {
    postId,
    caption: 'new',
    timezone: 'Asia/Tokyo',
    contentUrl: airdate.media(),
    dryRun: true,
  });
  expect(answer).toMatchObject({
    dryRun: true,
    changed: ['caption', 'timezone', 'contentUrl'],
    post: { caption: 'as it was' },
    plan: {
      airTime: { local: '2026-12-24T18:30:00', offset: '+09:00' },
      requests: [{ body: { data: { caption: 'new' } } }],
    },
  });
  expect(await airdate.call('get_post', { postId })).toEqual(before);
});

test('a caption too long for a platform of the post is refused, with what to do', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  expect(await airdate.fail('edit_post', { postId, caption: 'a'.repeat(2201) })).toMatchObject({
    code: 'invalid_parameter',
    field: 'caption',
    hint: expect.any(String),
  });
});

test('an option for a platform that the post is not for is told as such, in a dry run too', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  const platformOptions = { youtube: { privacyStatus: 'private' }, tiktok: { allowDuet: false } };
  for (const dryRun of [true, false]) {
    const { warnings } = await airdate.call('edit_post', { postId, platformOptions, dryRun });
    const created = await airdate.call('create_video_post', { ...DRAFT, platformOptions, dryRun: true });
    expect(warnings).toMatchObject([
      { code: 'option_unused', message: expect.stringContaining('platformOptions.youtube') },
    ]);
    expect(warnings).toEqual(created.warnings);
  }
});

test('slides are an array and a video is one URL', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  for (const edit of [
    { contentUrl: ['https://cdn.example.com/1.png'] },
    { contentUrl: 'https://cdn.example.com/1.png', contentType: 'slides' },
    { contentUrl: ['https://cdn.example.com/1.png'], contentType: 'video' },
    { contentType: 'slides' },
  ]) {
    expect(await airdate.fail('edit_post', { postId, ...edit })).toMatchObject({
      code: 'invalid_parameter',
      field: 'contentUrl',
      hint: expect.any(String),
    });
  }
});

test('slides are not for the local backend', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  const before = await standing(airdate, postId);
  const error = await airdate.fail('edit_post', {
    postId,
    contentType: 'slides',
    contentUrl: ['https://cdn.example.com/1.png', 'https://cdn.example.com/2.png'],
  });
  expect(error).toMatchObject({ code: 'unsupported', backend: 'local' });
  expect(await standing(airdate, postId)).toEqual(before);
});

test('a sound that does not exist, or is of another backend, changes nothing', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  const before = await standing(airdate, postId);
  expect(await airdate.fail('edit_post', { postId, soundId: 'local:none' })).toMatchObject({
    code: 'not_found',
    field: 'soundId',
  });
  expect(await airdate.fail('edit_post', { postId, soundId: 'infinipost:1' })).toMatchObject({
    code: 'invalid_parameter',
    field: 'soundId',
  });
  expect(await standing(airdate, postId)).toEqual(before);
});

test('two edits at once are both done', async () => {
  await using airdate = await openAirdate();
  const postId = await newPost(airdate);
  await Promise.all([
    airdate.call('edit_post', { postId, caption: 'new' }),
    airdate.call('edit_post', { postId, title: 'New' }),
  ]);
  expect(await standing(airdate, postId)).toMatchObject({ caption: 'new', title: 'New' });
});
