import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/domain/clock.ts';
import { type HttpServer, openHttp } from '../../../src/mcp/http.ts';
import { Limits } from '../../../src/mcp/limits.ts';
import { type HttpAirdate, NO_TOKENS, openHttpAirdate, openScratch } from '../../support/http.ts';
import { createFixtureServer } from './fixtures.ts';

const newFolder = openScratch();

const require = createRequire(import.meta.url);
const SUITE = require.resolve('@modelcontextprotocol/conformance/dist/index.js');
const SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'dns-rebinding-protection',
  'server-sse-multiple-streams',
];

let server: HttpAirdate;
let fixtures: HttpServer;
beforeAll(async () => {
  server = await openHttpAirdate();
  fixtures = await openHttp(
    {
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      access: NO_TOKENS,
      limits: new Limits(),
      clock: systemClock,
      log: () => undefined,
    },
    { connect: createFixtureServer },
  );
});
afterAll(async () => {
  await fixtures.close();
  await server[Symbol.asyncDispose]();
});

/** Runs the suite of the protocol's makers; a check that fails makes it exit with 1, and this throw. */
async function conform({ url }: HttpServer, ...options: string[]): Promise<string> {
  const local = url.replace('127.0.0.1', 'localhost');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [SUITE, 'server', '--url', `${local}/mcp`, ...options],
    { cwd: newFolder(), env: { ...process.env, NO_COLOR: '1' } },
  );
  return stdout;
}

test.each(SCENARIOS)('Airdate itself passes %s', async (scenario) => {
  const report = await conform(server.http, '--scenario', scenario);
  expect(report).toMatch(/Passed: (\d+)\/\1, 0 failed, 0 warnings/);
});

test('its transport passes every scenario there is, with fixtures behind it', async () => {
  const report = await conform(fixtures, '--suite', 'all');
  const [, passed, failed] = /Total: (\d+) passed, (\d+) failed/.exec(report) ?? [];
  expect({ passed, failed }).toEqual({ passed: '44', failed: '0' });
});
