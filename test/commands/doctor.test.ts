import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { newFolder, openAirdate } from '../support/airdate.ts';
import { FAR_OFF } from '../support/clock.ts';
import { closedPort } from '../support/closed-port.ts';
import { runAirdate } from '../support/process.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

let home: string;

beforeEach(() => {
  home = newFolder();
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** What the doctor says, to people and to machines, which must be the same. */
async function examine(environment: Record<string, string> = {}) {
  const settings = { AIRDATE_HOME: home, ...environment };
  const [forPeople, forMachines] = [
    await runAirdate(['doctor'], settings),
    await runAirdate(['doctor', '--json'], settings),
  ];
  expect([forPeople.stderr, forMachines.stderr]).toEqual(['', '']);
  const { ok, findings } = JSON.parse(forMachines.stdout) as { ok: boolean; findings: Finding[] };
  const lines = findings.map(
    (finding) => `${finding.ok ? 'ok  ' : 'BAD '} ${finding.check}: ${finding.detail}`,
  );
  expect(forPeople.stdout).toBe(`${lines.join('\n')}\n`);
  expect([forPeople.code, forMachines.code]).toEqual(ok ? [0, 0] : [1, 1]);
  expect(ok).toBe(findings.every((finding) => finding.ok));
  return { ok, findings, bad: findings.filter((finding) => !finding.ok) };
}

function finding(findings: readonly Finding[], check: string): Finding | undefined {
  return findings.find((one) => one.check === check);
}

async function fillHome(): Promise<void> {
  await using airdate = await openAirdate({ home });
  await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    scheduledTime: FAR_OFF,
  });
}

test('an empty home is well, and is left empty', async () => {
  const { ok, findings } = await examine();
  expect(ok).toBe(true);
  expect(finding(findings, 'airdate')?.detail).toBe(packageJson.version);
  expect(finding(findings, 'node')?.detail).toBe(process.versions.node);
  expect(finding(findings, 'time zone rules')?.detail).toContain(process.versions.tz);
  expect(finding(findings, 'database')?.detail).toContain('not there yet');
  expect(readdirSync(home)).toEqual([]);
});

test('a home that is not there yet is well, and is not made', async () => {
  const absent = join(home, 'absent');
  const { ok, findings } = await examine({ AIRDATE_HOME: absent });
  expect(ok).toBe(true);
  expect(finding(findings, 'data directory')?.detail).toContain('made at the first start');
  expect(existsSync(absent)).toBe(false);
});

test('a good home is well: the database is whole and the backend answers', async () => {
  await fillHome();
  const { ok, findings } = await examine();
  expect(ok).toBe(true);
  expect(finding(findings, 'database')?.detail).toBe(`${join(home, 'airdate.db')}: ok`);
  expect(finding(findings, 'local')?.detail).toBe('3 account(s), simulated');
});

test('a home that a running Airdate uses is well', async () => {
  await using airdate = await openAirdate({ home });
  await airdate.call('list_posts');
  expect((await examine()).bad).toEqual([]);
});

describe('a database', () => {
  test('that is another kind of file is told, with what to do, and is not touched', async () => {
    const file = join(home, 'airdate.db');
    writeFileSync(file, 'this is no database, whatever its name says '.repeat(100));
    const { size } = statSync(file);
    const { bad } = await examine();
    expect(bad).toMatchObject([{ check: 'database' }]);
    expect(bad[0]?.detail).toContain(file);
    expect(bad[0]?.detail).toContain('restore a backup');
    expect(statSync(file).size).toBe(size);
  });

  test('that is damaged inside is told', async () => {
    await fillHome();
    const file = join(home, 'airdate.db');
    damageIndex(file);
    const { bad } = await examine();
    expect(bad).toMatchObject([{ check: 'database' }]);
    expect(bad[0]?.detail).toContain(file);
  });

  test('beside a file where a folder should be is told with the cause, since there is no log to look it up in', async () => {
    await fillHome();
    rmSync(join(home, 'locks'), { recursive: true });
    writeFileSync(join(home, 'locks'), '');
    const { bad } = await examine();
    expect(bad).toMatchObject([{ check: 'database', detail: expect.stringMatching(/EEXIST|ENOTDIR/) }]);
  });

  test('of a newer Airdate is told, and is not touched', async () => {
    await fillHome();
    const file = join(home, 'airdate.db');
    using database = new DatabaseSync(file);
    database.exec('pragma user_version = 999');
    const { bad } = await examine();
    expect(bad).toMatchObject([{ check: 'database', detail: expect.stringContaining('newer Airdate') }]);
    expect(database.prepare('pragma user_version').get()).toMatchObject({ user_version: 999 });
  });
});

