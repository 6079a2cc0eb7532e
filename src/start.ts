import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import envPaths from 'env-paths';
import packageJson from '../package.json' with { type: 'json' };
import { type CommandLine, parseCommandLine } from './commands/command-line.ts';
import { HELP } from './commands/help.ts';
import { type Config, type Machine, readConfig, readConfigPath } from './config/config.ts';
import { readBind } from './config/http.ts';
import { OWN_TENANT } from './domain/call.ts';
import { systemClock } from './domain/clock.ts';
import { Failure } from './domain/failure.ts';
import { maskWhole } from './domain/mask.ts';
import { spellOut } from './domain/text.ts';
import { openLog } from './log.ts';
import { TOOLS, toolsNamed } from './tools/index.ts';

/** How long the end of the program waits for the answers to what was asked before it. */
const LAST_ANSWERS_MS = 500;

const AT_A_TERMINAL =
  'Airdate speaks MCP over stdin and stdout, to an agent that starts it; README.md says how to add it. Ctrl-C ends it.';

/** The program. */
export async function start(): Promise<void> {
  process.stdout.on('error', passOver);
  process.stderr.on('error', () => undefined);
  try {
    await run(process.argv.slice(2));
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const cause = failure.code === 'internal' ? `\n${String(failure.cause)}` : '';
    const said = [`airdate: ${failure.message}${cause}`, failure.details.hint].filter(Boolean).join('\n');
    console.error(spellOut(said));
    process.exitCode = 1;
  }
}

/** A reader that goes away has read enough: what was begun comes to its end all the same. */
function passOver({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE' || code === 'ECONNRESET') return;
  console.error(`airdate: the answer could not be written (${code}).`);
  process.exitCode = 1;
}

async function run(argv: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(argv);
  const { command, operands, json } = commandLine;
  const [operand = ''] = operands;
  if (command === 'help') return console.log(HELP);
  if (command === 'version') return console.log(packageJson.version);
  if (command === 'doctor') return examine(json);
  const config = readConfig(readMachine());
  if (command === 'http') return serveWeb(config, commandLine);
  if (command === 'worker') return work(config);
  if (command === 'log') return showLog(config, json);
  if (command === 'approve') return approve(config, { postId: operands[0], json });
  if (command === 'backup') return copyDatabase(config, operand);
  if (command === 'token') return manageTokens(config, commandLine);
  return serve(config);
}

function readMachine(): Machine {
  const environment = process.env;
  const home = envPaths('airdate', { suffix: '' }).data;
  const machine = { environment, home, userHome: homedir() };
  const file = readFile(readConfigPath(machine));
  return {
    ...machine,
    ...(file && { file }),
    get timezone() {
      // Undefined where TZ names no zone, whatever the types say.
      const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return zone ?? process.env.TZ ?? 'nothing';
    },
    toolNames: TOOLS.map(({ name }) => name),
    zoneRules: process.versions.tz ?? 'unknown',
    nodeVersion: process.versions.node,
    platform: process.platform,
  };
}

function readFile({ path, named }: ReturnType<typeof readConfigPath>): Machine['file'] {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const problem = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const absent = problem === 'ENOENT' || problem === 'ENOTDIR';
    return absent && !named ? undefined : { path, problem };
  }
}

async function open(config: Config) {
  const { openProgram } = await import('./program.ts');
  const mask = (text: string) => maskWhole(text, config.secrets);
  const log = openLog((text) => process.stderr.write(`${text}\n`), { level: config.logLevel, mask });
  const program = await openProgram(config, {
    clock: systemClock,
    log,
    zoneRules: process.versions.tz ?? 'unknown',
  });
  return { program, log, mask };
}

