import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { MIGRATIONS } from '../../src/database/migrations.ts';
import { type Airdate, newFolder, openAirdate } from '../support/airdate.ts';
import { FAR_OFF } from '../support/clock.ts';
import { openStdio, runAirdate } from '../support/process.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  scheduledTime: FAR_OFF,
};

/** A data directory with posts in it, and nobody who has it open. */
async function usedHome(posts = 3) {
  const home = newFolder();
  await using airdate = await openAirdate({ home, runner: false });
  for (let index = 0; index < posts; index += 1)
    await airdate.call('create_video_post', { ...DRAFT, caption: `${index} ${'x'.repeat(1_500)}` });
  return {
    home,
    file: join(home, 'airdate.db'),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

async function opening(home: string): Promise<void> {
  await using _ = await openAirdate({ home });
}

describe('a file that Airdate cannot use is refused with what to do, and never touched', () => {
  it('one of a newer Airdate', async () => {
    using used = await usedHome();
    const newer = new DatabaseSync(used.file);
    newer.exec(`pragma user_version = ${MIGRATIONS.length + 1}; pragma journal_mode = delete`);
    newer.close();
    const before = readFileSync(used.file);
    await expect(opening(used.home)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('newer Airdate'),
      details: { hint: expect.stringContaining('Update') },
    });
    expect(readFileSync(used.file)).toEqual(before);
  });

  it('one that is no database', async () => {
    using used = await usedHome(0);
    const text = `these are not the bytes that you look for\n${'x'.repeat(10_000)}`;
    writeFileSync(used.file, text);
    await expect(opening(used.home)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(used.file),
      details: { hint: expect.stringMatching(/backup|away/) },
    });
    expect(readFileSync(used.file, 'utf8')).toBe(text);
  });

  it("a database that is not Airdate's", async () => {
    using used = await usedHome(0);
    rmSync(used.file);
    const foreign = new DatabaseSync(used.file);
    foreign.exec("create table recipes (name text); insert into recipes values ('soup')");
    foreign.close();
    const before = readFileSync(used.file);
    await expect(opening(used.home)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not Airdate'),
      details: { hint: expect.any(String) },
    });
    expect(readFileSync(used.file)).toEqual(before);
  });

  it('one that was cut off', async () => {
    using used = await usedHome();
    truncateSync(used.file, Math.floor(statSync(used.file).size / 8192) * 4096);
    const before = readFileSync(used.file);
    await expect(opening(used.home)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('damaged'),
      details: { hint: expect.stringContaining('backup') },
    });
    expect(readFileSync(used.file)).toEqual(before);
  });

  it('one whose first page is damaged', async () => {
    using used = await usedHome();
    const bytes = readFileSync(used.file);
    bytes.fill(0xa5, 100, 1_000);
    writeFileSync(used.file, bytes);
    await expect(opening(used.home)).rejects.toMatchObject({
      code: 'unavailable',
      details: { hint: expect.stringContaining('backup') },
    });
    expect(readFileSync(used.file)).toEqual(bytes);
  });

  it('a program that is started on one says so in words, and ends with 1', async () => {
    using used = await usedHome();
    truncateSync(used.file, Math.floor(statSync(used.file).size / 8192) * 4096);
    const { code, stdout, stderr } = await runAirdate(['worker'], { AIRDATE_HOME: used.home });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('damaged');
    expect(stderr).toContain('backup');
    expect(stderr).not.toContain('    at ');
  });
});

it('a page that is damaged fails the call that needs it, with what to do, and nothing is overwritten', async () => {
  using used = await usedHome(60);
  const bytes = readFileSync(used.file);
  const last = bytes.length - 4096 * 3;
  bytes.fill(0xa5, 4096 * 12, last);
  writeFileSync(used.file, bytes);
  const answers: unknown[] = [];
  try {
    await using airdate = await openAirdate({ home: used.home, runner: false });
    answers.push(await airdate.fail('list_posts', { backend: 'local', limit: 100 }).catch(() => undefined));
    answers.push(...(await airdate.call('list_posts', { limit: 100 })).unavailable.map(({ error }) => error));
  } catch (thrown) {
    answers.push(thrown);
  }
  expect(answers).toContainEqual(
    expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('damaged') }),
  );
  expect(readFileSync(used.file).subarray(4096 * 12, last)).toEqual(bytes.subarray(4096 * 12, last));
});

describe('the tables', () => {
  it('are made once when several processes start at once on an empty directory, and all of them come up', async () => {
    for (let round = 0; round < 2; round += 1) {
      const home = newFolder();
      const environment = { AIRDATE_HOME: join(home, 'not', 'there', 'yet') };
      const sessions = await Promise.all([1, 2, 3, 4].map(() => openStdio(environment)));
      const answers = await Promise.all(
        sessions.map(({ client }, index) =>
          client.callTool({
            name: 'create_video_post',
            arguments: { ...DRAFT, caption: `from process ${index}` },
          }),
        ),
      );
      expect(answers.map(({ isError }) => isError ?? false)).toEqual([false, false, false, false]);
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
      const database = new DatabaseSync(join(environment.AIRDATE_HOME, 'airdate.db'));
      expect(database.prepare('pragma user_version').get()).toEqual({ user_version: MIGRATIONS.length });
      expect(database.prepare('select count(*) as posts from posts').get()).toEqual({ posts: 4 });
      expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
      database.close();
      rmSync(home, { recursive: true });
    }
  });

  it('are not made twice by a second start', async () => {
    using used = await usedHome(2);
    await using airdate = await openAirdate({ home: used.home });
    expect((await airdate.call('list_posts')).posts).toHaveLength(2);
  });
});

