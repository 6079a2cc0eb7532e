import { parseArgs } from 'node:util';
import { Failure } from './domain/failure.ts';

export const COMMANDS = {
  stdio: { operands: [], about: '' },
  http: {
    operands: [],
    options: ['port', 'host'],
    about: 'serve many clients over HTTP, on 127.0.0.1:4600 unless --port and --host say otherwise',
  },
  worker: { operands: [], about: 'air what is due, without a client; ends with SIGTERM or Ctrl-C' },
  doctor: { operands: [], about: 'check Node, zone data, data directory, database and backends' },
  log: { operands: [], about: 'what was asked and what happened, newest first' },
  approve: {
    operands: ['[POST_ID]'],
    about: 'let a draft go out that waits for a person; without one, show them',
  },
  backup: { operands: ['FILE'], about: 'copy the database into a new file while Airdate runs' },
  token: {
    operands: ['ACTION', '[NAME]'],
    options: ['level', 'accounts', 'tenant', 'expires'],
    about: 'create, list or revoke the tokens of clients over HTTP',
  },
} as const satisfies Record<string, CommandForm>;

interface CommandForm {
  /** One in brackets may be left out. */
  readonly operands: readonly string[];
  readonly options?: readonly CommandOption[];
  readonly about: string;
}

type Command = keyof typeof COMMANDS | 'help' | 'version';

export interface CommandLine {
  readonly command: Command;
  readonly operands: readonly string[];
  /** Answer in JSON. */
  readonly json: boolean;
  readonly options: Readonly<Partial<Record<CommandOption, string>>>;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  json: { type: 'boolean' },
  port: { type: 'string' },
  host: { type: 'string' },
  level: { type: 'string' },
  accounts: { type: 'string' },
  tenant: { type: 'string' },
  expires: { type: 'string' },
} as const;

type CommandOption = Exclude<keyof typeof OPTIONS, 'help' | 'version' | 'json'>;

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parsed(argv);
  const { help, version, json = false, ...options } = values;
  if (help) return { command: 'help', operands: [], json, options: {} };
  if (version) return { command: 'version', operands: [], json, options: {} };
  const [name = 'stdio', ...operands] = positionals;
  if (!isCommand(name)) throw misused(`There is no command "${name}".`);
  const form: CommandForm = COMMANDS[name];
  const stray = Object.keys(options).find((option) => !form.options?.some((known) => known === option));
  if (stray !== undefined) throw misused(`airdate ${name} takes no --${stray}.`);
  const expected = form.operands;
  const needed = expected.filter((operand) => !operand.startsWith('['));
  if (operands.length >= needed.length && operands.length <= expected.length) {
    return { command: name, operands, json, options };
  }
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
