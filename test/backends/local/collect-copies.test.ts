import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Airdate, newFolder, type Options, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookSink } from '../../support/webhook-sink.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TOLD = 'Copies that nothing needs any more were removed.';

let home: string;
/** Copies have the time of the file system, so the clock begins there. */
let clock: ManualClock;

beforeEach(() => {
  home = newFolder();
  clock = new ManualClock(Date.now());
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const start = (options: Options = {}) => openAirdate({ home, clock, ...options });

function copies(): string[] {
  return readdirSync(join(home, 'content')).filter((name) => /^[0-9a-f]{64}/.test(name));
}

/** A file of some age as if it were a copy, and since when nothing is known to need it. */
function strayCopy(digit: string, { days, unusedDays }: { days: number; unusedDays?: number }): string {
  const name = `${digit.repeat(64)}.mp4`;
  const unused = join(home, 'content', 'unused');
  mkdirSync(unused, { recursive: true });
  const files = [[join(home, 'content', name), days] as const];
  if (unusedDays !== undefined) files.push([join(unused, name), unusedDays]);
  for (const [file, age] of files) {
    writeFileSync(file, '');
    const then = (clock.now() - age * DAY) / 1000;
    utimesSync(file, then, then);
  }
  return name;
}

/** Starts Airdate anew, and lets it look once through the copies: one that may surely go tells when it has. */
async function lookThrough(options: Options = {}): Promise<string[]> {
  strayCopy('f', { days: 90, unusedDays: 60 });
  await using airdate = await start(options);
  await eventually(() => expect(airdate.log.map(({ message }) => message)).toContain(TOLD));
  return copies();
}

async function newPost(airdate: Airdate, change: object = {}): Promise<string> {
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: airdate.media(),
    ...change,
  });
  return posts[0]?.postId ?? '';
}

const at = (ms: number) => new Date(clock.now() + ms).toISOString().replace(/\.\d+/, '');

async function statusBecomes(airdate: Airdate, postId: string, status: string): Promise<void> {
  await eventually(async () => expect((await airdate.call('get_post', { postId })).post.status).toBe(status));
}

describe('a copy goes thirty days after nothing needs it any more', () => {
  test.each(['published', 'cancelled'])('when its post is %s', async (end) => {
    let postId = '';
    {
      await using airdate = await start();
      postId = await newPost(airdate, { scheduledTime: at(HOUR) });
      if (end === 'cancelled') await airdate.call('cancel_post', { postId });
      else clock.advance(HOUR);
      await statusBecomes(airdate, postId, end);
    }
    clock.advance(DAY);
    expect(await lookThrough()).toHaveLength(1);
    clock.advance(29 * DAY);
    expect(await lookThrough()).toHaveLength(1);
    clock.advance(DAY);
    expect(await lookThrough()).toEqual([]);
    expect(readdirSync(join(home, 'content', 'unused'))).toEqual([]);

    await using airdate = await start();
    expect((await airdate.call('get_post', { postId })).post.status).toBe(end);
    for (const tool of ['retry_post', 'edit_post'])
      expect(
        await airdate.fail(tool, { postId, ...(tool === 'edit_post' && { caption: 'x' }) }),
      ).toMatchObject({
        code: 'cannot_edit',
      });
  });

  test('while Airdate runs, too: it looks once a day', async () => {
    await using airdate = await start();
    await newPost(airdate);
    clock.advance(HOUR);
    await eventually(() => expect(readdirSync(join(home, 'outbox'))).toHaveLength(2));
    const unused = join(home, 'content', 'unused');
    clock.advance(DAY);
    await eventually(() => expect(existsSync(unused) && readdirSync(unused)).toHaveLength(1));
    clock.advance(31 * DAY);
    await eventually(() => expect(copies()).toEqual([]));
    expect(readdirSync(join(home, 'outbox'))).toHaveLength(2);
  });

  test('when an edit put another video in its place', async () => {
    {
      await using airdate = await start();
      const postId = await newPost(airdate, { scheduledTime: at(90 * DAY) });
      await airdate.call('edit_post', { postId, contentUrl: airdate.media('landscape.mp4') });
    }
    clock.advance(DAY);
    expect(await lookThrough()).toHaveLength(2);
    clock.advance(30 * DAY);
    expect(await lookThrough()).toHaveLength(1);
  });

  test('counted anew where a post with the same video came and went meanwhile', async () => {
    {
      await using airdate = await start();
      await newPost(airdate);
      clock.advance(HOUR);
    }
    const [name = ''] = copies();
    clock.advance(DAY);
    await lookThrough();
    const kept = (clock.now() + 20 * DAY) / 1000;
    utimesSync(join(home, 'content', name), kept, kept);
    clock.advance(31 * DAY);
    expect(await lookThrough()).toEqual([name]);
    clock.advance(31 * DAY);
    expect(await lookThrough()).toEqual([]);
  });
});

