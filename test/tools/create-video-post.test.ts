import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Airdate, newFolder, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

const URL = 'https://cdn.example.com/clip.mp4';
const DRAFT = { accountIds: ['local:tiktok'], contentUrl: URL, scheduledTime: '2026-12-24T18:30' };

async function postIds(airdate: Airdate): Promise<string[]> {
  const { posts } = await airdate.call('list_posts', { limit: 100 });
  return posts.map(({ postId }) => postId);
}

describe('a post', () => {
  test('is answered with everything that an agent builds on', async () => {
    await using airdate = await openAirdate();
    const answer = await airdate.call('create_video_post', {
      ...DRAFT,
      caption: 'Day 1 #running\nsecond line 🎬',
      title: 'Day 1',
      timezone: 'Europe/Paris',
    });
    expect(answer).toEqual({
      posts: [
        {
          postId: expect.stringMatching(/^local:[a-z0-9]{16}$/),
          backend: 'local',
          status: 'scheduled',
          contentType: 'video',
          contentUrl: URL,
          caption: 'Day 1 #running\nsecond line 🎬',
          title: 'Day 1',
          simulated: true,
          airTime: {
            local: '2026-12-24T18:30:00',
            timezone: 'Europe/Paris',
            offset: '+01:00',
            utc: '2026-12-24T17:30:00Z',
          },
          targets: [{ accountId: 'local:tiktok', platform: 'tiktok', status: 'scheduled' }],
          createdAt: expect.objectContaining({ utc: '2026-11-21T12:00:00Z', timezone: 'Europe/Paris' }),
        },
      ],
      failures: [],
      warnings: [],
      replayed: false,
      dryRun: false,
    });
  });

  test('is told the same as structured content and as text', async () => {
    await using airdate = await openAirdate();
    const { content, structuredContent } = await airdate.result('create_video_post', DRAFT);
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }]);
  });

  test('without a time is published now', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', {
      accountIds: ['local:youtube'],
      contentUrl: URL,
    });
    expect(posts[0]?.airTime?.utc).toBe('2026-11-21T12:00:00Z');
    await eventually(async () => {
      const { post } = await airdate.call('get_post', { postId: posts[0]?.postId });
      expect(post).toMatchObject({
        status: 'published',
        targets: [{ publishedAt: { utc: '2026-11-21T12:00:00Z' } }],
      });
    });
  });

  test('for several accounts is one post with several targets, an account named twice is one', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', {
      ...DRAFT,
      accountIds: ['local:youtube', 'local:tiktok', 'local:youtube'],
    });
    expect(posts).toHaveLength(1);
    expect(posts[0]?.targets.map(({ accountId }) => accountId).sort()).toEqual([
      'local:tiktok',
      'local:youtube',
    ]);
  });

  test('of a local file is hers even when the original goes away', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', {
      accountIds: ['local:tiktok'],
      contentUrl: airdate.media(),
    });
    await eventually(() => {
      const names = readdirSync(join(airdate.home, 'outbox'));
      expect(names.filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
      expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(1);
    });
    expect(posts[0]?.contentUrl).toBe(join(airdate.home, 'media', 'clip.mp4'));
  });

  test('of an OpenShorts clip is not for the local backend, which says who can', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', { ...DRAFT, contentUrl: 'openshorts:job-1/0' });
    expect(error).toMatchObject({ code: 'unsupported', backend: 'local', hint: expect.any(String) });
    const negative = await airdate.fail('create_video_post', { ...DRAFT, contentUrl: 'openshorts:job-1/-1' });
    expect(negative).toMatchObject({
      code: 'invalid_parameter',
      field: 'contentUrl',
      hint: expect.any(String),
    });
    expect(await postIds(airdate)).toEqual([]);
  });
});

