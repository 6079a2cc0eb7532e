import { parseArgs } from 'node:util';
import { Failure } from '../domain/failure.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';

const HELPFUL = 'See airdate --help.';

export const COMMANDS = {
  stdio: { operands: [], about: '' },
  http: {
    operands: [],
    options: ['port', 'host'],
    about: 'serve many clients over HTTP, on 127.0.0.1:4600 unless --port and --host say otherwise',
  },
  worker: { operands: [], about: 'air what is due, without a client; ends with SIGTERM or Ctrl-C' },
  doctor: {
    operands: [],
    options: ['json'],
    about: 'check Node, zone data, data directory, database and backends',
  },
  log: { operands: [], options: ['json'], about: 'what was asked and what happened, newest first' },
  approve: {
    operands: ['[POST_ID]'],
    options: ['json'],
    about: 'let a draft go out that waits for a person; without one, show them',
  },
  backup: { operands: ['FILE'], about: 'copy the database into a new file while Airdate runs' },
  token: {
    operands: ['ACTION', '[NAME]'],
    options: ['json', 'level', 'accounts', 'tenant', 'expires'],
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
  readonly options: Readonly<Partial<Record<Exclude<CommandOption, 'json'>, string>>>;
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

type CommandOption = Exclude<keyof typeof OPTIONS, 'help' | 'version'>;

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parsed(argv);
  const { help, version, ...given } = values;
  const { json = false, ...options } = given;
  const [name = 'stdio', ...operands] = positionals;
  if (help || name === 'help') return { command: 'help', operands: [], json, options: {} };
  if (version || name === 'version') return { command: 'version', operands: [], json, options: {} };
  if (!isCommand(name)) throw misused(`There is no command "${name}"${guess(name, WORDS)}`);
  const form: CommandForm = COMMANDS[name];
  const stray = Object.keys(given).find((option) => !takes(form, option));
  if (stray !== undefined) throw strayOption(positionals[0], stray);
  const expected = form.operands;
  const needed = expected.filter((operand) => !operand.startsWith('['));
  if (operands.length >= needed.length && operands.length <= expected.length) {
    return { command: name, operands, json, options };
  }
  throw misused(`airdate ${name} takes ${expected.length === 0 ? 'nothing more' : expected.join(' ')}.`);
}

const WORDS = [...Object.keys(COMMANDS).filter((name) => name !== 'stdio'), 'help', 'version'];

function takes({ options = [] }: CommandForm, option: string): boolean {
  return options.some((known) => known === option);
}

function strayOption(command: string | undefined, option: string): Failure {
  const who = command === undefined ? 'airdate without a command' : `airdate ${command}`;
  const able = Object.entries(COMMANDS).flatMap(([name, form]) => (takes(form, option) ? name : []));
  const take = able.length === 1 ? 'takes' : 'take';
  return misused(`${who} takes no --${option}.`, `airdate ${able.join(', ')} ${take} it. ${HELPFUL}`);
}

function guess(typed: string, known: readonly string[], prefix = ''): string {
  const close = nearest(typed, known);
  return didYouMean(close && prefix + close, '.');
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

function parsed(argv: readonly string[]) {
  const asked = { args: [...argv], options: OPTIONS, allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...asked, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(OPTIONS, token.name)) continue;
    throw misused(`There is no option ${token.rawName}${guess(token.name, Object.keys(OPTIONS), '--')}`);
  }
  try {
    return parseArgs(asked);
  } catch (error) {
    throw misused(error instanceof Error ? error.message : String(error));
  }
}

function misused(message: string, hint = HELPFUL): Failure {
  return new Failure('invalid_parameter', message, { hint });
}
