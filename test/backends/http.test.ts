import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Http, type HttpSettings, openHttp, type Write } from '../../src/backends/http.ts';
import { path } from '../../src/backends/path.ts';
import type { Explanation, Vendor } from '../../src/backends/vendor.ts';
import type { Call } from '../../src/domain/call.ts';
import type { LocalFile } from '../../src/domain/content.ts';
import { Failure, type FailureCode } from '../../src/domain/failure.ts';
import { type Answer, EmulatorServer, type Fault, type Handler } from '../emulators/emulator.ts';
import { ManualClock } from '../support/clock.ts';

const SECRET = 'sk_live_4f9a7c2e81b6d035';
const Post = z.object({ id: z.string() });
const POST = { id: 'p1' };

const WireError = z.object({
  error: z.object({ code: z.string().nullish(), message: z.string().nullish(), wait: z.number().nullish() }),
});

function explain({ body }: { body: unknown }): Explanation {
  const { data } = WireError.safeParse(body);
  return {
    code: data?.error.code ?? undefined,
    message: data?.error.message ?? undefined,
    retryAfterSeconds: data?.error.wait ?? undefined,
  };
}

function vendorAt(baseUrl: string, differences: Partial<Vendor> = {}): Vendor {
  return {
    backend: 'infinipost',
    baseUrl,
    headers: { Authorization: `Bearer ${SECRET}` },
    secrets: [SECRET],
    setting: 'INFINIPOST_API_KEY',
    explain,
    ...differences,
  };
}

/** Whoever sleeps by it is at once where they wanted to be. */
class HurriedClock {
  readonly naps: number[] = [];
  readonly #clock = new ManualClock();
  now = () => this.#clock.now();
  advance = (ms: number) => this.#clock.advance(ms);
  sleep = async (ms: number) => {
    this.naps.push(ms);
    this.advance(ms);
  };
}

function callWith(signal = new AbortController().signal, progress: Call['progress'] = () => {}): Call {
  return { caller: { client: 'test', tenant: 'own', level: 'full' }, signal, progress };
}

interface Setting extends AsyncDisposable {
  readonly server: EmulatorServer;
  readonly clock: HurriedClock;
  readonly http: Http;
  read(): Promise<{ id: string }>;
  write(differences?: Partial<Write<{ id: string }>>): Promise<{ id: string }>;
}

interface SettingOptions extends Omit<HttpSettings, 'clock'> {
  readonly handler?: Handler;
  readonly vendor?: Partial<Vendor>;
}

async function open({
  handler = () => ({ status: 200, body: POST }),
  vendor,
  ...rest
}: SettingOptions = {}): Promise<Setting> {
  const server = await new EmulatorServer(handler).listen();
  const clock = new HurriedClock();
  const http = openHttp(vendorAt(server.url, vendor), { deadlineMs: 2_000, ...rest, clock });
  return {
    server,
    clock,
    http,
    read: () => http.read({ path: '/v1/posts/p1', schema: Post }, callWith()),
    write: (differences) =>
      http.write(
        {
          method: 'POST',
          path: '/v1/posts',
          body: { json: { caption: 'hi' } },
          schema: Post,
          ...differences,
        },
        callWith(),
      ),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await http.close();
    },
  };
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof Failure) return failure;
  throw new Error(`expected a Failure, got ${String(failure)}`);
}

async function codeOf(promise: Promise<unknown>): Promise<FailureCode> {
  return (await failureOf(promise)).code;
}

function refusal(status: number, body: unknown = {}, headers: Record<string, string> = {}): Fault {
  return { kind: 'status', status, body, headers };
}

function fileOf(read: () => Readable, bytes: number, name = 'clip.mp4'): LocalFile {
  const facts = { container: 'mp4', mimeType: 'video/mp4', durationSeconds: 1, hasVideo: true };
  return { path: `/media/${name}`, name, bytes, facts, read };
}

function textFile(text: string, name?: string): LocalFile {
  return fileOf(() => Readable.from([Buffer.from(text)]), Buffer.byteLength(text), name);
}

const ALWAYS = Number.POSITIVE_INFINITY;
const any = () => true;

