/** Mirrors what npm is given: `npm pack` of a fresh clone, unpacked, and run where nothing else is. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import {
  connect,
  copyProject,
  expectProgram,
  filesIn,
  newScratch,
  oldNodes,
  programOf,
  remove,
  run,
} from './files.ts';

const scratch = newScratch();
const clone = join(scratch, 'clone');
const unpacked = join(scratch, 'unpacked', 'package');
const program = join(unpacked, packageJson.bin.airdate);
const path = { PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(':') };
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
/** Whatever the user's .npmrc says: packing builds the program. */
const OURS = ['--ignore-scripts=false', '--loglevel=notice'];
const FILES = ['LICENSE', 'README.md', 'package.json'];

beforeAll(async () => {
  copyProject(clone);
  mkdirSync(dirname(unpacked), { recursive: true });
  const packed = await run([npm, 'pack', ...OURS, '--pack-destination', scratch], { cwd: clone });
  expect(packed).toMatchObject({ code: 0 });
  const archive = join(scratch, `airdate-${packageJson.version}.tgz`);
  expect(await run(['tar', '-xzf', archive, '-C', dirname(unpacked)])).toMatchObject({ code: 0 });
}, 90_000);

afterAll(() => remove(scratch));

test('the package holds what runs and no more, built from a clone in which nothing was built', () => {
  const files = filesIn(unpacked);
  expect(files.filter((file) => !file.startsWith('dist/'))).toEqual(FILES);
  expectProgram(programOf(files));
});

test('npm says the same of it beforehand', async () => {
  const { stdout } = await run([npm, 'pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: clone });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  expect(files.map((file) => file.path).sort()).toEqual(filesIn(unpacked));
});

test('installing it runs no script of it', () => {
  const { scripts } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as typeof packageJson;
  const ofInstalling = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(ofInstalling.filter((name) => Object.hasOwn(scripts, name))).toEqual([]);
});

test('installing it brings nothing else along, and what it installs runs', async () => {
  const folder = join(scratch, 'installed');
  mkdirSync(folder);
  const archive = join(scratch, `airdate-${packageJson.version}.tgz`);
  const settings = ['--offline', '--no-audit', '--no-fund', '--cache', join(scratch, 'cache')];
  expect(await run([npm, 'install', ...OURS, ...settings, archive], { cwd: folder })).toMatchObject({
    code: 0,
  });
  expect(readdirSync(join(folder, 'node_modules')).sort()).toEqual(['.bin', '.package-lock.json', 'airdate']);
  const command = join(folder, 'node_modules/.bin/airdate');
  expect(await run([command, '--version'], { env: path })).toMatchObject({
    code: 0,
    stdout: `${packageJson.version}\n`,
  });
});

test('it runs with nothing beside it', async () => {
  expect(await run([process.execPath, program, '--version'], { env: path })).toEqual({
    code: 0,
    stdout: `${packageJson.version}\n`,
    stderr: '',
  });
  expect(readFileSync(program, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});

test('it serves a client with nothing beside it', async () => {
  const home = join(scratch, 'home');
  await using session = await connect(program, { ...path, AIRDATE_HOME: home }, scratch);
  expect(session.client.getServerVersion()).toMatchObject({ name: 'airdate', version: packageJson.version });
  const answer = await session.client.callTool({ name: 'list_profiles', arguments: {} });
  expect(answer.isError).toBeFalsy();
});

test('an older Node is told so in one line', async () => {
  for (const command of await oldNodes()) {
    const { code, stdout, stderr } = await run([...command, program, '--version'], { env: path });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Airdate needs Node 22\.19 or newer; this is \d+\.\d+\.\d+\.\n$/);
  }
});
