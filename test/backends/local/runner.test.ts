import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Airdate, newFolder, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookSink } from '../../support/webhook-sink.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-21T12:00:00Z');

async function schedule(airdate: Airdate, at: number, input: object = {}): Promise<string> {
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    caption: 'due',
    scheduledTime: new Date(at).toISOString(),
    ...input,
  });
  return posts[0]?.postId ?? '';
}

async function statusOf(airdate: Airdate, postId: string): Promise<string> {
  return (await airdate.call('get_post', { postId })).post.status;
}

async function becomes(airdate: Airdate, postId: string, status: string): Promise<void> {
  await eventually(async () => expect(await statusOf(airdate, postId)).toBe(status));
}

/** Lets the runner look again, many times, without a move of the clock that matters. */
async function looks(airdate: Airdate): Promise<void> {
  for (let look = 0; look < 20; look += 1) {
    airdate.clock.advance(10);
    await airdate.call('list_posts', { limit: 1 });
  }
}

/** A post is made for `at`, the process ends, and another one starts at `now`. */
async function afterDowntime({ at, now, grace }: { at: number; now: number; grace?: number }) {
  const home = newFolder();
  let postId: string;
  {
    await using before = await openAirdate({ home });
    postId = await schedule(before, at);
  }
  const environment: Record<string, string> = grace === undefined ? {} : { AIRDATE_GRACE: String(grace) };
  const airdate = await openAirdate({ home, clock: new ManualClock(now), environment });
  return {
    airdate,
    postId,
    async [Symbol.asyncDispose]() {
      await airdate[Symbol.asyncDispose]();
      rmSync(home, { recursive: true });
    },
  };
}

describe('what was due while nothing ran', () => {
  const at = START + HOUR;
  it.each([
    ['minutes late, within the grace', { at, now: at + 20 * MINUTE }, 'published'],
    ['just within the grace', { at, now: at + HOUR }, 'published'],
    ['past the grace', { at, now: at + HOUR + 1 }, 'missed'],
    ['hours late', { at, now: at + 7 * HOUR }, 'missed'],
    ['minutes late, and the grace is longer', { at, now: at + 7 * HOUR, grace: 600 }, 'published'],
    ['minutes late, and the grace is shorter', { at, now: at + 20 * MINUTE, grace: 10 }, 'missed'],
    ['a minute late, and nothing may be late', { at, now: at + MINUTE, grace: 0 }, 'missed'],
    ['on time, and nothing may be late', { at, now: at, grace: 0 }, 'published'],
  ] as const)('%s', async (_, times, status) => {
    await using after = await afterDowntime(times);
    await becomes(after.airdate, after.postId, status);
    const entries = status === 'published' ? 1 : 0;
    await looks(after.airdate);
    expect(outboxOf(after.airdate)).toHaveLength(entries);
  });

  it('and is missed waits, and the log says so', async () => {
    await using after = await afterDowntime({ at, now: at + DAY });
    await becomes(after.airdate, after.postId, 'missed');
    const facts = { postId: after.postId.replace('local:', ''), accountId: 'tiktok' };
    expect(after.airdate.log).toContainEqual(expect.objectContaining({ level: 'warn', facts }));
    after.airdate.clock.advance(30 * DAY);
    await looks(after.airdate);
    const { post } = await after.airdate.call('get_post', { postId: after.postId });
    expect(post.targets).toMatchObject([
      { status: 'missed', error: { code: 'unavailable', hint: expect.stringContaining('retry_post') } },
    ]);
  });

  it('and is missed airs now when it is retried', async () => {
    await using after = await afterDowntime({ at, now: at + DAY });
    await becomes(after.airdate, after.postId, 'missed');
    await after.airdate.call('retry_post', { postId: after.postId });
    await becomes(after.airdate, after.postId, 'published');
    expect(outboxOf(after.airdate)).toHaveLength(1);
  });

  it('and is missed airs at the new time that it is given, and not before', async () => {
    await using after = await afterDowntime({ at, now: at + DAY });
    const { airdate, postId } = after;
    await becomes(airdate, postId, 'missed');
    const { post } = await airdate.call('edit_post', {
      postId,
      scheduledTime: new Date(at + 2 * DAY).toISOString(),
    });
    expect(post.status).toBe('scheduled');
    airdate.clock.set(at + 2 * DAY - 1_000);
    await looks(airdate);
    expect(await statusOf(airdate, postId)).toBe('scheduled');
    airdate.clock.set(at + 2 * DAY);
    await becomes(airdate, postId, 'published');
  });

  it('and is missed takes no edit without a new time, which says what can be done', async () => {
    await using after = await afterDowntime({ at, now: at + DAY });
    const { airdate, postId } = after;
    await becomes(airdate, postId, 'missed');
    expect(await airdate.fail('edit_post', { postId, caption: 'another' })).toMatchObject({
      code: 'invalid_parameter',
      field: 'scheduledTime',
      next: { tool: 'get_post', arguments: { postId } },
    });
  });

  it('and is missed can be cancelled', async () => {
    await using after = await afterDowntime({ at, now: at + DAY });
    const { airdate, postId } = after;
    await becomes(airdate, postId, 'missed');
    expect((await airdate.call('cancel_post', { postId })).post.status).toBe('cancelled');
    expect(await airdate.fail('retry_post', { postId })).toMatchObject({ code: 'cannot_edit' });
  });
});

