import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../src/domain/failure.ts';
import type { Fault } from '../../emulators/emulator.ts';
import {
  at,
  failureOf,
  instagram,
  isCreate,
  openSetting,
  orderForNow,
  orderOf,
  secondTiktok,
  tiktok,
  VIDEO,
} from './setting.ts';

const DAY_MS = 86_400_000;

describe('creating a video post', () => {
  it('makes one post per account with a single request, and fills it in from the order', async () => {
    await using setting = await openSetting();
    const { backend, call, emulator } = setting;
    const { soundId } = emulator.addSound();
    const order = orderOf({ accounts: [tiktok, instagram], soundId });
    const { posts, warnings } = await backend.createVideoPost(order, call);
    expect(setting.calls()).toEqual(['POST /v1/posts/video']);
    expect(setting.lastBody()).toEqual({
      accountIds: ['acc_tiktok1', 'acc_instagram1'],
      contentUrl: VIDEO,
      caption: 'Hello #viral',
      soundId,
      scheduledTime: '2026-12-24T19:30',
      timezone: 'Europe/Paris',
    });
    const [first, second] = [...emulator.posts.keys()];
    const common = {
      status: 'scheduled',
      backendStatus: 'scheduled',
      contentType: 'video',
      contentUrl: VIDEO,
      caption: 'Hello #viral',
      airAt: Date.parse('2026-12-24T18:30:00Z'),
      timezone: 'Europe/Paris',
      createdAt: Date.parse('2026-11-21T12:00:00Z'),
    };
    expect(posts).toEqual([
      {
        id: first,
        ...common,
        soundId,
        targets: [{ accountId: 'acc_tiktok1', platform: 'tiktok', status: 'scheduled' }],
      },
      {
        id: second,
        ...common,
        targets: [{ accountId: 'acc_instagram1', platform: 'instagram', status: 'scheduled' }],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('goes live at the time that was asked, and not before', async () => {
    await using setting = await openSetting();
    const { backend, call, emulator } = setting;
    await backend.createVideoPost(orderOf(), call);
    emulator.server.clock.set('2026-12-24T18:29:59Z');
    expect(emulator.published()).toEqual([]);
    emulator.server.clock.set('2026-12-24T18:30:00Z');
    expect(emulator.published()).toMatchObject([{ publishedAt: '2026-12-24T18:30:03Z' }]);
  });

  it('without a time is under way at once, and no time is sent', async () => {
    await using setting = await openSetting();
    const { backend, call, emulator } = setting;
    const { posts } = await backend.createVideoPost(orderForNow(), call);
    expect(setting.lastBody()).toEqual({
      accountIds: ['acc_tiktok1'],
      contentUrl: VIDEO,
      caption: 'Hello #viral',
    });
    expect(posts).toMatchObject([
      {
        status: 'processing',
        backendStatus: 'scheduled',
        airAt: Date.parse('2026-11-21T12:00:00Z'),
        targets: [{ status: 'processing' }],
      },
    ]);
    expect(posts[0]).not.toHaveProperty('timezone');
    expect(emulator.published()).toHaveLength(1);
  });

  it('is understood whether it is answered with 200 or with 201', async () => {
    await using setting = await openSetting({ createdStatus: 201 });
    const { posts } = await setting.backend.createVideoPost(orderOf(), setting.call);
    expect(posts).toHaveLength(1);
  });

  it('leaves a sound out where no account takes it', async () => {
    await using setting = await openSetting();
    const { soundId } = setting.emulator.addSound();
    const order = orderOf({ accounts: [instagram], soundId });
    const { posts } = await setting.backend.createVideoPost(order, setting.call);
    expect(setting.lastBody()).not.toHaveProperty('soundId');
    expect(posts[0]).not.toHaveProperty('soundId');
  });

  it('takes content by its public URL only', async () => {
    await using setting = await openSetting();
    const content = { kind: 'clip', url: 'openshorts:job/0', jobId: 'job', clipIndex: 0 } as const;
    const failure = await failureOf(setting.backend.createVideoPost(orderOf({ content }), setting.call));
    expect(failure.code).toBe('unsupported');
    expect(setting.calls()).toEqual([]);
  });

  it('understands the older form of the answer, with bare ids and the time in UTC', async () => {
    await using setting = await openSetting();
    const body = { posts: [{ id: 'post_old', platform: 'tiktok', scheduledTime: '2026-12-24T18:30:00Z' }] };
    setting.emulator.server.fail({ kind: 'status', status: 201, body }, isCreate);
    const { posts, warnings } = await setting.backend.createVideoPost(orderOf(), setting.call);
    expect(posts).toMatchObject([
      {
        id: 'post_old',
        status: 'scheduled',
        airAt: Date.parse('2026-12-24T18:30:00Z'),
        targets: [{ accountId: 'acc_tiktok1', platform: 'tiktok', status: 'scheduled' }],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('warns when the vendor answers with another time than was asked', async () => {
    await using setting = await openSetting();
    const row = { postId: 'post_1', accountId: 'acc_tiktok1', scheduledTime: '2026-12-24T18:30' };
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { posts: [row] } }, isCreate);
    const { warnings } = await setting.backend.createVideoPost(orderOf(), setting.call);
    expect(warnings).toMatchObject([{ code: 'time_not_kept' }]);
  });

  it('names the accounts for which the vendor named no post', async () => {
    await using setting = await openSetting();
    const row = { postId: 'post_1', accountId: 'acc_tiktok2' };
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { posts: [row] } }, isCreate);
    const order = orderOf({ accounts: [tiktok, secondTiktok] });
    const { posts, warnings } = await setting.backend.createVideoPost(order, setting.call);
    expect(posts).toMatchObject([{ targets: [{ accountId: 'acc_tiktok2' }] }]);
    expect(warnings).toMatchObject([{ code: 'post_missing', accountIds: ['acc_tiktok1'] }]);
  });
});

describe('a dry run of a create', () => {
  it('shows the request that would go out, and sends nothing', async () => {
    await using setting = await openSetting();
    const order = orderOf({ accounts: [tiktok, instagram] });
    const { requests, warnings } = await setting.backend.planVideoPost(order, setting.call);
    const [planned, ...others] = requests;
    expect({ others, warnings }).toEqual({ others: [], warnings: [] });
    expect(setting.calls()).toEqual([]);
    expect(planned).toMatchObject({
      accountIds: ['acc_tiktok1', 'acc_instagram1'],
      method: 'POST',
      url: `${setting.emulator.baseUrl}/v1/posts/video`,
    });
    await setting.backend.createVideoPost(order, setting.call);
    expect(planned?.body).toEqual(setting.lastBody());
  });
});

describe('an air time', () => {
  it.each([
    ['one of the eleven zones', '2027-01-10T08:00:00Z', 'Australia/Sydney', '2027-01-10T19:00'],
    ['the hour after a gap', '2027-03-14T07:00:00Z', 'America/New_York', '2027-03-14T03:00'],
    ['the last minute before a gap', '2027-03-14T06:59:00Z', 'America/New_York', '2027-03-14T01:59'],
    ['the hour after a double', '2027-11-07T07:00:00Z', 'America/New_York', '2027-11-07T02:00'],
  ])('keeps its zone: %s', async (_, instant, timezone, scheduledTime) => {
    await using setting = await openSetting();
    await setting.backend.createVideoPost(orderOf({ airTime: at(instant, timezone) }), setting.call);
    expect(setting.lastBody()).toMatchObject({ scheduledTime, timezone });
  });

  it.each([
    ['a zone that the vendor does not know', '2026-12-24T17:30:00Z', 'Europe/Berlin'],
    ['UTC', '2026-12-24T17:30:00Z', 'UTC'],
    ['a zone of half hours', '2026-12-24T17:30:00Z', 'Asia/Kolkata'],
    ['the first of a doubled hour', '2027-11-07T05:30:00Z', 'America/New_York'],
    ['the second of a doubled hour', '2027-11-07T06:30:00Z', 'America/New_York'],
    ['the second of a doubled hour in Sydney', '2027-04-03T16:15:00Z', 'Australia/Sydney'],
    ['the first of a doubled hour in London', '2027-10-31T00:30:00Z', 'Europe/London'],
  ])('is sent in a zone without summer time: %s', async (_, instant, timezone) => {
    await using setting = await openSetting();
    const airTime = at(instant, timezone);
    const { posts } = await setting.backend.createVideoPost(orderOf({ airTime }), setting.call);
    expect(setting.lastBody()).toMatchObject({ timezone: 'Asia/Tokyo' });
    expect(posts).toMatchObject([{ airAt: airTime.at, timezone }]);
    const [kept] = setting.emulator.posts.values();
    expect(new Date(kept?.dueAt ?? 0).toISOString()).toBe(new Date(airTime.at).toISOString());
  });
});

describe('a create that is refused', () => {
  it('says that an account is unknown, and how to see the accounts', async () => {
    await using setting = await openSetting();
    const order = orderOf({ accounts: [tiktok, { ...tiktok, id: 'acc_gone' }] });
    const failure = await failureOf(setting.backend.createVideoPost(order, setting.call));
    expect(failure.toAnswer()).toMatchObject({
      code: 'not_found',
      retryable: false,
      upstream: { status: 404, code: 'not_found' },
      next: { tool: 'list_profiles', arguments: { backend: 'infinipost', refresh: true } },
    });
    expect(failure.message).toContain('Account(s) not found: acc_gone');
    expect(setting.emulator.posts.size).toBe(0);
  });

  it.each<[string, string, number, FailureCode]>([
    ['a missing field, by its own code', 'missing_required_fields', 400, 'invalid_parameter'],
    ['a wrong field, whatever the status', 'invalid_parameter', 422, 'invalid_parameter'],
    ['an error inside a success', 'invalid_parameter', 200, 'invalid_parameter'],
    ['a wrong key, by its code alone', 'invalid_api_key', 400, 'unauthenticated'],
    ['no right to do it, by the status alone', 'something_new', 403, 'forbidden'],
    ['a plan that is used up, by the status alone', 'something_new', 402, 'quota_exceeded'],
    ['an error of the vendor, whatever the status', 'internal', 400, 'outcome_unknown'],
    ['an error of the vendor', 'internal', 500, 'outcome_unknown'],
  ])('%s', async (_, code, status, expected) => {
    await using setting = await openSetting();
    const body = { error: { code, message: 'as the vendor says' } };
    setting.emulator.server.fail({ kind: 'status', status, body }, isCreate);
    const failure = await failureOf(setting.backend.createVideoPost(orderOf(), setting.call));
    expect(failure.code).toBe(expected);
    expect(failure.message).toContain('as the vendor says');
    expect(setting.calls()).toHaveLength(1);
  });
});

describe('a create that goes wrong on its way', () => {
  const unknown: readonly [string, Fault, posts: number][] = [
    ['a connection that is reset after it was accepted', { kind: 'resetAfterAccept' }, 1],
    ['a 5xx after it was accepted', { kind: 'errorAfterAccept', status: 500 }, 1],
    ['half an answer', { kind: 'halfAnswer' }, 1],
    ['a proxy that answers in HTML', { kind: 'html', status: 502 }, 0],
    ['an answer that names no post', { kind: 'status', status: 200, body: { posts: [] } }, 0],
    ['an empty answer', { kind: 'status', status: 200 }, 0],
  ];

  it.each(unknown)('has an unknown outcome and is sent once: %s', async (_, fault, posts) => {
    await using setting = await openSetting();
    setting.emulator.server.fail(fault, isCreate);
    const failure = await failureOf(setting.backend.createVideoPost(orderForNow(), setting.call));
    expect(failure.toAnswer()).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(setting.calls()).toEqual(['POST /v1/posts/video']);
    setting.advance(DAY_MS);
    expect(setting.emulator.published()).toHaveLength(posts);
  });

  it.each([
    ['with Retry-After', { 'retry-after': '17' }, 17],
    ['without', {}, 30],
  ])('is told to come later, %s', async (_, headers, retryAfterSeconds) => {
    await using setting = await openSetting();
    const create = () => setting.backend.createVideoPost(orderOf(), setting.call);
    setting.emulator.server.fail({ kind: 'status', status: 429, headers }, isCreate);
    const failure = await failureOf(create());
    expect(failure.toAnswer()).toMatchObject({ code: 'rate_limited', retryable: true, retryAfterSeconds });
    expect(setting.calls()).toHaveLength(1);
    setting.advance(retryAfterSeconds * 1000);
    await create();
    expect(setting.emulator.posts.size).toBe(1);
  });

  it('surely did not arrive when the connection is refused', async () => {
    await using setting = await openSetting();
    const create = () => setting.backend.createVideoPost(orderOf(), setting.call);
    await setting.emulator.server.stop();
    expect((await failureOf(create())).code).toBe('unavailable');
    await setting.emulator.server.listen();
    await create();
    expect(setting.emulator.posts.size).toBe(1);
  });
});
