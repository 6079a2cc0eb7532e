import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { Ledger } from '../../src/desk/ledger.ts';
import { openProcessOwner, type ProcessOwner } from '../../src/desk/process-owner.ts';
import type { Write } from '../../src/desk/write.ts';
import { ownCall } from '../../src/domain/call.ts';
import { Failure } from '../../src/domain/failure.ts';
import { EmulatorServer } from '../emulators/emulator.ts';
import { type Airdate, newFolder, openAirdate } from '../support/airdate.ts';
import { FAR_OFF, ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { openStdio, root } from '../support/process.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PATIENT = { timeout: 15_000, interval: 20 };
const DRAFT = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'once',
  scheduledTime: FAR_OFF,
};

async function postCount(airdate: Airdate): Promise<number> {
  return (await airdate.call('list_posts', { limit: 100 })).posts.length;
}

/** Lets the clock run while the work waits for it. */
async function withTime<Result>(clock: ManualClock, work: Promise<Result>): Promise<Result> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  finished.catch(() => undefined);
  while (!done) {
    clock.advance(50);
    await pause(1);
  }
  return finished;
}

function homes() {
  const home = newFolder();
  return { home, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
}

describe('the same call with the same key', () => {
  const keyed = { ...DRAFT, idempotencyKey: 'launch-1' };

  it('is answered with the first result, also after a restart and long after', async () => {
    using place = homes();
    let first: unknown;
    {
      await using airdate = await openAirdate({ home: place.home });
      const created = await airdate.call('create_video_post', keyed);
      expect(created).toMatchObject({ replayed: false, warnings: [] });
      const again = await airdate.call('create_video_post', keyed);
      expect(again).toMatchObject({ replayed: true, posts: created.posts, warnings: [] });
      first = created.posts;
    }
    await using airdate = await openAirdate({
      home: place.home,
      clock: new ManualClock('2107-12-01T00:00:00Z'),
    });
    await airdate.program.desk.activity.prune(airdate.clock.now());
    expect(await airdate.call('create_video_post', keyed)).toMatchObject({ replayed: true, posts: first });
    expect(await postCount(airdate)).toBe(1);
  });

  it('names the same accounts in another order', async () => {
    await using airdate = await openAirdate();
    const accountIds = ['local:tiktok', 'local:instagram'];
    await airdate.call('create_video_post', { ...keyed, accountIds });
    const again = await airdate.call('create_video_post', { ...keyed, accountIds: accountIds.toReversed() });
    expect(again.replayed).toBe(true);
  });

  it('that names the same instant in another zone is the same call', async () => {
    await using airdate = await openAirdate();
    const at = (scheduledTime: string) => airdate.call('create_video_post', { ...keyed, scheduledTime });
    expect((await at('2028-01-01T10:00:00Z')).replayed).toBe(false);
    expect((await at('2028-01-01T19:00:00+09:00')).replayed).toBe(true);
  });

  it.each([
    ['another caption', { caption: 'twice' }],
    ['another time', { scheduledTime: '2028-01-01T11:00:00Z' }],
    ['another video', { contentUrl: 'https://cdn.example.com/other.mp4' }],
    ['another account', { accountIds: ['local:instagram'] }],
    ['one more account', { accountIds: ['local:tiktok', 'local:instagram'] }],
  ])('but with %s is a conflict, and nothing is made', async (_, change) => {
    await using airdate = await openAirdate();
    await airdate.call('create_video_post', keyed);
    expect(await airdate.fail('create_video_post', { ...keyed, ...change })).toMatchObject({
      code: 'conflict',
      retryable: false,
      field: 'idempotencyKey',
      hint: expect.any(String),
    });
    expect(await postCount(airdate)).toBe(1);
  });

  it('is still the same call when its post was cancelled: a key means once', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', keyed);
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    expect((await airdate.call('create_video_post', keyed)).replayed).toBe(true);
    expect(await postCount(airdate)).toBe(1);
  });

  it('is a new call when the first was surely refused, with whatever arguments', async () => {
    await using airdate = await openAirdate();
    const refused = { ...keyed, soundId: 'local:nosuchsound' };
    for (let time = 0; time < 2; time += 1)
      expect(await airdate.fail('create_video_post', refused)).toMatchObject({ code: 'not_found' });
    expect((await airdate.call('create_video_post', keyed)).replayed).toBe(false);
    expect(await postCount(airdate)).toBe(1);
  });
});