describe('a post that waits behind others while the runner is up', () => {
  it('is not missed, though nothing may be late', async () => {
    const clock = new ManualClock();
    await using sink = await openWebhookSink({ now: clock.now });
    await using airdate = await openAirdate({
      clock,
      environment: { ...sink.environment, AIRDATE_GRACE: '0' },
    });
    sink.fail({ kind: 'lateAnswer', ms: 400 }, 8);
    const posts = [];
    for (let index = 0; index < 12; index += 1)
      posts.push(await schedule(airdate, START + HOUR, { caption: `${index}` }));
    clock.set(START + HOUR);
    await eventually(() => expect(sink.requests).toHaveLength(8));
    for (let second = 0; second < 20; second += 1) {
      clock.advance(1_000);
      await airdate.call('list_posts', { limit: 1 });
    }
    for (const postId of posts) await becomes(airdate, postId, 'published');
    expect(sink.published).toHaveLength(12);
  });
});

describe('time', () => {
  it.each([25, 60, 400])('a post %d days ahead does not air early', async (days) => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, START + days * DAY);
    for (const early of [1, DAY, (days - 1) * DAY, days * DAY - 1_000]) {
      airdate.clock.set(START + early);
      await looks(airdate);
      expect(await statusOf(airdate, postId)).toBe('scheduled');
    }
    airdate.clock.set(START + days * DAY);
    await becomes(airdate, postId, 'published');
  });

  it('that jumps forward over the air time by less than the grace airs the post, once', async () => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, START + 10 * MINUTE);
    airdate.clock.set(START + 40 * MINUTE);
    await becomes(airdate, postId, 'published');
    airdate.clock.set(START + 5 * MINUTE);
    await looks(airdate);
    airdate.clock.set(START + 11 * MINUTE);
    await looks(airdate);
    expect(outboxOf(airdate)).toHaveLength(1);
  });

  it('that jumps a year forward and back skips nothing: what was passed over is held, what is ahead still airs', async () => {
    await using airdate = await openAirdate();
    const passed = await schedule(airdate, START + DAY);
    const ahead = await schedule(airdate, START + 500 * DAY);
    airdate.clock.set(START + 365 * DAY);
    await becomes(airdate, passed, 'missed');
    airdate.clock.set(START);
    await looks(airdate);
    expect(await statusOf(airdate, passed)).toBe('missed');
    expect(await statusOf(airdate, ahead)).toBe('scheduled');
    airdate.clock.set(START + 500 * DAY);
    await becomes(airdate, ahead, 'published');
    expect(outboxOf(airdate)).toHaveLength(1);
  });

  it('that jumps back puts a post off until its air time comes again', async () => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, START + MINUTE);
    airdate.clock.set(START - HOUR);
    await looks(airdate);
    airdate.clock.set(START + MINUTE - 1_000);
    await looks(airdate);
    expect(await statusOf(airdate, postId)).toBe('scheduled');
    airdate.clock.set(START + MINUTE);
    await becomes(airdate, postId, 'published');
  });

  it('has second precision', async () => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, START + 61_000);
    airdate.clock.set(START + 60_799);
    // A new post makes the runner look at once.
    await schedule(airdate, START + HOUR, { caption: 'later' });
    await looks(airdate);
    expect(airdate.clock.now()).toBe(START + 60_999);
    expect(await statusOf(airdate, postId)).toBe('scheduled');
    airdate.clock.advance(1);
    await becomes(airdate, postId, 'published');
  });
});