/** A signal is the end of the program. Asked before anything is open: one that comes meanwhile must not kill it halfway. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

async function serve(config: Config): Promise<void> {
  const signal = signalled();
  const { program, log, mask } = await open(config);
  const [{ createServer }, { serveStdio }] = await Promise.all([
    import('./mcp/server.ts'),
    import('./mcp/stdio.ts'),
  ]);
  const settings = {
    version: packageJson.version,
    tools: toolsNamed(config.tools),
    desk: program.desk,
    log,
    mask,
    caller: { tenant: OWN_TENANT, level: config.accessLevel },
    asksPerson: config.approveInClient !== 'never',
  };
  if (process.stdin.isTTY) process.stderr.write(`${AT_A_TERMINAL}\n`);
  // Each answer that waits for a slow client listens for its turn, and Node warns of more than ten.
  process.stdout.setMaxListeners(0);
  const connection = serveStdio(createServer(settings), {
    input: process.stdin,
    output: process.stdout,
    ...(config.http.protocol === 'auto' && {
      serveModern: async (transport) =>
        (await import('./mcp/modern-stdio.ts')).serveModern(settings, transport),
    }),
  });
  program.start();
  await Promise.race([connection.ended, signal]);
  await Promise.race([connection.answered(), setTimeout(LAST_ANSWERS_MS)]);
  await connection.close();
  await program[Symbol.asyncDispose]();
  process.exit();
}

async function serveWeb(config: Config, { options }: CommandLine): Promise<void> {
  const bind = readBind(options);
  const signal = signalled();
  const { program, log, mask } = await open(config);
  try {
    const [{ openAccess }, { serveHttp }] = await Promise.all([
      import('./access/index.ts'),
      import('./mcp/serve-http.ts'),
    ]);
    await using http = await serveHttp({
      ...bind,
      ...config.http,
      access: await openAccess({ ...config, database: program.database, clock: systemClock }),
      clock: systemClock,
      log,
      version: packageJson.version,
      desk: program.desk,
      mask,
      asksPerson: config.approveInClient === 'always',
      tools: toolsNamed(config.tools),
    });
    program.start();
    log('info', 'Airdate listens.', { url: `${http.url}/mcp`, home: config.home });
    await signal;
  } finally {
    await program[Symbol.asyncDispose]();
  }
  process.exit();
}

async function work(config: Config): Promise<void> {
  const signal = signalled();
  const { program, log } = await open(config);
  program.start();
  log('info', 'The worker is up.', { home: config.home });
  await signal;
  await program[Symbol.asyncDispose]();
  process.exit();
}

async function examine(json: boolean): Promise<void> {
  const { examine } = await import('./commands/doctor.ts');
  const write = (text: string) => console.log(text);
  process.exitCode = await examine(readMachine(), { json, version: packageJson.version, write });
}

async function showLog(config: Config, json: boolean): Promise<void> {
  await using program = (await open(config)).program;
  const { showActivity } = await import('./commands/show-activity.ts');
  await showActivity(program.desk, { json, write: (text) => process.stdout.write(`${text}\n`) });
}

async function approve(
  config: Config,
  { postId, json }: { readonly postId: string | undefined; readonly json: boolean },
): Promise<void> {
  await using program = (await open(config)).program;
  const { approveDraft, showDrafts } = await import('./commands/approve-draft.ts');
  const surroundings = {
    json,
    write: (text: string) => void process.stdout.write(`${text}\n`),
    ask: asker(),
  };
  if (postId === undefined) return await showDrafts(program.desk, surroundings);
  await approveDraft(program, { ...surroundings, postId });
}

/** Asks at the terminal, where a person sits at one. */
function asker(): ((question: string) => Promise<boolean>) | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return async (question) => {
    const { createInterface } = await import('node:readline/promises');
    using terminal = createInterface({ input: process.stdin, output: process.stdout });
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  };
}

async function copyDatabase(config: Config, file: string): Promise<void> {
  const { backUp } = await import('./commands/back-up.ts');
  await using program = (await open(config)).program;
  await backUp(program.database, resolve(file));
  const copies = join(config.home, 'content');
  const besides = existsSync(copies) ? ` Copies of local videos are in ${copies}.` : '';
  console.log(`${file} holds the calendar and the ledger.${besides}`);
}

async function manageTokens(config: Config, commandLine: CommandLine): Promise<void> {
  const { runTokenCommand } = await import('./commands/token-command.ts');
  await using program = (await open(config)).program;
  await runTokenCommand(commandLine, {
    database: program.database,
    clock: systemClock,
    localAccounts: config.accounts.map(({ id }) => id),
    write: (text) => process.stdout.write(`${text}\n`),
    tell: (text) => process.stderr.write(`${text}\n`),
  });
}
