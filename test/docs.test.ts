/** Mirrors nothing: it holds README.md, manifest.json and server.json to what the code says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from '../scripts/generated-docs.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test.each(['README.md', 'manifest.json', 'server.json'])(
  '%s tells what the code knows (npm run docs writes it)',
  (file) => {
    expect(generated(read)[file]).toBe(read(file));
  },
);
