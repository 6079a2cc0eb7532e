#!/usr/bin/env node
import './node-version.ts';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import envPaths from 'env-paths';
import packageJson from '../package.json' with { type: 'json' };
import { type Config, type Machine, readConfig, readHome } from './config.ts';
import { systemClock } from './domain/clock.ts';
import { Failure } from './domain/failure.ts';
import { HELP } from './help.ts';
import { openLog, openMask } from './log.ts';
import { TOOLS } from './tools/index.ts';

const COMMANDS = ['stdio', 'worker', 'doctor'] as const;
type Command = (typeof COMMANDS)[number];

// Built, the program is one file: in a thread it is the reader of media files and nothing else.
if (isMainThread) await start();
else await import('./media/read-facts.ts');

async function start(): Promise<void> {
  // Whatever is written holds what people plan to publish: files are the user's alone.
  process.umask(0o077);
  try {
    await run(process.argv.slice(2));
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const cause = failure.code === 'internal' ? `\n${String(failure.cause)}` : '';
    console.error([`airdate: ${failure.message}${cause}`, failure.details.hint].filter(Boolean).join('\n'));
    process.exitCode = 1;
  }
}

async function run(argv: readonly string[]): Promise<void> {
  const { command, json } = readArguments(argv);
  if (command === undefined) return;
  if (command === 'doctor') {
    const { examine } = await import('./doctor.ts');
    process.exitCode = await examine(readMachine(), {
      json,
      version: packageJson.version,
      write: (text) => console.log(text),
    });
    return;
  }
  const config = readConfig(readMachine());
  await (command === 'worker' ? work(config) : serve(config));
}

function readArguments(argv: readonly string[]): { command?: Command; json: boolean } {
  const options = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
    json: { type: 'boolean' },
  } as const;
  const { values, positionals } = parsed(() =>
    parseArgs({ args: [...argv], options, allowPositionals: true }),
  );
  const json = values.json ?? false;
  if (values.help) console.log(HELP);
  else if (values.version) console.log(packageJson.version);
  else {
    const [name = 'stdio', ...rest] = positionals;
    const command = COMMANDS.find((known) => known === name);
    if (command && rest.length === 0) return { command, json };
    throw new Failure('invalid_parameter', `There is no command "${positionals.join(' ')}".`, {
      hint: 'See airdate --help.',
    });
  }
  return { json };
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new Failure('invalid_parameter', error instanceof Error ? error.message : String(error), {
      hint: 'See airdate --help.',
    });
  }
}

function readMachine(): Machine {
  const environment = process.env;
  const home = envPaths('airdate', { suffix: '' }).data;
  const machine = { environment, home, userHome: homedir() };
  const path = environment.AIRDATE_CONFIG ?? join(readHome(machine), 'airdate.config.json');
  return {
    ...machine,
    ...(existsSync(path) && { file: { path, text: readFileSync(path, 'utf8') } }),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    toolNames: TOOLS.map(({ name }) => name),
    zoneRules: process.versions.tz ?? 'unknown',
    nodeVersion: process.versions.node,
    platform: process.platform,
  };
}

async function open(config: Config) {
  const { openProgram } = await import('./program.ts');
  const mask = openMask(config.secrets);
  const log = openLog((text) => process.stderr.write(`${text}\n`), { level: config.logLevel, mask });
  const program = await openProgram(config, {
    clock: systemClock,
    log,
    zoneRules: process.versions.tz ?? 'unknown',
  });
  return { program, log, mask };
}

/** The end of stdin is the end of the program; so is a signal. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

async function serve(config: Config): Promise<void> {
  const { program, log, mask } = await open(config);
  const [{ createServer }, { serveStdio }] = await Promise.all([
    import('./mcp/server.ts'),
    import('./mcp/stdio.ts'),
  ]);
  const tools = TOOLS.filter(({ name }) => config.tools?.includes(name) ?? true);
  const server = createServer({ version: packageJson.version, tools, desk: program.desk, log, mask });
  const closed = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
    process.stdout.once('error', () => resolve());
  });
  await serveStdio(server, { input: process.stdin, output: process.stdout });
  program.local.runner.start();
  await Promise.race([closed, ended()]);
  await program[Symbol.asyncDispose]();
  process.exit();
}

async function work(config: Config): Promise<void> {
  const { program, log } = await open(config);
  program.local.runner.start();
  log('info', 'The worker is up.', { home: config.home });
  await ended();
  await program[Symbol.asyncDispose]();
  process.exit();
}
