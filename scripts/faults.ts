import { spawnSync } from 'node:child_process';

/** The long form of test/faults, one file after the other: what each test saw is one line that begins with `faults:`. */
const { status, error } = spawnSync(
  'vitest',
  ['run', 'test/faults', '--no-file-parallelism', '--disable-console-intercept', ...process.argv.slice(2)],
  { stdio: 'inherit', shell: process.platform === 'win32', env: { ...process.env, FAULTS: 'long' } },
);
if (error) console.error(error.message);
process.exitCode = status ?? 1;
