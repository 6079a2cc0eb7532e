import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { type LocalFileRules, openLocalFile } from '../../src/media/local-file.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const CLIP = await readFile(join(FIXTURES, 'clip.mp4'));
const OTHER = await readFile(join(FIXTURES, 'landscape.mp4'));

let home: string;
let root: string;
let secrets: string;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'airdate-media-')));
  root = join(home, 'media');
  secrets = join(home, 'media-secrets');
  await mkdir(root);
  await mkdir(secrets);
  await writeFile(join(root, 'clip.mp4'), CLIP);
  await symlink(root, join(home, 'way-in'));
  await writeFile(join(secrets, 'secret.mp4'), OTHER);
});

afterAll(() => rm(home, { recursive: true }));

function inRoot(rules: Partial<LocalFileRules> = {}): LocalFileRules {
  return { roots: [root], field: 'contentUrl', namesOthers: true, ...rules };
}

async function contentOf(path: string): Promise<Buffer> {
  await using file = await openLocalFile(path, inRoot());
  return await buffer(file.read());
}

async function refusalOf(path: string, rules: Partial<LocalFileRules> = {}): Promise<Failure> {
  try {
    await using _file = await openLocalFile(path, inRoot(rules));
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error(`not refused: ${path}`);
}

const OUTSIDE = 'contentUrl names a file outside the folders that Airdate may read.';

describe('a file inside the roots', () => {
  it('is opened with its name, size and facts, and read whole as often as wanted', async () => {
    const path = join(root, 'clip.mp4');
    await using file = await openLocalFile(path, inRoot());
    expect(file).toMatchObject({ path, name: 'clip.mp4', bytes: CLIP.length, facts: { width: 180 } });
    const copies = await Promise.all([buffer(file.read()), buffer(file.read())]);
    for (let again = 0; again < 20; again++) copies.push(await buffer(file.read()));
    for (const copy of copies) expect(copy.equals(CLIP)).toBe(true);
  });

  it.each([
    '-rf.mp4',
    '--help',
    'смотри 🎬 été.mp4',
    'a b\nc.mp4',
    "it's $(touch x).mp4",
    '..clip.mp4',
    '%2e%2e.mp4',
  ])('may be called %j', async (name) => {
    await writeFile(join(root, name), CLIP);
    expect((await contentOf(join(root, name))).equals(CLIP)).toBe(true);
    await unlink(join(root, name));
  });

  it('may be reached by a link and by a root that is itself a link, by either of its names', async () => {
    await symlink('clip.mp4', join(root, 'latest.mp4'));
    await symlink(root, join(home, 'linked-root'));
    expect((await contentOf(join(root, 'latest.mp4'))).equals(CLIP)).toBe(true);
    expect((await contentOf(`${root}//./clip.mp4`)).equals(CLIP)).toBe(true);
    for (const named of [join(home, 'linked-root/clip.mp4'), join(root, 'clip.mp4')]) {
      await using file = await openLocalFile(named, inRoot({ roots: [`${home}/linked-root/`] }));
      expect(file.bytes).toBe(CLIP.length);
    }
  });

  it('is found in any of several roots, of which some may not exist', async () => {
    const roots = [join(home, 'nowhere'), secrets, root];
    await using file = await openLocalFile(join(root, 'clip.mp4'), inRoot({ roots }));
    expect(file.bytes).toBe(CLIP.length);
  });

  it('may be a sound where a sound is asked for', async () => {
    const path = join(root, 'tone.mp3');
    await copyFile(join(FIXTURES, 'tone.mp3'), path);
    await using file = await openLocalFile(path, inRoot({ kind: 'audio' }));
    expect(file.facts).toMatchObject({ mimeType: 'audio/mpeg', hasVideo: false });
    expect(await refusalOf(path)).toMatchObject({ code: 'media_rejected', details: { field: 'contentUrl' } });
  });
});

describe('once open, the file stays the file that was checked', () => {
  async function openCopy(name: string) {
    const path = join(root, name);
    await writeFile(path, CLIP);
    return { path, file: await openLocalFile(path, inRoot()) };
  }

  it('though its name is deleted', async () => {
    const { path, file } = await openCopy('deleted.mp4');
    await using _ = file;
    await unlink(path);
    expect((await buffer(file.read())).equals(CLIP)).toBe(true);
  });

  it('though another file takes its name', async () => {
    const { path, file } = await openCopy('replaced.mp4');
    await using _ = file;
    await writeFile(`${path}.new`, OTHER);
    await rename(`${path}.new`, path);
    expect((await buffer(file.read())).equals(CLIP)).toBe(true);
  });

  it('though a link to a secret takes its name', async () => {
    const { path, file } = await openCopy('relinked.mp4');
    await using _ = file;
    await unlink(path);
    await symlink(join(secrets, 'secret.mp4'), path);
    expect((await buffer(file.read())).equals(CLIP)).toBe(true);
    expect(await refusalOf(path)).toMatchObject({ message: OUTSIDE });
  });

  it('and is read as far as it went, though more is written to it', async () => {
    const { path, file } = await openCopy('growing.mp4');
    await using _ = file;
    await appendFile(path, 'more');
    expect((await buffer(file.read())).equals(CLIP)).toBe(true);
  });

  it('and reading fails when it became shorter', async () => {
    const { path, file } = await openCopy('shorter.mp4');
    await using _ = file;
    await truncate(path, 100);
    await expect(buffer(file.read())).rejects.toMatchObject({ code: 'media_rejected' });
  });

  it('and cannot be read when it is closed; to close it twice does no harm', async () => {
    const { file } = await openCopy('closed.mp4');
    await file[Symbol.asyncDispose]();
    await file[Symbol.asyncDispose]();
    await expect(buffer(file.read())).rejects.toThrow('closed');
  });
});

describe('a path that leads out of the roots is refused, and does not tell what is there', () => {
  it.each([
    ['another folder', () => join(secrets, 'secret.mp4')],
    ['a folder whose name begins like a root', () => `${root}-secrets/secret.mp4`],
    ['a link outside that leads into it', () => join(home, 'way-in/clip.mp4')],
    ['the top of the file system as a process has it', () => `/proc/self/root${root}/clip.mp4`],
    ['a file that does not exist', () => join(secrets, 'no-such-file.mp4')],
    ['a folder that does not exist', () => join(home, 'no/such/folder/clip.mp4')],
    ['the parent of the root', () => home],
    ['a password file', () => '/etc/passwd'],
    ['the environment of the process', () => '/proc/self/environ'],
    ['a device', () => '/dev/zero'],
    ['the top', () => '/'],
  ])('by %s', async (_, path) => {
    const failure = await refusalOf(path());
    expect(failure.toAnswer()).toEqual({
      code: 'invalid_parameter',
      retryable: false,
      message: OUTSIDE,
      field: 'contentUrl',
      issues: [{ path: 'contentUrl', message: 'names a file outside the folders that Airdate may read' }],
      hint: `Airdate reads files in "${root}" alone. Put the file there, or have AIRDATE_MEDIA_ROOTS name its folder.`,
    });
  });

  it('by the folder that the process works in', async () => {
    const path = join('/proc/self/cwd', relative(process.cwd(), FIXTURES), 'clip.mp4');
    expect(await refusalOf(path, { roots: [FIXTURES] })).toMatchObject({ message: OUTSIDE });
  });

  it.each([
    ['a file', 'link.mp4', () => join(secrets, 'secret.mp4')],
    ['a link to a link', 'link-link.mp4', () => join(root, 'link.mp4')],
    ['a device', 'null.mp4', () => '/dev/null'],
    ['the environment of the process', 'environ.mp4', () => '/proc/self/environ'],
  ])('by a link to %s', async (_, name, target) => {
    await symlink(target(), join(root, name));
    expect(await refusalOf(join(root, name))).toMatchObject({ message: OUTSIDE });
  });

  it('by a link to a folder', async () => {
    await symlink(secrets, join(root, 'folder'));
    expect(await refusalOf(join(root, 'folder/secret.mp4'))).toMatchObject({ message: OUTSIDE });
    expect(await refusalOf(join(root, 'folder/none.mp4'))).toMatchObject({ message: OUTSIDE });
  });

  it('also while folders and links are swapped under it all the time', async () => {
    const folder = join(root, 'busy');
    await mkdir(folder);
    await writeFile(join(folder, 'secret.mp4'), CLIP);
    await symlink(secrets, join(root, 'busy-link'));
    const swapping = new Worker(
      `const { renameSync } = require('node:fs');
       const { workerData: [folder, link, spare] } = require('node:worker_threads');
       for (;;) {
         renameSync(folder, spare); renameSync(link, folder);
         renameSync(folder, link); renameSync(spare, folder);
       }`,
      { eval: true, workerData: [folder, join(root, 'busy-link'), join(root, 'busy-spare')] },
    );
    await using _ = { [Symbol.asyncDispose]: async () => void (await swapping.terminate()) };
    const outcomes = { opened: 0, refused: 0 };
    const until = Date.now() + 10_000;
    while ((outcomes.opened < 3 || outcomes.refused < 300) && Date.now() < until) {
      try {
        expect((await contentOf(join(folder, 'secret.mp4'))).equals(CLIP)).toBe(true);
        outcomes.opened++;
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'invalid_parameter' });
        outcomes.refused++;
      }
    }
    expect(outcomes.opened).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});

describe('a path that is not one is refused by its form', () => {
  it.each([
    ['relative', 'clip.mp4', 'must be an absolute path'],
    ['relative with dots', '../clip.mp4', 'must be an absolute path'],
    ['empty', '', 'must be an absolute path'],
    ['beginning with a dash', '-rf', 'must be an absolute path'],
    ['in the home folder', '~/clip.mp4', 'must not begin with ~'],
    ['in a home folder', '~ada/clip.mp4', 'must not begin with ~'],
    ['a network path', '\\\\server\\share\\clip.mp4', 'must not be a network or device path'],
    ['a network path with slashes', '//server/share/clip.mp4', 'must not be a network or device path'],
    ['a device path', '\\\\.\\pipe\\clip', 'must not be a network or device path'],
    ['with a NUL', '/media/clip.mp4\0.txt', 'must not hold a NUL character'],
    ['with ..', '/media/../clip.mp4', 'must not hold ..'],
    ['that ends in ..', '/media/..', 'must not hold ..'],
    ['with .. as Windows writes it', '/media\\..\\clip.mp4', 'must not hold ..'],
    ['endless', `/${'a/'.repeat(500_000)}`, 'must not be longer than 4096 characters'],
  ])('%s', async (_, path, complaint) => {
    const failure = await refusalOf(path);
    expect(failure).toMatchObject({ code: 'invalid_parameter', details: { field: 'contentUrl' } });
    expect(failure.message).toContain(`contentUrl ${complaint}`);
    expect(JSON.stringify(failure.toAnswer()).length).toBeLessThan(1000);
  });

  it('though it would lead into a root, and whether or not its folders are there', async () => {
    const back = `${'../'.repeat(20)}${root}`;
    const paths = [`${root}/../media/clip.mp4`, `/etc/${back}/none.mp4`, `/etc/none/${back}/none.mp4`];
    const failures = await Promise.all(paths.map((path) => refusalOf(path)));
    expect(failures.map(({ message }) => message)).toEqual(
      paths.map(() => 'contentUrl must not hold .., which leads out of a folder.'),
    );
  });

  it('a file:// URL is answered with its plain path', async () => {
    expect((await refusalOf('file:///media/My%20clip.mp4')).details).toMatchObject({
      issues: [{ path: 'contentUrl', message: 'must be a plain path, not a file:// URL' }],
      candidates: [{ value: '/media/My clip.mp4', why: 'the same as a plain path' }],
    });
    expect((await refusalOf('FILE://server/share/clip.mp4')).details.candidates).toBeUndefined();
  });

  it('a name that no folder can hold is refused', async () => {
    expect(await refusalOf(join(root, 'a'.repeat(300)))).toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringContaining('ENAMETOOLONG'),
    });
  });
});