describe('air times', () => {
  test('a wall time is read in the default zone where none is named', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', DRAFT);
    expect(posts[0]?.airTime).toMatchObject({ timezone: 'America/New_York', utc: '2026-12-24T23:30:00Z' });
  });

  test('an instant is kept and shown in the zone that is named', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', {
      ...DRAFT,
      scheduledTime: '2026-12-24T18:30+09:00',
      timezone: 'Europe/London',
    });
    expect(posts[0]?.airTime).toMatchObject({ local: '2026-12-24T09:30:00', timezone: 'Europe/London' });
  });

  test.each([
    ['does not exist', '2027-03-14T02:30', '2027-03-14T06:30:00Z', '2027-03-14T07:30:00Z'],
    ['exists twice', '2027-11-07T01:30', '2027-11-07T05:30:00Z', '2027-11-07T06:30:00Z'],
  ])(
    'a wall time that %s is refused, and each candidate then taken',
    async (why, scheduledTime, earlier, later) => {
      await using airdate = await openAirdate();
      const draft = { ...DRAFT, scheduledTime };
      const error = await airdate.fail('create_video_post', draft);
      expect(error.message).toContain(why);
      expect(error.candidates?.map(({ ambiguousTime, utc }) => [ambiguousTime, utc])).toEqual([
        ['earlier', earlier],
        ['later', later],
      ]);
      const [first, second] = error.candidates ?? [];
      const byChoice = await airdate.call('create_video_post', {
        ...draft,
        ambiguousTime: first?.ambiguousTime,
      });
      const byValue = await airdate.call('create_video_post', { ...draft, scheduledTime: second?.value });
      expect([byChoice, byValue].map(({ posts }) => posts[0]?.airTime?.utc)).toEqual([earlier, later]);
    },
  );

  test('a past time is refused, and the answer says what time it is', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', { ...DRAFT, scheduledTime: '2026-11-21T06:59:59' });
    expect(error).toMatchObject({ code: 'invalid_parameter', field: 'scheduledTime' });
    expect(error.hint).toContain('It is now 2026-11-21T07:00:00-05:00 (America/New_York)');
    expect(await postIds(airdate)).toEqual([]);
  });
});

