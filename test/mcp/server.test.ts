import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallToolResult, Progress } from '@modelcontextprotocol/sdk/types.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { asked, INITIALIZE, openHttpAirdate } from '../support/http.ts';

const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  scheduledTime: '2026-12-24T18:30',
};

/** A video of many megabytes: the clip, and behind it a box of nothing, as the format allows. */
function largeVideo(airdate: Airdate, bytes: number): string {
  const path = airdate.media('clip.mp4', 'large.mp4');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(bytes);
  head.write('free', 4, 'latin1');
  writeFileSync(path, Buffer.concat([readFileSync(path), head, Buffer.alloc(bytes - 8)]));
  return path;
}

test('the server says who it is, what it can do, and how to begin', async () => {
  await using airdate = await openAirdate();
  expect(airdate.client.getServerVersion()).toMatchObject({
    name: 'airdate',
    title: 'Airdate',
    version: '0.0.0',
  });
  expect(airdate.client.getServerCapabilities()).toEqual({ tools: {} });
  expect(airdate.client.getInstructions()).toContain('list_profiles');
});

test('a tool that there is not is an error of the protocol, not of a tool', async () => {
  await using airdate = await openAirdate();
  for (const name of ['create_post', 'toString', '__proto__', '', 'x'.repeat(100_000)]) {
    const thrown = await airdate.result(name).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(McpError);
    expect((thrown as McpError).code).toBe(-32602);
    expect((thrown as McpError).message.length).toBeLessThan(300);
  }
  await expect(airdate.client.callTool({ name: 'create_video' })).rejects.toThrow(
    'Unknown tool: create_video; did you mean create_video_post?',
  );
  await expect(airdate.client.callTool({ name: 'tweet' })).rejects.toThrow(
    /There are: list_profiles, create/,
  );
  expect((await airdate.call('list_posts')).posts).toEqual([]);
});

describe('parameters that do not fit are the client’s mistake, told in a sentence', () => {
  const misfits: [string, object, string][] = [
    ['initialize', {}, 'protocolVersion: required'],
    [
      'initialize',
      { ...INITIALIZE.params, capabilities: 1 },
      'capabilities: expected an object, got a number',
    ],
    ['tools/list', { cursor: 5 }, 'cursor: expected text, got a number'],
    ['tools/call', {}, 'name: required'],
    ['tools/call', { name: 5 }, 'name: expected text, got a number'],
    ['tools/call', { name: 'list_posts', arguments: [] }, 'arguments: expected an object, got a list'],
  ];

  test.each(misfits)('%s with %o: %s', async (method, params, words) => {
    await using server = await openHttpAirdate();
    const { json } = await server.send({ body: { jsonrpc: '2.0', id: 4, method, params } });
    const message = `The parameters of ${method} do not fit: ${words}.`;
    expect(json).toEqual({ jsonrpc: '2.0', id: 4, error: { code: -32602, message } });
    const modern = await server.send(asked(method, params, { 'mcp-name': 'list_posts' }));
    const refused = { code: -32602, message };
    expect(modern.json.error).toMatchObject(method === 'initialize' ? { code: -32601 } : refused);
  });

  test('also where there are none', async () => {
    await using server = await openHttpAirdate();
    const { json } = await server.send({ body: { jsonrpc: '2.0', id: 4, method: 'tools/call' } });
    expect(json.error).toEqual({
      code: -32602,
      message: 'The parameters of tools/call do not fit: params: required.',
    });
  });
});

