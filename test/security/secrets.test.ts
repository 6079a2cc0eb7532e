/** Canary secrets through real processes: keys, signatures and tokens go where they belong and nowhere else. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TOOLS } from '../../src/tools/index.ts';
import { newFolder, openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';
import { connect, connectModern, connectSse, send } from '../support/http.ts';
import { openStdio, runAirdate, startAirdate } from '../support/process.ts';
import { WEBHOOK_SECRET } from '../support/webhook-sink.ts';
import { findSecrets, type Toured, tour } from './tour.ts';
import { openWorld } from './world.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = newFolder();
  home = join(folder, 'home');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The tour is worth something only if every tool was called, and failed and succeeded. */
function expectWide(toured: readonly Toured[]): void {
  expect(new Set(toured.map(({ tool }) => tool))).toEqual(new Set(TOOLS.map(({ name }) => name)));
  expect(toured.filter(({ failed }) => failed).length).toBeGreaterThan(40);
  expect(toured.filter(({ failed }) => !failed).length).toBeGreaterThan(40);
  expect(toured.filter(({ text }) => text.includes('"code\\":\\"internal')).map(({ text }) => text)).toEqual(
    [],
  );
}

test('over stdio no key is in any answer, log line, database or file, though every vendor quotes it', async () => {
  await using world = await openWorld();
  await using session = await openStdio({ ...world.environment, AIRDATE_HOME: home, AIRDATE_LOG: 'debug' });
  let stderr = '';
  session.transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const callTool = async (name: string, input: object) =>
    (await session.client.callTool({ name, arguments: { ...input } })) as CallToolResult;
  const toured = await tour({ world, callTool, home });
  expectWide(toured);
  expect(world.sent().length).toBeGreaterThan(100);
  const answers = toured.map(({ text }) => text).join('\n');
  expect(answers).toContain('***');
  expect(findSecrets(world.secrets, { texts: { answers, stderr }, folder })).toEqual([]);
}, 120_000);

test('the secret of a webhook, and that in its address, stay between it and Airdate', async () => {
  await using world = await openWorld();
  const { webhook, webhookEnvironment, secrets } = world;
  webhook.fail({
    kind: 'status',
    status: 403,
    body: {
      message: `no: ${webhookEnvironment.AIRDATE_WEBHOOK_SECRET} at ${webhookEnvironment.AIRDATE_WEBHOOK_URL}`,
    },
  });
  await using session = await openStdio({ ...webhookEnvironment, AIRDATE_HOME: home, AIRDATE_LOG: 'debug' });
  let stderr = '';
  session.transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const answers: string[] = [];
  const call = async (name: string, input: object = {}) => {
    answers.push(JSON.stringify(await session.client.callTool({ name, arguments: { ...input } })));
    return answers.at(-1) ?? '';
  };
  const draft = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4' };
  await call('list_profiles');
  await call('create_video_post', { ...draft, dryRun: true });
  await call('create_video_post', draft);
  await eventually(async () => expect(await call('list_posts')).toContain('refused the post with 403'));
  await call('create_video_post', { ...draft, caption: 'another' });
  await eventually(() => expect(webhook.published).toHaveLength(1));
  await call('get_activity');
  expect(findSecrets(secrets, { texts: { answers: answers.join('\n'), stderr }, folder })).toEqual([]);
}, 60_000);

test('a token that a client sends goes out to nobody, and is kept nowhere', async () => {
  await using world = await openWorld();
  const environment = {
    ...world.environment,
    ...world.webhookEnvironment,
    AIRDATE_HOME: home,
    AIRDATE_LOG: 'debug',
  };
  const token = (await runAirdate(['token', 'create', 'agent'], environment)).stdout.trim();
  const child = startAirdate(['http', '--port', '0'], environment);
  try {
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const url = await eventually(() => {
      const found = /"url":"(http:[^"]+)\/mcp"/.exec(stderr)?.[1];
      if (found === undefined) throw new Error(stderr);
      return found;
    });
    const where = { url } as Parameters<typeof connect>[0];
    await using session = await connect(where, token);
    const { client } = session;
    const callTool = async (name: string, input: object) =>
      (await client.callTool({ name, arguments: { ...input } })) as CallToolResult;
    const toured = await tour({ world, callTool, home });
    expectWide(toured);
    const texts = toured.map(({ text }) => text);
    for (const open of [connectSse, connectModern]) {
      await using other = await open(where, token);
      texts.push(
        JSON.stringify(await other.callTool({ name: 'list_profiles', arguments: { refresh: true } })),
      );
    }
    const wrong = `${token.slice(0, -4)}AAAA`;
    const authorization = `Bearer ${wrong}`;
    texts.push(
      (await send(url, { body: { jsonrpc: '2.0', id: 1, method: 'ping' }, headers: { authorization } })).text,
    );
    const secrets = [...world.secrets, token.slice(0, -4), token.slice(10)];
    expect(world.sent().length).toBeGreaterThan(100);
    expect(world.sent().filter((text) => secrets.slice(-2).some((secret) => text.includes(secret)))).toEqual(
      [],
    );
    expect(findSecrets(secrets, { texts: { answers: texts.join('\n'), stderr }, folder })).toEqual([]);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}, 120_000);

test('what may be a secret in the address of a webhook is not shown by a dry run', async () => {
  const shown = async (address: string) => {
    const environment = { AIRDATE_WEBHOOK_URL: address, AIRDATE_WEBHOOK_SECRET: WEBHOOK_SECRET };
    await using airdate = await openAirdate({ environment, runner: false });
    const draft = {
      accountIds: ['local:tiktok'],
      contentUrl: 'https://cdn.example.com/clip.mp4',
      dryRun: true,
    };
    return (await airdate.call('create_video_post', draft)).plan.requests[0]?.url;
  };
  expect(await shown('https://hooks.example.com/services/T0001/B0001/XXXXXXXXXXXXXXXXXXXXXXXX')).toBe(
    'https://hooks.example.com/services/…/…/…',
  );
  expect(await shown('https://ada:canary@example.com/k3y0f4ll?token=canary')).toBe('https://example.com/…');
  expect(await shown('https://example.com/hooks/due')).toBe('https://example.com/hooks/due');
});

test('a key is known again though JSON spells it in another way', async () => {
  const key = 'sk_"canary"\\of\\quotes';
  const environment = { INFINIPOST_API_KEY: key, AIRDATE_HOME: home };
  await using session = await openStdio({ ...environment, INFINIPOST_BASE_URL: 'http://127.0.0.1:9' });
  const answer = await session.client.callTool({ name: 'get_post', arguments: { postId: `local:${key}` } });
  expect(answer.isError).toBe(true);
  expect(JSON.stringify(answer)).toContain('***');
  expect(JSON.stringify(answer)).not.toContain('canary');
});
