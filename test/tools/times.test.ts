/** What an agent is told of a time or a zone that cannot be taken: the right one, or how to find it. Never a wrong one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

const DRAFT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4', caption: 'a' };
const TIME = '2026-12-24T18:30';

let airdate: Airdate;
let postId: string | undefined;

beforeAll(async () => {
  airdate = await openAirdate({ runner: false });
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, scheduledTime: TIME });
  postId = posts[0]?.postId;
});

afterAll(async () => {
  await airdate[Symbol.asyncDispose]();
});

describe('a zone', () => {
  test.each(['BST', 'IST', 'PST', 'JST', 'AST'])(
    '%s is an abbreviation, and no post is made or moved with it',
    async (timezone) => {
      for (const [tool, input] of [
        ['create_video_post', { ...DRAFT, caption: timezone }],
        ['edit_post', { postId }],
      ] as const) {
        const error = await airdate.fail(tool, { ...input, scheduledTime: TIME, timezone });
        expect(error).toMatchObject({ code: 'invalid_parameter', field: 'timezone' });
        expect(error.hint).toContain('different zones in different countries');
        expect(error).not.toHaveProperty('candidates');
      }
    },
  );

  test('UTC+2 is an offset, which belongs into the time: UTC itself would be two hours off', async () => {
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      scheduledTime: TIME,
      timezone: 'UTC+2',
    });
    expect(error).not.toHaveProperty('candidates');
    expect(error.hint).toContain('2030-12-24T18:30+02:00');
  });

  test('Eastern is that of the United States, and not Easter Island', async () => {
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      scheduledTime: TIME,
      timezone: 'Eastern',
    });
    expect(error.candidates).toMatchObject([{ value: 'US/Eastern' }]);
  });
});

describe('to publish now', () => {
  test('a new post leaves scheduledTime out, and says so for a past time and for "now"', async () => {
    for (const scheduledTime of ['2020-01-01T00:00', 'now', 'ASAP']) {
      const error = await airdate.fail('create_video_post', { ...DRAFT, scheduledTime });
      expect(error.hint).toMatch(/to publish now, leave scheduledTime out\.$/i);
    }
  });

  test('a post that waits is given a time that is near: to leave scheduledTime out would publish nothing', async () => {
    await using drafting = await openAirdate({ level: 'draft', runner: false });
    const draft = await drafting.call('create_video_post', { ...DRAFT, scheduledTime: TIME });
    for (const scheduledTime of ['2020-01-01T00:00', 'now']) {
      for (const [there, id] of [
        [airdate, postId],
        [drafting, draft.posts[0]?.postId],
      ] as const) {
        const { hint } = await there.fail('edit_post', { postId: id, scheduledTime });
        expect(hint).toMatch(/pass a time a minute from now\.$/);
        expect(hint).not.toContain('leave scheduledTime out');
      }
    }
  });
});

describe('a day alone', () => {
  test.each(['from', 'to'])('as %s gets its midnight as the candidate', async (field) => {
    const error = await airdate.fail('list_posts', { [field]: '2027-05-05' });
    expect(error.candidates).toMatchObject([{ value: '2027-05-05T00:00' }]);
    await airdate.call('list_posts', { [field]: error.candidates?.[0]?.value });
  });

  test('as scheduledTime is asked for its hour, and none is guessed', async () => {
    const error = await airdate.fail('create_video_post', { ...DRAFT, scheduledTime: '2027-05-05' });
    expect(error).not.toHaveProperty('candidates');
    expect(error.hint).toContain('Ask for the hour');
  });

  test('that does not exist is told as such', async () => {
    const error = await airdate.fail('list_posts', { from: '2027-02-29' });
    expect(error.message).toContain('2027-02 has 28 days');
  });
});

test('the hint for from and to names no parameter that list_posts does not have', async () => {
  for (const from of ['tomorrow', '2027-05-05', '2027-05-05T10:00[Europe/Paris]', '18:30']) {
    const { hint } = await airdate.fail('list_posts', { from });
    expect(hint).not.toMatch(/timezone/);
  }
});

describe('a time that carries its zone', () => {
  test.each([
    ['2026-12-24T10:00:00[America/New_York]', '2026-12-24T10:00:00', 'America/New_York'],
    ['2026-12-24T10:00:00[asia/tokyo]', '2026-12-24T10:00:00', 'Asia/Tokyo'],
    ['2026-12-24T10:00:00+01:00[Europe/Paris]', '2026-12-24T10:00:00+01:00', 'Europe/Paris'],
    ['2026-12-24 10:00 Europe/Paris', '2026-12-24T10:00', 'Europe/Paris'],
  ])('%s is taken apart', async (scheduledTime, time, zone) => {
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      scheduledTime,
      timezone: 'Europe/London',
    });
    expect(error.candidates).toMatchObject([{ value: time }]);
    expect(error.hint).toBe(`Name the zone apart: pass scheduledTime ${time} and timezone ${zone}.`);
  });

  test('as a filter, which has no zone beside it, gets its offset', async () => {
    const { candidates } = await airdate.fail('list_posts', { from: '2026-12-24T10:00[America/New_York]' });
    expect(candidates).toMatchObject([{ value: '2026-12-24T10:00:00-05:00' }]);
    const twice = await airdate.fail('list_posts', { from: '2027-10-31T02:30[Europe/Paris]' });
    expect(twice.candidates?.map(({ value }) => value)).toEqual([
      '2027-10-31T02:30:00+02:00',
      '2027-10-31T02:30:00+01:00',
    ]);
  });

  test.each([
    ['2026-12-10 20:00 UTC', '2026-12-10T20:00Z'],
    ['2026-12-10T20:00:00 gmt', '2026-12-10T20:00:00Z'],
    ['2026-12-10T20:00 Z', '2026-12-10T20:00Z'],
    ['2026-12-10T20:00+01:00 CET', '2026-12-10T20:00+01:00'],
  ])('%s is an instant, whatever zone is the default', async (time, value) => {
    for (const [tool, input] of [
      ['create_video_post', { ...DRAFT, scheduledTime: time }],
      ['list_posts', { from: time }],
    ] as const) {
      const error = await airdate.fail(tool, input);
      expect(error.candidates).toMatchObject([{ value }]);
      expect(error.hint).toBe(`Pass ${value}.`);
    }
  });

  test.each(['2026-12-10T20:00 EST', '2026-12-10 20:00 PT', '2026-12-10T20:00[BST]'])(
    '%s has an abbreviation, and is read in no other zone',
    async (time) => {
      const error = await airdate.fail('create_video_post', { ...DRAFT, scheduledTime: time });
      expect(error).not.toHaveProperty('candidates');
      expect(error.hint).toMatch(/^Name the zone apart, as region and city/);
      expect(error.hint).not.toContain('New_York');
      const { hint } = await airdate.fail('list_posts', { from: time });
      expect(hint).toMatch(/^Pass the offset in its place/);
    },
  );

  test('08:00 PM has none', async () => {
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      scheduledTime: '2026-12-10 08:00 PM',
    });
    expect(error.hint).not.toContain('Name the zone');
  });

  test('that is no zone is not guessed at', async () => {
    const error = await airdate.fail('create_video_post', {
      ...DRAFT,
      scheduledTime: '2026-12-24T10:00[BST]',
    });
    expect(error).not.toHaveProperty('candidates');
  });
});

describe('the plan of a dry run', () => {
  test('of an edit shows the time that the post keeps', async () => {
    const { plan, post } = await airdate.call('edit_post', { postId, caption: 'b', dryRun: true });
    expect(plan.airTime).toEqual(post.airTime);
    expect(plan.airTime).toMatchObject({ local: '2026-12-24T18:30:00', timezone: 'America/New_York' });
  });

  test('of a new post shows the minute that goes out, where every backend of the call drops the seconds', async () => {
    const clock = new ManualClock();
    await using infinipost = await openInfinipostEmulator({ clock });
    await using both = await openAirdate({
      clock,
      runner: false,
      environment: { INFINIPOST_API_KEY: infinipost.apiKey, INFINIPOST_BASE_URL: infinipost.baseUrl },
    });
    const { profiles } = await both.call('list_profiles', { backend: 'infinipost' });
    const vendor = profiles[0]?.accounts[0]?.accountId;
    const plan = async (...accountIds: unknown[]) => {
      const draft = { ...DRAFT, scheduledTime: '2026-12-24T10:00:30', dryRun: true };
      return (await both.call('create_video_post', { ...draft, accountIds })).plan.airTime?.local;
    };
    expect(await plan(vendor)).toBe('2026-12-24T10:00:00');
    expect(await plan(vendor, 'local:tiktok')).toBe('2026-12-24T10:00:30');
    expect(await plan('local:tiktok')).toBe('2026-12-24T10:00:30');
  });
});
