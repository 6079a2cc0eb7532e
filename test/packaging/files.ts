import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { McpbManifestAny } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect } from 'vitest';
import { type Finished, root, type StdioSession } from '../support/process.ts';

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function readManifest(): McpbManifestAny {
  return JSON.parse(read('manifest.json')) as McpbManifestAny;
}

export function newScratch(): string {
  return mkdtempSync(join(tmpdir(), 'airdate-packaging-'));
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Every file below a folder, by its path from there. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** What a clone and an install leave in a folder: nothing is built there yet. `only` is a part of it. */
export function copyProject(folder: string, only?: readonly string[]): void {
  const left = ['.git', 'node_modules', 'dist', 'coverage'];
  const all = readdirSync(root).filter((name) => !left.includes(name) && !name.endsWith('.mcpb'));
  for (const name of only ?? all) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

/** Runs a command to its end, with the environment that it is given, or with ours when it is given none. */
export async function run(
  [command = '', ...args]: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { timeout: 60_000, ...options });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Finished;
    return { code, stdout, stderr };
  }
}

/** A real client of a program that was packed, with no more of our environment than its home, path and user. */
export async function connect(
  program: string,
  env: Record<string, string>,
  cwd: string,
): Promise<StdioSession> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program],
    env,
    cwd,
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test-client', version: '1' });
  await client.connect(transport);
  return { client, transport, [Symbol.asyncDispose]: () => client.close() };
}

/** The width and height that a PNG says of itself; undefined when it is none. */
export function sizeOfPng(file: string): readonly [width: number, height: number] | undefined {
  const bytes = readFileSync(join(root, file));
  const isPng = bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n';
  return isPng ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : undefined;
}

/** What of a list of files is the program, by its name in its folder. */
export function programOf(files: readonly string[]): string[] {
  return files.filter((file) => file.startsWith('dist/')).map((file) => file.slice('dist/'.length));
}

/** The built program is flat: JavaScript, the licences of what is in it, and nothing else. */
export function expectProgram(files: readonly string[]): void {
  expect(files).toEqual(expect.arrayContaining(['THIRD-PARTY.md', 'airdate.js', 'read-facts.js']));
  expect(files.filter((file) => !/^(THIRD-PARTY\.md|[\w-]+\.js)$/.test(file))).toEqual([]);
}

const OLD = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;

/** How Nodes that are too old are started: this one that pretends, and the one of the system where it is such a one. */
export async function oldNodes(): Promise<string[][]> {
  const pretending = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(OLD)}`];
  return [pretending, ...(await realOldNode())];
}

/** Before Node 16 what it says of the program is its own. */
async function realOldNode(): Promise<string[][]> {
  const node = '/usr/bin/node';
  if (!existsSync(node)) return [];
  const { stdout } = await run([node, '--version']);
  const [major = 0, minor = 0] = stdout.replace('v', '').split('.').map(Number);
  return major >= 16 && (major < 22 || (major === 22 && minor < 19)) ? [[node]] : [];
}
