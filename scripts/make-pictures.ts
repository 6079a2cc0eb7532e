import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { drawTerminal } from './terminal-picture.ts';

/**
 * Makes the pictures again from what the program really prints, and the icon from its drawing: `npm run pictures`.
 * What the build says before the first step of `npm run try` is left out.
 * It needs `script` (util-linux), `rsvg-convert` (librsvg2-bin), `pngquant` and the font DejaVu Sans Mono.
 */
const root = resolve(import.meta.dirname, '..');
const pictures = join(root, 'assets/screenshots');
const home = mkdtempSync(join(tmpdir(), 'airdate-pictures-'));
const program = join(root, 'dist/airdate.js');
/** Folders of this machine, and what a person has in their place. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(RegExp.escape(home), 'g'), '/home/you/.local/share/airdate'],
  [new RegExp(`${RegExp.escape(tmpdir())}/airdate-try-\\w+`, 'g'), '/home/you/airdate-try'],
  [new RegExp(RegExp.escape(root), 'g'), '/home/you/airdate'],
];

mkdirSync(pictures, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'airdate-pictures-'));
try {
  run('rsvg-convert', [
    '-w',
    '512',
    '-h',
    '512',
    join(root, 'assets/icon.svg'),
    '-o',
    join(root, 'assets/icon.png'),
  ]);
  run('npm', ['run', '--silent', 'build']);
  picture('try', [['npm run try', `"${process.execPath}" scripts/try.ts`]]);
  run(process.execPath, [program, 'log']);
  picture('doctor', [
    [
      'AIRDATE_TIMEZONE=Europe/Pari airdate doctor',
      `AIRDATE_TIMEZONE=Europe/Pari "${process.execPath}" "${program}" doctor`,
    ],
    ['airdate doctor', `"${process.execPath}" "${program}" doctor`],
  ]);
} finally {
  rmSync(home, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
}

/** A window in which each command was typed and has answered. */
function picture(name: string, commands: readonly (readonly [typed: string, run: string])[]): void {
  const screen = commands
    .map(
      ([typed, command]) =>
        `\u001b[32m~/airdate $\u001b[0m \u001b[1m${typed}\u001b[0m\n${transcript(command)}`,
    )
    .join('\n\n');
  const drawing = join(scratch, `${name}.svg`);
  const full = join(scratch, `${name}.png`);
  writeFileSync(drawing, drawTerminal(screen, `airdate: ${name}`));
  run('rsvg-convert', ['--zoom', '1.5', drawing, '-o', full]);
  run('pngquant', ['--force', '--strip', '--output', join(pictures, `${name}.png`), '64', full]);
}

/** What a command prints on a terminal. One that fails has printed something too. */
function transcript(command: string): string {
  const { stdout } = spawn('script', ['--quiet', '--command', command, '/dev/null']);
  return PLACES.reduce((text, [place, shown]) => text.replaceAll(place, shown), stdout.trimEnd());
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawn(command, args);
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

function spawn(command: string, args: readonly string[]) {
  const env = { ...process.env, AIRDATE_HOME: home, TERM: 'xterm-256color', NO_COLOR: undefined };
  const ran = spawnSync(command, args, { cwd: root, encoding: 'utf8', env, timeout: 120_000 });
  if (ran.error) throw ran.error;
  return ran;
}
