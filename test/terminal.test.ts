/** Mirrors src/start.ts: what a person reads who starts the program at a terminal. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { newFolder } from './support/airdate.ts';
import { eventually } from './support/eventually.ts';
import { runAirdate, source, startAirdate } from './support/process.ts';
import { NO_TERMINAL, startAtTerminal } from './support/terminal.ts';

const home = newFolder();
afterAll(() => rmSync(home, { recursive: true, force: true }));

const HINT =
  'Airdate speaks MCP over stdin and stdout, to an agent that starts it; README.md says how to add it. Ctrl-C ends it.';

test('at a terminal it says what it waits for, in one line, and Ctrl-C ends it', async ({ skip }) => {
  if (NO_TERMINAL) skip(NO_TERMINAL);
  const { child, shown } = startAtTerminal([], { AIRDATE_HOME: home, AIRDATE_LOG: 'error' });
  await eventually(() => expect(shown()).toContain('\n'));
  expect(shown()).toBe(`${HINT}\r\n`);
  const ended = once(child, 'close');
  child.stdin.write('\x03');
  expect(await ended).toEqual([0, null]);
  expect(shown().replace('^C', '')).toBe(`${HINT}\r\n`);
});

test('to an agent it says nothing that was not asked', async () => {
  const child = startAirdate([], { AIRDATE_HOME: home, AIRDATE_LOG: 'error' });
  child.stdin?.end();
  const streams = [child.stdout, child.stderr].map((stream) => text(stream as Readable));
  expect(await Promise.all(streams)).toEqual(['', '']);
});

test.each([['log'], ['log --json'], ['approve'], ['token list'], ['doctor'], ['--help'], ['--version']])(
  'whose reader goes away, airdate %s ends quietly',
  async (words) => {
    await runAirdate(['token', 'create', 'ada'], { AIRDATE_HOME: home });
    const child = startAirdate(words.split(' '), { AIRDATE_HOME: home, AIRDATE_LOG: 'error' });
    child.stdout?.destroy();
    const said = text(child.stderr as Readable);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await said).toBe('');
  },
);

test('a worker whose log nobody reads any more goes on', async () => {
  const child = startAirdate(['worker'], { AIRDATE_HOME: home });
  child.stderr?.destroy();
  const ended = once(child, 'close');
  await setTimeout(1_500);
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('an answer that cannot be written ends the program with 1 and a line', ({ skip }) => {
  if (!existsSync('/dev/full')) skip('There is no /dev/full, which is Linux alone.');
  const command = '"$PROGRAM_NODE" "$PROGRAM" log > /dev/full';
  const env = { ...process.env, PROGRAM_NODE: process.execPath, PROGRAM: source, AIRDATE_HOME: home };
  const { status, stderr } = spawnSync('sh', ['-c', command], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'airdate: the answer could not be written (ENOSPC).\n',
  });
});