describe('the same call without a key', () => {
  it('is taken for a repeat for 24 hours, and the warning says how to post again on purpose', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', DRAFT);
    airdate.clock.advance(DAY - 1);
    const again = await airdate.call('create_video_post', DRAFT);
    expect(again).toMatchObject({
      replayed: true,
      posts,
      warnings: [{ code: 'duplicate_request', message: expect.stringContaining('idempotencyKey') }],
    });
    const onPurpose = await airdate.call('create_video_post', { ...DRAFT, idempotencyKey: 'on purpose' });
    expect(onPurpose).toMatchObject({ replayed: false, warnings: [] });
    expect(await postCount(airdate)).toBe(2);
  });

  it('is a new call after 24 hours', async () => {
    await using airdate = await openAirdate();
    await airdate.call('create_video_post', DRAFT);
    airdate.clock.advance(DAY);
    expect((await airdate.call('create_video_post', DRAFT)).replayed).toBe(false);
    expect((await airdate.call('create_video_post', DRAFT)).replayed).toBe(true);
    expect(await postCount(airdate)).toBe(2);
  });

  it('is a new call when what it made was cancelled since', async () => {
    await using airdate = await openAirdate();
    const { posts } = await airdate.call('create_video_post', DRAFT);
    await airdate.call('cancel_post', { postId: posts[0]?.postId });
    expect((await airdate.call('create_video_post', DRAFT)).replayed).toBe(false);
    expect((await airdate.call('list_posts', { status: 'scheduled' })).posts).toHaveLength(1);
  });

  it('is a repeat when what it made has aired since', async () => {
    await using airdate = await openAirdate();
    const { scheduledTime: _, ...now } = DRAFT;
    const { posts } = await airdate.call('create_video_post', now);
    await eventually(async () => {
      const { post } = await airdate.call('get_post', { postId: posts[0]?.postId });
      expect(post.status).toBe('published');
    });
    expect((await airdate.call('create_video_post', now)).replayed).toBe(true);
    expect(readdirSync(join(airdate.home, 'outbox'))).toHaveLength(1);
  });
});

