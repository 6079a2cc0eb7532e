/** Mirrors manifest.json: what a desktop app reads before it starts anything. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { validateManifest } from '@anthropic-ai/mcpb';
import { expect, test, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { SETTINGS } from '../../src/config/config.ts';
import { TOOLS } from '../../src/tools/index.ts';
import { root } from '../support/process.ts';
import { readManifest, sizeOfPng } from './files.ts';

const manifest = readManifest();
const settings = Object.entries(manifest.user_config ?? {});
const { mcp_config: started, entry_point: entry } = manifest.server;

test('the manifest is one that a desktop app accepts', () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(validateManifest(join(root, 'manifest.json'))).toBe(true);
  said.mockRestore();
});

test('it has the version of the package and starts what the build makes', () => {
  expect(manifest.version).toBe(packageJson.version);
  expect(entry).toBe(packageJson.bin.airdate);
  expect(started?.args?.[0]).toBe(`\${__dirname}/${entry}`);
  expect(manifest.compatibility?.runtimes?.node).toBe(packageJson.engines.node);
});

test('it names the tools that there are, in their order', () => {
  expect(manifest.tools).toEqual(TOOLS.map(({ name, description }) => ({ name, description })));
});

test('every variable that it passes on is one that the program reads, but for the one that Node does', () => {
  const others = Object.keys(started?.env ?? {}).filter((name) => !Object.hasOwn(SETTINGS, name));
  expect(others).toEqual(['NODE_COMPILE_CACHE']);
});

test('every setting of a user is passed on once, by the environment, and no other is asked for', () => {
  const used = [...JSON.stringify(manifest).matchAll(/\$\{user_config\.(\w+)\}/g)].map(([, name]) => name);
  expect(used.sort()).toEqual(settings.map(([name]) => name).sort());
  expect(JSON.stringify(started?.args)).not.toContain('user_config');
});

test('it starts without any setting, and no default is a path that would have to be expanded', () => {
  expect(settings.filter(([, { required }]) => required === true)).toEqual([]);
  expect(settings.filter(([, setting]) => String(setting.default ?? '').includes('$'))).toEqual([]);
});

test('every key of a vendor is sensitive', () => {
  const keys = settings.filter(([name]) => /_(key|secret|token)$/.test(name));
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter(([, { sensitive }]) => sensitive !== true)).toEqual([]);
});

test('its icon is a PNG of 512×512', () => {
  expect(sizeOfPng(manifest.icon ?? '')).toEqual([512, 512]);
});

test('its screenshots are PNGs of less than 200 kB', () => {
  expect(manifest.screenshots).toHaveLength(2);
  for (const file of manifest.screenshots ?? []) {
    expect(sizeOfPng(file)?.[0]).toBeGreaterThan(600);
    expect(statSync(join(root, file)).size).toBeLessThan(200_000);
  }
});
