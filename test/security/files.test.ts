/** What the program makes is its user's alone, whatever the umask and whatever was there before. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newFolder } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';
import { root, runAirdate, source } from '../support/process.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = newFolder();
  home = join(folder, 'home');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const DRAFT = { accountIds: ['local:tiktok'], caption: 'mine alone' };
/** The program as a careless shell starts it: what is made is everybody's, unless its maker says otherwise. */
const CARELESS = ['-c', 'umask 000; exec "$@"', 'sh', process.execPath, source];

function environment(): Record<string, string> {
  const outside = { PATH: process.env.PATH ?? '', HOME: folder };
  return { ...outside, XDG_CACHE_HOME: join(folder, 'cache'), AIRDATE_HOME: home };
}

/** Everything below a folder that anybody but its owner may touch. */
function open(below: string): string[] {
  return ['.', ...readdirSync(below, { recursive: true, encoding: 'utf8' })].flatMap((name) => {
    const stats = statSync(join(below, name), { throwIfNoEntry: false });
    if (!stats || (stats.mode & 0o077) === 0) return [];
    return [`${name} ${(stats.mode & 0o777).toString(8)}`];
  });
}

describe.skipIf(process.platform === 'win32')('under a umask that gives everything away', () => {
  test('the data directory, its database, locks, copies, outbox and backups are 0600 and 0700', async () => {
    const media = join(folder, 'media');
    mkdirSync(media);
    copyFileSync(join(root, 'test/fixtures/clip.mp4'), join(media, 'clip.mp4'));
    const transport = new StdioClientTransport({
      command: '/bin/sh',
      args: CARELESS,
      env: { ...environment(), AIRDATE_MEDIA_ROOTS: media },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'test-client', version: '1' });
    await client.connect(transport);
    await client.callTool({
      name: 'create_video_post',
      arguments: { ...DRAFT, contentUrl: join(media, 'clip.mp4') },
    });
    const outbox = join(home, 'outbox');
    await eventually(() => expect(readdirSync(outbox).some((name) => name.endsWith('.json'))).toBe(true));
    const args = [...CARELESS, 'backup', join(folder, 'backup.db')];
    execFileSync('/bin/sh', args, { env: environment(), stdio: 'pipe' });
    const made = readdirSync(home, { recursive: true, encoding: 'utf8' });
    for (const name of ['airdate.db', 'airdate.db-wal', 'runner.lock', 'locks', 'content', 'outbox'])
      expect(made).toContain(name);
    expect(open(home)).toEqual([]);
    expect((statSync(join(folder, 'backup.db')).mode & 0o777).toString(8)).toBe('600');
    await client.close();
  });

  test('the cache of compiled code is nobody else’s to write: who can put code there runs as the user', async () => {
    const child = spawn('/bin/sh', [...CARELESS, '--version'], { env: environment(), stdio: 'ignore' });
    expect(await once(child, 'close')).toEqual([0, null]);
    const cache = join(folder, 'cache');
    expect(readdirSync(cache, { recursive: true }).length).toBeGreaterThan(1);
    expect(open(join(cache, 'airdate'))).toEqual([]);
  });

  test('an outbox elsewhere is made for its user alone', async () => {
    const outbox = join(folder, 'a', 'b');
    const transport = new StdioClientTransport({
      command: '/bin/sh',
      args: CARELESS,
      env: { ...environment(), AIRDATE_OUTBOX: outbox },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'test-client', version: '1' });
    await client.connect(transport);
    const contentUrl = 'https://cdn.example.com/clip.mp4';
    await client.callTool({ name: 'create_video_post', arguments: { ...DRAFT, contentUrl } });
    await eventually(() => expect(readdirSync(outbox)).not.toEqual([]));
    await client.close();
    expect(open(outbox)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('doctor', () => {
  const SECRET =
    '{"settings":{"INFINIPOST_API_KEY":"sk_canary_in_a_file","INFINIPOST_BASE_URL":"http://127.0.0.1:9"}}';
  const findingOf = async (more: Record<string, string> = {}) => {
    const { stdout } = await runAirdate(['doctor', '--json'], { AIRDATE_HOME: home, ...more });
    expect(stdout).not.toContain('canary');
    const { findings } = JSON.parse(stdout) as { findings: { check: string; ok: boolean; detail: string }[] };
    return findings.find(({ check }) => check === 'configuration');
  };

  test('warns of a configuration file with keys that others can read, and says how to mend it', async () => {
    const file = join(folder, 'airdate.json');
    writeFileSync(file, SECRET);
    chmodSync(file, 0o644);
    const warned = await findingOf({ AIRDATE_CONFIG: file });
    expect(warned).toMatchObject({ ok: true, detail: expect.stringContaining('chmod 600') });
    chmodSync(file, 0o600);
    const { detail } = (await findingOf({ AIRDATE_CONFIG: file })) ?? {};
    expect(detail).toMatch(`${file}; times are read in `);
  });

  test('says nothing of one that holds no key', async () => {
    const file = join(folder, 'airdate.json');
    writeFileSync(file, '{"settings":{"AIRDATE_TIMEZONE":"Asia/Tokyo"}}');
    chmodSync(file, 0o644);
    const { detail } = (await findingOf({ AIRDATE_CONFIG: file })) ?? {};
    expect(detail).toBe(`${file}; times are read in Asia/Tokyo`);
  });
});

test('a token is shown once, by the command that makes it, and never again', async () => {
  const settings = { AIRDATE_HOME: home, AIRDATE_LOG: 'debug' };
  const made = await runAirdate(['token', 'create', 'agent'], settings);
  const token = made.stdout.trim();
  expect(token).toMatch(/^airdate_[\w-]{43}$/);
  const later = await Promise.all(
    [
      ['token', 'list', '--json'],
      ['log', '--json'],
      ['doctor', '--json'],
      ['token', 'create', 'agent'],
    ].map((args) => runAirdate(args, settings)),
  );
  const told = [made.stderr, ...later.flatMap(({ stdout, stderr }) => [stdout, stderr])].join('\n');
  const kept = readdirSync(home, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  for (const text of [told, ...kept]) expect(text).not.toContain(token.slice(8));
});
