import { describe, expect, test } from 'vitest';
import { type InfinipostEmulator, openInfinipostEmulator } from '../emulators/infinipost.ts';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';

const URL = 'https://cdn.example.com/clip.mp4';

/** One post each, named by its caption. */
async function fill(airdate: Airdate, drafts: Record<string, object>): Promise<void> {
  for (const [caption, draft] of Object.entries(drafts)) {
    await airdate.call('create_video_post', {
      accountIds: ['local:tiktok'],
      contentUrl: URL,
      caption,
      ...draft,
    });
  }
}

async function captions(airdate: Airdate, filters: object = {}): Promise<(string | undefined)[]> {
  const { posts } = await airdate.call('list_posts', { limit: 100, ...filters });
  return posts.map(({ caption }) => caption);
}

function environmentOf({ apiKey, baseUrl }: InfinipostEmulator) {
  return { INFINIPOST_API_KEY: apiKey, INFINIPOST_BASE_URL: baseUrl };
}

/** Every page from the first to the last. */
async function walk(airdate: Airdate, filters: object): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null | undefined;
  do {
    const page = await airdate.call('list_posts', { ...filters, ...(cursor && { cursor }) });
    pages.push(page.posts.map(({ postId }) => postId));
    expect(page.hasMore).toBe(page.nextCursor !== null);
    cursor = page.nextCursor;
  } while (cursor);
  return pages;
}

/** Hundreds of posts, many of them at the same instant, in a few calls. */
async function fillMany(airdate: Airdate, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const at = new Date(Date.UTC(2026, 11, 1 + (index % 7), 12));
    await airdate.call('create_video_post', {
      accountIds: [index % 3 === 0 ? 'local:youtube' : 'local:tiktok'],
      contentUrl: URL,
      caption: `post ${index}`,
      scheduledTime: at.toISOString().slice(0, 19),
      timezone: 'UTC',
    });
  }
}

test('an empty calendar is an empty list', async () => {
  await using airdate = await openAirdate();
  expect(await airdate.call('list_posts')).toEqual({
    posts: [],
    hasMore: false,
    nextCursor: null,
    unavailable: [],
  });
});

test('posts come soonest air time first, whatever their zones', async () => {
  await using airdate = await openAirdate();
  await fill(airdate, {
    third: { scheduledTime: '2026-12-24T18:30', timezone: 'America/New_York' },
    first: { scheduledTime: '2026-12-24T18:30', timezone: 'Asia/Tokyo' },
    second: { scheduledTime: '2026-12-24T18:30', timezone: 'Europe/Paris' },
  });
  expect(await captions(airdate)).toEqual(['first', 'second', 'third']);
});

describe('filters', () => {
  const DRAFTS = {
    tiktok: { accountIds: ['local:tiktok'], scheduledTime: '2026-12-01T10:00' },
    youtube: { accountIds: ['local:youtube'], scheduledTime: '2026-12-02T10:00' },
    both: { accountIds: ['local:tiktok', 'local:youtube'], scheduledTime: '2026-12-03T10:00' },
    cancelled: { accountIds: ['local:instagram'], scheduledTime: '2026-12-04T10:00' },
  };

  async function openFilled(): Promise<Airdate> {
    const airdate = await openAirdate();
    await fill(airdate, DRAFTS);
    const { posts } = await airdate.call('list_posts', { platform: 'instagram' });
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    return airdate;
  }

  test.each<[object, string[]]>([
    [{ backend: 'local' }, ['tiktok', 'youtube', 'both', 'cancelled']],
    [{ status: 'scheduled' }, ['tiktok', 'youtube', 'both']],
    [{ status: 'cancelled' }, ['cancelled']],
    [{ status: 'published' }, []],
    [{ platform: 'youtube' }, ['youtube', 'both']],
    [{ platform: 'x' }, []],
    [{ accountId: 'local:tiktok' }, ['tiktok', 'both']],
    [{ accountId: 'local:tiktok', platform: 'tiktok' }, ['tiktok', 'both']],
    [{ accountId: 'local:tiktok', platform: 'youtube' }, []],
    [{ contentType: 'video' }, ['tiktok', 'youtube', 'both', 'cancelled']],
    [{ contentType: 'slides' }, []],
    [{ from: '2026-12-02T10:00' }, ['youtube', 'both', 'cancelled']],
    [{ to: '2026-12-02T10:00' }, ['tiktok']],
    [{ from: '2026-12-02T10:00', to: '2026-12-03T10:00:01' }, ['youtube', 'both']],
    [{ from: '2026-12-02T15:00:01Z', to: '2026-12-03T00:01+09:00' }, []],
    [{ from: '2026-12-02T15:00Z', to: '2026-12-03T00:01+09:00' }, ['youtube']],
    [
      {
        from: '2026-12-03T00:00',
        status: 'scheduled',
        platform: 'youtube',
        accountId: 'local:youtube',
        to: '2026-12-05T00:00',
      },
      ['both'],
    ],
  ])('%j', async (filters, expected) => {
    await using airdate = await openFilled();
    expect(await captions(airdate, filters)).toEqual(expected);
  });

  test('a span that ends before it begins is refused', async () => {
    await using airdate = await openAirdate();
    for (const to of ['2026-12-01T00:00', '2026-11-30T00:00']) {
      const error = await airdate.fail('list_posts', { from: '2026-12-01T00:00', to });
      expect(error).toMatchObject({ code: 'invalid_parameter', field: 'to', hint: expect.any(String) });
    }
  });

  test('a span may lie in the past, and its ends are held to the forms of a time', async () => {
    await using airdate = await openAirdate();
    expect(await captions(airdate, { from: '2020-01-01T00:00', to: '2020-02-01T00:00' })).toEqual([]);
    expect((await airdate.fail('list_posts', { from: 'yesterday' })).field).toBe('from');
    expect((await airdate.fail('list_posts', { to: '2026-13-01T00:00' })).field).toBe('to');
  });

  test.each(['2027-03-14T02:30', '2027-11-07T01:30'])(
    'an end at %s, where the clocks are changed, is refused with instants to pass in its place',
    async (time) => {
      await using airdate = await openAirdate();
      for (const field of ['from', 'to']) {
        const error = await airdate.fail('list_posts', { [field]: time });
        expect(error).toMatchObject({ field, candidates: [{}, {}], hint: expect.stringContaining(field) });
        expect(JSON.stringify(error)).not.toContain('ambiguousTime');
        for (const { value } of error.candidates ?? [])
          expect(await captions(airdate, { [field]: value })).toEqual([]);
      }
    },
  );

  test('an account of a backend that is not configured is refused, and no backend is proposed as an account', async () => {
    await using airdate = await openAirdate();
    const error = await airdate.fail('list_posts', { accountId: 'infinipost:acc_1' });
    expect(error).toMatchObject({
      code: 'invalid_parameter',
      field: 'accountId',
      hint: expect.stringContaining('Configured: local'),
      next: { tool: 'list_profiles' },
    });
    expect(error.candidates).toBeUndefined();
  });

  test('an account of another backend than the one named is refused', async () => {
    await using emulator = await openInfinipostEmulator();
    await using airdate = await openAirdate({ environment: environmentOf(emulator) });
    const filters = { accountId: 'infinipost:acc_tiktok1', backend: 'local' };
    expect(await airdate.fail('list_posts', filters)).toMatchObject({
      code: 'invalid_parameter',
      field: 'accountId',
    });
  });
});

