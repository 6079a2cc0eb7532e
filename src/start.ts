import packageJson from '../package.json' with { type: 'json' };
import { parseCommandLine } from './commands/command-line.ts';
import { HELP } from './commands/help.ts';
import { Failure } from './domain/failure.ts';
import { spellOut } from './domain/text.ts';
import { serveClient, serveWeb, work } from './serve.ts';

const SERVE = { stdio: serveClient, http: serveWeb, worker: work };

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
  const { command } = commandLine;
  if (command === 'help') return console.log(HELP);
  if (command === 'version') return console.log(packageJson.version);
  if (command === 'stdio' || command === 'http' || command === 'worker') {
    await SERVE[command](process, commandLine);
    process.exit();
  }
  const { RUN } = await import('./run-command.ts');
  await RUN[command](process, commandLine);
}
