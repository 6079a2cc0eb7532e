/** Mirrors properties.ts: whatever is tried in the ordinary run is tried in every one. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './process.ts';
import { fc } from './properties.ts';

test('the same is tried each time', () => {
  const tried = () => {
    const seen: number[] = [];
    fc.assert(fc.property(fc.integer(), (value) => void seen.push(value)));
    return seen;
  };
  expect(tried()).toEqual(tried());
});

test('every property has its values from there', async () => {
  const files = await Array.fromAsync(glob('test/**/*.ts', { cwd: root }));
  const own = files.filter((file) => /^import .*'fast-check'/m.test(readFileSync(join(root, file), 'utf8')));
  expect(own.map((file) => file.replaceAll('\\', '/'))).toEqual(['test/support/properties.ts']);
});