describe('equal calls at once', () => {
  it.each([
    ['with a key', { idempotencyKey: 'k' }],
    ['without a key', {}],
  ])('fifty of them %s make one post', async (_, key) => {
    await using airdate = await openAirdate();
    const calls = Array.from({ length: 50 }, () => airdate.call('create_video_post', { ...DRAFT, ...key }));
    const answers = await withTime(airdate.clock, Promise.all(calls));
    expect(new Set(answers.map(({ posts }) => posts[0]?.postId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await postCount(airdate)).toBe(1);
  });

  it('ten of them with a local video, which takes its time, make one post', async () => {
    await using airdate = await openAirdate();
    const draft = { ...DRAFT, contentUrl: airdate.media() };
    const calls = Array.from({ length: 10 }, () => airdate.call('create_video_post', draft));
    const answers = await withTime(airdate.clock, Promise.all(calls));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await postCount(airdate)).toBe(1);
  });

  it('from several processes make one post', async () => {
    using place = homes();
    const environment = { AIRDATE_HOME: place.home };
    const sessions = await Promise.all([1, 2, 3].map(() => openStdio(environment)));
    const answers = await Promise.all(
      sessions.flatMap(({ client }) =>
        Array.from({ length: 10 }, () =>
          client.callTool({ name: 'create_video_post', arguments: { ...DRAFT, idempotencyKey: 'k' } }),
        ),
      ),
    );
    const made = answers.map(
      (answer) => answer.structuredContent as { posts: { postId: string }[]; replayed: boolean },
    );
    expect(new Set(made.map(({ posts }) => posts[0]?.postId)).size).toBe(1);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
  });
});

describe('a call that is under way in another process', () => {
  const MEGABYTES = 150;

  /** A video which takes long enough to copy that its process can be caught at it. */
  function largeVideo(airdate: Airdate): string {
    const path = airdate.media('clip.mp4', 'large.mp4');
    const bytes = MEGABYTES * 1024 * 1024;
    const box = Buffer.alloc(8);
    box.writeUInt32BE(bytes, 0);
    box.write('free', 4, 'latin1');
    writeFileSync(path, box, { flag: 'a' });
    truncateSync(path, 20_302 + bytes);
    return path;
  }

  async function openScene() {
    const home = newFolder();
    const airdate = await openAirdate({ home, clock: new ManualClock(Date.now()) });
    const draft = { ...DRAFT, contentUrl: largeVideo(airdate), idempotencyKey: 'large' };
    const session = await openStdio({ AIRDATE_HOME: home });
    const pid = session.transport.pid ?? 0;
    const theirs = session.client
      .callTool({ name: 'create_video_post', arguments: draft })
      .catch(() => undefined);
    await eventually(async () => {
      const { rows } = await sql<{ state: string }>`select state from writes`.execute(
        airdate.program.database.query,
      );
      expect(rows).toEqual([{ state: 'sent' }]);
    }, PATIENT);
    process.kill(pid, 'SIGSTOP');
    return {
      airdate,
      draft,
      theirs,
      signal: (name: NodeJS.Signals) => process.kill(pid, name),
      async [Symbol.asyncDispose]() {
        if (session.transport.pid !== null) process.kill(pid, 'SIGKILL');
        await airdate[Symbol.asyncDispose]();
        await session.client.close().catch(() => undefined);
        rmSync(home, { recursive: true, force: true });
      },
    };
  }

  it('is waited for, then replayed', { timeout: 60_000 }, async () => {
    await using scene = await openScene();
    const { airdate, draft } = scene;
    const ours = airdate.call('create_video_post', draft);
    for (let second = 0; second < 10; second += 1) {
      airdate.clock.advance(1_000);
      await pause(1);
    }
    expect(await postCount(airdate)).toBe(0);
    scene.signal('SIGCONT');
    const theirs = (await scene.theirs)?.structuredContent as { posts: { postId: string }[] };
    const answer = await withTime(airdate.clock, ours);
    expect(answer).toMatchObject({ replayed: true, posts: [{ postId: theirs.posts[0]?.postId }] });
    expect(await postCount(airdate)).toBe(1);
  });

  it('is a conflict when it outlasts the deadline, and nothing is sent', { timeout: 60_000 }, async () => {
    await using scene = await openScene();
    const { airdate, draft } = scene;
    const failure = await withTime(airdate.clock, airdate.fail('create_video_post', draft));
    expect(failure).toMatchObject({ code: 'conflict', hint: expect.stringContaining('same call again') });
    expect(await postCount(airdate)).toBe(0);
  });

  it('is made again when its process was killed before it came to anything', {
    timeout: 60_000,
  }, async () => {
    await using scene = await openScene();
    const { airdate, draft } = scene;
    scene.signal('SIGKILL');
    scene.signal('SIGCONT');
    const answer = await withTime(airdate.clock, airdate.call('create_video_post', draft));
    expect(answer.replayed).toBe(false);
    expect(await postCount(airdate)).toBe(1);
    expect((await airdate.call('create_video_post', draft)).replayed).toBe(true);
  });
});

/** A vendor with posts that can be looked for by the id of their request. */
async function openVendor() {
  const posts: string[] = [];
  const server = await new EmulatorServer(({ method, json, query }) => {
    if (method === 'GET') return { status: 200, body: posts.filter((id) => id === query.get('request')) };
    posts.push((json as { requestId: string }).requestId);
    return { status: 200, body: { id: posts.length } };
  }).listen();
  return {
    posts,
    server,
    sending: {
      async send(requestId: string) {
        const body = JSON.stringify({ requestId });
        const response = await fetch(`${server.url}/posts`, { method: 'POST', body });
        return { id: ((await response.json()) as { id: number }).id };
      },
      async find({ request_id }: { request_id: string }) {
        const response = await fetch(`${server.url}/posts?request=${request_id}`);
        const found = (await response.json()) as string[];
        return found.length > 0 ? { id: posts.indexOf(request_id) + 1 } : ('absent' as const);
      },
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function writeOf(requestId: string, scope = 'key:k'): Write {
  return {
    scope,
    part: 'p',
    tool: 'create_video_post',
    backend: 'upload-post',
    argumentsHash: 'h',
    details: {},
    requestId,
    caller: ownCall(new AbortController().signal).caller,
  };
}

interface Books extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly owner: ProcessOwner;
  readonly database: Database;
}

async function openBooks(home: string, clock = new ManualClock(Date.now())): Promise<Books> {
  mkdirSync(home, { recursive: true });
  const database = await openDatabase(join(home, 'airdate.db'));
  const owner = await openProcessOwner(join(home, 'locks'));
  return {
    ledger: new Ledger({ database, clock, owner }),
    owner,
    database,
    async [Symbol.asyncDispose]() {
      owner.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Starts a process that keeps the same books; `work` is a script that uses its `ledger`. */
function startBooks(home: string, work: string) {
  const from = (path: string) => JSON.stringify(join(root, 'src', path));
  const script = `
    const { openDatabase } = await import(${from('database/database.ts')});
    const { Ledger } = await import(${from('desk/ledger.ts')});
    const { openProcessOwner } = await import(${from('desk/process-owner.ts')});
    const { systemClock: clock } = await import(${from('domain/clock.ts')});
    const database = await openDatabase(${JSON.stringify(join(home, 'airdate.db'))});
    const owner = await openProcessOwner(${JSON.stringify(join(home, 'locks'))});
    const ledger = new Ledger({ database, clock, owner });
    ${work}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function sendTo({ url }: EmulatorServer): string {
  return `(requestId) => fetch('${url}/posts', { method: 'POST', body: JSON.stringify({ requestId }) })`;
}

/** A process that sends a write to the vendor and is killed while it waits for the answer. */
async function diesWhileSending(home: string, server: EmulatorServer): Promise<void> {
  const write = JSON.stringify(writeOf('first'));
  const child = startBooks(home, `await ledger.write(${write}, { send: ${sendTo(server)} });`);
  await eventually(() => expect(server.requests).toHaveLength(1), PATIENT);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a process that dies between sending and recording', () => {
  it('is followed by a look: what is found is recorded, and nothing is sent', async () => {
    using place = homes();
    await using vendor = await openVendor();
    vendor.server.fail({ kind: 'lateAnswer', ms: Infinity });
    await diesWhileSending(place.home, vendor.server);
    await using books = await openBooks(place.home);
    for (let time = 0; time < 2; time += 1)
      expect(await books.ledger.write(writeOf('second'), vendor.sending)).toEqual({
        result: { id: 1 },
        replayed: true,
      });
    expect(vendor.posts).toEqual(['first']);
    expect(vendor.server.calls()).toEqual(['POST /posts', 'GET /posts']);
  });

  it('is followed by a look: what is surely absent is sent, under its first request id', async () => {
    using place = homes();
    await using vendor = await openVendor();
    await using deaf = await openDeaf();
    await diesWhileSending(place.home, deaf);
    await using books = await openBooks(place.home);
    expect((await books.ledger.write(writeOf('second'), vendor.sending)).replayed).toBe(false);
    expect(vendor.posts).toEqual(['first']);
  });

  it('leaves an unknown outcome where the vendor cannot tell, and it is never sent again', async () => {
    using place = homes();
    await using vendor = await openVendor();
    vendor.server.fail({ kind: 'lateAnswer', ms: Infinity });
    await diesWhileSending(place.home, vendor.server);
    await using books = await openBooks(place.home);
    const { send } = vendor.sending;
    for (const sending of [{ send }, { send, find: async () => 'unknown' as const }])
      await expect(books.ledger.write(writeOf('second'), sending)).rejects.toMatchObject({
        code: 'outcome_unknown',
        retryable: false,
      });
    expect(vendor.posts).toEqual(['first']);
  });

  it('is followed by one process alone, when several look at once', async () => {
    using place = homes();
    await using vendor = await openVendor();
    await using deaf = await openDeaf();
    await diesWhileSending(place.home, deaf);
    const find = `async ({ request_id }) => {
      const found = await (await fetch('${vendor.server.url}/posts?request=' + request_id)).json();
      return found.length > 0 ? { id: 1 } : 'absent';
    }`;
    const work = `
      const sending = { send: async (id) => (await (${sendTo(vendor.server)})(id)).json(), find: ${find} };
      const writes = [1, 2, 3, 4, 5].map(() => ledger.write(${JSON.stringify(writeOf('again'))}, sending));
      console.log(JSON.stringify(await Promise.all(writes)));
      owner.close();`;
    const outputs = await Promise.all(
      [1, 2, 3].map(async () => {
        let output = '';
        const child = startBooks(place.home, work);
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
        await once(child, 'close');
        return JSON.parse(output) as { result: { id: number }; replayed: boolean }[];
      }),
    );
    const answers = outputs.flat();
    expect(answers.map(({ result }) => result.id)).toEqual(Array(15).fill(1));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(vendor.posts).toEqual(['first']);
  });
});

/** A server which takes a request, does nothing with it and never answers. */
async function openDeaf(): Promise<EmulatorServer> {
  return new EmulatorServer(() => new Promise(() => undefined)).listen();
}

describe('a write whose outcome nobody knows', () => {
  const silence = () => Promise.reject(new Failure('outcome_unknown', 'No answer came.'));

  it('is looked for by the same call, and sent again only when it is surely absent', async () => {
    using place = homes();
    await using vendor = await openVendor();
    await using books = await openBooks(place.home);
    const { send, find } = vendor.sending;
    await expect(books.ledger.write(writeOf('first'), { send: silence, find })).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    await expect(
      books.ledger.write(writeOf('second'), { send, find: async () => 'unknown' }),
    ).rejects.toMatchObject({ code: 'outcome_unknown', message: 'No answer came.' });
    expect(vendor.posts).toEqual([]);
    const { replayed } = await books.ledger.write(writeOf('second'), { send, find });
    expect([replayed, vendor.posts]).toEqual([false, ['first']]);
  });

  it('does not lapse after 24 hours, though it had no key', async () => {
    using place = homes();
    const clock = new ManualClock();
    await using vendor = await openVendor();
    await using books = await openBooks(place.home, clock);
    const write = writeOf('first', 'print:x');
    await expect(books.ledger.write(write, { send: silence })).rejects.toThrow('No answer');
    clock.advance(30 * DAY);
    await expect(books.ledger.write(write, { send: vendor.sending.send })).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(vendor.posts).toEqual([]);
  });

  it('what was not foreseen counts as unknown, not as refused', async () => {
    using place = homes();
    await using vendor = await openVendor();
    await using books = await openBooks(place.home);
    const odd = () => Promise.reject(new TypeError('not foreseen'));
    await expect(books.ledger.write(writeOf('first'), { send: odd })).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(books.ledger.write(writeOf('second'), { send: vendor.sending.send })).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(vendor.posts).toEqual([]);
  });
});

describe('an outcome that cannot be recorded', () => {
  const setting = async ({ database }: Books, value: 'on' | 'off') => {
    await sql.raw(`pragma query_only = ${value}`).execute(database.query);
  };

  it('is answered as it is, and found again by the same call', async () => {
    using place = homes();
    await using vendor = await openVendor();
    const clock = new ManualClock(Date.now());
    await using books = await openBooks(place.home, clock);
    const { send, find } = vendor.sending;
    const readOnly = async (requestId: string) => {
      const result = await send(requestId);
      await setting(books, 'on');
      return result;
    };
    expect(await books.ledger.write(writeOf('first'), { send: readOnly, find })).toEqual({
      result: { id: 1 },
      replayed: false,
    });
    await expect(books.ledger.write(writeOf('second'), { send, find })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await setting(books, 'off');
    const again = Array.from({ length: 5 }, () => books.ledger.write(writeOf('second'), { send, find }));
    for (const answer of await withTime(clock, Promise.all(again)))
      expect(answer).toEqual({ result: { id: 1 }, replayed: true });
    expect(vendor.posts).toEqual(['first']);
  });

  it('of a refusal keeps no key: the same call is looked for, and sent', async () => {
    using place = homes();
    await using vendor = await openVendor();
    const clock = new ManualClock(Date.now());
    await using books = await openBooks(place.home, clock);
    const { send, find } = vendor.sending;
    const refused = async () => {
      await setting(books, 'on');
      throw new Failure('media_rejected', 'Too large.');
    };
    await expect(books.ledger.write(writeOf('first'), { send: refused, find })).rejects.toMatchObject({
      code: 'media_rejected',
    });
    await setting(books, 'off');
    const again = Array.from({ length: 5 }, () => books.ledger.write(writeOf('second'), { send, find }));
    const answers = await withTime(clock, Promise.all(again));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(vendor.posts).toEqual(['first']);
  });
});

describe('whether a process is gone', () => {
  it('is told by its lock, which outlives a freeze and not a kill', async () => {
    using place = homes();
    await using here = await openBooks(place.home);
    const session = await openStdio({ AIRDATE_HOME: place.home });
    await session.client.callTool({ name: 'create_video_post', arguments: DRAFT });
    const store = new DatabaseSync(join(place.home, 'airdate.db'), { readOnly: true });
    const theirs = String(store.prepare('select owner from writes').get()?.owner);
    store.close();
    const pid = session.transport.pid ?? 0;
    expect(await here.owner.isGone(theirs)).toBe(false);
    process.kill(pid, 'SIGSTOP');
    expect(await here.owner.isGone(theirs)).toBe(false);
    const longAgo = Date.now() / 1000 - 7_200;
    utimesSync(join(place.home, 'locks', `${theirs}.lock`), longAgo, longAgo);
    {
      await using _ = await openBooks(place.home);
    }
    expect(await here.owner.isGone(theirs)).toBe(false);
    const closed = new Promise<void>((resolve) => {
      session.transport.onclose = resolve;
    });
    process.kill(pid, 'SIGKILL');
    await closed;
    expect(await here.owner.isGone(theirs)).toBe(true);
    expect(await here.owner.isGone(here.owner.id)).toBe(false);
    expect(await here.owner.isGone('never heard of')).toBe(true);
  });

  it('leaves no file behind when it ends, and when it was killed none for long', async () => {
    using place = homes();
    const locks = join(place.home, 'locks');
    mkdirSync(locks, { recursive: true });
    for (const [name, hours] of [
      ['killed-long-ago', 2],
      ['killed-just-now', 0],
    ] as const) {
      const then = Date.now() / 1000 - hours * 3_600;
      writeFileSync(join(locks, `${name}.lock`), '');
      utimesSync(join(locks, `${name}.lock`), then, then);
    }
    await using here = await openBooks(place.home);
    const session = await openStdio({ AIRDATE_HOME: place.home });
    await session.client.callTool({ name: 'list_posts', arguments: {} });
    expect(readdirSync(locks)).toHaveLength(3);
    await session[Symbol.asyncDispose]();
    const left = [`${here.owner.id}.lock`, 'killed-just-now.lock'].sort();
    await eventually(() => expect(readdirSync(locks).sort()).toEqual(left), PATIENT);
  });
});

it('what was done long ago is forgotten at the next start; posts and idempotency keys stay', async () => {
  await using before = await openAirdate({ runner: false });
  const draft = {
    accountIds: ['local:tiktok'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    scheduledTime: '2027-06-01T09:00',
  };
  const keyed = { ...draft, idempotencyKey: 'once' };
  const [kept] = (await before.call('create_video_post', keyed)).posts;
  const [post] = (await before.call('create_video_post', draft)).posts;
  before.clock.advance(91 * 86_400_000);
  await using after = await openAirdate({ home: before.home, clock: before.clock });
  await eventually(async () => expect((await after.call('get_activity')).activity).toHaveLength(1));
  expect((await after.call('get_post', { postId: post?.postId })).post.status).toBe('scheduled');
  expect(await after.call('create_video_post', keyed)).toMatchObject({
    replayed: true,
    posts: [{ postId: kept?.postId }],
  });
});
