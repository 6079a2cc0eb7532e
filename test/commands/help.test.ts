import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/commands/command-line.ts';
import { HELP } from '../../src/commands/help.ts';
import { SETTINGS } from '../../src/config/config.ts';
import { runAirdate } from '../support/process.ts';

describe('airdate --help', () => {
  test.each(['--help', '-h'])('%s prints the help on standard output and nothing else', async (option) => {
    expect(await runAirdate([option])).toEqual({ code: 0, stdout: `${HELP}\n`, stderr: '' });
  });

  test('is printed after a command, too, and whatever the configuration', async () => {
    const finished = await runAirdate(['worker', '--help'], { AIRDATE_TIMEZONE: 'Nowhere' });
    expect(finished).toEqual({ code: 0, stdout: `${HELP}\n`, stderr: '' });
  });

  test('names every command and every setting', () => {
    const commands = Object.keys(COMMANDS).filter((name) => name !== 'stdio');
    for (const name of commands) expect(HELP).toMatch(new RegExp(`^ {2}airdate ${name}\\b.*\\S{3}`, 'm'));
    for (const name of Object.keys(SETTINGS)) expect(HELP).toContain(`  ${name} `);
    for (const about of Object.values(SETTINGS)) expect(HELP).toContain(about);
  });

  test('names every command that answers in JSON', () => {
    expect(HELP).toContain('doctor, log, approve and token list answer in JSON with --json.');
  });

  test('fits a terminal', () => {
    expect(HELP.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });
});

test('airdate help and airdate version are understood, too', async () => {
  expect(await runAirdate(['help'])).toEqual({ code: 0, stdout: `${HELP}\n`, stderr: '' });
  expect(await runAirdate(['help', 'doctor'])).toEqual({ code: 0, stdout: `${HELP}\n`, stderr: '' });
  expect((await runAirdate(['version'])).stdout).toBe(`${packageJson.version}\n`);
});

test.each(['--version', '-v'])('airdate %s prints the version alone', async (option) => {
  expect(await runAirdate([option])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

describe('what is not a command line', () => {
  test.each([
    [['dance'], 'There is no command "dance".'],
    [['docter'], 'There is no command "docter"; did you mean doctor?'],
    [['htpp'], 'There is no command "htpp"; did you mean http?'],
    [['toString'], 'There is no command "toString"'],
    [['doctor', 'now'], 'airdate doctor takes nothing more'],
    [['backup'], 'airdate backup takes FILE'],
    [['--loud'], 'There is no option --loud.'],
    [['http', '--prot', '4700'], 'There is no option --prot; did you mean --port?'],
    [['--hlep'], 'There is no option --hlep; did you mean --help?'],
    [['-x'], 'There is no option -x.'],
    [['--port', '4700'], 'airdate without a command takes no --port.\nairdate http takes it.'],
    [['worker', '--port', '4700'], 'airdate worker takes no --port.\nairdate http takes it.'],
    [['doctor', '--json=yes'], '--json'],
    [['--json'], 'airdate without a command takes no --json.\nairdate doctor, log, approve, token take it.'],
    [['http', '--json'], 'airdate http takes no --json.'],
    [['worker', '--json'], 'airdate worker takes no --json.'],
    [['backup', 'copy.db', '--json'], 'airdate backup takes no --json.'],
  ])('%j ends with 1, a line that says why, and the way to the help', async (args, why) => {
    const { code, stdout, stderr } = await runAirdate(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr).toContain('airdate --help');
    expect(stderr).not.toMatch(/\n\s+at |positional/);
  });
});

test('a configuration that does not hold ends the program with every problem in one message', async () => {
  const { code, stdout, stderr } = await runAirdate([], {
    AIRDATE_HOME: join(tmpdir(), 'airdate-not-there'),
    AIRDATE_TIMEZONE: 'Europe/Pariss',
    AIRDATE_LOG: 'loud',
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('did you mean Europe/Paris?');
  expect(stderr).toContain('AIRDATE_LOG must be one of');
});