describe('the same call again', () => {
  test('with an idempotencyKey is answered with the first answer, also after a restart', async () => {
    const home = newFolder();
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const draft = { ...DRAFT, idempotencyKey: 'day-1' };
    const clock = new ManualClock();
    const answers = [];
    for (const _ of [1, 2]) {
      await using airdate = await openAirdate({ home, clock });
      for (const __ of [1, 2]) answers.push(await airdate.call('create_video_post', draft));
      expect(await postIds(airdate)).toHaveLength(1);
      clock.advance(3 * 86_400_000);
    }
    expect(answers.map(({ replayed }) => replayed)).toEqual([false, true, true, true]);
    expect(new Set(answers.map(({ posts }) => posts[0]?.postId)).size).toBe(1);
    expect(answers.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  test('is the same whatever the order of its accounts and the spelling of its instant', async () => {
    await using airdate = await openAirdate();
    const first = await airdate.call('create_video_post', {
      ...DRAFT,
      accountIds: ['local:tiktok', 'local:youtube'],
      idempotencyKey: 'day-1',
    });
    const second = await airdate.call('create_video_post', {
      ...DRAFT,
      accountIds: ['local:youtube', 'local:tiktok'],
      scheduledTime: '2026-12-24T23:30Z',
      idempotencyKey: 'day-1',
    });
    expect(second).toMatchObject({ replayed: true, posts: [{ postId: first.posts[0]?.postId }] });
  });

  test.each<[string, object]>([
    ['another caption', { caption: 'other' }],
    ['another time', { scheduledTime: '2026-12-24T18:31' }],
    ['no time', { scheduledTime: undefined }],
    ['other content', { contentUrl: 'https://cdn.example.com/other.mp4' }],
    ['another account', { accountIds: ['local:youtube'] }],
    ['one account more', { accountIds: ['local:tiktok', 'local:youtube'] }],
    ['an option', { platformOptions: { tiktok: { allowDuet: false } } }],
  ])('with the same key and %s is a conflict, also as a dry run, and posts nothing', async (_, change) => {
    await using airdate = await openAirdate();
    await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'day-1' });
    for (const dryRun of [true, false]) {
      const error = await airdate.fail('create_video_post', {
        ...DRAFT,
        ...change,
        idempotencyKey: 'day-1',
        dryRun,
      });
      expect(error).toMatchObject({ code: 'conflict', field: 'idempotencyKey', hint: expect.any(String) });
    }
    expect(await postIds(airdate)).toHaveLength(1);
  });

  test('with the same key on two accounts at once posts on one of them alone', async () => {
    await using airdate = await openAirdate();
    const drafts = ['local:tiktok', 'local:youtube'].map((accountId) => ({
      ...DRAFT,
      accountIds: [accountId],
      idempotencyKey: 'day-1',
    }));
    const results = await Promise.all(drafts.map((draft) => airdate.result('create_video_post', draft)));
    expect(results.filter(({ isError }) => isError)).toHaveLength(1);
    expect(await postIds(airdate)).toHaveLength(1);
  });

  test('made many times at once posts once', async () => {
    await using airdate = await openAirdate();
    const calls = Array.from({ length: 10 }, () => airdate.call('create_video_post', DRAFT));
    const ticking = setInterval(() => airdate.clock.advance(50), 1);
    const answers = await Promise.all(calls).finally(() => clearInterval(ticking));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await postIds(airdate)).toHaveLength(1);
  });

  test('a key whose call was refused is free', async () => {
    await using airdate = await openAirdate();
    const draft = { ...DRAFT, idempotencyKey: 'day-1' };
    expect((await airdate.fail('create_video_post', { ...draft, soundId: 'local:none' })).code).toBe(
      'not_found',
    );
    expect(await airdate.call('create_video_post', draft)).toMatchObject({ replayed: false });
  });

  test('without a key within a day is answered with the first result, and told how to post again', async () => {
    await using airdate = await openAirdate();
    const first = await airdate.call('create_video_post', DRAFT);
    airdate.clock.advance(86_400_000 - 1);
    const second = await airdate.call('create_video_post', DRAFT);
    expect(second).toMatchObject({
      replayed: true,
      posts: [{ postId: first.posts[0]?.postId }],
      warnings: [{ code: 'duplicate_request', message: expect.stringContaining('idempotencyKey') }],
    });
    const onPurpose = await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'again' });
    expect(onPurpose.replayed).toBe(false);
    expect(await postIds(airdate)).toHaveLength(2);
  });

  test('without a key after a day is a new post', async () => {
    await using airdate = await openAirdate();
    await airdate.call('create_video_post', DRAFT);
    airdate.clock.advance(86_400_000);
    expect(await airdate.call('create_video_post', DRAFT)).toMatchObject({ replayed: false, warnings: [] });
    expect(await postIds(airdate)).toHaveLength(2);
  });

  test('after the post was cancelled makes it anew, once', async () => {
    await using airdate = await openAirdate();
    const first = await airdate.call('create_video_post', DRAFT);
    await airdate.call('cancel_post', { postId: first.posts[0]?.postId });
    const second = await airdate.call('create_video_post', DRAFT);
    const third = await airdate.call('create_video_post', DRAFT);
    expect(second).toMatchObject({ replayed: false, warnings: [] });
    expect(third).toMatchObject({ replayed: true, posts: [{ postId: second.posts[0]?.postId }] });
    expect(await postIds(airdate)).toHaveLength(2);
  });

  test('after its air time is still answered, not refused as past', async () => {
    await using airdate = await openAirdate();
    const first = await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'day-1' });
    airdate.clock.set('2026-12-25T12:00:00Z');
    const again = await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'day-1' });
    expect(again).toMatchObject({ replayed: true, posts: [{ postId: first.posts[0]?.postId }] });
  });
});