describe('a row that says what cannot be', () => {
  const damaged = (log: Airdate['log']) =>
    log.filter(({ message }) => message.includes('cannot be taken up'));

  it.each([1, 12])('holds up no other, and is told once: %s of them', async (count) => {
    await using airdate = await openAirdate();
    for (let index = 0; index < count; index += 1)
      await schedule(airdate, START + MINUTE, { caption: `damaged ${index}` });
    await run(airdate, "update targets set status = 'cancelled'");
    const postId = await schedule(airdate, START + MINUTE);
    airdate.clock.set(START + MINUTE);
    await becomes(airdate, postId, 'published');
    for (let look = 0; look < 5; look += 1) {
      airdate.clock.advance(2_000);
      await looks(airdate);
    }
    expect(outboxOf(airdate)).toHaveLength(1);
    expect(damaged(airdate.log)).toHaveLength(count);
    expect(damaged(airdate.log)[0]).toMatchObject({
      level: 'error',
      facts: { postId: expect.any(String), accountId: 'tiktok', error: expect.any(String) },
    });
  });

  it('is not looked at over and over while the clock stands', async () => {
    await using airdate = await openAirdate();
    await schedule(airdate, START + MINUTE);
    await run(airdate, "update targets set status = 'cancelled'");
    let sleeps = 0;
    const { clock } = airdate;
    const { sleep } = clock;
    clock.sleep = (ms, signal) => {
      sleeps += 1;
      return sleep(ms, signal);
    };
    clock.set(START + MINUTE);
    await eventually(() => expect(damaged(airdate.log)).toHaveLength(1));
    for (let look = 0; look < 20; look += 1) await airdate.call('list_posts', { limit: 1 });
    expect(sleeps).toBeLessThan(5);
  });
});

