/** Mirrors src/commands/back-up.ts, through the program. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newFolder } from '../support/airdate.ts';
import { runAirdate } from '../support/process.ts';

const folder = newFolder();
const home = join(folder, 'home');
const occupied = join(folder, 'notes.txt');
beforeAll(() => writeFileSync(occupied, 'mine'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const backUp = (file: string) => runAirdate(['backup', file], { AIRDATE_HOME: home });

test('a new file holds the calendar and the ledger', async () => {
  const file = join(folder, 'copy.db');
  const { code, stdout, stderr } = await backUp(file);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`${file} holds the calendar and the ledger.`);
  expect(readFileSync(file, 'latin1')).toMatch(/^SQLite format 3/);
});

test('a folder that is not there is named, and not made', async () => {
  const missing = join(folder, 'a', 'b');
  expect(await backUp(join(missing, 'copy.db'))).toEqual({
    code: 1,
    stdout: '',
    stderr: `airdate: There is no folder ${missing}.\nMake it, or name a file in a folder that is there.\n`,
  });
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test('a folder that is a file is none', async () => {
  const { code, stderr } = await backUp(join(occupied, 'copy.db'));
  expect([code, stderr]).toEqual([1, expect.stringContaining(`There is no folder ${occupied}.`)]);
});

test.each([
  ['a file', occupied],
  ['a folder', folder],
])('%s that is there already is left as it is', async (_, target) => {
  expect(await backUp(target)).toEqual({
    code: 1,
    stdout: '',
    stderr: `airdate: ${target} exists already.\nName a new file; nothing is overwritten.\n`,
  });
  expect(readFileSync(occupied, 'utf8')).toBe('mine');
});

test('a place that cannot be written is named', async ({ skip }) => {
  const isRoot = process.getuid?.() === 0;
  if (process.platform === 'win32') skip('Windows shuts no folder by a mode.');
  if (isRoot && process.platform !== 'linux')
    skip('Nothing is shut to root, but for /proc, which is Linux alone.');
  const shut = newFolder();
  chmodSync(shut, 0o500);
  const target = join(isRoot ? '/proc' : shut, 'copy.db');
  const { code, stdout, stderr } = await backUp(target);
  rmSync(shut, { recursive: true });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `airdate: ${target} could not be written: unable to open database file.\n` +
      'Name a file where this user may write and where there is room for a copy of the database.\n',
  );
});
