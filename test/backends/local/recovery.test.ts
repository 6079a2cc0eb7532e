import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type Airdate, newFolder, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openStdio, type StdioSession, startAirdate } from '../../support/process.ts';
import { openWebhookSink, type WebhookSink } from '../../support/webhook-sink.ts';

const DRAFT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4' };
const PATIENT = { timeout: 15_000, interval: 50 };

/** A data directory and a receiver, which outlive the processes that use them. */
async function openScene(options: { honoursKeys?: boolean } = {}) {
  const home = newFolder();
  let now: () => number = Date.now;
  const sink = await openWebhookSink({ now: () => now(), ...options });
  const environment: Record<string, string> = { AIRDATE_HOME: home, ...sink.environment };
  return {
    home,
    sink,
    environment,
    /** Airdate in this process, on a clock that moves by hand; the receiver goes by it from now on. */
    async here(clock: ManualClock, more: Record<string, string> = {}): Promise<Airdate> {
      now = clock.now;
      return openAirdate({ home, clock, environment: { ...environment, ...more } });
    },
    async [Symbol.asyncDispose]() {
      await sink[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function publishNow({ client }: StdioSession, caption: string): Promise<string> {
  const result = await client.callTool({ name: 'create_video_post', arguments: { ...DRAFT, caption } });
  expect(result.isError ?? false).toBe(false);
  return (result.structuredContent as { posts: { postId: string }[] }).posts[0]?.postId ?? '';
}

async function kill(session: StdioSession): Promise<void> {
  const { pid } = session.transport;
  const closed = new Promise<void>((resolve) => {
    session.transport.onclose = resolve;
  });
  process.kill(pid ?? 0, 'SIGKILL');
  await closed;
}

/** A process that begins to hand a post over and is killed before the answer comes. */
async function diesWhileSending(
  { environment, sink }: { environment: Record<string, string>; sink: WebhookSink },
  before: () => void,
): Promise<string> {
  before();
  const session = await openStdio(environment);
  const postId = await publishNow(session, 'cut off');
  await eventually(() => expect(sink.requests).toHaveLength(1), PATIENT);
  await kill(session);
  return postId;
}

async function settled(airdate: Airdate, postId: string) {
  return eventually(async () => {
    airdate.clock.advance(500);
    const { post } = await airdate.call('get_post', { postId });
    expect(['published', 'failed', 'unconfirmed', 'missed']).toContain(post.status);
    return post;
  }, PATIENT);
}

describe('a process that dies between an attempt and its outcome', () => {
  it('is followed by one that asks again with the same key: what was accepted counts once', async () => {
    await using scene = await openScene();
    const { sink } = scene;
    const postId = await diesWhileSending(scene, () => sink.fail({ kind: 'lateAnswer', ms: Infinity }));
    expect(sink.published).toHaveLength(1);
    await using airdate = await scene.here(new ManualClock(Date.now()));
    const post = await settled(airdate, postId);
    expect(post).toMatchObject({ status: 'published', targets: [{ url: 'https://video.example/1' }] });
    expect(sink.requests).toHaveLength(2);
    expect(new Set(sink.keys).size).toBe(1);
    expect(sink.published).toHaveLength(1);
    expect(airdate.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('cut off') }),
    );
  });

  it('is followed by one that asks again with the same key: what never arrived airs', async () => {
    await using scene = await openScene();
    const { sink } = scene;
    const postId = await diesWhileSending(scene, () => sink.fail({ kind: 'status', status: 503 }));
    await using airdate = await scene.here(new ManualClock(Date.now()));
    expect((await settled(airdate, postId)).status).toBe('published');
    expect(sink.published).toHaveLength(1);
  });

  it('long ago leaves a post that may be live: it is not published late unasked, and a retry counts once', async () => {
    await using scene = await openScene();
    const { sink } = scene;
    const postId = await diesWhileSending(scene, () => sink.fail({ kind: 'lateAnswer', ms: Infinity }));
    await using airdate = await scene.here(new ManualClock(Date.now() + 3 * 3_600_000));
    expect(await settled(airdate, postId)).toMatchObject({
      status: 'unconfirmed',
      targets: [{ error: { code: 'outcome_unknown', hint: expect.stringContaining('retry_post') } }],
    });
    expect(sink.requests).toHaveLength(1);
    await airdate.call('retry_post', { postId });
    expect((await settled(airdate, postId)).status).toBe('published');
    expect(sink.published).toHaveLength(1);
  });

  it('a moment ago is followed up though nothing may be late', async () => {
    await using scene = await openScene();
    const { sink } = scene;
    const postId = await diesWhileSending(scene, () => sink.fail({ kind: 'lateAnswer', ms: Infinity }));
    await using airdate = await scene.here(new ManualClock(Date.now() + 60_000), { AIRDATE_GRACE: '0' });
    expect((await settled(airdate, postId)).status).toBe('published');
    expect(sink.published).toHaveLength(1);
  });

  it('again and again is given up after five attempts', async () => {
    await using scene = await openScene();
    const { sink, home } = scene;
    const postId = await diesWhileSending(scene, () => sink.fail({ kind: 'lateAnswer', ms: Infinity }));
    const store = new DatabaseSync(join(home, 'airdate.db'));
    store.exec('update attempts set number = 5; update targets set attempts = 5');
    store.close();
    await using airdate = await scene.here(new ManualClock(Date.now()));
    expect((await settled(airdate, postId)).status).toBe('unconfirmed');
    expect(sink.requests).toHaveLength(1);
  });

  it('many times at any moment loses no post and publishes none twice', async () => {
    await using scene = await openScene();
    const { sink, environment } = scene;
    const posts: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      sink.fail({ kind: 'lateAnswer', ms: 30 * round }, 3);
      const session = await openStdio(environment);
      for (const part of ['a', 'b', 'c']) posts.push(await publishNow(session, `${round}${part}`));
      await eventually(() => expect(sink.requests.length).toBeGreaterThan(posts.length - 3), PATIENT);
      await kill(session);
    }
    await using airdate = await scene.here(new ManualClock(Date.now()));
    for (const postId of posts) expect((await settled(airdate, postId)).status).toBe('published');
    expect(sink.captions().sort()).toEqual([...new Set(sink.captions())].sort());
    expect(sink.published).toHaveLength(15);
  });
});

interface Worker extends AsyncDisposable {
  readonly child: ChildProcess;
  airs(): boolean;
}

async function startWorker(environment: Record<string, string>): Promise<Worker> {
  const child = startAirdate(['worker'], environment);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await eventually(() => expect(log).toContain('The worker is up'), PATIENT);
  return {
    child,
    airs: () => log.includes('This process airs'),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('two processes on one data directory', () => {
  it('one airs and the other stands by; when the first is killed, the other takes over', async () => {
    await using scene = await openScene();
    const { sink, environment } = scene;
    await using first = await startWorker(environment);
    await eventually(() => expect(first.airs()).toBe(true), PATIENT);
    await using second = await startWorker(environment);
    await using airdate = await openAirdate({
      home: scene.home,
      clock: new ManualClock(Date.now()),
      environment,
      runner: false,
    });
    for (const caption of ['one', 'two', 'three'])
      await airdate.call('create_video_post', { ...DRAFT, caption });
    const far = await airdate.call('create_video_post', {
      ...DRAFT,
      caption: 'far ahead',
      scheduledTime: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    });
    await eventually(() => expect(sink.published).toHaveLength(3), PATIENT);
    expect(second.airs()).toBe(false);

    first.child.kill('SIGKILL');
    await eventually(() => expect(second.airs()).toBe(true), PATIENT);
    await airdate.call('create_video_post', { ...DRAFT, caption: 'four' });
    await eventually(() => expect(sink.published).toHaveLength(4), PATIENT);
    expect(sink.captions().sort()).toEqual(['four', 'one', 'three', 'two']);
    expect((await airdate.call('get_post', { postId: far.posts[0]?.postId })).post.status).toBe('scheduled');
  });

  it('one that ends in good order hands over at once, with nothing left open', async () => {
    await using scene = await openScene();
    const { sink, environment } = scene;
    await using first = await startWorker(environment);
    await eventually(() => expect(first.airs()).toBe(true), PATIENT);
    await using airdate = await scene.here(new ManualClock(Date.now()));
    const { posts } = await airdate.call('create_video_post', { ...DRAFT, caption: 'in hand' });
    sink.fail({ kind: 'lateAnswer', ms: 300 });
    await eventually(() => expect(sink.requests).toHaveLength(1), PATIENT);
    first.child.kill('SIGTERM');
    const [code] = await once(first.child, 'exit');
    expect(code ?? 0).toBe(0);
    await settled(airdate, posts[0]?.postId ?? '');
    expect(sink.requests).toHaveLength(1);
  });

  it('one that is frozen is not taken over, and goes on where it was', async () => {
    await using scene = await openScene();
    const { sink, environment, home } = scene;
    await using frozen = await startWorker(environment);
    await eventually(() => expect(frozen.airs()).toBe(true), PATIENT);
    sink.fail({ kind: 'lateAnswer', ms: 1_000 });
    await using airdate = await openAirdate({ home, clock: new ManualClock(Date.now()), environment });
    const { posts } = await airdate.call('create_video_post', { ...DRAFT, caption: 'held' });
    await eventually(() => expect(sink.requests).toHaveLength(1), PATIENT);
    frozen.child.kill('SIGSTOP');
    for (let look = 0; look < 30; look += 1) {
      airdate.clock.advance(60_000);
      await airdate.call('get_post', { postId: posts[0]?.postId });
    }
    expect(sink.requests).toHaveLength(1);
    expect((await airdate.call('get_post', { postId: posts[0]?.postId })).post.status).toBe('processing');
    frozen.child.kill('SIGCONT');
    await eventually(async () => {
      const { post } = await airdate.call('get_post', { postId: posts[0]?.postId });
      expect(post.status).toBe('published');
    }, PATIENT);
    expect(sink.requests).toHaveLength(1);
  });
});

describe('a row that says what cannot be', () => {
  const HOUR = 3_600_000;

  it('keeps no other attempt that was cut off from being settled, and nothing from airing', async () => {
    await using scene = await openScene();
    const time = new ManualClock();
    const schedule = async (airdate: Airdate, caption: string, hours: number) => {
      const scheduledTime = new Date(time.now() + hours * HOUR).toISOString();
      const { posts } = await airdate.call('create_video_post', { ...DRAFT, caption, scheduledTime });
      return posts[0]?.postId ?? '';
    };
    const ids: string[] = [];
    {
      await using before = await scene.here(time);
      for (const caption of ['damaged', 'cut off', 'to come'])
        ids.push(await schedule(before, caption, caption === 'to come' ? 2 : 1));
    }
    const store = new DatabaseSync(join(scene.home, 'airdate.db'));
    for (const [index, status] of ['cancelled', 'processing'].entries()) {
      const id = ids[index]?.replace('local:', '') ?? '';
      store.prepare('update targets set status = ?, due_at = null where post_id = ?').run(status, id);
      store
        .prepare(
          "insert into attempts (post_id, account_id, number, round, owner, started_at) values (?, 'tiktok', 1, 0, 'gone', ?)",
        )
        .run(id, time.now() + HOUR);
    }
    store.close();
    time.advance(HOUR);
    await using airdate = await scene.here(time);
    expect((await settled(airdate, ids[1] ?? '')).status).toBe('published');
    time.set(time.now() + HOUR);
    expect((await settled(airdate, ids[2] ?? '')).status).toBe('published');
    expect(scene.sink.captions()).toEqual(['cut off', 'to come']);
    const damaged = airdate.log.filter(({ level }) => level === 'error');
    expect(damaged).toMatchObject([
      { facts: { postId: ids[0]?.replace('local:', ''), accountId: 'tiktok' } },
    ]);
  });

  it('keeps no Airdate from starting when the rules of time zones change', async () => {
    await using scene = await openScene();
    const { home } = scene;
    {
      await using old = await openAirdate({ home, zoneRules: '2026a', runner: false });
      for (const caption of ['damaged', 'sound'])
        await old.call('create_video_post', { ...DRAFT, caption, scheduledTime: '2027-01-10T09:00' });
      const { query } = old.program.database;
      const change = query.updateTable('posts').where('caption', '=', 'damaged');
      await change.set({ timezone: 'Nowhere/Land', air_at: 1 }).execute();
    }
    await using airdate = await openAirdate({ home, zoneRules: '2026c', runner: false });
    const rows = await airdate.program.database.query
      .selectFrom('posts')
      .select(['caption', 'zone_rules'])
      .execute();
    expect(rows).toContainEqual({ caption: 'sound', zone_rules: '2026c' });
    expect(airdate.log.filter(({ level }) => level === 'error')).toMatchObject([
      { facts: { postId: expect.any(String), error: expect.any(String) } },
    ]);
  });
});

describe('when the rules of a time zone change', () => {
  const clock = () => new ManualClock('2026-11-21T12:00:00Z');
  const schedule = (airdate: Airdate, input: object) =>
    airdate.call('create_video_post', { ...DRAFT, ...input }).then(({ posts }) => posts[0]?.postId ?? '');

  /** Leaves a post as an Airdate left it whose rules put its zone an hour off. */
  function asUnderOldRules(home: string, postId: string, hours: number): void {
    const store = new DatabaseSync(join(home, 'airdate.db'));
    const id = postId.replace('local:', '');
    store.prepare('update posts set air_at = air_at + ? where id = ?').run(hours * 3_600_000, id);
    store.prepare('update targets set due_at = due_at + ? where post_id = ?').run(hours * 3_600_000, id);
    store.close();
  }

  it('a post keeps the wall time that was asked for, and the change is reported', async () => {
    await using scene = await openScene();
    const { home } = scene;
    let postId: string;
    {
      await using old = await openAirdate({ home, clock: clock(), zoneRules: '2026a' });
      postId = await schedule(old, { scheduledTime: '2027-01-10T09:00', timezone: 'America/Vancouver' });
    }
    asUnderOldRules(home, postId, 1);
    const time = clock();
    await using airdate = await openAirdate({ home, clock: time, zoneRules: '2026c' });
    const { post } = await airdate.call('get_post', { postId });
    expect(post.airTime).toMatchObject({ local: '2027-01-10T09:00:00', timezone: 'America/Vancouver' });
    const utc = post.airTime?.utc ?? '';
    expect(airdate.log).toContainEqual({
      level: 'warn',
      message: expect.stringContaining('rules of a time zone'),
      facts: {
        postId: expect.any(String),
        was: new Date(Date.parse(utc) + 3_600_000).toISOString().replace('.000', ''),
        is: utc,
      },
    });
    time.set(Date.parse(utc) - 1_000);
    await airdate.call('list_posts');
    expect((await airdate.call('get_post', { postId })).post.status).toBe('scheduled');
    time.set(utc);
    await eventually(async () =>
      expect((await airdate.call('get_post', { postId })).post.status).toBe('published'),
    );
  });

  it('nothing is moved or reported where they still say the same', async () => {
    await using scene = await openScene();
    const { home } = scene;
    const wanted = [
      { scheduledTime: '2027-01-10T09:00', timezone: 'Asia/Tokyo' },
      { scheduledTime: '2027-01-10T09:00:30Z', timezone: 'Europe/Paris' },
      { scheduledTime: '2027-11-07T01:30', timezone: 'America/New_York', ambiguousTime: 'earlier' },
      { scheduledTime: '2027-11-07T01:30', timezone: 'America/New_York', ambiguousTime: 'later' },
      { scheduledTime: '2027-11-07T01:30-04:00', timezone: 'America/New_York' },
      { scheduledTime: '2027-11-07T06:30:00Z', timezone: 'America/New_York' },
      { scheduledTime: '2027-03-14T02:30', timezone: 'America/New_York', ambiguousTime: 'earlier' },
      { scheduledTime: '2027-03-14T02:30', timezone: 'America/New_York', ambiguousTime: 'later' },
    ];
    const before: unknown[] = [];
    const ids: string[] = [];
    {
      await using old = await openAirdate({ home, clock: clock(), zoneRules: '2026a' });
      for (const [index, input] of wanted.entries())
        ids.push(await schedule(old, { ...input, caption: `post ${index}` }));
      for (const postId of ids) before.push((await old.call('get_post', { postId })).post.airTime);
    }
    await using airdate = await openAirdate({ home, clock: clock(), zoneRules: '2026c' });
    const after: unknown[] = [];
    for (const postId of ids) after.push((await airdate.call('get_post', { postId })).post.airTime);
    expect(after).toEqual(before);
    expect(airdate.log.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('what has aired or was cancelled stays as it was', async () => {
    await using scene = await openScene();
    const { home } = scene;
    const ids: string[] = [];
    {
      await using old = await openAirdate({ home, clock: clock(), zoneRules: '2026a' });
      for (const caption of ['a', 'b'])
        ids.push(await schedule(old, { caption, scheduledTime: '2027-01-10T09:00', timezone: 'Asia/Tokyo' }));
      await old.call('cancel_post', { postId: ids[0] });
    }
    for (const postId of ids) asUnderOldRules(home, postId, 1);
    await using airdate = await openAirdate({ home, clock: clock(), zoneRules: '2026c' });
    const local = async (postId = '') => (await airdate.call('get_post', { postId })).post.airTime?.local;
    expect(await local(ids[0])).toBe('2027-01-10T10:00:00');
    expect(await local(ids[1])).toBe('2027-01-10T09:00:00');
  });
});
