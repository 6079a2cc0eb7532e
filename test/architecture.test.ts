/** Mirrors nothing: it holds the whole of src to one table of who may import whom. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Imports point inward. `node` stands for every node: module, `…` for a package and what is below it. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: ['domain', 'zod', 'luxon', 'node:stream'],
  database: ['database', 'domain', 'node', 'kysely'],
  media: ['media', 'domain', 'node', 'mediabunny'],
  desk: ['desk', 'domain', 'database', 'media', 'node', 'zod', 'keyv', 'kysely'],
  tools: ['tools', 'desk', 'domain', 'zod'],
  backends: ['backends', 'domain', 'node', 'zod', 'luxon', 'undici'],
  'backends/local': [
    'backends/local',
    'backends/retry-after.ts',
    'domain',
    'database',
    'node',
    'zod',
    'kysely',
    'undici',
    'standardwebhooks',
  ],
  config: ['config', 'backends', 'access', 'domain', 'node', 'zod'],
  commands: ['commands', 'config', 'desk', 'backends', 'access', 'database', 'domain', 'program.ts', 'node'],
  access: ['access', 'domain', 'database', 'node', 'zod', 'jose'],
  mcp: [
    'mcp',
    'tools',
    'desk',
    'domain',
    'node',
    'zod',
    '@modelcontextprotocol/sdk',
    '@modelcontextprotocol/server',
    '@modelcontextprotocol/node',
    'rate-limiter-flexible',
  ],
};

/** The only files that may touch `process`: the program, and the check that must run before it loads. */
const MAY_TOUCH_PROCESS = ['src/main.ts', 'src/start.ts', 'src/node-version.ts'];

const root = join(import.meta.dirname, '..');
const files = (await Array.fromAsync(glob('src/**/*.ts', { cwd: root })))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

test('imports point inward', () => {
  const broken = files.flatMap((file) => {
    const allowed = MAY_IMPORT[placeOf(file)];
    if (!allowed) return isProgram(file) ? [] : [`${file} is in a folder that has no place in the table`];
    return importsOf(file)
      .filter((target) => !allowed.some((name) => fits(target, name)))
      .map((target) => `${file} imports ${target}`);
  });
  expect(broken).toEqual([]);
});

test('no vendor knows another, but the proxy knows whom it stands for', () => {
  const broken = files.flatMap((file) => {
    const own = /^src\/backends\/([^/]+)\//.exec(file)?.[1];
    return importsOf(file)
      .map((target) => /^backends\/([^/]+)\//.exec(target)?.[1])
      .filter((other) => own !== undefined && other !== undefined && other !== own)
      .filter((other) => !(own === 'openshorts' && other === 'upload-post'))
      .map((other) => `${file} imports ${other}`);
  });
  expect(broken).toEqual([]);
});

test('only the program itself touches the process', () => {
  const touching = files.filter((file) => /\bprocess\.\w|'(node:)?process'/.test(code(file)));
  expect(touching.filter((file) => !MAY_TOUCH_PROCESS.includes(file))).toEqual([]);
});

test('every backend has the same two files', async () => {
  const folders = (await Array.fromAsync(glob('src/backends/*/', { cwd: root }))).map((folder) =>
    folder.replaceAll('\\', '/'),
  );
  const missing = folders.flatMap((folder) =>
    ['index.ts', 'wire.ts']
      .map((name) => join(folder, name))
      .filter((file) => !files.includes(file.replaceAll('\\', '/'))),
  );
  expect(missing).toEqual([]);
});

function placeOf(file: string): string {
  if (file.startsWith('src/backends/local/')) return 'backends/local';
  return file.split('/')[1] ?? '';
}

/** What puts all the folders together lies in none of them. */
function isProgram(file: string): boolean {
  return file.split('/').length === 2;
}

function code(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

/** What a file imports, statically or not: a package, `node:…`, or a path below src. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [
    ...text.matchAll(
      /(?:^|\s)(?:import|export)[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)|^import\s+'([^']+)'/gm,
    ),
  ];
  return found
    .map(([, a, b, c]) => a ?? b ?? c ?? '')
    .map((target) => {
      if (!target.startsWith('.')) return target;
      return normalize(join(dirname(file), target))
        .replaceAll('\\', '/')
        .replace(/^src\//, '');
    });
}

function fits(target: string, name: string): boolean {
  if (name === 'node') return target.startsWith('node:');
  return target === name || target.startsWith(`${name}/`);
}
