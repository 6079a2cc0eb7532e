/** Mirrors nothing: it holds README.md and manifest.json to what the code says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { generated } from '../scripts/generated-docs.ts';
import { SETTINGS } from '../src/config.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('manifest.json')) as {
  version: string;
  server: { entry_point: string; mcp_config: { env: Record<string, string> } };
  user_config: Record<string, { sensitive?: boolean }>;
};

test.each(['README.md', 'manifest.json'])('%s tells what the code knows (npm run docs writes it)', (file) => {
  expect(generated(read)[file]).toBe(read(file));
});

test('the manifest has the version of the package and starts what the build makes', () => {
  expect(manifest.version).toBe(packageJson.version);
  expect(manifest.server.entry_point).toBe(packageJson.bin.airdate);
});

test('every setting that the manifest passes on exists, and every field of a user is passed on', () => {
  const { env } = manifest.server.mcp_config;
  expect(Object.keys(env).filter((name) => !Object.hasOwn(SETTINGS, name))).toEqual([]);
  const used = Object.values(env).map((value) => /^\$\{user_config\.(\w+)\}$/.exec(value)?.[1]);
  expect(used.sort()).toEqual(Object.keys(manifest.user_config).sort());
});

test('every key of a vendor is sensitive in the manifest', () => {
  const keys = Object.entries(manifest.user_config).filter(([name]) => name.endsWith('_key'));
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter(([, { sensitive }]) => sensitive !== true)).toEqual([]);
});