describe('what cannot be written', () => {
  const troubles = [
    { name: 'a full disk', begin: fillDisk, end: 'pragma max_page_count = 100000', message: 'disk is full' },
    {
      name: 'a database that may not be written',
      begin: (airdate: Airdate) => run(airdate, 'pragma query_only = on'),
      end: 'pragma query_only = off',
      message: 'cannot be written',
    },
  ];

  it.each(troubles)(
    '$name fails writes with what to do, while reads go on',
    async ({ begin, end, message }) => {
      await using airdate = await openAirdate({ runner: false });
      const postId = await schedule(airdate, START + HOUR);
      await begin(airdate);
      const failure = {
        code: 'unavailable',
        retryable: true,
        message: expect.stringContaining(message),
        hint: expect.any(String),
      };
      const draft = {
        accountIds: ['local:tiktok'],
        contentUrl: 'https://cdn.example.com/clip.mp4',
        caption: 'x'.repeat(2_000),
      };
      expect(await airdate.fail('create_video_post', draft)).toMatchObject(failure);
      expect(await airdate.fail('edit_post', { postId, caption: 'y'.repeat(2_000) })).toMatchObject(failure);
      expect(await airdate.fail('cancel_post', { postId })).toMatchObject(failure);
      expect((await airdate.call('get_post', { postId })).post).toMatchObject({
        caption: 'due',
        status: 'scheduled',
      });
      expect((await airdate.call('list_posts')).posts).toHaveLength(1);
      expect((await airdate.call('list_profiles')).unavailable).toEqual([]);
      await run(airdate, end);
      expect((await airdate.call('edit_post', { postId, caption: 'again' })).post.caption).toBe('again');
      expect((await airdate.call('create_video_post', draft)).replayed).toBe(false);
    },
  );

  it.each(troubles)(
    '$name: nothing is sent without a durable attempt, and it airs once when that can be made',
    async ({ begin, end }) => {
      const clock = new ManualClock();
      await using sink = await openWebhookSink({ now: clock.now });
      await using airdate = await openAirdate({ clock, environment: sink.environment });
      const posts: string[] = [];
      for (const caption of ['one', 'two', 'three'])
        posts.push(await schedule(airdate, START + MINUTE, { caption }));
      await begin(airdate);
      clock.set(START + MINUTE);
      await eventually(() => {
        clock.advance(500);
        const errors = airdate.log.filter(({ level }) => level === 'error');
        expect(errors.length).toBeGreaterThan(2);
      });
      expect(sink.requests).toHaveLength(0);
      await run(airdate, end);
      await eventually(async () => {
        clock.advance(500);
        for (const postId of posts) expect(await statusOf(airdate, postId)).toBe('published');
      });
      expect(sink.requests).toHaveLength(3);
      expect(sink.captions().sort()).toEqual(['one', 'three', 'two']);
    },
  );

  it('an outcome that cannot be recorded is recorded as soon as it can; nothing is sent again meanwhile', async () => {
    const clock = new ManualClock();
    await using sink = await openWebhookSink({ now: clock.now });
    await using airdate = await openAirdate({ clock, environment: sink.environment });
    sink.fail({ kind: 'lateAnswer', ms: 200 });
    const postId = await schedule(airdate, START + MINUTE);
    clock.set(START + MINUTE);
    await eventually(() => expect(sink.requests).toHaveLength(1));
    await run(airdate, 'pragma query_only = on');
    await eventually(() => {
      clock.advance(1_000);
      expect(airdate.log).toContainEqual(
        expect.objectContaining({
          level: 'error',
          message: expect.stringContaining('cannot be recorded yet'),
        }),
      );
    });
    expect(await statusOf(airdate, postId)).toBe('processing');
    await run(airdate, 'pragma query_only = off');
    await eventually(async () => {
      clock.advance(1_000);
      expect(await statusOf(airdate, postId)).toBe('published');
    });
    expect(sink.requests).toHaveLength(1);
  });
});

function outboxOf({ home }: Airdate): string[] {
  try {
    return readdirSync(join(home, 'outbox'));
  } catch {
    return [];
  }
}

async function run(airdate: Airdate, statement: string): Promise<void> {
  await sql.raw(statement).execute(airdate.program.database.query);
}

/** The file may not grow, and earlier attempts and calls have filled the pages that there are. */
async function fillDisk(airdate: Airdate): Promise<void> {
  await run(airdate, 'pragma max_page_count = 1');
  const attempt = `insert into attempts (post_id, account_id, number, round, owner, started_at, finished_at, outcome)
    values ('earlier', 'tiktok', 1, 0, 'gone', 1, 1, 'refused')`;
  const attempts = async () => {
    for (let time = 0; time < 1_000; time += 1) await run(airdate, attempt);
  };
  await expect(attempts()).rejects.toThrow('full');
  const { posts } = await airdate.call('list_posts');
  for (let time = 0; time < 1_000; time += 1) {
    const { code } = await airdate.fail('retry_post', { postId: posts[0]?.postId });
    if (code === 'unavailable') return;
  }
  throw new Error('the disk never became full');
}