describe('a request that succeeds', () => {
  it('is sent with the vendor headers and the query, and answered in the form of the schema', async () => {
    await using setting = await open({ handler: () => ({ status: 200, body: { id: 'p1', more: true } }) });
    const post = await setting.http.read(
      { path: '/v1/posts', query: { limit: 2, 'tag[]': ['a b', 'c'], cursor: undefined }, schema: Post },
      callWith(),
    );
    expect(post).toEqual(POST);
    const [request] = setting.server.requests;
    expect(request?.query.toString()).toBe('limit=2&tag%5B%5D=a+b&tag%5B%5D=c');
    expect(request?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(request?.headers.accept).toBe('application/json');
  });

  it('keeps the path of the base URL', async () => {
    const server = await new EmulatorServer(() => ({ status: 200, body: POST })).listen();
    await using http = openHttp(vendorAt(`${server.url}/api/v1`), { clock: new HurriedClock() });
    await http.read({ path: '/posts', schema: Post }, callWith());
    await server.stop();
    expect(server.calls()).toEqual(['GET /api/v1/posts']);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('carries a JSON body with %s', async (method) => {
    await using setting = await open();
    await setting.write({
      method,
      body: { json: { caption: 'Grüße 🎬' } },
      headers: { 'Idempotency-Key': 'k1' },
    });
    const [request] = setting.server.requests;
    expect(request).toMatchObject({ method, json: { caption: 'Grüße 🎬' } });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'k1' });
  });

  it('may have no body either way', async () => {
    await using setting = await open({ handler: () => ({ status: 204 }) });
    const request = { method: 'DELETE', path: '/v1/posts/p1', schema: z.undefined() } as const;
    expect(await setting.http.write(request, callWith())).toBeUndefined();
  });

  it('can be shown without being sent, secrets masked', async () => {
    await using setting = await open();
    const plan = setting.http.plan({
      method: 'POST',
      path: '/v1/posts',
      query: { key: SECRET },
      body: { json: { caption: `mine is ${SECRET}` } },
    });
    expect(plan).toEqual({
      method: 'POST',
      url: `${setting.server.url}/v1/posts?key=***`,
      body: { caption: 'mine is ***' },
    });
    const form = [
      ['user', 'me'],
      ['video', textFile('abc')],
    ] as const;
    expect(setting.http.plan({ method: 'POST', path: '/upload', body: { form } }).body).toEqual([
      ['user', 'me'],
      ['video', '(the file clip.mp4, 3 bytes)'],
    ]);
    expect(setting.server.calls()).toEqual([]);
  });
});

describe('a path', () => {
  it('has its ids escaped', () => {
    expect(path`/v1/posts/${'a/b?c#d é'}/sounds/${7}`).toBe('/v1/posts/a%2Fb%3Fc%23d%20%C3%A9/sounds/7');
  });

  it.each(['', '.', '..', '\ud800'])('refuses the id %j, which would name another path', (id) => {
    expect(() => path`/v1/posts/${id}`).toThrow(Failure);
  });
});

describe('a refusal', () => {
  const refusals: readonly (readonly [number, FailureCode])[] = [
    [400, 'invalid_parameter'],
    [401, 'unauthenticated'],
    [402, 'quota_exceeded'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'unsupported'],
    [409, 'conflict'],
    [410, 'not_found'],
    [413, 'media_rejected'],
    [415, 'media_rejected'],
    [422, 'invalid_parameter'],
    [429, 'rate_limited'],
  ];

  it.each(refusals)(
    'with %i is %s, for a write and for a read, and each is sent once',
    async (status, code) => {
      await using writer = await open();
      writer.server.fail(refusal(status), any, ALWAYS);
      expect(await codeOf(writer.write())).toBe(code);
      expect(writer.server.requests).toHaveLength(1);
      await using reader = await open();
      reader.server.fail(refusal(status), any, ALWAYS);
      expect(await codeOf(reader.read())).toBe(code);
      expect(reader.server.requests).toHaveLength(1);
    },
  );

  it('is one even if its text did not come whole', async () => {
    await using setting = await open({
      handler: () => ({ status: 422, body: { error: { message: 'no' } } }),
    });
    setting.server.fail({ kind: 'halfAnswer' });
    expect(await codeOf(setting.write())).toBe('invalid_parameter');
  });

  it('says what the vendor said, quoted, with its code and request id', async () => {
    await using setting = await open();
    const message = `Caption\u0000 is\nbad ${'x'.repeat(400)}`;
    setting.server.fail(
      refusal(422, { error: { code: 'bad_caption', message } }, { 'x-request-id': 'req_1' }),
    );
    const { message: text, details } = await failureOf(setting.write());
    expect(text).toMatch(
      /^infinipost refused the arguments \(HTTP 422\)\. It says: "Caption {1,2}is bad x{280,}…"$/,
    );
    expect(text.length).toBeLessThan(380);
    expect(details).toEqual({
      backend: 'infinipost',
      upstream: { status: 422, code: 'bad_caption', requestId: 'req_1' },
    });
  });

  it('of the key names the setting', async () => {
    await using setting = await open();
    setting.server.fail(refusal(401));
    expect((await failureOf(setting.read())).details.hint).toContain('INFINIPOST_API_KEY');
  });

  it.each([
    ['whole', SECRET],
    ['with its scheme', `Bearer ${SECRET}`],
    ['cut short at its end', SECRET.slice(0, 12)],
    ['cut short at its beginning', SECRET.slice(-9)],
    ['with stars in its middle', `${SECRET.slice(0, 9)}*****${SECRET.slice(-8)}`],
  ])('never repeats the key that the vendor echoes %s', async (_, echo) => {
    await using setting = await open();
    const body = { error: { code: `bad:${echo}`, message: `${'é'.repeat(280)} the key ${echo} is wrong` } };
    setting.server.fail(refusal(401, body, { 'x-request-id': `r-${echo}` }));
    const { message, details } = await failureOf(setting.write());
    const told = JSON.stringify({ message, details });
    expect(told).toContain('***');
    for (let at = 0; at + 8 <= SECRET.length; at += 1) expect(told).not.toContain(SECRET.slice(at, at + 8));
  });

  it('of a read can name what was not found', async () => {
    await using setting = await open();
    setting.server.fail(refusal(404, { error: { message: 'Not found' } }));
    const request = { path: '/v1/posts/p1', schema: Post, notFound: 'infinipost has no post p1.' };
    const failure = await failureOf(setting.http.read(request, callWith()));
    expect(failure.message).toBe('infinipost has no post p1. It says: "Not found"');
  });

  it('is what the vendor explains it to be, whatever the status', async () => {
    await using setting = await open({ vendor: { explain: () => ({ failure: 'cannot_edit' }) } });
    for (const status of [200, 404, 500]) {
      setting.server.fail(refusal(status, POST));
      expect(await codeOf(setting.write())).toBe('cannot_edit');
    }
  });

  it('is final where the vendor explains it, though it comes as a server error', async () => {
    const wrapped = { explain: (): Explanation => ({ failure: 'unauthenticated' }) };
    await using reader = await open({ vendor: wrapped });
    reader.server.fail(refusal(500), any, ALWAYS);
    expect(await codeOf(reader.read())).toBe('unauthenticated');
    expect(reader.server.requests).toHaveLength(1);
    await using writer = await open({ vendor: wrapped });
    writer.server.fail(refusal(503), any, ALWAYS);
    expect(await codeOf(writer.write({ repeat: 'keyed' }))).toBe('unauthenticated');
    expect(writer.server.requests).toHaveLength(1);
  });

  it('is asked about again where the vendor explains that it may pass', async () => {
    await using setting = await open({ vendor: { explain: () => ({ failure: 'unavailable' }) } });
    setting.server.fail(refusal(500), any, ALWAYS);
    expect(await codeOf(setting.read())).toBe('unavailable');
    expect(setting.server.requests).toHaveLength(4);
  });

  it('does without an explanation that breaks', async () => {
    const broken = () => {
      throw new TypeError('unforeseen');
    };
    await using setting = await open({ vendor: { explain: broken } });
    expect(await setting.write()).toEqual(POST);
    setting.server.fail(refusal(403));
    expect(await codeOf(setting.write())).toBe('forbidden');
    setting.server.fail(refusal(500));
    expect(await codeOf(setting.write())).toBe('outcome_unknown');
  });
});

describe('a request that may have arrived', () => {
  const large: Answer = { status: 200, body: { ...POST, padding: 'x'.repeat(9 * 1024 * 1024) } };
  const faults: readonly (readonly [
    string,
    { fault?: Fault; handler?: Handler; deadlineMs?: number; reads: number },
  ])[] = [
    ['is reset before it is read', { fault: { kind: 'resetBeforeRead' }, reads: 4 }],
    ['is reset after it is carried out', { fault: { kind: 'resetAfterAccept' }, reads: 4 }],
    ['is answered by half', { fault: { kind: 'halfAnswer' }, reads: 4 }],
    ['is never answered', { fault: { kind: 'lateAnswer', ms: ALWAYS }, deadlineMs: 60, reads: 4 }],
    ['is answered a byte at a time', { fault: { kind: 'drip', msPerByte: 30 }, deadlineMs: 80, reads: 4 }],
    ['is answered with 500', { fault: { kind: 'errorAfterAccept', status: 500 }, reads: 4 }],
    ['is answered with 502 and HTML', { fault: { kind: 'html', status: 502 }, reads: 4 }],
    ['is answered with 503', { fault: refusal(503), reads: 4 }],
    ['is answered with 504', { fault: refusal(504), reads: 4 }],
    ['is answered with 408', { fault: refusal(408), reads: 4 }],
    ['is answered with 425', { fault: refusal(425), reads: 4 }],
    ['is answered with a 4xx that means nothing', { fault: refusal(418), reads: 1 }],
    ['is answered with 200 and HTML', { fault: { kind: 'html', status: 200 }, reads: 1 }],
    ['is answered with 200 and nothing', { handler: () => ({ status: 200 }), reads: 1 }],
    ['is answered in an unknown form', { handler: () => ({ status: 201, body: { post: 7 } }), reads: 1 }],
    ['is answered with more than the cap', { handler: () => large, reads: 4 }],
    ['is redirected to another page', { fault: refusal(303, {}, { location: '/elsewhere' }), reads: 1 }],
  ];

  it.each(faults)(
    'has an unknown outcome and is sent once as a write, is retried and unavailable as a read, when it %s',
    async (_, { fault, handler, reads }) => {
      const options = { deadlineMs: 120, ...(handler && { handler }) };
      await using writer = await open(options);
      if (fault) writer.server.fail(fault, any, ALWAYS);
      const failure = await failureOf(writer.write());
      expect(failure.code).toBe('outcome_unknown');
      expect(failure.details.hint).toMatch(/may have happened/);
      expect(failure.details.next).toBeUndefined();
      expect(failure.details.retryAfterSeconds).toBeUndefined();
      expect(writer.server.calls()).toEqual(['POST /v1/posts']);
      await using reader = await open(options);
      if (fault) reader.server.fail(fault, any, ALWAYS);
      expect(await codeOf(reader.read())).toBe('unavailable');
      expect(reader.server.requests).toHaveLength(reads);
    },
  );

  it('is not sent anew on a kept connection that breaks', async () => {
    await using setting = await open();
    await setting.read();
    setting.server.fail({ kind: 'resetBeforeRead' });
    expect(await codeOf(setting.write())).toBe('outcome_unknown');
    expect(setting.server.calls()).toEqual(['GET /v1/posts/p1', 'POST /v1/posts']);
  });

  it('says where an unknown answer leaves the form, and nothing of what it holds', async () => {
    await using setting = await open({ handler: () => ({ status: 200, body: { id: { hidden: SECRET } } }) });
    const failure = await failureOf(setting.read());
    expect(failure.details.hint).toMatch(/form that Airdate does not know \(at id\)/);
    expect(JSON.stringify(failure.toAnswer())).not.toMatch(/hidden|sk_live/);
  });

  it('stays in doubt when the schema itself breaks', async () => {
    await using setting = await open();
    const schema = Post.transform((): { id: string } => {
      throw new TypeError('unforeseen');
    });
    expect(await codeOf(setting.write({ schema }))).toBe('outcome_unknown');
  });

  it.each([307, 308])(
    'was not carried out when a %i wants it sent elsewhere, and is not sent there',
    async (status) => {
      await using setting = await open();
      setting.server.fail(refusal(status, {}, { location: '/elsewhere' }), any, ALWAYS);
      const failure = await failureOf(setting.write());
      expect(failure.code).toBe('unavailable');
      expect(failure.details.hint).toContain('base URL');
      expect(setting.server.requests).toHaveLength(1);
    },
  );
});

describe('a request that surely never left', () => {
  async function failures(
    baseUrl: string,
    settings: Partial<HttpSettings> = {},
  ): Promise<readonly Failure[]> {
    await using http = openHttp(vendorAt(baseUrl), { clock: new HurriedClock(), ...settings });
    const write = http.write({ method: 'POST', path: '/v1/posts', schema: Post }, callWith());
    return Promise.all([
      failureOf(write),
      failureOf(http.read({ path: '/v1/posts', schema: Post }, callWith())),
    ]);
  }

  it('is unavailable when the port is closed', async () => {
    const server = await new EmulatorServer(() => ({ status: 200 })).listen();
    await server.stop();
    const [write, read] = await failures(server.url);
    expect(write?.code).toBe('unavailable');
    expect(write?.message).toContain('ECONNREFUSED');
    expect(read?.code).toBe('unavailable');
  });

  it('is unavailable when the host does not resolve', async () => {
    const [write, read] = await failures('http://vendor.invalid');
    expect(write?.code).toBe('unavailable');
    expect(read?.code).toBe('unavailable');
  });

  it('is unavailable when there is no TLS at the other end', async () => {
    const server = await new EmulatorServer(() => ({ status: 200 })).listen();
    const [write] = await failures(server.url.replace('http:', 'https:'));
    await server.stop();
    expect(write?.code).toBe('unavailable');
    expect(server.requests).toEqual([]);
  });

  it('is unavailable when the time is up before there is a connection', async () => {
    await using silent = await listenSilently();
    const write = async (settings: Partial<HttpSettings>) => {
      await using http = openHttp(vendorAt(silent.url), { clock: new HurriedClock(), ...settings });
      return failureOf(http.write({ method: 'POST', path: '/', schema: Post }, callWith()));
    };
    const connecting = { connectMs: 100, deadlineMs: 5_000 };
    const [early, whole] = await Promise.all([write(connecting), write({ connectMs: 300, deadlineMs: 100 })]);
    expect(early.code).toBe('unavailable');
    expect(early.message).toContain('UND_ERR_CONNECT_TIMEOUT');
    expect(whole.code).toBe('unavailable');
    expect(whole.message).toContain('no answer within 0.1 s');
  });

  it('is our own fault when it cannot be put into HTTP', async () => {
    await using setting = await open({ vendor: { headers: { authorization: 'Bearer a\nb' } } });
    const failure = await failureOf(setting.write());
    expect(failure.code).toBe('internal');
    expect(String(failure.cause)).not.toContain('Bearer');
    expect(setting.server.requests).toEqual([]);
  });
});

describe('a read', () => {
  it('is answered by the attempt that succeeds, after growing pauses', async () => {
    await using setting = await open();
    setting.server.fail(refusal(503), any, 3);
    expect(await setting.read()).toEqual(POST);
    expect(setting.server.requests).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = setting.clock.naps;
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThanOrEqual(500);
    expect(second).toBeGreaterThanOrEqual(500);
    expect(third).toBeLessThanOrEqual(2_000);
  });

  it('waits out a short Retry-After, and leaves a long one to the caller', async () => {
    await using setting = await open();
    setting.server.fail(refusal(503, {}, { 'retry-after': '2' }));
    expect(await setting.read()).toEqual(POST);
    expect(setting.clock.naps).toEqual([2_000]);
    setting.server.fail(refusal(503, {}, { 'retry-after': '3' }));
    const failure = await failureOf(setting.read());
    expect(failure.code).toBe('unavailable');
    expect(failure.details.retryAfterSeconds).toBe(3);
  });

  it('begins no attempt after ten seconds', async () => {
    const clocks: HurriedClock[] = [];
    await using setting = await open({
      handler: () => {
        clocks[0]?.advance(6_000);
        return { status: 500 };
      },
    });
    clocks.push(setting.clock);
    expect(await codeOf(setting.read())).toBe('unavailable');
    expect(setting.server.requests).toHaveLength(2);
  });
});

describe('a write that may be repeated', () => {
  it('is sent again with its whole body when the vendor honours its key', async () => {
    await using setting = await open();
    setting.server.fail({ kind: 'resetAfterAccept' });
    const form = [['video', textFile('abc')]] as const;
    expect(await setting.write({ repeat: 'keyed', body: { form } })).toEqual(POST);
    const [first, second] = setting.server.requests;
    expect(second?.bytes).toEqual(first?.bytes);
    expect(second?.bytes.toString()).toContain('abc');
  });

  it('stays in doubt when a later attempt is refused', async () => {
    await using setting = await open();
    setting.server.fail({ kind: 'resetAfterAccept' });
    setting.server.fail(refusal(409), any, ALWAYS);
    expect(await codeOf(setting.write({ repeat: 'keyed' }))).toBe('outcome_unknown');
    expect(setting.server.requests).toHaveLength(2);
  });

  it('is never in doubt when it does no harm', async () => {
    await using setting = await open();
    setting.server.fail({ kind: 'resetAfterAccept' }, any, ALWAYS);
    expect(await codeOf(setting.write({ repeat: 'harmless' }))).toBe('unavailable');
    expect(setting.server.requests).toHaveLength(4);
  });
});

describe('a rate limit', () => {
  const now = new HurriedClock().now();
  const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toUTCString();
  const unix = (seconds: number) => String(now / 1000 + seconds);
  const waits: readonly (readonly [string, Record<string, string>, unknown, number])[] = [
    ['in seconds', { 'retry-after': '7' }, {}, 7],
    ['as a date', { 'retry-after': inSeconds(90) }, {}, 90],
    ['as a date that has passed', { 'retry-after': inSeconds(-90) }, {}, 0],
    ['as a whole day', { 'retry-after': '86400' }, {}, 86_400],
    ['as the moment of the reset', { 'x-ratelimit-reset': unix(42) }, {}, 42],
    ['as seconds and a reset', { 'retry-after': '7', 'x-ratelimit-reset': unix(42) }, {}, 7],
    ['as a reset that has passed', { 'x-ratelimit-reset': unix(-42) }, {}, 30],
    ['as a reset in milliseconds', { 'x-ratelimit-reset': String(now) }, {}, 30],
    ['in the body', {}, { error: { wait: 10.5 } }, 11],
    ['as nonsense', { 'retry-after': 'soon' }, {}, 30],
    ['nowhere', {}, {}, 30],
  ];

  it.each(waits)('has its time told %s', async (_, headers, body, seconds) => {
    await using setting = await open();
    setting.server.fail(refusal(429, body, headers));
    const failure = await failureOf(setting.write());
    expect(failure.code).toBe('rate_limited');
    expect(failure.details.retryAfterSeconds).toBe(seconds);
  });

  it('keeps everybody away from the vendor until it is over', async () => {
    await using setting = await open();
    setting.server.fail(refusal(429, {}, { 'retry-after': '60' }));
    expect(await codeOf(setting.write())).toBe('rate_limited');
    setting.clock.advance(20_500);
    for (const failure of [await failureOf(setting.read()), await failureOf(setting.write())]) {
      expect(failure.code).toBe('rate_limited');
      expect(failure.details).toMatchObject({ backend: 'infinipost', retryAfterSeconds: 40 });
    }
    expect(setting.server.requests).toHaveLength(1);
    setting.clock.advance(39_500);
    expect(await setting.write()).toEqual(POST);
  });

  it('turns away what was waiting for its turn', async () => {
    await using setting = await open({ concurrency: 1 });
    setting.server.fail(refusal(429, {}, { 'retry-after': '60' }));
    const codes = await Promise.all([
      codeOf(setting.write()),
      codeOf(setting.write()),
      codeOf(setting.read()),
    ]);
    expect(codes).toEqual(['rate_limited', 'rate_limited', 'rate_limited']);
    expect(setting.server.requests).toHaveLength(1);
  });

  it('is waited out by a read when it is short, and not by a write', async () => {
    await using setting = await open();
    setting.server.fail(refusal(429, {}, { 'retry-after': '2' }));
    expect(await codeOf(setting.write())).toBe('rate_limited');
    expect(await codeOf(setting.write())).toBe('rate_limited');
    expect(setting.server.requests).toHaveLength(1);
    expect(await setting.read()).toEqual(POST);
    expect(setting.clock.naps).toEqual([2_000]);
  });

  it('is asked about again after a day, whatever the vendor said', async () => {
    await using setting = await open();
    setting.server.fail(refusal(429, {}, { 'retry-after': '99999999' }));
    expect((await failureOf(setting.write())).details.retryAfterSeconds).toBe(99_999_999);
    setting.clock.advance(86_400_000);
    expect(await setting.write()).toEqual(POST);
  });

  it('that is really a quota does not shut the vendor off', async () => {
    const quota = ({ status }: { status: number }): Explanation =>
      status === 429 ? { failure: 'quota_exceeded', message: 'monthly limit' } : {};
    await using setting = await open({ vendor: { explain: quota } });
    setting.server.fail(refusal(429));
    const failure = await failureOf(setting.write());
    expect(failure.code).toBe('quota_exceeded');
    expect(failure.details.retryAfterSeconds).toBeUndefined();
    expect(await setting.read()).toEqual(POST);
  });
});

describe('a call that nobody waits for', () => {
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it('gives up a read that is under way, and does not repeat it', async () => {
    await using setting = await open();
    setting.server.fail({ kind: 'lateAnswer', ms: ALWAYS }, any, ALWAYS);
    const controller = new AbortController();
    const read = codeOf(setting.http.read({ path: '/', schema: Post }, callWith(controller.signal)));
    await until(() => setting.server.requests.length > 0);
    const before = performance.now();
    controller.abort();
    expect(await read).toBe('unavailable');
    // It had two seconds left.
    expect(performance.now() - before).toBeLessThan(1500);
    expect(setting.server.requests).toHaveLength(1);
  });

  it('wakes a read that pauses between attempts', async () => {
    const server = await new EmulatorServer(() => ({ status: 500 })).listen();
    await using http = openHttp(vendorAt(server.url), { clock: new ManualClock() });
    const controller = new AbortController();
    const read = codeOf(http.read({ path: '/', schema: Post }, callWith(controller.signal)));
    await until(() => server.requests.length > 0);
    controller.abort();
    expect(await read).toBe('unavailable');
    expect(server.requests).toHaveLength(1);
    await server.stop();
  });

  it('does not give up a write that is under way', async () => {
    await using setting = await open();
    setting.server.fail({ kind: 'lateAnswer', ms: 100 });
    const controller = new AbortController();
    const request = { method: 'POST', path: '/', body: { json: {} }, schema: Post } as const;
    const write = setting.http.write(request, callWith(controller.signal));
    await until(() => setting.server.requests.length > 0);
    controller.abort();
    expect(await write).toEqual(POST);
  });

  it('drops a write that has not been sent', async () => {
    await using setting = await open({ concurrency: 1 });
    setting.server.fail({ kind: 'lateAnswer', ms: 100 });
    const controller = new AbortController();
    const call = callWith(controller.signal);
    const first = setting.write();
    const waiting = codeOf(setting.http.write({ method: 'POST', path: '/second', schema: Post }, call));
    await until(() => setting.server.requests.length > 0);
    controller.abort();
    expect(await waiting).toBe('unavailable');
    expect(await codeOf(setting.http.write({ method: 'POST', path: '/third', schema: Post }, call))).toBe(
      'unavailable',
    );
    expect(await first).toEqual(POST);
    expect(setting.server.calls()).toEqual(['POST /v1/posts']);
  });

  it('drops a write whose connection is not there yet', async () => {
    await using silent = await listenSilently();
    await using http = openHttp(vendorAt(silent.url), { clock: new HurriedClock(), connectMs: 300 });
    const call = callWith(AbortSignal.timeout(50));
    const write = http.write({ method: 'POST', path: '/', schema: Post }, call);
    expect(await codeOf(write)).toBe('unavailable');
  });
});

it('sends only so many requests at once, in the order in which they came', async () => {
  let running = 0;
  let most = 0;
  const handler = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 15));
    running -= 1;
    return { status: 200, body: POST };
  };
  await using setting = await open({ handler, concurrency: 3 });
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      setting.http.read({ path: `/${index}`, schema: Post }, callWith()),
    ),
  );
  expect(most).toBe(3);
  const order = setting.server.requests.map((request) => Math.floor(Number(request.path.slice(1)) / 3));
  expect(order).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
});