describe('an account that there is not', () => {
  test('is refused with the nearest that there is', async () => {
    await using airdate = await openAirdate();
    await fill(airdate, { one: { scheduledTime: '2026-12-01T10:00' } });
    expect(await airdate.fail('list_posts', { accountId: 'local:tiktik' })).toMatchObject({
      code: 'not_found',
      field: 'accountId',
      candidates: [{ value: 'local:tiktok' }],
      hint: expect.stringContaining('accountId'),
      next: { tool: 'list_profiles', arguments: { backend: 'local' } },
    });
  });

  test('any more still lists its posts', async () => {
    const account = (id: string) => ({ accounts: [{ id, platform: 'tiktok' }] });
    await using airdate = await openAirdate({ configFile: account('former') });
    const accountIds = ['local:former'];
    await fill(airdate, { kept: { accountIds, scheduledTime: '2026-12-01T10:00' } });
    await using later = await openAirdate({
      configFile: account('present'),
      home: airdate.home,
      runner: false,
    });
    expect(await captions(later, { accountId: 'local:former' })).toEqual(['kept']);
    expect((await walk(later, { accountId: 'local:former', limit: 1 })).length).toBe(1);
    expect((await later.fail('list_posts', { accountId: 'local:other' })).code).toBe('not_found');
  });

  test('and one that the caller may not see are answered alike', async () => {
    await using airdate = await openAirdate({ caller: { token: 'hers', accounts: ['local:tiktok'] } });
    for (const accountId of ['local:youtube', 'local:youtubf']) {
      const error = await airdate.fail('list_posts', { accountId });
      expect(error).toMatchObject({ code: 'not_found', field: 'accountId' });
      expect(error.candidates).toBeUndefined();
    }
  });

  test('of a vendor is looked up when there is nothing to show, and only then', async () => {
    await using emulator = await openInfinipostEmulator();
    await using airdate = await openAirdate({
      clock: emulator.server.clock,
      environment: environmentOf(emulator),
    });
    emulator.addPost({ accountId: 'acc_tiktok1' });
    expect((await airdate.call('list_posts', { accountId: 'infinipost:acc_tiktok1' })).posts).toHaveLength(1);
    expect(emulator.server.calls()).toEqual(['GET /v1/posts']);
    expect(await airdate.fail('list_posts', { accountId: 'infinipost:acc_tiktok9' })).toMatchObject({
      code: 'not_found',
      field: 'accountId',
      candidates: [{ value: 'infinipost:acc_tiktok1' }],
    });
    emulator.server.fail({ kind: 'status', status: 401 }, ({ path }) => path === '/v1/accounts');
    expect((await airdate.call('list_posts', { accountId: 'infinipost:acc_tiktok9' })).posts).toEqual([]);
  });
});

