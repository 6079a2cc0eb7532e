import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/domain/clock.ts';
import { type HttpServer, openHttp } from '../../../src/mcp/http.ts';
import { Limits } from '../../../src/mcp/limits.ts';
import { openModernEndpoint } from '../../../src/mcp/modern-http.ts';
import { type HttpAirdate, NO_TOKENS, openHttpAirdate, openScratch } from '../../support/http.ts';
import { createLegacyFixtures } from './fixtures/legacy.ts';
import { createModernFixtures } from './fixtures/modern.ts';

const newFolder = openScratch();

// A suite takes seconds, and other tests may run at the same time.
vi.setConfig({ testTimeout: 60_000 });

const require = createRequire(import.meta.url);
const RELEASED = require.resolve('@modelcontextprotocol/conformance/dist/index.js');
/** The one that knows 2026-07-28, and validates every message against the schema of its revision. */
const NEXT = require.resolve('conformance-next/dist/index.js');

let server: HttpAirdate;
let fixtures: HttpServer;
beforeAll(async () => {
  server = await openHttpAirdate();
  const bus = new InMemoryServerEventBus();
  const log = () => undefined;
  fixtures = await openHttp(
    {
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      access: NO_TOKENS,
      limits: new Limits(),
      clock: systemClock,
      log,
    },
    {
      log,
      tools: [],
      connect: createLegacyFixtures,
      modern: openModernEndpoint(() => createModernFixtures(bus), log, bus),
    },
  );
});
afterAll(async () => {
  await fixtures.close();
  await server[Symbol.asyncDispose]();
});

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
}

/** How many checks of a scenario passed, and which did not: those that only warn too. */
interface Verdict {
  readonly passed: number;
  readonly failed: readonly string[];
}
type Report = Readonly<Record<string, Verdict>>;

/** Runs a suite of the protocol's makers. */
async function conform(suite: string, { url }: HttpServer, options: readonly string[]): Promise<Report> {
  const cwd = newFolder();
  const local = url.replace('127.0.0.1', 'localhost');
  await promisify(execFile)(
    process.execPath,
    [suite, 'server', '--url', `${local}/mcp`, '--output-dir', 'report', ...options],
    { cwd },
  ).catch((ended: { code: unknown }) => {
    // What failed is in the report.
    if (ended.code !== 1) throw ended;
  });
  const files = globSync('report/*/checks.json', { cwd });
  return Object.fromEntries(
    files.map((file) => {
      const [, scenario = ''] = /^server-(.+)-\d{4}-\d{2}-\d{2}T/.exec(basename(dirname(file))) ?? [];
      return [scenario, judge(JSON.parse(readFileSync(join(cwd, file), 'utf8')))];
    }),
  );
}

function judge(checks: readonly Check[]): Verdict {
  const failed = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  return {
    passed: checks.filter(({ status }) => status === 'SUCCESS').length,
    failed: failed.map(({ id }) => id),
  };
}

function sum(report: Report) {
  const failed = Object.entries(report).flatMap(([scenario, verdict]) =>
    verdict.failed.length > 0 ? [[scenario, verdict.failed]] : [],
  );
  return {
    passed: Object.values(report).reduce((passed, verdict) => passed + verdict.passed, 0),
    failed: Object.fromEntries(failed),
  };
}

const pass = (passed: number, ...failed: string[]): Verdict => ({ passed, failed });

