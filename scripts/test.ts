import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Everything that must hold before a change lands. The last line counts: checks and tests together. */
const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc'],
  ['lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['unused code', 'knip'],
  ['code that tests alone use', 'knip', '--production', '--config', 'knip.production.json'],
  ['build', 'rolldown', '-c', 'rolldown.config.ts'],
];

let passed = 0;
let failed = 0;

for (const [name, command, ...args] of CHECKS) {
  const ok = run(command, args);
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
  if (ok) passed += 1;
  else failed += 1;
}

const folder = mkdtempSync(join(tmpdir(), 'airdate-report-'));
const report = join(folder, 'report.json');
const skipped = fileURLToPath(import.meta.resolve('./skipped-reporter.ts'));
const reporters = ['default', skipped, 'json'].map((name) => `--reporter=${name}`);
const ran = run('vitest', ['run', ...reporters, `--outputFile=${report}`]);
const counts = readReport(report);
rmSync(folder, { recursive: true, force: true });
passed += counts.passed;
failed += counts.failed;
// A run that fails without a failing test (an unhandled rejection, say) is a failure too.
if (!ran && counts.failed === 0) failed += 1;

if (counts.skipped > 0) console.log(`${counts.skipped} skipped, as was said above`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || counts.passed === 0 ? 1 : 0;

function run(command: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(error.message);
  return status === 0;
}

function readReport(file: string): { passed: number; failed: number; skipped: number } {
  try {
    const counts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = counts;
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
