/** Whatever a client sends: the answer is one of the foreseen, and says nothing of the program's inside. */
import dns from 'node:dns';
import { readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { FAILURES } from '../../src/domain/failure.ts';
import { TOOLS } from '../../src/tools/index.ts';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { callMessage, type HttpAirdate, openHttpAirdate, openSession } from '../support/http.ts';
import { root } from '../support/process.ts';
import { fc } from '../support/properties.ts';

const stack = new AsyncDisposableStack();
let server: HttpAirdate;
let session: string;
beforeAll(async () => {
  const clock = new ManualClock();
  const infinipost = stack.use(await openInfinipostEmulator({ clock }));
  const uploadPost = stack.use(await openUploadPostEmulator({ clock }));
  const environment = {
    INFINIPOST_API_KEY: infinipost.apiKey,
    INFINIPOST_BASE_URL: infinipost.baseUrl,
    UPLOAD_POST_API_KEY: uploadPost.apiKey,
    UPLOAD_POST_BASE_URL: uploadPost.baseUrl,
  };
  const bounds = { calls: 100_000, messages: 100_000 };
  server = stack.use(await openHttpAirdate({ clock, environment, bounds }));
  session = await openSession(server.http.url);
});
afterAll(() => stack.disposeAsync());

/** What a stack, a path of the program or a word of its parts looks like. */
const INSIDE = [root, 'node_modules', 'node:internal', '    at ', '.ts:', 'ZodError', 'SQLITE', 'select '];

function expectOutside(text: string): void {
  for (const inside of INSIDE) expect(text).not.toContain(inside);
}

/** Values that have broken programs before. */
const odd = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      '..',
      '../../etc/passwd',
      'file:///etc/passwd',
      '/proc/self/environ',
      '\\\\host\\share\\a.mp4',
    ],
    ...[
      '__proto__',
      'constructor',
      '\ud800',
      '\u202eabc',
      '\u001b[31m',
      '💥'.repeat(50),
      "' or 1=1 --",
      '%00',
      '{{7*7}}',
    ],
    ...[
      'local:',
      ':',
      'local:tiktok',
      'local:~',
      'openshorts:../0',
      'infinipost:a',
      'https://[::1]/a.mp4',
      'https://0x7f.1/',
    ],
    ...[
      '9999-12-31T23:59',
      '2026-02-30T00:00',
      '-000001-01-01T00:00',
      '2037-03-29T02:30',
      'Z',
      'Europe/Paris',
      'local',
    ],
  ),
  fc.constantFrom(0, -1, 1e308, -0, 2 ** 53, 0.1, true, false, null),
  fc.string({ maxLength: 60, unit: 'binary' }),
);
const anything = fc.oneof(
  odd,
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  fc.array(odd, { maxLength: 4 }),
);

/** A value that fits a schema more or less, so that what lies behind the schema is reached too. */
function fitting(schema: unknown): fc.Arbitrary<unknown> {
  const {
    enum: values,
    type,
    items,
    properties,
  } = (schema ?? {}) as {
    readonly enum?: readonly string[];
    readonly type?: string;
    readonly items?: unknown;
    readonly properties?: Record<string, unknown>;
  };
  if (values) return fc.constantFrom(...values);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min: 1, max: 100 });
  if (type === 'array') return fc.array(fitting(items), { minLength: 1, maxLength: 3 });
  if (type === 'object') return objectOf(properties ?? {});
  return fc.constantFrom(
    ...[
      'local:tiktok',
      'local:youtube',
      'infinipost:acc_tiktok1',
      'upload-post:myusername/tiktok',
      'https://cdn.example.com/a.mp4',
      'a caption',
      'Europe/Paris',
      'local:0k3f',
    ],
    ...[
      '2037-06-01T12:00',
      '2037-03-29T02:30',
      '2037-10-25T02:30',
      '2037-06-01T12:00:00+14:00',
      '/media/a.mp4',
    ],
  );
}