describe('a copy is kept, however old', () => {
  test('while its post waits, was missed, or can be tried again', async () => {
    await using sink = await openWebhookSink({ now: clock.now });
    sink.fail({ kind: 'status', status: 400 });
    const options = { environment: sink.environment };
    {
      await using airdate = await start(options);
      const failed = await newPost(airdate, { contentUrl: airdate.media('clip.mp4') });
      await statusBecomes(airdate, failed, 'failed');
      await newPost(airdate, { contentUrl: airdate.media('landscape.mp4'), scheduledTime: at(200 * DAY) });
      await newPost(airdate, { contentUrl: airdate.media('rotated.mp4'), scheduledTime: at(HOUR) });
    }
    for (const days of [1, 40, 40]) {
      clock.advance(days * DAY);
      expect(await lookThrough(options)).toHaveLength(3);
    }
    await using airdate = await start(options);
    const { posts } = await airdate.call('list_posts', {});
    expect(posts.map(({ status }) => status).sort()).toEqual(['failed', 'missed', 'scheduled']);
    for (const { postId, status } of posts) {
      if (status === 'scheduled') continue;
      await airdate.call('retry_post', { postId });
      await statusBecomes(airdate, postId, 'published');
    }
  });

  test('while another post has the same video, and when it is a sound', async () => {
    {
      await using airdate = await start();
      await newPost(airdate);
      await newPost(airdate, { caption: 'the same again', scheduledTime: at(200 * DAY) });
      await airdate.call('upload_sound', { soundUrl: airdate.media('tone.mp3'), backend: 'local' });
    }
    for (const days of [1, 40, 40]) {
      clock.advance(days * DAY);
      expect(await lookThrough()).toHaveLength(2);
    }
  });

  test('when nobody knows of it, until it was seen so for thirty days', async () => {
    const stray = strayCopy('a', { days: 400 });
    expect(await lookThrough()).toEqual([stray]);
    clock.advance(29 * DAY);
    expect(await lookThrough()).toEqual([stray]);
    clock.advance(2 * DAY);
    expect(await lookThrough()).toEqual([]);
  });

  test('when it is not a copy by its name', async () => {
    mkdirSync(join(home, 'content'), { recursive: true });
    writeFileSync(join(home, 'content', 'notes.txt'), 'mine');
    for (const days of [0, 40, 40]) {
      clock.advance(days * DAY);
      await lookThrough();
    }
    expect(readdirSync(join(home, 'content')).sort()).toEqual(['notes.txt', 'unused']);
  });

  test('when the database went missing, so that the posts air once it is put back', async () => {
    let postId = '';
    {
      await using airdate = await start();
      postId = await newPost(airdate, { scheduledTime: at(60 * DAY) });
    }
    const files = ['airdate.db', 'airdate.db-wal', 'airdate.db-shm'].filter((name) =>
      existsSync(join(home, name)),
    );
    for (const name of files) renameSync(join(home, name), join(home, `${name}.away`));
    for (const days of [2, 10, 10]) {
      clock.advance(days * DAY);
      expect(await lookThrough()).toHaveLength(1);
    }
    for (const name of ['airdate.db', 'airdate.db-wal', 'airdate.db-shm'])
      rmSync(join(home, name), { force: true });
    for (const name of files) renameSync(join(home, `${name}.away`), join(home, name));
    clock.advance(20 * DAY);
    expect(await lookThrough()).toHaveLength(1);
    expect(readdirSync(join(home, 'content', 'unused'))).toEqual([]);
    await using airdate = await start();
    clock.advance(18 * DAY);
    await statusBecomes(airdate, postId, 'published');
  });

  test('when it is made anew while another process is about to remove it', async () => {
    const clip = await (async () => {
      await using airdate = await start({ runner: false });
      const postId = await newPost(airdate, { scheduledTime: at(HOUR) });
      await airdate.call('cancel_post', { postId });
      return copies()[0] ?? '';
    })();
    clock.advance(90 * DAY);
    for (let round = 0; round < 5; round += 1) {
      const unused = join(home, 'content', 'unused');
      mkdirSync(unused, { recursive: true });
      const made = existsSync(join(home, 'content', clip));
      if (made)
        for (const [folder, days] of [
          ['', 80],
          ['unused', 60],
        ] as const) {
          const file = join(home, 'content', folder, clip);
          writeFileSync(file, '', { flag: 'a' });
          const then = (clock.now() - days * DAY) / 1000;
          utimesSync(file, then, then);
        }
      await using maker = await start({ runner: false });
      const making = newPost(maker, { scheduledTime: at(HOUR), caption: `round ${round}` });
      await using _ = await start();
      const postId = await making;
      await lookThrough();
      expect(copies()).toContain(clip);
      await maker.call('cancel_post', { postId });
    }
  });
});