describe('a dry run', () => {
  test('shows the instant and the requests, and writes nothing', async () => {
    await using airdate = await openAirdate();
    const answer = await airdate.call('create_video_post', {
      ...DRAFT,
      contentUrl: airdate.media(),
      caption: 'Day 1',
      accountIds: ['local:tiktok', 'local:youtube'],
      dryRun: true,
    });
    expect(answer).toMatchObject({
      posts: [],
      failures: [],
      dryRun: true,
      replayed: false,
      plan: {
        airTime: { local: '2026-12-24T18:30:00', utc: '2026-12-24T23:30:00Z' },
        requests: [
          {
            backend: 'local',
            accountIds: ['local:tiktok'],
            method: 'WRITE',
            body: { data: { caption: 'Day 1' } },
          },
          { backend: 'local', accountIds: ['local:youtube'] },
        ],
      },
    });
    expect(await postIds(airdate)).toEqual([]);
    expect(existsSync(join(airdate.home, 'content'))).toBe(false);
    expect(existsSync(join(airdate.home, 'outbox'))).toBe(false);
  });

  test('does not stand in the way of the call that it planned', async () => {
    await using airdate = await openAirdate();
    const draft = { ...DRAFT, idempotencyKey: 'day-1' };
    await airdate.call('create_video_post', { ...draft, dryRun: true });
    expect(await airdate.call('create_video_post', draft)).toMatchObject({ replayed: false, warnings: [] });
  });

  test('tells that the call would be answered with its first result, as long as it would', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', DRAFT);
    const repeat = await airdate.call('create_video_post', { ...DRAFT, dryRun: true });
    expect(repeat.warnings).toMatchObject([{ code: 'duplicate_request' }]);
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    const anew = await airdate.call('create_video_post', { ...DRAFT, dryRun: true });
    expect(anew.warnings).toEqual([]);
  });

  test('refuses what the call itself would refuse', async () => {
    await using airdate = await openAirdate();
    const dryRun = true;
    expect(
      (await airdate.fail('create_video_post', { ...DRAFT, accountIds: ['local:tiktk'], dryRun })).code,
    ).toBe('not_found');
    expect(
      (await airdate.fail('create_video_post', { ...DRAFT, scheduledTime: '2020-01-01T00:00', dryRun }))
        .field,
    ).toBe('scheduledTime');
    expect(
      (await airdate.fail('create_video_post', { ...DRAFT, soundId: 'infinipost:1', dryRun })).field,
    ).toBe('soundId');
  });
});

describe('accounts', () => {
  test('that do not exist refuse the whole call, name the nearest, and nothing is posted', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      accountIds: ['local:tiktok', 'local:instgram', 'local:nobody-at-all'],
    });
    expect(error).toMatchObject({
      code: 'not_found',
      field: 'accountIds',
      candidates: [{ value: 'local:instagram' }],
      next: { tool: 'list_profiles', arguments: { backend: 'local', refresh: true } },
    });
    expect(error.message).toContain('local:nobody-at-all');
    expect(await postIds(airdate)).toEqual([]);
  });

  test('of a backend that is not configured refuse the call', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', { ...DRAFT, accountIds: ['infinipost:acc_1'] });
    expect(error).toMatchObject({ code: 'invalid_parameter', field: 'accountIds' });
  });
});

