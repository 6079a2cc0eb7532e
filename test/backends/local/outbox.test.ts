import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type Airdate, newFolder, openAirdate } from '../../support/airdate.ts';
import { eventually } from '../../support/eventually.ts';

async function schedule(airdate: Airdate, input: object = {}): Promise<string> {
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    caption: 'due',
    scheduledTime: '2026-11-22T18:30:15',
    timezone: 'Asia/Tokyo',
    ...input,
  });
  return posts[0]?.postId ?? '';
}

async function aired(airdate: Airdate, postId: string): Promise<void> {
  airdate.clock.set('2026-11-22T09:30:15Z');
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId });
    expect(post.status).toBe('published');
  });
}

function entry(folder: string, name = readdirSync(folder).find((one) => one.endsWith('.json')) ?? '') {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as { data: Record<string, unknown> };
}

describe('the outbox', () => {
  it('gets one file for each target, named by UTC air time, post and platform', async () => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, { accountIds: ['local:tiktok', 'local:youtube'] });
    await aired(airdate, postId);
    const id = postId.replace('local:', '');
    expect(readdirSync(join(airdate.home, 'outbox')).sort()).toEqual([
      `20261122T093015Z-${id}-tiktok.json`,
      `20261122T093015Z-${id}-youtube.json`,
    ]);
  });

  it('names the account too where a platform has several, so that no entry covers another', async () => {
    await using airdate = await openAirdate({
      configFile: {
        accounts: [
          { id: 'brand.one', platform: 'tiktok' },
          { id: 'brand.two', platform: 'tiktok' },
        ],
      },
    });
    await aired(airdate, await schedule(airdate, { accountIds: ['local:brand.one', 'local:brand.two'] }));
    const names = readdirSync(join(airdate.home, 'outbox'));
    expect(names.map((name) => name.replace(/^.*-tiktok-/, '')).sort()).toEqual([
      'brand.one.json',
      'brand.two.json',
    ]);
  });

  it('holds what a webhook would get, says that it is simulated, and so does the post', async () => {
    await using airdate = await openAirdate();
    const postId = await schedule(airdate, { title: 'Run' });
    await aired(airdate, postId);
    expect(entry(join(airdate.home, 'outbox'))).toEqual({
      simulated: true,
      type: 'post.due',
      timestamp: '2026-11-22T09:30:15Z',
      data: {
        postId,
        accountId: 'local:tiktok',
        platform: 'tiktok',
        contentType: 'video',
        contentUrl: 'https://cdn.example.com/clip.mp4',
        caption: 'due',
        title: 'Run',
        airTime: {
          local: '2026-11-22T18:30:15',
          timezone: 'Asia/Tokyo',
          offset: '+09:00',
          utc: '2026-11-22T09:30:15Z',
        },
      },
    });
    expect((await airdate.call('get_post', { postId })).post.simulated).toBe(true);
  });

  it('puts a local video beside its entry, which names it', async () => {
    await using airdate = await openAirdate();
    const path = airdate.media('clip.mp4', 'My Clip.MP4');
    await aired(airdate, await schedule(airdate, { contentUrl: path }));
    const folder = join(airdate.home, 'outbox');
    const names = readdirSync(folder).sort();
    expect(names).toHaveLength(2);
    const { contentUrl } = entry(folder).data;
    expect(contentUrl).toBe(join(folder, names.find((name) => !name.endsWith('.json')) ?? ''));
    expect(readFileSync(String(contentUrl))).toEqual(readFileSync(path));
  });

  it('is another folder where one is set', async () => {
    const folder = join(newFolder(), 'deep', 'outbox');
    await using airdate = await openAirdate({ environment: { AIRDATE_OUTBOX: folder } });
    await aired(airdate, await schedule(airdate));
    expect(readdirSync(folder)).toHaveLength(1);
    expect(existsSync(join(airdate.home, 'outbox'))).toBe(false);
  });

  it('gets the same files when a delivery is made twice, and nothing half made stays', async () => {
    const home = newFolder();
    let postId: string;
    {
      await using airdate = await openAirdate({ home });
      postId = await schedule(airdate, { contentUrl: airdate.media() });
      await aired(airdate, postId);
    }
    const folder = join(home, 'outbox');
    const before = readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    forgetOutcome(home);
    {
      await using airdate = await openAirdate({ home });
      airdate.clock.set('2026-11-22T09:30:20Z');
      await eventually(async () => {
        airdate.clock.advance(500);
        const { post } = await airdate.call('get_post', { postId });
        expect(post.status).toBe('published');
      });
    }
    const after = readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    expect(after).toEqual(before);
    rmSync(home, { recursive: true });
  });

  it('never shows an entry that is not whole: it is written under another name, then renamed', async () => {
    await using airdate = await openAirdate();
    const folder = join(airdate.home, 'outbox');
    mkdirSync(folder);
    const accountIds = ['local:tiktok', 'local:instagram', 'local:youtube'];
    const caption = 'x'.repeat(2_000);
    for (let index = 0; index < 20; index += 1)
      await schedule(airdate, { accountIds, caption: `${index}${caption}` });
    airdate.clock.set('2026-11-22T09:30:15Z');
    const seen = new Set<string>();
    await eventually(
      () => {
        for (const name of readdirSync(folder)) {
          if (!name.endsWith('.json') || seen.has(name)) continue;
          expect(entry(folder, name).data.caption).toContain(caption);
          seen.add(name);
        }
        expect(seen.size).toBe(60);
      },
      { interval: 1 },
    );
  });

  it('that cannot be written is tried again, and the post airs when it can', async () => {
    await using airdate = await openAirdate();
    const folder = join(airdate.home, 'outbox');
    writeFileSync(folder, 'a file is in the way');
    const postId = await schedule(airdate);
    airdate.clock.set('2026-11-22T09:30:15Z');
    await eventually(async () => {
      const { post } = await airdate.call('get_post', { postId });
      expect(post).toMatchObject({
        status: 'processing',
        targets: [{ error: { code: 'unavailable', hint: expect.stringContaining('AIRDATE_OUTBOX') } }],
      });
    });
    rmSync(folder);
    await eventually(async () => {
      airdate.clock.advance(500);
      const { post } = await airdate.call('get_post', { postId });
      expect(post.status).toBe('published');
    });
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

/** Leaves the store as a process leaves it that dies after the hand-over and before its record. */
function forgetOutcome(home: string): void {
  const database = new DatabaseSync(join(home, 'airdate.db'));
  database.exec(`
    update attempts set finished_at = null, outcome = null;
    update targets set status = 'processing', due_at = null, url = null, published_at = null;
    update posts set status = 'processing';
  `);
  database.close();
}