/** Wipes what an index holds, which shows only where the whole file is read. */
function damageIndex(file: string): void {
  using database = new DatabaseSync(file);
  const { rootpage } =
    database.prepare("select rootpage from sqlite_master where name = 'posts_by_status'").get() ?? {};
  const { page_size: bytes } = database.prepare('pragma page_size').get() ?? {};
  const descriptor = openSync(file, 'r+');
  const wiped = Buffer.alloc(100);
  writeSync(descriptor, wiped, 0, wiped.length, Number(rootpage) * Number(bytes) - wiped.length);
  closeSync(descriptor);
}

test.each([
  ['http://hooks.example.com/a', true],
  ['https://hooks.example.com/a', false],
  ['http://127.0.0.1:9000/a', false],
  ['http://publisher:9000/a', false],
])('a webhook at %s goes over the wire in clear: %s', async (url, isOpen) => {
  const { ok, findings } = await examine({
    AIRDATE_WEBHOOK_URL: url,
    AIRDATE_WEBHOOK_SECRET: `whsec_${'a'.repeat(43)}=`,
  });
  expect(ok).toBe(true);
  expect(finding(findings, 'webhook')?.detail.includes('in clear')).toBe(isOpen);
});

describe('a data directory', () => {
  test('that others can list is told, with the command that mends it, and is no illness', async () => {
    chmodSync(home, 0o755);
    const { ok, findings } = await examine();
    expect(ok).toBe(true);
    expect(finding(findings, 'data directory')?.detail).toContain('chmod 700');
  });

  test('that is a file is told', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    const { bad } = await examine({ AIRDATE_HOME: file });
    expect(bad).toEqual([{ check: 'data directory', ok: false, detail: `${file} is not a directory` }]);
  });
});

describe('a data directory that is not there yet', () => {
  test.skipIf(!existsSync('/proc/self'))(
    'below a folder that takes none is told, and no start waits for it',
    async () => {
      const { bad } = await examine({ AIRDATE_HOME: '/proc/deep/home' });
      expect(bad).toMatchObject([
        { check: 'data directory', detail: expect.stringContaining('cannot be made') },
      ]);
      const { code, stderr } = await runAirdate(['log'], { AIRDATE_HOME: '/proc/deep/home' });
      expect(code).toBe(1);
      expect(stderr).toContain('The data directory /proc/deep/home cannot be made');
    },
  );

  test('and can never be made, because a file is in its way, is told', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    const { bad } = await examine({ AIRDATE_HOME: join(file, 'deep', 'home') });
    expect(bad).toEqual([
      {
        check: 'data directory',
        ok: false,
        detail: `${join(file, 'deep', 'home')} cannot be made: ${file} is not a directory`,
      },
    ]);
  });

  test('and may not be made by this user is told', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('Root may make it wherever it is.');
    chmodSync(home, 0o500);
    const { bad } = await examine({ AIRDATE_HOME: join(home, 'absent') });
    chmodSync(home, 0o700);
    expect(bad[0]?.detail).toBe(`${join(home, 'absent')} cannot be made: this user may not write in ${home}`);
  });
});

test('an outbox that nothing can be put into is told before posts fail by it', async () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  const { bad } = await examine({ AIRDATE_OUTBOX: join(file, 'outbox') });
  expect(bad).toMatchObject([{ check: 'outbox', detail: expect.stringContaining('is not a directory') }]);
});

describe('folders of videos', () => {
  const folders = (findings: readonly Finding[]) => finding(findings, 'media folders');

  test('that was not named need not be there yet', async () => {
    const { findings } = await examine();
    const media = join(home, 'media');
    expect(folders(findings)?.detail).toBe(`${media} (not there yet; make it for local videos)`);
    mkdirSync(media);
    expect(folders((await examine()).findings)?.detail).toBe(media);
  });

  test('that were named and are not there are told; with one that is there it is no illness', async () => {
    const absent = join(home, 'absent');
    const { ok, findings } = await examine({ AIRDATE_MEDIA_ROOTS: [home, absent].join(delimiter) });
    expect(ok).toBe(true);
    expect(folders(findings)?.detail).toBe(`${home}, ${absent} (there is no such folder)`);
  });

  test('of which none is there are an illness: every local video would be refused', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    const { bad } = await examine({ AIRDATE_MEDIA_ROOTS: [join(home, 'absent'), file].join(delimiter) });
    const detail = `${join(home, 'absent')} (there is no such folder), ${file} (there is no such folder); every local video will be refused`;
    expect(bad).toEqual([{ check: 'media folders', ok: false, detail }]);
  });
});