describe('a form', () => {
  it('arrives as any form parser reads it', async () => {
    await using setting = await open();
    const form = [
      ['user', 'Zoë'],
      ['platform[]', 'tiktok'],
      ['platform[]', 'instagram'],
      ['a "quoted"\r\nname', ''],
      ['video', textFile('the film', 'a "b".mp4')],
      ['caption', 'line one\nline two'],
    ] as const;
    const progress: unknown[][] = [];
    const call = callWith(undefined, (...step) => progress.push(step));
    await setting.http.write({ method: 'POST', path: '/upload', body: { form }, schema: Post }, call);
    const [request] = setting.server.requests;
    expect(request?.headers['content-length']).toBe(String(request?.bytes.length));
    const headers = { 'content-type': request?.headers['content-type'] ?? '' };
    const parsed = await new Response(new Uint8Array(request?.bytes ?? []), { headers }).formData();
    expect(parsed.getAll('platform[]')).toEqual(['tiktok', 'instagram']);
    expect(parsed.get('user')).toBe('Zoë');
    expect(parsed.get('a "quoted"\r\nname')).toBe('');
    expect(parsed.get('caption')).toBe('line one\nline two');
    const film = parsed.get('video');
    if (!(film instanceof File)) throw new Error('no film');
    expect([film.name, film.type, await film.text()]).toEqual(['a "b".mp4', 'video/mp4', 'the film']);
    const total = request?.bytes.length;
    expect(progress.at(-1)).toEqual(['Sending a "b".mp4 to infinipost', total, total]);
  });

  it('without a file needs no stream', async () => {
    await using setting = await open();
    await setting.write({ body: { form: [['request_id', 'r1']] } });
    expect(setting.server.requests[0]?.bytes.toString()).toContain('name="request_id"\r\n\r\nr1\r\n');
  });

  it('whose file breaks off is surely not carried out: the vendor has a torso', async () => {
    await using setting = await open();
    const broken = fileOf(() => Readable.from(breakOff()), 1_000_000);
    const form = [['video', broken]] as const;
    const failure = await failureOf(setting.write({ body: { form } }));
    expect(failure.code).toBe('unavailable');
    expect(setting.server.requests).toEqual([]);
  });

  it('that the vendor cuts off half-way is surely not carried out', async () => {
    await using server = await listen(async (request) => {
      request.once('data', () => request.socket.resetAndDestroy());
    });
    await using http = openHttp(vendorAt(server.url), { clock: new HurriedClock() });
    const file = fileOf(() => Readable.from(dripping(1_000, 1)), 1_000);
    const request = {
      method: 'POST',
      path: '/upload',
      body: { form: [['video', file]] },
      schema: Post,
    } as const;
    expect(await codeOf(http.write(request, callWith()))).toBe('unavailable');
  });

  it('of 64 MB is streamed, never held', async () => {
    const size = 64 * 1024 * 1024;
    const piece = Buffer.alloc(64 * 1024, 'airdate');
    const before = heldBytes();
    let produced = 0;
    let received = 0;
    let furthest = 0;
    let peak = 0;
    await using server = await listen(async (request, response) => {
      let next = 0;
      for await (const chunk of request) {
        received += (chunk as Buffer).length;
        furthest = Math.max(furthest, produced - received);
        if (received < next) continue;
        next = received + size / 16;
        await new Promise((resolve) => setTimeout(resolve, 5));
        peak = Math.max(peak, heldBytes() - before);
      }
      response.writeHead(200).end(JSON.stringify({ id: request.headers['content-length'] }));
    });
    function* pieces() {
      for (; produced < size; produced += piece.length) yield piece;
    }
    const file = fileOf(() => Readable.from(pieces()), size);
    await using http = openHttp(vendorAt(server.url), { clock: new HurriedClock() });
    const request = {
      method: 'POST',
      path: '/upload',
      body: { form: [['video', file]] },
      schema: Post,
    } as const;
    const { id } = await http.write(request, callWith());
    expect(received).toBe(Number(id));
    expect(received).toBeGreaterThan(size);
    expect(furthest).toBeLessThan(size / 4);
    expect(peak).toBeLessThan(size / 4);
  });
});

