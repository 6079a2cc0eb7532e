import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { packExtension, validateManifest } from '@anthropic-ai/mcpb';
import { writeDistribution } from './distribution.ts';

/** Makes the bundle that a desktop agent installs: `node scripts/bundle.ts [FILE]` */
const root = resolve(import.meta.dirname, '..');
const output = resolve(process.argv[2] ?? join(root, 'airdate.mcpb'));
const manifestFile = join(root, 'manifest.json');

if (!validateManifest(manifestFile)) process.exit(1);
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
  readonly icon: string;
  readonly screenshots: readonly string[];
};

const staging = mkdtempSync(join(tmpdir(), 'airdate-bundle-'));
try {
  mkdirSync(join(staging, 'dist'));
  await writeDistribution(join(staging, 'dist'), { asOneFile: true });
  for (const file of ['manifest.json', 'LICENSE', manifest.icon, ...manifest.screenshots]) {
    mkdirSync(dirname(join(staging, file)), { recursive: true });
    cpSync(join(root, file), join(staging, file));
  }
  // Without it a package.json in a folder above, the user's home for one, decides how the program is read.
  writeFileSync(join(staging, 'package.json'), '{ "type": "module" }\n');
  if (!(await packExtension({ extensionPath: staging, outputPath: output, silent: true }))) {
    throw new Error('The bundle could not be packed.');
  }
  console.log(`${output} (${Math.round(statSync(output).size / 1000)} kB)`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