describe('an answer', () => {
  const calls: [string, object][] = [
    ['list_profiles', {}],
    ['create_video_post', DRAFT],
    ['list_posts', {}],
    ['list_sounds', {}],
  ];

  test.each(calls)('of %s that succeeds is structured, and the same as one text', async (tool, input) => {
    await using airdate = await openAirdate();
    const result = await airdate.result(tool, input);
    expect(result.isError).toBeUndefined();
    expect(result.structuredContent).toBeDefined();
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(result.structuredContent) }]);
  });

  test.each<[string, object]>([
    ['create_video_post', {}],
    ['get_post', { postId: 'local:none' }],
    ['edit_post', { postId: 'infinipost:1', caption: 'a' }],
    ['list_posts', { cursor: 'x' }],
  ])('of %s that fails is one text and nothing structured', async (tool, input) => {
    await using airdate = await openAirdate();
    const result = await airdate.result(tool, input);
    expect(Object.keys(result).sort()).toEqual(['content', 'isError']);
    expect(result.isError).toBe(true);
    expect(result.content).toHaveLength(1);
    const [block] = result.content;
    const answer = JSON.parse(block?.type === 'text' ? block.text : '') as { error: Record<string, unknown> };
    expect(Object.keys(answer)).toEqual(['error']);
    expect(answer.error).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      retryable: expect.any(Boolean),
    });
  });

  test('names no next call that its caller cannot make', async () => {
    const missing = { postId: 'local:nope' };
    await using airdate = await openAirdate();
    expect((await airdate.fail('get_post', missing)).next).toMatchObject({ tool: 'list_posts' });
    await using few = await openAirdate({ tools: ['get_post', 'create_video_post'] });
    const { next, code } = await few.fail('get_post', missing);
    expect([next, code]).toEqual([undefined, 'not_found']);
  });

  test('tells nothing of what was not foreseen', async () => {
    await using airdate = await openAirdate();
    await airdate.program.database.query.schema.dropTable('sounds').execute();
    const error = await airdate.fail('list_sounds');
    expect(error).toEqual({
      code: 'internal',
      message: expect.stringContaining('log'),
      retryable: false,
      hint: expect.stringMatching(/^In the log it has the id [0-9a-f]{12}\.$/),
    });
    expect((await airdate.call('list_posts')).posts).toEqual([]);
  });
});

test('who asked is kept with the write, by the name that the client gave', async () => {
  await using airdate = await openAirdate();
  await airdate.call('create_video_post', DRAFT);
  const rows = await airdate.program.database.query.selectFrom('writes').select(['tool', 'client']).execute();
  expect(rows).toEqual([{ tool: 'create_video_post', client: 'test-client' }]);
});

describe('progress', () => {
  test('is told to who asked for it, and only goes up', async () => {
    await using airdate = await openAirdate();
    const told: Progress[] = [];
    const input = { ...DRAFT, contentUrl: airdate.media() };
    const result = (await airdate.client.callTool(
      { name: 'create_video_post', arguments: input },
      undefined,
      {
        onprogress: (progress) => void told.push(progress),
      },
    )) as CallToolResult;
    expect(result.isError).toBeUndefined();
    const steps = told.map(({ progress }) => progress);
    expect(steps.length).toBeGreaterThan(1);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(told.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['sending to local', 'copying clip.mp4']),
    );
  });

  test('is not told to who did not ask', async () => {
    await using airdate = await openAirdate();
    const told: unknown[] = [];
    airdate.client.fallbackNotificationHandler = async (notification) => void told.push(notification);
    await airdate.call('create_video_post', { ...DRAFT, contentUrl: airdate.media() });
    expect(told).toEqual([]);
  });
});

describe('a call that is cancelled', () => {
  test('while a file is copied posts nothing and leaves nothing, and the same call then posts once', async () => {
    await using airdate = await openAirdate();
    const input = { ...DRAFT, contentUrl: largeVideo(airdate, 32 * 1024 * 1024), idempotencyKey: 'day-1' };
    const giveUp = new AbortController();
    const given = airdate.client.callTool({ name: 'create_video_post', arguments: input }, undefined, {
      signal: giveUp.signal,
      onprogress: ({ message }) => message?.startsWith('copying') && giveUp.abort(),
    });
    await expect(given).rejects.toThrow(/abort/i);
    const again = await airdate.call('create_video_post', input);
    expect(again.replayed).toBe(false);
    expect((await airdate.call('list_posts')).posts).toHaveLength(1);
    expect(readdirSync(join(airdate.home, 'content'))).toHaveLength(1);
  });

  test('before it began leaves the server answering', async () => {
    await using airdate = await openAirdate();
    const call = { name: 'create_video_post', arguments: DRAFT };
    const given = airdate.client.callTool(call, undefined, { signal: AbortSignal.abort() });
    await expect(given).rejects.toThrow();
    const { posts } = await airdate.call('create_video_post', DRAFT);
    expect((await airdate.call('list_posts')).posts.map(({ postId }) => postId)).toEqual([posts[0]?.postId]);
  });
});