describe('pages', () => {
  test('hold twenty posts where no limit is given', async () => {
    await using airdate = await openAirdate();
    await fillMany(airdate, 21);
    const first = await airdate.call('list_posts');
    expect([first.posts.length, first.hasMore]).toEqual([20, true]);
    const second = await airdate.call('list_posts', { cursor: first.nextCursor });
    expect([second.posts.length, second.hasMore, second.nextCursor]).toEqual([1, false, null]);
  });

  test('of any size, over hundreds of posts, never repeat one and never skip one', async () => {
    await using airdate = await openAirdate({ runner: false });
    await fillMany(airdate, 230);
    const whole = (await walk(airdate, { limit: 100 })).flat();
    expect(new Set(whole).size).toBe(230);
    for (const limit of [1, 7, 23, 99]) expect((await walk(airdate, { limit })).flat()).toEqual(whole);
    const filtered = (
      await walk(airdate, { limit: 9, accountId: 'local:youtube', from: '2026-12-03T00:00' })
    ).flat();
    expect(new Set(filtered).size).toBe(filtered.length);
    const { posts } = await airdate.call('list_posts', {
      limit: 100,
      platform: 'youtube',
      from: '2026-12-03T00:00',
    });
    expect(filtered).toEqual(posts.map(({ postId }) => postId));
  });

  test('end exactly where the posts do', async () => {
    await using airdate = await openAirdate();
    await fillMany(airdate, 6);
    expect((await walk(airdate, { limit: 3 })).map((page) => page.length)).toEqual([3, 3]);
    expect((await walk(airdate, { limit: 6 })).map((page) => page.length)).toEqual([6]);
  });

  test('a cursor goes on with another limit', async () => {
    await using airdate = await openAirdate();
    await fillMany(airdate, 6);
    const { nextCursor } = await airdate.call('list_posts', { limit: 2 });
    expect((await airdate.call('list_posts', { limit: 50, cursor: nextCursor })).posts).toHaveLength(4);
  });

  test('a cursor is refused under other filters, and taken again under its own', async () => {
    await using airdate = await openAirdate();
    await fillMany(airdate, 6);
    const filters = { status: 'scheduled', limit: 2 };
    const { nextCursor: cursor } = await airdate.call('list_posts', filters);
    for (const other of [{}, { status: 'cancelled' }, { status: 'scheduled', platform: 'tiktok' }]) {
      expect(await airdate.fail('list_posts', { ...other, cursor })).toMatchObject({
        code: 'invalid_parameter',
        field: 'cursor',
        hint: expect.stringContaining('same filters'),
      });
    }
    expect((await airdate.call('list_posts', { ...filters, cursor })).posts).toHaveLength(2);
  });

  test.each([
    'nonsense',
    '',
    '=',
    'eyJiIjoibG9jYWwifQ',
    Buffer.from('{"b":"local","c":"1.x","f":"x"}').toString('base64url'),
  ])('the cursor "%s" is not one that was given out', async (cursor) => {
    await using airdate = await openAirdate();
    expect(await airdate.fail('list_posts', { cursor })).toMatchObject({
      code: 'invalid_parameter',
      field: 'cursor',
    });
  });

  test('a cursor that was changed within is refused, with what to pass instead', async () => {
    await using airdate = await openAirdate();
    await fillMany(airdate, 2);
    for (const name of ['a', 'b'])
      await airdate.call('upload_sound', { soundUrl: airdate.media('tone.mp3'), name });
    for (const [tool, changed] of [
      ['list_posts', 'there.1'],
      ['list_posts', 'here.x'],
      ['list_sounds', '1'],
    ] as const) {
      const { nextCursor } = await airdate.call(tool, { limit: 1 });
      const place = JSON.parse(Buffer.from(nextCursor ?? '', 'base64url').toString('utf8')) as object;
      const cursor = Buffer.from(JSON.stringify({ ...place, c: changed })).toString('base64url');
      expect(await airdate.fail(tool, { limit: 1, cursor })).toMatchObject({
        code: 'invalid_parameter',
        field: 'cursor',
        hint: expect.stringContaining('nextCursor'),
      });
    }
  });

  test('a cursor of another list is refused', async () => {
    await using airdate = await openAirdate();
    for (const name of ['a', 'b', 'c'])
      await airdate.call('upload_sound', { soundUrl: airdate.media('tone.mp3'), name });
    const { nextCursor: cursor } = await airdate.call('list_sounds', { limit: 1 });
    expect(await airdate.fail('list_posts', { cursor })).toMatchObject({
      code: 'invalid_parameter',
      field: 'cursor',
    });
  });
});

test('what becomes of posts is seen in the list', async () => {
  await using airdate = await openAirdate();
  await fill(airdate, {
    soon: { scheduledTime: '2026-11-21T07:01' },
    later: { scheduledTime: '2026-12-21T07:01' },
  });
  airdate.clock.set('2026-11-21T12:01:00Z');
  await eventually(async () => expect(await captions(airdate, { status: 'published' })).toEqual(['soon']));
  expect(await captions(airdate, { status: 'scheduled' })).toEqual(['later']);
});