describe('a file that is missing', () => {
  it('is refused with the nearest name in its folder', async () => {
    const failure = await refusalOf(join(root, 'clp.mp4'));
    expect(failure.message).toBe(`contentUrl names "${root}/clp.mp4", and there is no such file.`);
    expect(failure.details.candidates).toEqual([
      { value: join(root, 'clip.mp4'), why: 'the nearest name there' },
    ]);
  });

  it('is refused with the nearest folder, where the folder is misspelt', async () => {
    await mkdir(join(root, 'holiday'), { recursive: true });
    const failure = await refusalOf(join(root, 'holidays/beach/one.mp4'));
    expect(failure.details.candidates?.[0]?.value).toBe(join(root, 'holiday/beach/one.mp4'));
  });

  it('is refused without a candidate where nothing is near, or where a link leads nowhere', async () => {
    expect((await refusalOf(join(root, 'quarterly-report.mov'))).details.candidates).toBeUndefined();
    await symlink('gone', join(root, 'zzzzzzzzzzzz-dangling'));
    expect((await refusalOf(join(root, 'zzzzzzzzzzzz-dangling'))).details.candidates).toBeUndefined();
    expect((await refusalOf(join(root, 'clip.mp4/more'))).message).toContain('there is no such file');
  });

  it('links that go round in a ring are refused', async () => {
    await symlink('ring-b', join(root, 'ring-a'));
    await symlink('ring-a', join(root, 'ring-b'));
    expect(await refusalOf(join(root, 'ring-a'))).toMatchObject({
      message: expect.stringContaining('ELOOP'),
    });
  });
});

