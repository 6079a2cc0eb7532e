import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { openClient, type Person } from './airdate.ts';

export const root = join(import.meta.dirname, '../..');
/** The program as it runs in development. */
export const source = join(root, 'src/main.ts');

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export async function runAirdate(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Finished> {
  const options = { env: { ...process.env, ...environment }, timeout: 20_000 };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [source, ...args], options);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** Starts the program with pipes; the caller ends it. */
export function startAirdate(args: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [source, ...args], {
    env: { ...process.env, ...environment },
    stdio: 'pipe',
  });
}

export interface StdioSession extends AsyncDisposable {
  readonly client: Client;
  readonly transport: StdioClientTransport;
}

/** A real client over stdio on a process of its own. */
export async function openStdio(
  environment: Record<string, string>,
  { program = source, person }: { readonly program?: string; readonly person?: Person } = {},
): Promise<StdioSession> {
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...environment }).filter(([, value]) => value !== undefined),
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program],
    env: env as Record<string, string>,
    stderr: 'pipe',
  });
  const client = openClient(person);
  await client.connect(transport);
  return { client, transport, [Symbol.asyncDispose]: () => client.close() };
}
