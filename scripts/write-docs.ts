import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated } from './generated-docs.ts';

/** Writes into README.md, manifest.json and server.json what the code already knows. */
const root = join(import.meta.dirname, '..');
for (const [file, text] of Object.entries(generated((name) => readFileSync(join(root, name), 'utf8')))) {
  writeFileSync(join(root, file), text);
  console.log(`${file} is up to date`);
}