describe('a configuration', () => {
  test('with a relay to a vendor that is not configured is told, before the first start and after it', async () => {
    const accounts = [{ id: 'brand', platform: 'tiktok', relay: 'infinipost:acc_1' }];
    const illness = {
      check: 'configuration',
      detail: expect.stringContaining('infinipost is not configured: set INFINIPOST_API_KEY'),
    };
    for (const fill of [async () => undefined, fillHome]) {
      await fill();
      writeFileSync(join(home, 'airdate.config.json'), JSON.stringify({ accounts }));
      expect((await examine()).bad).toMatchObject([illness]);
      rmSync(join(home, 'airdate.config.json'));
    }
  });

  test('that does not hold is told whole', async () => {
    const { bad, findings } = await examine({ AIRDATE_TIMEZONE: 'Europe/Pariss', AIRDATE_GRACE: 'soon' });
    expect(bad).toMatchObject([{ check: 'configuration' }]);
    expect(bad[0]?.detail).toContain('did you mean Europe/Paris?');
    expect(bad[0]?.detail).toContain('AIRDATE_GRACE');
    expect(finding(findings, 'data directory')?.ok).toBe(true);
  });

  test('file that is not JSON is told by its path', async () => {
    writeFileSync(join(home, 'airdate.config.json'), '{');
    const { bad } = await examine();
    expect(bad).toMatchObject([
      { check: 'configuration', detail: expect.stringContaining('airdate.config.json is not JSON') },
    ]);
  });

  test('file that cannot be read is told by its path', async () => {
    mkdirSync(join(home, 'airdate.config.json'));
    const { bad } = await examine();
    expect(bad).toMatchObject([
      { check: 'configuration', detail: expect.stringContaining('cannot be read (EISDIR)') },
    ]);
  });

  test('file that was named and is not there is told by its path', async () => {
    const { bad } = await examine({ AIRDATE_CONFIG: join(home, 'missing.json') });
    expect(bad).toMatchObject([
      { check: 'configuration', detail: expect.stringContaining('missing.json cannot be read (ENOENT)') },
    ]);
  });

  test('file that holds is named', async () => {
    writeFileSync(join(home, 'airdate.config.json'), '{"settings":{"AIRDATE_TIMEZONE":"Asia/Tokyo"}}');
    const { ok, findings } = await examine();
    expect(ok).toBe(true);
    expect(finding(findings, 'configuration')?.detail).toBe(
      `${join(home, 'airdate.config.json')}; times are read in Asia/Tokyo`,
    );
  });

  test('with a secret does not tell it', async () => {
    const secret = `whsec_${Buffer.from('a secret of thirty-two letters!!').toString('base64')}`;
    await fillHome();
    for (const url of ['https://hooks.example.com/a', 'nothing']) {
      const settings = { AIRDATE_HOME: home, AIRDATE_WEBHOOK_URL: url, AIRDATE_WEBHOOK_SECRET: secret };
      const { stdout, stderr } = await runAirdate(['doctor', '--json'], settings);
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});

test('a wrong key of a vendor is told in a home that is not there yet', async () => {
  await using emulator = await openInfinipostEmulator();
  const environment = { INFINIPOST_API_KEY: 'sk_test_wrong', INFINIPOST_BASE_URL: emulator.baseUrl };
  const { code, stdout } = await runAirdate(['doctor', '--json'], { AIRDATE_HOME: home, ...environment });
  expect(code).toBe(1);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings.find(({ check }) => check === 'infinipost')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('unauthenticated'),
  });
});

/** Keeps a program from every address, so that what is asked at the usual one does not reach whoever really is there. */
const CUT_OFF = `import { Socket } from 'node:net';
  const cutOff = Object.assign(new Error('cut off'), { code: 'CUT_OFF' });
  Socket.prototype.connect = function () { return this.destroy(cutOff); }`;

describe('a vendor that does not answer', () => {
  test('is told with the address that was tried, in words for a person', async () => {
    const address = `http://${await closedPort()}/v1`;
    const { bad } = await examine({ INFINIPOST_API_KEY: 'sk_test', INFINIPOST_BASE_URL: address });
    const [{ check, detail = '' } = {}] = bad;
    expect(check).toBe('infinipost');
    expect(detail).toMatch(/^unavailable: infinipost gave no usable answer \(.+\)\. It was asked at \S+$/);
    expect(detail).toContain(`It was asked at ${address}.`);
  });

  test('is told so where its address is the usual one', async () => {
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(CUT_OFF)}`;
    const { bad } = await examine({ OPENSHORTS_URL: '1', NODE_OPTIONS });
    expect(bad[0]?.detail).toContain('(CUT_OFF). It was asked at http://localhost:8000.');
    expect(bad[0]?.detail).not.toContain('The same call');
  });

  test('and has a password in its address does not tell it', async () => {
    const address = await closedPort();
    const { bad } = await examine({ OPENSHORTS_URL: `http://ada:open-sesame@${address}` });
    expect(bad[0]?.detail).toContain(`It was asked at http://${address}.`);
    expect(bad[0]?.detail).not.toContain('sesame');
  });
});