describe('what is not a regular file is rejected at once', () => {
  it('a folder', async () => {
    expect(await refusalOf(root)).toMatchObject({
      code: 'media_rejected',
      message: `"${root}" is a folder, not a file.`,
      details: { field: 'contentUrl', hint: 'Name one file in that folder.' },
    });
  });

  it('a named pipe, for whose other end nobody waits', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(root, 'pipe.mp4')]);
    expect(await refusalOf(join(root, 'pipe.mp4'))).toMatchObject({
      code: 'media_rejected',
      message: `"${root}/pipe.mp4" is a named pipe, not a file.`,
    });
  });

  it('a socket', async () => {
    const server = createServer();
    // The whole path may be longer than that of a socket can be.
    const before = process.cwd();
    process.chdir(root);
    await once(server.listen('socket.mp4'), 'listening');
    const failure = await refusalOf(join(root, 'socket.mp4'));
    await once(server.close(), 'close');
    process.chdir(before);
    expect(failure).toMatchObject({ code: 'media_rejected', message: expect.stringContaining('a socket') });
  });

  it('a device, even where a root holds it', async () => {
    expect(await refusalOf('/dev/null', { roots: ['/dev'] })).toMatchObject({
      code: 'media_rejected',
      message: '"/dev/null" is a device, not a file.',
    });
  });

  it('what the system makes up when it is read, even where a root holds it', async ({ skip }) => {
    if (process.platform !== 'linux') skip('Such files are in /proc, which is Linux alone.');
    expect(await refusalOf('/proc/self/environ', { roots: ['/'] })).toMatchObject({ code: 'media_rejected' });
  });
});

