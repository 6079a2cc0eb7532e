import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Airdate, newFolder, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';

async function schedule(airdate: Airdate, contentUrl: string): Promise<string> {
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl,
    scheduledTime: '2026-11-22T12:00',
    timezone: 'UTC',
  });
  return posts[0]?.postId ?? '';
}

/** The bytes of the video that the post aired with. */
async function airedVideo(airdate: Airdate, postId: string): Promise<Buffer> {
  airdate.clock.set('2026-11-22T12:00:00Z');
  await eventually(async () => {
    expect((await airdate.call('get_post', { postId })).post.status).toBe('published');
  });
  const outbox = join(airdate.home, 'outbox');
  const id = postId.replace('local:', '');
  const name = readdirSync(outbox).find((one) => one.includes(id) && !one.endsWith('.json')) ?? '';
  return readFileSync(join(outbox, name));
}

describe('a local video is taken over when the post is made', () => {
  const changes: Record<string, (path: string, airdate: Airdate) => void> = {
    'the original is deleted': (path) => rmSync(path),
    'the original is cut off': (path) => writeFileSync(path, ''),
    'bytes are added to the original': (path) => appendFileSync(path, 'more'),
    'another video takes its place': (path, airdate) => copyFileSync(airdate.media('landscape.mp4'), path),
    'a link takes its place': (path) => {
      rmSync(path);
      symlinkSync('/etc/hostname', path);
    },
    'the folder goes': (path) => rmSync(join(path, '..'), { recursive: true }),
  };

  it.each(Object.entries(changes))('%s, and the post airs with what it was made with', async (_, change) => {
    await using airdate = await openAirdate();
    const path = airdate.media();
    const original = readFileSync(path);
    const postId = await schedule(airdate, path);
    change(path, airdate);
    expect((await airedVideo(airdate, postId)).equals(original)).toBe(true);
  });

  it('an edit takes the new one over in the same way', async () => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, airdate.media());
    const path = airdate.media('landscape.mp4');
    const original = readFileSync(path);
    const { changed } = await airdate.call('edit_post', { postId, contentUrl: path });
    expect(changed).toEqual(['contentUrl']);
    rmSync(path);
    expect((await airedVideo(airdate, postId)).equals(original)).toBe(true);
  });

  it('the same video for two posts is kept once, and both air with it', async () => {
    await using airdate = await openAirdate();
    const first = await schedule(airdate, airdate.media());
    const second = await schedule(airdate, airdate.media('clip.mp4', 'the same.mp4'));
    const content = join(airdate.home, 'content');
    expect(readdirSync(content)).toHaveLength(1);
    const videos = [await airedVideo(airdate, first), await airedVideo(airdate, second)];
    expect(videos[0]?.equals(videos[1] ?? Buffer.alloc(0))).toBe(true);
  });

  it('a copy that was cut off by the end of its process is removed a day later, at a start', async () => {
    const home = newFolder();
    const content = join(home, 'content');
    mkdirSync(content, { recursive: true });
    const clock = new ManualClock(Date.now());
    for (const [name, hours] of [
      ['old.part', 25],
      ['new.part', 23],
      ['kept.mp4', 1_000],
    ] as const) {
      writeFileSync(join(content, name), 'bytes');
      const then = clock.now() / 1000 - hours * 3_600;
      utimesSync(join(content, name), then, then);
    }
    await using _ = await openAirdate({ home, clock });
    expect(readdirSync(content).sort()).toEqual(['kept.mp4', 'new.part']);
    rmSync(home, { recursive: true });
  });

  it('a folder that takes no file refuses the post with what to do, and leaves no post', async () => {
    await using airdate = await openAirdate();
    writeFileSync(join(airdate.home, 'content'), 'a file is in the way');
    const failure = await airdate.fail('create_video_post', {
      accountIds: ['local:tiktok'],
      contentUrl: airdate.media(),
    });
    expect(failure).toMatchObject({ code: 'unavailable', retryable: true, hint: expect.any(String) });
    expect((await airdate.call('list_posts')).posts).toEqual([]);
  });
});