/** What of the suites asks for no more than Airdate has. What fails needs a tool, prompt or resource of the suite. */
const OWN: readonly (readonly [name: string, suite: string, options: readonly string[], Report])[] = [
  [
    'the released suite',
    RELEASED,
    ['--suite', 'active'],
    {
      'server-initialize': pass(1),
      ping: pass(1),
      'tools-list': pass(1),
      'dns-rebinding-protection': pass(2),
      'server-sse-multiple-streams': pass(2),
    },
  ],
  [
    '2025-11-25',
    NEXT,
    ['--requirements', '2025-11-25'],
    {
      'server-initialize': pass(3),
      ping: pass(2),
      'tools-list': pass(3),
      'dns-rebinding-protection': pass(2),
      'server-sse-multiple-streams': pass(2),
      'server-session-lifecycle': pass(3),
      'server-sse-polling': pass(2, 'server-sse-disconnect-resume'),
    },
  ],
  [
    '2026-07-28',
    NEXT,
    ['--requirements', '2026-07-28'],
    {
      'tools-list': pass(4),
      'dns-rebinding-protection': pass(2),
      'server-sse-multiple-streams': pass(1),
      'http-header-validation': pass(14),
      'input-required-result-unsupported-methods': pass(2),
      'server-stateless': pass(
        24,
        'sep-2575-server-rejects-undeclared-capability',
        'sep-2575-missing-capability-http-400',
        'sep-2575-http-server-no-independent-requests-on-stream',
        'sep-2575-server-no-log-without-loglevel',
      ),
      caching: pass(
        4,
        'sep-2549-prompts-list-caching-hints',
        'sep-2549-resources-list-caching-hints',
        'sep-2549-resources-templates-list-caching-hints',
      ),
      'sep-2164-resource-not-found': pass(2, 'sep-2164-error-code', 'sep-2164-data-uri'),
    },
  ],
];

test.concurrent.each(OWN)('Airdate itself passes %s', async (_, suite, options, expected) => {
  expect(await conform(suite, server.http, options)).toMatchObject(expected);
});

test('its transport passes every scenario of the released suite, with fixtures behind it', async () => {
  const report = await conform(RELEASED, fixtures, ['--suite', 'all']);
  // The call of this scenario names 2025-03-26, which has neither.
  const failed = { 'server-sse-polling': ['server-sse-priming-event', 'server-sse-retry-field'] };
  expect(sum(report)).toEqual({ passed: 44, failed });
});

test('its transport passes all of 2025-11-25, with fixtures behind it', async () => {
  const report = await conform(NEXT, fixtures, ['--requirements', '2025-11-25']);
  expect(sum(report)).toEqual({ passed: 84, failed: {} });
});

/** Each needs a task. The SDK has not got that extension, and a server may do without it. */
const TASKS = {
  'tasks-capability-negotiation': [
    'tasks-extension-advertised',
    'sep-2663-tasks-methods-non-declaring',
    'tasks-per-request-meta-opt-in',
  ],
  'tasks-dispatch-and-envelope': [
    'tasks-server-directed-creation-no-hint',
    'sep-2663-durable-create-strong-consistency',
    'sep-2663-tasks-get-invalid-task-id-32602',
  ],
  'tasks-lifecycle': [
    'sep-2663-result-type-task-on-create',
    'sep-2663-tasks-get-status-working',
    'sep-2663-tasks-get-status-completed',
    'sep-2663-tool-error-uses-completed-status',
    'sep-2663-tasks-get-status-failed',
    'sep-2663-cancel-ack-empty-result',
    'tasks-cancel-terminal-idempotent-ack',
  ],
  'tasks-mrtr-composition': ['sep-2663-mrtr-synchronous-before-task-creation'],
  'tasks-mrtr-input': [
    'sep-2663-tasks-get-status-input-required',
    'tasks-mrtr-tasks-update-resumes',
    'tasks-mrtr-partial-fulfillment',
  ],
  'tasks-request-headers': [
    'sep-2663-routing-headers-accepted-on-tasks-get',
    'sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get',
  ],
  'tasks-request-state-removal': ['tasks-request-state-removal-setup'],
  'tasks-required-task-error': ['sep-2663-server-returns-missing-capability-when-required'],
  'tasks-wire-fields': [
    'tasks-wire-field-renames',
    'tasks-no-early-ttl-expiry',
    'tasks-no-related-task-meta-on-inlined-result',
  ],
};

test('its transport passes all of 2026-07-28 but tasks, with fixtures behind it', async () => {
  const report = await conform(NEXT, fixtures, ['--requirements', '2026-07-28']);
  expect(sum(report)).toEqual({ passed: 170, failed: TASKS });
});
