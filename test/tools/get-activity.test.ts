import { expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  scheduledTime: '2026-12-24T18:30',
};

interface Activity {
  readonly activity: readonly {
    readonly at: { readonly utc: string };
    readonly what: string;
    readonly postIds: readonly string[];
    readonly outcome?: string;
    readonly client?: string;
    readonly error?: { readonly code: string };
  }[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

async function activityOf(airdate: Airdate, input: object = {}): Promise<Activity> {
  return (await airdate.call('get_activity', input)) as unknown as Activity;
}

test('where nothing was asked nothing is told', async () => {
  await using airdate = await openAirdate();
  await airdate.call('list_posts');
  expect(await activityOf(airdate)).toEqual({ activity: [], hasMore: false, nextCursor: null });
});

test('every write is told, newest first, with who asked and what came of it', async () => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', DRAFT);
  const postId = posts[0]?.postId;
  airdate.clock.advance(1000);
  await airdate.call('edit_post', { postId, caption: 'new' });
  airdate.clock.advance(1000);
  await airdate.call('cancel_post', { postId });
  airdate.clock.advance(1000);
  await airdate.fail('retry_post', { postId });
  airdate.clock.advance(1000);
  await airdate.fail('edit_post', { postId, caption: 'too late' });
  const { activity } = await activityOf(airdate);
  expect(
    activity.map(({ at, what, outcome, client, postIds }) => [at.utc, what, outcome, client, postIds]),
  ).toEqual([
    ['2026-11-21T12:00:04Z', 'edit_post', 'refused', 'test-client', [postId]],
    ['2026-11-21T12:00:03Z', 'retry_post', 'refused', 'test-client', [postId]],
    ['2026-11-21T12:00:02Z', 'cancel_post', 'done', 'test-client', [postId]],
    ['2026-11-21T12:00:01Z', 'edit_post', 'done', 'test-client', [postId]],
    ['2026-11-21T12:00:00Z', 'create_video_post', 'done', 'test-client', [postId]],
  ]);
  expect(activity[0]?.error?.code).toBe('cannot_edit');
});

test('dry runs and replays are no writes', async () => {
  await using airdate = await openAirdate();
  await airdate.call('create_video_post', { ...DRAFT, dryRun: true });
  await airdate.call('create_video_post', DRAFT);
  await airdate.call('create_video_post', DRAFT);
  expect((await activityOf(airdate)).activity).toHaveLength(1);
});

test.each([
  ['an hour and a half', 90 * 60_000, 'missed'],
  ['ten minutes', 10 * 60_000, 'published_late'],
])('that nothing ran for %s over an air time is told', async (_, pauseMs, what) => {
  await using before = await openAirdate({ runner: false });
  const { posts } = await before.call('create_video_post', {
    ...DRAFT,
    scheduledTime: '2026-11-21T12:30:00Z',
  });
  before.clock.set(Date.parse('2026-11-21T12:30:00Z') + pauseMs);
  await using after = await openAirdate({ home: before.home, clock: before.clock });
  await eventually(async () => {
    const [latest] = (await activityOf(after)).activity;
    expect(latest).toMatchObject({ what, postIds: [posts[0]?.postId], accountIds: DRAFT.accountIds });
  });
});

test('pages never repeat a row and never skip one', async () => {
  await using airdate = await openAirdate();
  for (let index = 0; index < 12; index++) {
    await airdate.call('create_video_post', { ...DRAFT, caption: `post ${index}` });
  }
  const whole = (await activityOf(airdate, { limit: 100 })).activity.flatMap(({ postIds }) => postIds);
  expect(new Set(whole).size).toBe(12);
  const walked: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await activityOf(airdate, { limit: 5, ...(cursor && { cursor }) });
    walked.push(...page.activity.flatMap(({ postIds }) => postIds));
    cursor = page.nextCursor;
  } while (cursor);
  expect(walked).toEqual(whole);
});

test('a cursor that was not given out is refused, with what to do', async () => {
  await using airdate = await openAirdate();
  expect(await airdate.fail('get_activity', { cursor: 'nonsense' })).toMatchObject({
    code: 'invalid_parameter',
    field: 'cursor',
    hint: expect.any(String),
  });
});

test('a backend keeps its own rows alone', async () => {
  await using airdate = await openAirdate();
  await airdate.call('create_video_post', DRAFT);
  expect((await activityOf(airdate, { backend: 'local' })).activity).toHaveLength(1);
  expect((await activityOf(airdate, { backend: 'infinipost' })).activity).toEqual([]);
});
