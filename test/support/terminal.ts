import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { source } from './process.ts';

/** The `script` of util-linux gives a program a terminal; another one takes other options. */
const hasTerminals = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

export const NO_TERMINAL = hasTerminals
  ? undefined
  : 'The script of util-linux, which gives a terminal, is not on this machine.';

export interface Terminal {
  readonly child: ChildProcessWithoutNullStreams;
  /** All that was shown so far. */
  shown(): string;
}

/** Starts the program at a terminal of its own. */
export function startAtTerminal(args: readonly string[], environment: Record<string, string>): Terminal {
  const words = [process.execPath, source, ...args].map((word, at) => [`WORD_${at}`, word] as const);
  // In the shell's place: one that stayed, as dash does, would be ended by a Ctrl-C itself.
  const command = `exec ${words.map(([name]) => `"$${name}"`).join(' ')}`;
  // The shell that `script` starts is the user's, which may be none.
  const env = { ...process.env, ...environment, ...Object.fromEntries(words), SHELL: '/bin/sh' };
  const child = spawn('script', ['-qec', command, '/dev/null'], { env });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return { child, shown: () => shown };
}