describe('bytes for a storage', () => {
  it('go there without the headers of the vendor', async () => {
    await using setting = await open({ handler: () => ({ status: 200 }) });
    const url = `${setting.server.url}/bucket/a?signature=s%2Bs`;
    await setting.http.upload({ url, method: 'PUT', body: { file: textFile('film') } }, callWith());
    const [request] = setting.server.requests;
    expect(request?.bytes.toString()).toBe('film');
    expect(request?.query.get('signature')).toBe('s+s');
    expect(request?.headers).toMatchObject({ 'content-type': 'video/mp4', 'content-length': '4' });
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('can be a form, or of another type', async () => {
    await using setting = await open({ handler: () => ({ status: 204 }) });
    const url = `${setting.server.url}/bucket/a`;
    const body = { form: [['file', textFile('film')]] } as const;
    await setting.http.upload({ url, method: 'POST', body }, callWith());
    expect(setting.server.requests[0]?.bytes.toString()).toContain('name="file"; filename="clip.mp4"');
    const headers = { 'Content-Type': 'video/quicktime' };
    await setting.http.upload({ url, method: 'PUT', headers, body: { file: textFile('film') } }, callWith());
    expect(setting.server.requests[1]?.headers['content-type']).toBe('video/quicktime');
  });

  it.each([
    ['http://storage.example/a'],
    ['ftp://storage.example/a'],
    ['https://user:pass@storage.example/a'],
    ['nonsense'],
  ])('do not go to %s', async (url) => {
    await using setting = await open();
    const upload = setting.http.upload({ url, method: 'PUT', body: { file: textFile('film') } }, callWith());
    expect(await codeOf(upload)).toBe('unavailable');
  });

  it.each([
    [400, 'media_rejected', 1],
    [413, 'media_rejected', 1],
    [403, 'unavailable', 1],
    [302, 'unavailable', 1],
    [429, 'unavailable', 1],
    [503, 'unavailable', 4],
  ] as const)('that are answered with %i are %s, and shut nobody off', async (status, code, times) => {
    await using setting = await open();
    setting.server.fail(refusal(status), ({ method }) => method === 'PUT', ALWAYS);
    const upload = {
      url: `${setting.server.url}/a`,
      method: 'PUT',
      body: { file: textFile('film') },
    } as const;
    expect(await codeOf(setting.http.upload(upload, callWith()))).toBe(code);
    expect(setting.server.requests).toHaveLength(times);
    expect(await setting.read()).toEqual(POST);
  });

  it('are sent for as long as they move, and not when they stand still', async () => {
    await using setting = await open({ handler: () => ({ status: 200 }), deadlineMs: 100 });
    const url = `${setting.server.url}/a`;
    const slow = fileOf(() => Readable.from(dripping(8, 25)), 8);
    await setting.http.upload({ url, method: 'PUT', body: { file: slow } }, callWith());
    expect(setting.server.requests[0]?.bytes).toHaveLength(8);
    const stalled = fileOf(() => Readable.from(dripping(2, 300)), 2);
    const upload = setting.http.upload({ url, method: 'PUT', body: { file: stalled } }, callWith());
    expect((await failureOf(upload)).message).toContain('nothing moved for 0.1 s');
  });

  it('do not hold up other requests', async () => {
    await using setting = await open({ concurrency: 1 });
    const file = fileOf(() => Readable.from(dripping(3, 60)), 3);
    const upload = setting.http.upload(
      { url: `${setting.server.url}/a`, method: 'PUT', body: { file } },
      callWith(),
    );
    await setting.read();
    expect(setting.server.calls()).toEqual(['GET /v1/posts/p1']);
    await upload;
  });
});

async function* dripping(bytes: number, msPerByte: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < bytes; sent += 1) {
    await new Promise((resolve) => setTimeout(resolve, msPerByte));
    yield Buffer.of(65);
  }
}

async function* breakOff(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(1000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  throw new Error('the disk is gone');
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function listen(listener: Listener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What is held in buffers once the garbage is gone. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

/** Takes connections and never says a word, so that TLS never comes about. */
async function listenSilently(): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