describe('what is not a video is rejected', () => {
  it('an empty file', async () => {
    await writeFile(join(root, 'empty.mp4'), '');
    expect(await refusalOf(join(root, 'empty.mp4'))).toMatchObject({
      code: 'media_rejected',
      message: `"${root}/empty.mp4" is empty.`,
      details: { field: 'contentUrl' },
    });
  });

  it('a file of another kind, one that is cut off', async () => {
    await link(join(FIXTURES, 'not-a-video.mp4'), join(root, 'words.mp4')).catch(() =>
      copyFile(join(FIXTURES, 'not-a-video.mp4'), join(root, 'words.mp4')),
    );
    await copyFile(join(FIXTURES, 'cut-off.mp4'), join(root, 'cut-off.mp4'));
    const rejected = { code: 'media_rejected', details: { field: 'contentUrl' } };
    expect(await refusalOf(join(root, 'words.mp4'))).toMatchObject(rejected);
    expect(await refusalOf(join(root, 'cut-off.mp4'))).toMatchObject(rejected);
  });
});

describe('a file that is refused', () => {
  it('is not left open', async ({ skip }) => {
    if (process.platform !== 'linux') skip('What is open is read from /proc, which is Linux alone.');
    const before = await readdir('/proc/self/fd');
    for (let again = 0; again < 5; again++) {
      await refusalOf(join(root, 'cut-off.mp4'));
      await refusalOf(join(root, 'empty.mp4'));
      await refusalOf(join(root, 'pipe.mp4'));
    }
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before.length + 5);
  });
});

describe('where no root is open', () => {
  it('the refusal says which setting opens one', async () => {
    const path = join(root, 'clip.mp4');
    expect((await refusalOf(path, { roots: [] })).toAnswer()).toMatchObject({
      code: 'invalid_parameter',
      message: 'contentUrl names a local file, and no folder is open to Airdate.',
      hint: 'Whoever runs Airdate sets AIRDATE_MEDIA_ROOTS to the folders that it may read. A public https URL needs no folder.',
    });
    const nowhere = join(home, 'nowhere');
    expect((await refusalOf(path, { roots: [nowhere] })).details.hint).toContain(
      `of "${nowhere}" none exists`,
    );
  });
});