function objectOf(properties: Record<string, unknown>): fc.Arbitrary<object> {
  const fields = Object.entries(properties).map(([name, schema]): [string, fc.Arbitrary<unknown>] => [
    name,
    fc.oneof({ arbitrary: fitting(schema), weight: 4 }, { arbitrary: anything, weight: 1 }),
  ]);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

const Failed = z.object({
  error: z.object({ code: z.enum(Object.keys(FAILURES)), message: z.string().min(1) }),
});

describe('a tool that is called with anything at all', () => {
  test.each(TOOLS.map((tool) => [tool.name, tool] as const))(
    '%s answers, and says nothing of the inside',
    async (name, tool) => {
      const { properties = {} } = z.toJSONSchema(tool.input, { io: 'input' });
      const given = fc.oneof(
        { arbitrary: objectOf(properties), weight: 3 },
        { arbitrary: fc.dictionary(fc.string({ maxLength: 20 }), anything, { maxKeys: 5 }), weight: 1 },
      );
      await fc.assert(
        fc.asyncProperty(given, async (input) => {
          const { status, json, text } = await server.send({
            body: callMessage(name, input),
            headers: { 'mcp-session-id': session },
          });
          expect(status).toBe(200);
          expectOutside(text);
          const { result } = z
            .object({
              result: z.object({
                isError: z.boolean().optional(),
                content: z.array(z.object({ type: z.literal('text'), text: z.string() })).length(1),
                structuredContent: z.looseObject({}).optional(),
              }),
            })
            .parse(json);
          if (!result.isError) {
            tool.output.parse(result.structuredContent);
            return;
          }
          const { error } = Failed.parse(JSON.parse(result.content[0]?.text ?? ''));
          expect(error.code).not.toBe('internal');
          expect(text.length).toBeLessThan(20_000);
        }),
        { numRuns: 120 },
      );
    },
    60_000,
  );

  test('and the log has a line of each call, and no stack', () => {
    const calls = server.log.filter(({ message }) => message === 'call');
    expect(calls.length).toBeGreaterThan(TOOLS.length * 100);
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a message that is anything at all', () => {
  const method = fc.oneof(
    fc.constantFrom(
      'initialize',
      'tools/list',
      'tools/call',
      'ping',
      'server/discover',
      'notifications/cancelled',
    ),
    fc.string({ maxLength: 20 }),
  );
  const message = fc.oneof(
    fc.record(
      {
        jsonrpc: fc.oneof(fc.constant('2.0'), anything),
        id: fc.oneof(fc.integer(), anything),
        method,
        params: anything,
      },
      { requiredKeys: [] },
    ),
    anything,
  );
  const headers = fc.record(
    {
      'mcp-session-id': fc.constantFrom('nobody', '../x', '00000000-0000-4000-8000-000000000000'),
      'mcp-protocol-version': fc.constantFrom('2026-07-28', '2025-11-25', '1999-01-01', 'x'),
      'last-event-id': fc.constantFrom('_', 'a_1', '__proto__'),
      accept: fc.constantFrom('*/*', 'text/html', 'application/json, text/event-stream'),
    },
    { requiredKeys: [] },
  );

  test('is answered without a crash, without HTML and without a stack', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(message, fc.array(message, { maxLength: 3 })),
        headers,
        async (body, sent) => {
          const text = JSON.stringify(body);
          const answer = await server.send({ method: 'POST', body: text, headers: sent, until: '\n\n' });
          expect(answer.status).toBeLessThan(500);
          expect(answer.headers['content-type'] ?? '').not.toContain('html');
          expectOutside(answer.text);
        },
      ),
      { numRuns: 300 },
    );
    expect((await server.send({ path: '/healthz' })).status).toBe(200);
  }, 60_000);
});

describe('a handle, a cursor or a key that somebody made up', () => {
  test('opens nothing: what a cursor holds is read as the caller may read it', async () => {
    const forged = (place: object) => Buffer.from(JSON.stringify(place)).toString('base64url');
    for (const cursor of [
      forged({ b: 'local', c: 'there.0.0', f: 'AAAAAAAA' }),
      forged({ b: 'local', c: "here.0'; drop table posts", f: 'AAAAAAAA' }),
      forged({ b: 'nobody', f: 'AAAAAAAA' }),
      forged({ b: 'local', f: { toString: 1 } }),
      'x'.repeat(2000),
    ]) {
      const failure = await server.airdate.fail('list_posts', { cursor });
      expect(failure).toMatchObject({ code: 'invalid_parameter', field: 'cursor' });
    }
  });
});

describe('an address that a client gives', () => {
  test('is never opened by Airdate itself: whoever publishes the post does that', async () => {
    await using airdate = await openAirdate();
    const opened = vi.spyOn(Socket.prototype, 'connect');
    const asked = vi.spyOn(dns, 'lookup');
    try {
      const contentUrl = 'https://127.0.0.1.nip.io/latest/meta-data.mp4';
      const { posts } = await airdate.call('create_video_post', { accountIds: ['local:tiktok'], contentUrl });
      await airdate.call('upload_sound', { soundUrl: 'https://127.0.0.1.nip.io/a.mp3' });
      await eventually(async () => {
        const { post } = await airdate.call('get_post', { postId: posts[0]?.postId });
        expect(post.status).toBe('published');
      });
      expect([opened.mock.calls, asked.mock.calls]).toEqual([[], []]);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

test.each([
  '--help.mp4',
  '-rf.mp4',
  '$(touch x).mp4',
  "a'; drop table posts; --.mp4",
  '%2e%2e%2f.mp4',
  '&calc&.mp4',
])('a file is a file, though it is called %s', async (name) => {
  await using airdate = await openAirdate();
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: airdate.media('clip.mp4', name),
  });
  await eventually(async () => {
    const { post } = await airdate.call('get_post', { postId: posts[0]?.postId });
    expect(post.status).toBe('published');
  });
  const [video, ...more] = readdirSync(join(airdate.home, 'outbox')).filter(
    (file) => !file.endsWith('.json'),
  );
  expect(video).toMatch(/^[\w.-]+-tiktok\.mp4$/);
  expect(more).toEqual([]);
});