it('what was answered is there after the process was killed', async () => {
  const home = newFolder();
  const expected: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const session = await openStdio({ AIRDATE_HOME: home });
    for (let index = 0; index < 5; index += 1) {
      const caption = `${round}.${index}`;
      await session.client.callTool({ name: 'create_video_post', arguments: { ...DRAFT, caption } });
      expected.push(caption);
    }
    process.kill(session.transport.pid ?? 0, 'SIGKILL');
  }
  await using airdate = await openAirdate({ home });
  const { posts } = await airdate.call('list_posts', { limit: 100 });
  expect(posts.map(({ caption }) => caption).sort()).toEqual(expected.sort());
  rmSync(home, { recursive: true });
});

describe('a transaction that runs out of space', () => {
  it('fails as a full disk, with SQLite having rolled it back by itself', async () => {
    const home = newFolder();
    await using database = await openDatabase(join(home, 'airdate.db'));
    await sql.raw('pragma max_page_count = 1').execute(database.query);
    const sound = {
      name: 'x'.repeat(3_000),
      url: 'https://cdn.example.com/tone.mp3',
      created_at: 1,
      tenant: 'own',
    };
    const insert = (id: string) =>
      database.query.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('sounds')
          .values({ ...sound, id, media_json: null, duration_seconds: null, note: null })
          .execute();
      });
    const filling = async () => {
      for (let index = 0; index < 100; index += 1) await insert(`${index}`);
    };
    await expect(filling()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('disk is full'),
    });
    await sql.raw('pragma max_page_count = 1000').execute(database.query);
    await insert('with space again');
    expect(await database.query.selectFrom('sounds').select('id').execute()).toContainEqual({
      id: 'with space again',
    });
    rmSync(home, { recursive: true });
  });

  it('is told as a full disk, leaves nothing behind, and the next one works', async () => {
    await using airdate = await openAirdate({ runner: false });
    const before = await pageCount(airdate);
    await pragma(airdate, `max_page_count = ${before}`);
    const failures: string[] = [];
    const codes = new Set<string>();
    for (const caption of ['a', 'b', 'c', 'd', 'e', 'f'])
      for (const idempotencyKey of ['1', '2', '3', '4', '5', '6']) {
        const key = `${caption}${idempotencyKey}`;
        const result = await airdate.result('create_video_post', {
          ...DRAFT,
          caption: caption.repeat(2_000),
          idempotencyKey: key,
        });
        if (!result.isError) continue;
        failures.push(key);
        codes.add(/"code":"(\w+)"/.exec(JSON.stringify(result.content).replaceAll('\\', ''))?.[1] ?? '');
      }
    expect([...codes]).toEqual(['unavailable']);
    expect(failures.length).toBeGreaterThan(10);
    const [key = ''] = failures.slice(-1);
    const again = { ...DRAFT, caption: (key[0] ?? '').repeat(2_000), idempotencyKey: key };
    expect(await airdate.fail('create_video_post', again)).toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('disk is full'),
      hint: expect.stringContaining('space'),
    });
    const whole = 36 - failures.length;
    expect((await airdate.call('list_posts', { limit: 100 })).posts).toHaveLength(whole);
    await pragma(airdate, 'max_page_count = 100000');
    expect((await airdate.call('create_video_post', again)).replayed).toBe(false);
    expect((await airdate.call('list_posts', { limit: 100 })).posts).toHaveLength(whole + 1);
  });
});

describe('a backup', () => {
  it('touches nothing that is not its own: no file beside it, and none that was made under its name meanwhile', async () => {
    const home = newFolder();
    await using database = await openDatabase(join(home, 'airdate.db'));
    const file = join(home, 'copy.db');
    writeFileSync(`${file}.part`, 'mine');
    const copying = database.backup(file);
    writeFileSync(file, 'mine, too');
    await expect(copying).rejects.toMatchObject({ code: 'invalid_parameter' });
    expect(readFileSync(file, 'utf8')).toBe('mine, too');
    rmSync(file);
    await database.backup(file);
    expect(readFileSync(file, 'latin1')).toMatch(/^SQLite format 3/);
    expect(readFileSync(`${file}.part`, 'utf8')).toBe('mine');
    expect(readdirSync(home).filter((name) => name.startsWith('copy.db'))).toEqual([
      'copy.db',
      'copy.db.part',
    ]);
    rmSync(home, { recursive: true });
  });
});

async function pragma(airdate: Airdate, setting: string): Promise<void> {
  await sql.raw(`pragma ${setting}`).execute(airdate.program.database.query);
}

async function pageCount(airdate: Airdate): Promise<number> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(
    airdate.program.database.query,
  );
  return rows[0]?.page_count ?? 0;
}

it('the data directory and what is in it are for this user alone', async () => {
  const home = join(newFolder(), 'home');
  await using session = await openStdio({ AIRDATE_HOME: home });
  await session.client.callTool({ name: 'list_posts', arguments: {} });
  mkdirSync(home, { recursive: true });
  for (const name of ['.', 'airdate.db', 'airdate.db-wal', 'runner.lock', 'locks'])
    expect([name, statSync(join(home, name)).mode & 0o077]).toEqual([name, 0]);
});
