/** The revision 2026-07-28 over stdio, as a process of its own. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, test } from 'vitest';
import { openScratch } from '../../support/http.ts';
import { source, startAirdate } from '../../support/process.ts';

const newFolder = openScratch();

async function connect(
  mode: 'auto' | 'legacy' | { pin: string },
  environment: Record<string, string> = {},
): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: 'stdio-client', version: '1' }, { versionNegotiation: { mode } });
  const env = { PATH: process.env.PATH ?? '', AIRDATE_HOME: newFolder(), ...environment };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [source], env, stderr: 'ignore' }),
  );
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

const CASES = [
  [{ pin: '2026-07-28' }, {}, '2026-07-28'],
  ['auto', {}, '2026-07-28'],
  ['legacy', {}, '2025-11-25'],
  ['auto', { AIRDATE_PROTOCOL: 'legacy' }, '2025-11-25'],
] as const;

test.concurrent.each(CASES)('a client in mode %o, with %o, speaks %s', async (mode, environment, version) => {
  await using client = await connect(mode, environment);
  expect(client.getNegotiatedProtocolVersion()).toBe(version);
  expect((await client.listTools()).tools.length).toBeGreaterThan(5);
  const answer = await client.callTool({ name: 'list_posts', arguments: {} });
  expect(answer.structuredContent).toMatchObject({ posts: [] });
});

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** What the program answers to lines that end with its input; a text is sent as it is. */
async function speak(
  messages: readonly (object | string)[],
): Promise<{ answers: Record<string, unknown>[]; code: unknown }> {
  const program = startAirdate([], { AIRDATE_HOME: newFolder() });
  const exited = once(program, 'exit');
  program.stdin?.end(
    messages
      .map((said) => `${typeof said === 'string' ? said : JSON.stringify({ jsonrpc: '2.0', ...said })}\n`)
      .join(''),
  );
  const said = program.stdout ? await text(program.stdout) : '';
  const [code] = await exited;
  return {
    answers: said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    code,
  };
}

test('what was asked before the end of the input is answered', async () => {
  const { answers, code } = await speak([
    { id: 1, method: 'server/discover', params: { _meta: ENVELOPE } },
    { id: 2, method: 'tools/call', params: { name: 'list_profiles', arguments: {}, _meta: ENVELOPE } },
  ]);
  expect(code).toBe(0);
  expect(answers).toMatchObject([
    { id: 1, result: { supportedVersions: ['2026-07-28'] } },
    { id: 2, result: { structuredContent: { backends: [{ name: 'local' }] } } },
  ]);
});

test('a client that asks for the newest revision and then opens in an older one is served in that', async () => {
  const { answers } = await speak([
    { id: 1, method: 'server/discover', params: { _meta: ENVELOPE } },
    {
      id: 2,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'probing', version: '1' },
      },
    },
    { method: 'notifications/initialized' },
    { id: 3, method: 'tools/list' },
  ]);
  expect(answers).toMatchObject([
    { id: 1, result: { supportedVersions: ['2026-07-28'] } },
    { id: 2, result: { protocolVersion: '2025-11-25', serverInfo: { name: 'airdate' } } },
    { id: 3, result: { tools: expect.arrayContaining([expect.objectContaining({ name: 'list_posts' })]) } },
  ]);
});

const DISCOVER = { id: 1, method: 'server/discover', params: { _meta: ENVELOPE } };
const INITIALIZE = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
};

function refused(code: number, id: number | null = null): object {
  return { jsonrpc: '2.0', id, error: { code, message: expect.any(String) } };
}

test.concurrent.each<[string, readonly (object | string)[], object[]]>([
  ['an empty line', [''], []],
  ['garbage', ['garbage', '{"jsonrpc":"2.0","id":7,"met'], [refused(-32700), refused(-32700)]],
  [
    'JSON that is no message',
    ['null', '[]', '{"id":7,"method":"ping"}'],
    [refused(-32600), refused(-32600), refused(-32600, 7)],
  ],
  [
    'a batch of pings',
    ['[{"jsonrpc":"2.0","id":4,"method":"ping"},{"jsonrpc":"2.0","id":5,"method":"ping"}]'],
    [
      { jsonrpc: '2.0', id: 4, result: {} },
      { jsonrpc: '2.0', id: 5, result: {} },
    ],
  ],
  [
    'a ping',
    [
      { id: 'a', method: 'ping' },
      { id: 9, method: 'ping' },
    ],
    [
      { jsonrpc: '2.0', id: 'a', result: {} },
      { jsonrpc: '2.0', id: 9, result: {} },
    ],
  ],
])('%s before the first message says nothing of the revision', async (_, before, answered) => {
  const modern = await speak([...before, DISCOVER]);
  expect(modern.answers).toEqual([
    ...answered,
    expect.objectContaining({
      id: 1,
      result: expect.objectContaining({ supportedVersions: ['2026-07-28'] }),
    }),
  ]);
  const legacy = await speak([...before, INITIALIZE]);
  expect(legacy.answers).toEqual([
    ...answered,
    expect.objectContaining({
      id: 1,
      result: expect.objectContaining({ protocolVersion: '2025-11-25' }),
    }),
  ]);
});

test('a ping is answered though nothing follows it', async () => {
  const { answers, code } = await speak([{ id: 1, method: 'ping' }]);
  expect([answers, code]).toEqual([[{ jsonrpc: '2.0', id: 1, result: {} }], 0]);
});

test('a ping is answered before the next message comes', async () => {
  const program = startAirdate([], { AIRDATE_HOME: newFolder() });
  const lines = program.stdout?.[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines?.next())?.value));
  const say = (message: object) =>
    program.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  say({ id: 1, method: 'ping' });
  expect(await next()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  say({ ...DISCOVER, id: 2 });
  expect(await next()).toMatchObject({ id: 2, result: { supportedVersions: ['2026-07-28'] } });
  program.stdin?.end();
  await once(program, 'exit');
});