describe('captions, titles and options', () => {
  test('a caption too long for one of the platforms refuses the call and says where it fits', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      accountIds: ['local:tiktok', 'local:youtube'],
      caption: 'a'.repeat(2201),
    });
    expect(error).toMatchObject({
      code: 'invalid_parameter',
      field: 'caption',
      issues: [{ path: 'caption', message: '2201 characters; tiktok takes 2200' }],
      hint: expect.stringContaining('platformOptions'),
    });
  });

  test('a caption of a platform’s own goes there alone', async () => {
    await using airdate = await openAirdate();
    const { plan } = await airdate.call('create_video_post', {
      ...DRAFT,
      accountIds: ['local:tiktok', 'local:youtube'],
      caption: 'common',
      platformOptions: { tiktok: { caption: 'own', privacyLevel: 'SELF_ONLY' } },
      dryRun: true,
    });
    expect(plan.requests.map(({ body }) => body)).toMatchObject([
      { data: { caption: 'own', platformOptions: { tiktok: { privacyLevel: 'SELF_ONLY' } } } },
      { data: { caption: 'common' } },
    ]);
    expect(plan.requests[1]).not.toHaveProperty('body.data.platformOptions');
  });

  test('an option for a platform on which nothing is posted is told as such', async () => {
    await using airdate = await openAirdate();
    const { warnings } = await airdate.call('create_video_post', {
      ...DRAFT,
      platformOptions: { youtube: { privacyStatus: 'private' } },
    });
    expect(warnings).toMatchObject([{ code: 'option_unused', message: expect.stringContaining('youtube') }]);
  });

  test('a misspelt option is refused with the one that was meant', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      platformOptions: { tiktok: { privacy_level: 'SELF_ONLY' } },
    });
    expect(error).toMatchObject({
      field: 'platformOptions.tiktok.privacy_level',
      candidates: [{ value: 'privacyLevel' }],
    });
  });

  test('a misspelt value of an option is refused with the one that was meant', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      platformOptions: { tiktok: { privacyLevel: 'PUBLIC_TO_EVRYONE' } },
    });
    expect(error).toMatchObject({
      field: 'platformOptions.tiktok.privacyLevel',
      candidates: [{ value: 'PUBLIC_TO_EVERYONE' }],
    });
  });
});

describe('sounds', () => {
  test('a sound goes with the post, and a platform that takes none is told', async () => {
    await using airdate = await openAirdate({
      configFile: {
        accounts: [
          { id: 'tt', platform: 'tiktok' },
          { id: 'li', platform: 'linkedin' },
        ],
      },
    });
    const { sound } = await airdate.call('upload_sound', { soundUrl: airdate.media('tone.mp3') });
    const { posts, warnings } = await airdate.call('create_video_post', {
      ...DRAFT,
      accountIds: ['local:tt', 'local:li'],
      soundId: sound.soundId,
    });
    expect(posts[0]?.soundId).toBe(sound.soundId);
    expect(warnings).toMatchObject([{ code: 'sound_ignored', accountIds: ['local:li'] }]);
  });

  test('a sound of another backend is refused with the call that lists the right ones', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', { ...DRAFT, soundId: 'infinipost:snd_1' });
    expect(error).toMatchObject({
      code: 'invalid_parameter',
      field: 'soundId',
      next: { tool: 'list_sounds', arguments: { backend: 'local' } },
    });
  });

  test('a sound that does not exist is not found, and nothing is posted', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('create_video_post', { ...DRAFT, soundId: 'local:none' });
    expect(error).toMatchObject({ code: 'not_found', field: 'soundId' });
    expect(await postIds(airdate)).toEqual([]);
  });
});

test('what was posted is in the outbox under its air time, as it was asked', async () => {
  await using airdate = await openAirdate();
  await airdate.call('create_video_post', { ...DRAFT, caption: 'Day 1', timezone: 'Europe/Paris' });
  airdate.clock.set('2026-12-24T17:30:00Z');
  const outbox = join(airdate.home, 'outbox');
  await eventually(() => {
    expect(existsSync(outbox) && readdirSync(outbox).filter((name) => name.endsWith('.json'))).toHaveLength(
      1,
    );
  });
  const [name = ''] = readdirSync(outbox);
  expect(name).toMatch(/^20261224T173000Z-[a-z0-9]{16}-tiktok\.json$/);
  expect(JSON.parse(readFileSync(join(outbox, name), 'utf8'))).toMatchObject({
    simulated: true,
    data: { caption: 'Day 1', airTime: { local: '2026-12-24T18:30:00', timezone: 'Europe/Paris' } },
  });
});
