/** What the program is made of, and what of it may run when it is installed. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { root } from '../support/process.ts';

const Locked = z.object({
  version: z.string(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  hasInstallScript: z.boolean().optional(),
});
const Lock = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), Locked) });
const Package = z.object({
  dependencies: z.never().optional(),
  optionalDependencies: z.never().optional(),
  peerDependencies: z.never().optional(),
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
  scripts: z.record(z.string(), z.string()),
});

const manifest = Package.parse(read('package.json'));
const lock = Lock.parse(read('package-lock.json'));
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

describe('the lockfile', () => {
  test('names every package by an exact version and by its hash, and no place to take it from but the registry', () => {
    expect(lock.lockfileVersion).toBe(3);
    expect(packages.length).toBeGreaterThan(100);
    const loose = packages.filter(
      ([, { version, resolved, integrity = '', link = false }]) =>
        link ||
        !/^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(version) ||
        resolved !== undefined ||
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
    // So npm writes it, whoever runs it; a token of somebody's would stand in the same file.
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toBe('omit-lockfile-registry-resolved=true\n');
  });

  test('holds what package.json asks for, which asks for exact versions alone', () => {
    for (const [name, wanted] of Object.entries(manifest.devDependencies)) {
      const [version] = /\d+\.\d+\.\d+(-[\w.]+)?$/.exec(wanted) ?? [];
      expect(wanted).toMatch(/^(npm:@?[\w/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
      expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
    }
  });
});

describe('the scripts of packages', () => {
  const withScripts = packages.filter(([, { hasInstallScript }]) => hasInstallScript);

  test('run only where that was decided, and there is a decision on each', () => {
    const decided = Object.keys(manifest.allowScripts).sort();
    expect([...new Set(withScripts.map(([path]) => nameOf(path)))].sort()).toEqual(decided);
    const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed);
    expect(allowed).toEqual([['node', true]]);
  });

  test('are none of those that the program is made of, and Airdate itself has none', async () => {
    const made = await madeOf();
    expect(made).toEqual(
      expect.arrayContaining(['@modelcontextprotocol/sdk', 'mediabunny', 'undici', 'zod']),
    );
    expect(withScripts.map(([path]) => nameOf(path)).filter((name) => made.includes(name))).toEqual([]);
    const onInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(onInstall.filter((name) => name in manifest.scripts)).toEqual([]);
  });
});

/** The packages that src imports, and those that they need. */
async function madeOf(): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const file of glob('src/**/*.ts', { cwd: root })) {
    const imported = readFileSync(join(root, file), 'utf8').matchAll(
      /(?:from |import\()'(@[^/']+\/[^/']+|[^./'@:][^/':]*)['/]/g,
    );
    for (const [, name = ''] of imported) found.add(name);
  }
  // What is added meanwhile is walked, too.
  for (const name of found) {
    const needed = packages.filter(([path]) => nameOf(path) === name);
    for (const [, { dependencies = {} }] of needed)
      for (const one of Object.keys(dependencies)) found.add(one);
  }
  return [...found];
}

test('nothing is installed along with the package: what the program is made of is in its files', () => {
  expect(packages.filter(([, { dev }]) => !dev).map(([path]) => path)).toEqual([]);
});

test('the program starts no other program, reads no code from data, and asks no shell', async () => {
  const files = await Array.fromAsync(glob('src/**/*.ts', { cwd: root }));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const forbidden = /child_process|node:vm\b|\beval\s*\(|new Function\b|execSync|\bexecFile\b/.exec(code);
    return forbidden ? [`${file}: ${forbidden[0]}`] : [];
  });
  expect(found).toEqual([]);
});
