import { parseArgs } from 'node:util';
import { Failure } from './domain/failure.ts';

export const COMMANDS = {
  stdio: { operands: [], about: '' },
  worker: { operands: [], about: 'air what is due, without a client; ends with SIGTERM or Ctrl-C' },
  doctor: { operands: [], about: 'check Node, zone data, data directory, database and backends' },
  log: { operands: [], about: 'what was asked and what happened, newest first' },
  backup: { operands: ['FILE'], about: 'copy the database into a new file while Airdate runs' },
} as const satisfies Record<string, { operands: readonly string[]; about: string }>;

export type Command = keyof typeof COMMANDS | 'help' | 'version';

export interface CommandLine {
  readonly command: Command;
  readonly operands: readonly string[];
  /** Answer in JSON. */
  readonly json: boolean;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  json: { type: 'boolean' },
} as const;

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parsed(argv);
  const json = values.json ?? false;
  if (values.help) return { command: 'help', operands: [], json };
  if (values.version) return { command: 'version', operands: [], json };
  const [name = 'stdio', ...operands] = positionals;
  if (!isCommand(name)) throw misused(`There is no command "${name}".`);
  const expected = COMMANDS[name].operands;
  if (operands.length === expected.length) return { command: name, operands, json };
  throw misused(`airdate ${name} takes ${expected.length === 0 ? 'nothing more' : expected.join(' ')}.`);
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw misused(error instanceof Error ? error.message : String(error));
  }
}

function misused(message: string): Failure {
  return new Failure('invalid_parameter', message, { hint: 'See airdate --help.' });
}
