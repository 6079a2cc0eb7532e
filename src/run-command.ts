import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandLine } from './commands/command-line.ts';
import { systemClock } from './domain/clock.ts';
import { type Host, readMachine } from './machine.ts';
import { open } from './open.ts';

type Run = (host: Host, commandLine: CommandLine) => Promise<void>;

/** What a person asks for in a terminal. */
export const RUN = { doctor: examine, log: showLog, approve, backup, token } satisfies Record<string, Run>;

async function examine(host: Host, { json }: CommandLine): Promise<void> {
  const { examine } = await import('./commands/doctor.ts');
  const report = { json, version: packageJson.version, write: writer(host.stdout) };
  host.exitCode = await examine(readMachine(host), report);
}

async function showLog(host: Host, { json }: CommandLine): Promise<void> {
  await using opened = await open(host);
  const { showActivity } = await import('./commands/show-activity.ts');
  await showActivity(opened.program.desk, { json, write: writer(host.stdout) });
}

async function approve(host: Host, { operands: [postId], json }: CommandLine): Promise<void> {
  await using opened = await open(host);
  const { approveDraft, showDrafts } = await import('./commands/approve-draft.ts');
  const surroundings = { json, write: writer(host.stdout), ask: asker(host) };
  if (postId === undefined) return await showDrafts(opened.program.desk, surroundings);
  await approveDraft(opened.program, { ...surroundings, postId });
}

async function backup(host: Host, { operands: [file = ''] }: CommandLine): Promise<void> {
  const { backUp } = await import('./commands/back-up.ts');
  await using opened = await open(host);
  await backUp(opened.program.database, resolve(file));
  const copies = join(opened.config.home, 'content');
  const besides = existsSync(copies) ? ` Copies of local videos are in ${copies}.` : '';
  writer(host.stdout)(`${file} holds the calendar and the ledger.${besides}`);
}

async function token(host: Host, commandLine: CommandLine): Promise<void> {
  const { runTokenCommand } = await import('./commands/token-command.ts');
  await using opened = await open(host);
  await runTokenCommand(commandLine, {
    database: opened.program.database,
    clock: systemClock,
    localAccounts: opened.config.accounts.map(({ id }) => id),
    write: writer(host.stdout),
    tell: writer(host.stderr),
  });
}

function writer(output: NodeJS.WritableStream): (text: string) => void {
  return (text) => void output.write(`${text}\n`);
}

/** Asks at the terminal, where a person sits at one. */
function asker({ stdin: input, stdout: output }: Host): ((question: string) => Promise<boolean>) | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question) => {
    const { createInterface } = await import('node:readline/promises');
    using terminal = createInterface({ input, output });
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  };
}
