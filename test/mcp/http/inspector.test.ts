import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TOOLS } from '../../../src/tools/index.ts';
import { type HttpAirdate, openHttpAirdate, openScratch } from '../../support/http.ts';
import { source } from '../../support/process.ts';

const newFolder = openScratch();

const require = createRequire(import.meta.url);
const INSPECTOR = require.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const NAMES = TOOLS.map(({ name }) => name);

let server: HttpAirdate;
beforeAll(async () => {
  server = await openHttpAirdate();
});
afterAll(() => server[Symbol.asyncDispose]());

/** What the Inspector reads of a server; anything that it finds wrong makes it exit with an error, and this throw. */
async function inspect(target: readonly string[], ...asked: string[]): Promise<Record<string, unknown>> {
  const home = newFolder();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [INSPECTOR, '--cli', ...target, ...asked, '--format', 'json'],
    { env: { ...process.env, HOME: home, AIRDATE_HOME: join(home, 'airdate') } },
  );
  return (JSON.parse(stdout) as { result: Record<string, unknown> }).result;
}

const TARGETS: Record<string, () => string[]> = {
  stdio: () => [process.execPath, source],
  'Streamable HTTP': () => [`${server.http.url}/mcp`, '--transport', 'http'],
  '2026-07-28': () => [`${server.http.url}/mcp`, '--transport', 'http', '--protocol-era', 'modern'],
  'HTTP+SSE': () => [`${server.http.url}/sse`, '--transport', 'sse'],
};

test.concurrent.each(Object.keys(TARGETS))('the Inspector lists and calls tools: %s', async (name) => {
  const target = TARGETS[name]?.() ?? [];
  const [listed, called] = await Promise.all([
    inspect(target, '--method', 'tools/list', '--strict'),
    inspect(target, '--method', 'tools/call', '--tool-name', 'list_posts', '--tool-arg', 'limit=5'),
  ]);
  expect((listed.tools as { name: string }[]).map((tool) => tool.name)).toEqual(NAMES);
  expect(called.structuredContent).toMatchObject({ posts: [], hasMore: false });
});
