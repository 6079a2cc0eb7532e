/** Mirrors src/start.ts: what a person reads who starts the program at a terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { newFolder } from './support/airdate.ts';
import { runAirdate, source, startAirdate } from './support/process.ts';

const home = newFolder();
afterAll(() => rmSync(home, { recursive: true, force: true }));

const HINT =
  'Airdate speaks MCP over stdin and stdout, to an agent that starts it; README.md says how to add it. Ctrl-C ends it.';

/** Whether there is the `script` of util-linux, which gives a program a terminal. */
const hasTerminals = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

test('at a terminal it says what it waits for, in one line, and Ctrl-C ends it', async ({ skip }) => {
  if (!hasTerminals) skip('The script of util-linux, which gives a terminal, is not on this machine.');
  // In the shell's place: one that stayed, as dash does, would be ended by the Ctrl-C itself.
  const command = 'exec "$PROGRAM_NODE" "$PROGRAM"';
  const program = { PROGRAM_NODE: process.execPath, PROGRAM: source, AIRDATE_LOG: 'error' };
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...process.env, ...program, AIRDATE_HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    shown += data;
  });
  await vi.waitFor(() => expect(shown).toContain('\n'), 10_000);
  expect(shown).toBe(`${HINT}\r\n`);
  const ended = once(child, 'close');
  child.stdin.write('\x03');
  expect(await ended).toEqual([0, null]);
  expect(shown.replace('^C', '')).toBe(`${HINT}\r\n`);
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

test.runIf(existsSync('/dev/full'))(
  'an answer that cannot be written ends the program with 1 and a line',
  () => {
    const command = '"$PROGRAM_NODE" "$PROGRAM" log > /dev/full';
    const env = { ...process.env, PROGRAM_NODE: process.execPath, PROGRAM: source, AIRDATE_HOME: home };
    const { status, stderr } = spawnSync('sh', ['-c', command], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'airdate: the answer could not be written (ENOSPC).\n',
    });
  },
);
