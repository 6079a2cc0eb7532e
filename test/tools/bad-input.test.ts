/** Every tool against everything that must not pass: each is refused in words, and nothing is written. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { FailureAnswer, FailureCode } from '../../src/domain/failure.ts';
import { TOOLS } from '../../src/tools/index.ts';
import { type Airdate, openAirdate } from '../support/airdate.ts';

let airdate: Airdate;
let postId: string;

/** Calls whose arguments hold: what is bad is put into them. */
let good: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  airdate = await openAirdate();
  const draft = {
    accountIds: ['local:tiktok'],
    contentUrl: airdate.media(),
    scheduledTime: '2026-12-24T18:30',
  };
  const { posts } = await airdate.call('create_video_post', { ...draft, caption: 'stands' });
  postId = posts[0]?.postId ?? '';
  good = {
    list_profiles: {},
    create_video_post: draft,
    edit_post: { postId, caption: 'changed' },
    list_posts: {},
    get_post: { postId },
    cancel_post: { postId },
    retry_post: { postId },
    upload_sound: { soundUrl: airdate.media('tone.mp3') },
    list_sounds: {},
    get_activity: {},
    approve_post: { postId },
  };
  preparePaths();
});

afterAll(async () => {
  await airdate[Symbol.asyncDispose]();
});

function preparePaths(): void {
  const media = join(airdate.home, 'media');
  const outside = join(airdate.home, 'outside');
  mkdirSync(join(media, 'folder.mp4'));
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret.mp4'), readFileSync(airdate.media()));
  writeFileSync(join(outside, 'secret.mp3'), readFileSync(airdate.media('tone.mp3')));
  for (const name of ['secret.mp4', 'secret.mp3'])
    symlinkSync(join(outside, name), join(media, `link-to-${name}`));
  symlinkSync(outside, join(media, 'link-to-folder'));
  execFileSync('mkfifo', [join(media, 'fifo.mp4')]);
}

/** Everything that a call could have written: rows, less refused entries of the ledger, and files. */
function written() {
  using database = new DatabaseSync(airdate.program.database.file, { readOnly: true });
  const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all();
  const rows = tables.map(({ name }) => [
    name,
    database.prepare(`select * from ${name} ${name === 'writes' ? "where state <> 'refused'" : ''}`).all(),
  ]);
  const files = readdirSync(airdate.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('airdate.db') && !name.endsWith('.lock'))
    .sort()
    .map((name) => [name, statSync(join(airdate.home, name)).size]);
  return { rows, files };
}

/** Makes a call that must fail, and sees that nothing came of it and that the server goes on. */
async function refused(tool: string, input: object): Promise<FailureAnswer> {
  const before = written();
  const error = await airdate.fail(tool, input);
  expect(written()).toEqual(before);
  const { post } = await airdate.call('get_post', { postId });
  expect(post).toMatchObject({ status: 'scheduled', caption: 'stands' });
  expect(JSON.stringify(error).length).toBeLessThan(5000);
  return error;
}

function expectRefusal(error: FailureAnswer, field: string, code: FailureCode = 'invalid_parameter'): void {
  expect(error).toMatchObject({ code, field, retryable: false });
  expect(error.message.length).toBeGreaterThan(10);
  expect(error.hint ?? error.next?.why, 'what to do').toMatch(/\w{3}/);
}

interface Parameter {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Parameter[];
}

interface Schema {
  readonly properties: Record<string, Parameter>;
  readonly required?: readonly string[];
}

const schemas = TOOLS.map(
  ({ name, input }) => [name, z.toJSONSchema(input, { io: 'input' }) as unknown as Schema] as const,
);

/** `[tool, parameter]` for every parameter that fits. */
function parameters(fits: (parameter: Parameter, name: string) => boolean): [string, string][] {
  return schemas.flatMap(([tool, { properties }]) =>
    Object.entries(properties).flatMap(([name, parameter]): [string, string][] =>
      fits(parameter, name) ? [[tool, name]] : [],
    ),
  );
}

const texts = parameters(({ type, anyOf }) =>
  [type, ...(anyOf ?? []).map((one) => one.type)].includes('string'),
);

test('every tool is tried', () => {
  expect(Object.keys(good).sort()).toEqual(TOOLS.map(({ name }) => name).sort());
});

describe('a parameter that is missing', () => {
  const required = schemas.flatMap(([tool, { required = [] }]) =>
    required.map((name) => [tool, name] as const),
  );

  test.each(required)('%s without %s', async (tool, name) => {
    const { [name]: _, ...rest } = good[tool] ?? {};
    const error = await refused(tool, rest);
    expectRefusal(error, name);
    expect(error.issues).toEqual([{ path: name, message: 'required' }]);
  });
});

describe('a parameter of the wrong type', () => {
  test.each(texts)('%s with a number as %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: 5 }), name);
  });

  test.each(parameters((_, name) => !(name === 'soundId')))('%s with null as %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: null }), name);
  });

  test('create_video_post with null as soundId', async () => {
    expectRefusal(
      await refused('create_video_post', { ...good.create_video_post, soundId: null }),
      'soundId',
    );
  });

  test.each(parameters(({ type }) => type === 'boolean'))('%s with a word as %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: 'true' }), name);
  });

  test.each(parameters(({ type }) => type === 'integer'))(
    '%s with %s out of its range',
    async (tool, name) => {
      for (const value of [0, -1, 101, 1.5, '5', Number.MAX_SAFE_INTEGER]) {
        expectRefusal(await refused(tool, { ...good[tool], [name]: value }), name);
      }
    },
  );

  test.each(parameters(({ type }) => type === 'array'))('%s with a string as %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: 'local:tiktok' }), name);
    expectRefusal(await refused(tool, { ...good[tool], [name]: [5] }), `${name}.0`);
    expectRefusal(await refused(tool, { ...good[tool], [name]: [] }), name);
    const many = Array.from({ length: 51 }, (_, index) => `local:${index}`);
    expectRefusal(await refused(tool, { ...good[tool], [name]: many }), name);
  });

  test.each(parameters(({ enum: values }) => values !== undefined))(
    '%s with an unknown %s',
    async (tool, name) => {
      const error = await refused(tool, { ...good[tool], [name]: 'nothing-known' });
      expectRefusal(error, name);
      expect(error.message).toContain('expected one of');
    },
  );

  test.each(parameters(({ enum: values }) => values !== undefined))(
    '%s with a misspelt %s',
    async (tool, name) => {
      const value = schemas.find(([one]) => one === tool)?.[1].properties[name]?.enum?.[0] ?? '';
      const error = await refused(tool, { ...good[tool], [name]: `${value}x` });
      expect(error.candidates).toMatchObject([{ value }]);
    },
  );

  test.each([
    [{ accountIds: [] }, 'accountIds', 'must not be empty'],
    [{ accountIds: 'local:tiktok' }, 'accountIds', 'expected a list, got text'],
    [
      { accountIds: Array.from({ length: 51 }, () => 'local:tiktok') },
      'accountIds',
      'expected at most 50 items',
    ],
    [{ accountIds: [5] }, 'accountIds.0', 'expected text, got a number'],
    [{ contentUrl: '' }, 'contentUrl', 'must not be empty'],
    [{ title: 'x'.repeat(301) }, 'title', 'expected at most 300 characters'],
    [{ dryRun: 'true' }, 'dryRun', 'expected true or false, got text'],
    [{ caption: null }, 'caption', 'expected text, got null'],
    [
      { platformOptions: { tiktok: { coverTimestampMs: -1 } } },
      'platformOptions.tiktok.coverTimestampMs',
      'expected at least 0',
    ],
    [
      { platformOptions: { tiktok: { coverTimestampMs: 0.5 } } },
      'platformOptions.tiktok.coverTimestampMs',
      'expected a whole number, got a fraction',
    ],
  ])('is told in plain words: %#', async (bad, path, message) => {
    const { issues } = await refused('create_video_post', { ...good.create_video_post, ...bad });
    expect(issues).toEqual([{ path, message }]);
  });

  test('a value of two kinds is told both', async () => {
    const { issues } = await refused('edit_post', { postId, contentUrl: 5 });
    expect(issues).toEqual([
      { path: 'contentUrl', message: 'expected text, got a number, or expected a list, got a number' },
    ]);
  });

  test('platformOptions in every wrong shape', async () => {
    const shapes: [unknown, string][] = [
      ['tiktok', 'platformOptions'],
      [[], 'platformOptions'],
      [{ tiktok: true }, 'platformOptions.tiktok'],
      [{ tiktok: { draft: 'yes' } }, 'platformOptions.tiktok.draft'],
      [{ youtube: { tags: 'a,b' } }, 'platformOptions.youtube.tags'],
      [{ youtube: { tags: ['a', 5] } }, 'platformOptions.youtube.tags.1'],
      [{ tiktok: { coverTimestampMs: -1 } }, 'platformOptions.tiktok.coverTimestampMs'],
      [{ myspace: {} }, 'platformOptions.myspace'],
    ];
    for (const [platformOptions, field] of shapes) {
      for (const tool of ['create_video_post', 'edit_post']) {
        expectRefusal(await refused(tool, { ...good[tool], platformOptions }), field);
      }
    }
  });
});

describe('a parameter that there is not', () => {
  test.each(TOOLS.map(({ name }) => name))('%s', async (tool) => {
    const error = await refused(tool, { ...good[tool], colour: 'red' });
    expectRefusal(error, 'colour');
    expect(error.hint).toContain(Object.keys(TOOLS.find(({ name }) => name === tool)?.input.shape ?? {})[0]);
  });

  test.each(TOOLS.map(({ name }) => name))(
    '%s with a misspelt one is told the one that was meant',
    async (tool) => {
      const [name = ''] = Object.keys(TOOLS.find((one) => one.name === tool)?.input.shape ?? {});
      const error = await refused(tool, { ...good[tool], [`${name}_`]: 'x' });
      expectRefusal(error, `${name}_`);
      expect(error.candidates).toMatchObject([{ value: name }]);
    },
  );

  test.each([
    [{ youtube: { privacy: 'private' } }, 'youtube', 'privacy', 'privacyStatus'],
    [{ tiktok: { privacy: 'SELF_ONLY' } }, 'tiktok', 'privacy', 'privacyLevel'],
    [{ youtube: { tag: ['a'] } }, 'youtube', 'tag', 'tags'],
    [{ youtube: { audience: 'all' } }, 'youtube', 'audience', undefined],
  ])(
    'among the options of a platform: %j is told which options there are',
    async (platformOptions, platform, option, meant) => {
      for (const tool of ['create_video_post', 'edit_post']) {
        const error = await refused(tool, { ...good[tool], platformOptions });
        expectRefusal(error, `platformOptions.${platform}.${option}`);
        expect(error.hint).toMatch(new RegExp(`^platformOptions\\.${platform} takes .*\\bcaption\\.$`));
        expect(error.candidates?.map(({ value }) => value)).toEqual(meant && [meant]);
      }
    },
  );

  test('a platform that has no options is told which have', async () => {
    const error = await refused('create_video_post', {
      ...good.create_video_post,
      platformOptions: { bluesky: {} },
    });
    expect(error.hint).toMatch(/^platformOptions takes tiktok, instagram, youtube/);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('%s is one of them', async (name) => {
    for (const tool of ['list_posts', 'create_video_post']) {
      expectRefusal(await refused(tool, { ...good[tool], [name]: {} }), name);
    }
  });

  test('__proto__ within a parameter is one of them', async () => {
    const platformOptions = JSON.parse('{"__proto__":{"tiktok":{"draft":true}}}') as object;
    for (const tool of ['create_video_post', 'edit_post']) {
      expectRefusal(await refused(tool, { ...good[tool], platformOptions }), 'platformOptions.__proto__');
    }
    expect({}).not.toHaveProperty('tiktok');
  });

  test('__proto__ as a parameter gives no tool what it requires, and reaches no prototype', async () => {
    for (const [tool, { required = [] }] of schemas) {
      const hidden = JSON.parse(
        `{"__proto__":${JSON.stringify({ ...good[tool], polluted: 'yes' })}}`,
      ) as object;
      const before = written();
      const { isError = false } = await airdate.result(tool, hidden);
      expect([tool, isError]).toEqual([tool, required.length > 0]);
      expect(written()).toEqual(before);
    }
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a text', () => {
  /** An empty caption is a caption. */
  const lines = texts.filter(([, name]) => name !== 'caption');

  test.each(lines)('%s with nothing in %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: '' }), name);
  });

  test.each(texts)('%s with a megabyte in %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: 'x'.repeat(1_000_000) }), name);
  });

  test.each(texts)('%s with control characters in %s', async (tool, name) => {
    for (const hidden of ['\u0000', '\u001b[2J', '\u007f', '\u202e']) {
      const error = await refused(tool, { ...good[tool], [name]: `local:a${hidden}b` });
      expectRefusal(error, name);
      expect(error.message).not.toContain(hidden);
    }
  });

  test.each(lines)('%s with two lines in %s', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: 'local:a\nb' }), name);
  });

  test('a megabyte of a key is not told back', async () => {
    const error = await refused('list_posts', { ['k'.repeat(1_000_000)]: 1 });
    expect(error.code).toBe('invalid_parameter');
    expect(JSON.stringify(error).length).toBeLessThan(2000);
  });

  test('a hundred thousand unknown keys, or wrong ids, are told in few words, and hardly looked at', async () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `limit${index}`);
    for (const input of [
      Object.fromEntries(keys.map((key) => [key, 1])),
      { platformOptions: { tiktok: Object.fromEntries(keys.map((key) => [key, 1])) } },
      { accountIds: keys.map(() => 5) },
    ]) {
      for (const tool of ['list_posts', 'create_video_post']) {
        const explaining = vi.spyOn(String.prototype, 'toLowerCase');
        const error = await airdate.fail(tool, { ...good[tool], ...input });
        expect(explaining.mock.calls.length).toBeLessThan(5_000);
        explaining.mockRestore();
        expect(error.issues?.length).toBeLessThanOrEqual(20);
      }
    }
  });
});

describe('a time', () => {
  const times = parameters((_, name) => name === 'scheduledTime');
  const ends = parameters((_, name) => name === 'from' || name === 'to');
  const zones = parameters((_, name) => name === 'timezone');

  test.each(times)('%s with a past %s', async (tool, name) => {
    for (const past of ['2026-11-21T06:59', '2020-01-01T00:00', '0000-01-01T00:00', '2026-11-21T12:00:00Z']) {
      expectRefusal(await refused(tool, { ...good[tool], [name]: past }), name);
    }
  });

  test.each([...times, ...ends])('%s with words or nonsense as %s', async (tool, name) => {
    for (const value of ['tomorrow 9am', '2026-13-40T99:99', '2026-12-24', '18:30', '1766597400']) {
      expectRefusal(await refused(tool, { ...good[tool], [name]: value }), name);
    }
  });

  test.each([...times, ...ends])('%s with a day that does not exist as %s', async (tool, name) => {
    for (const value of ['2027-02-30T09:00', '2027-02-29T09:00Z', '2026-13-01T09:00', '2026-12-00T09:00']) {
      const error = await refused(tool, { ...good[tool], [name]: value });
      expectRefusal(error, name);
      expect(error.message).toContain('does not exist');
      expect(error.issues).toMatchObject([{ path: name, message: expect.stringContaining('no such day') }]);
    }
  });

  test.each([...times, ...ends])('%s with a wall time that does not exist as %s', async (tool, name) => {
    const error = await refused(tool, { ...good[tool], [name]: '2027-03-14T02:30' });
    expectRefusal(error, name);
    expect(error.candidates).toHaveLength(2);
  });

  test.each(zones)('%s with an unknown %s', async (tool, name) => {
    for (const [zone, nearest] of [
      ['Europe/Pariss', 'Europe/Paris'],
      ['Tokyo', 'Asia/Tokyo'],
      ['Mars/Olympus', undefined],
      ['+09:00', undefined],
    ] as const) {
      const error = await refused(tool, { ...good[tool], scheduledTime: '2026-12-25T10:00', [name]: zone });
      expectRefusal(error, name);
      if (nearest) expect(error.candidates?.[0]?.value).toBe(nearest);
    }
  });
});

describe('an id', () => {
  const posts = parameters((_, name) => name === 'postId');

  test.each(posts)('%s with a %s of a backend that is not configured', async (tool, name) => {
    expectRefusal(await refused(tool, { ...good[tool], [name]: 'infinipost:post_abc123' }), name);
  });

  test.each(posts)('%s with a %s that is none', async (tool, name) => {
    for (const value of ['post_abc123', 'buffer:1', 'local:', "local:'; drop table posts; --"]) {
      const error = await refused(tool, { ...good[tool], [name]: value });
      expectRefusal(error, name, value.startsWith('local:') && value !== 'local:' ? 'not_found' : undefined);
    }
  });

  test.each(posts)('%s with the %s of no post', async (tool, name) => {
    expectRefusal(
      await refused(tool, { ...good[tool], [name]: 'local:0000000000000000' }),
      name,
      'not_found',
    );
  });

  test('accounts that are foreign, unknown or none', async () => {
    const { create_video_post: draft } = good;
    expectRefusal(
      await refused('create_video_post', { ...draft, accountIds: ['infinipost:a'] }),
      'accountIds',
    );
    expectRefusal(await refused('create_video_post', { ...draft, accountIds: ['tiktok'] }), 'accountIds');
    expectRefusal(
      await refused('create_video_post', { ...draft, accountIds: ['local:x'] }),
      'accountIds',
      'not_found',
    );
    expectRefusal(
      await refused('create_video_post', { ...draft, accountIds: ['local:tiktok', 'local:x'] }),
      'accountIds',
      'not_found',
    );
    expectRefusal(await refused('retry_post', { postId, accountIds: ['infinipost:a'] }), 'accountIds');
    expectRefusal(await refused('retry_post', { postId, accountIds: ['local:youtube'] }), 'accountIds');
    expectRefusal(await refused('list_posts', { accountId: 'infinipost:a' }), 'accountId');
    expectRefusal(await refused('list_posts', { accountId: 'tiktok' }), 'accountId');
  });

  test('of a backend that is not configured gets no backend proposed in its place', async () => {
    for (const [tool, input] of [
      ['create_video_post', { ...good.create_video_post, accountIds: ['infinipost:a'] }],
      ['list_posts', { accountId: 'infinipost:a' }],
      ['get_post', { postId: 'infinipost:a' }],
    ] as const) {
      const error = await refused(tool, input);
      expect(error.candidates).toBeUndefined();
      expect(error.hint).toContain('Configured: local');
    }
  });

  test('sounds that are foreign, unknown or none', async () => {
    for (const tool of ['create_video_post', 'edit_post']) {
      expectRefusal(await refused(tool, { ...good[tool], soundId: 'infinipost:snd_1' }), 'soundId');
      expectRefusal(await refused(tool, { ...good[tool], soundId: 'rain' }), 'soundId');
      expectRefusal(await refused(tool, { ...good[tool], soundId: 'local:none' }), 'soundId', 'not_found');
    }
  });

  test.each(['list_posts', 'list_sounds', 'get_activity'])(
    '%s with a cursor of its own making',
    async (tool) => {
      for (const cursor of ['1', '../..', Buffer.from('{"b":"local","f":""}').toString('base64url')]) {
        expectRefusal(await refused(tool, { cursor }), 'cursor');
      }
    },
  );
});

describe('a file', () => {
  const places: [string, string, string][] = [
    ['create_video_post', 'contentUrl', 'secret.mp4'],
    ['edit_post', 'contentUrl', 'secret.mp4'],
    ['upload_sound', 'soundUrl', 'secret.mp3'],
  ];
  const inMedia = (name: string) => join(airdate.home, 'media', name);

  test.each(places)('%s with a %s outside the roots', async (tool, field, secret) => {
    const outside = join(airdate.home, 'outside', secret);
    for (const path of [
      outside,
      inMedia(`../outside/${secret}`),
      '/etc/passwd',
      join(airdate.home, 'airdate.db'),
    ]) {
      const error = await refused(tool, { ...good[tool], [field]: path });
      expectRefusal(error, field);
      expect(error.hint).toContain('AIRDATE_MEDIA_ROOTS');
    }
  });

  test.each(places)('%s cannot tell by its %s what exists outside the roots', async (tool, field, secret) => {
    const there = await refused(tool, { ...good[tool], [field]: join(airdate.home, 'outside', secret) });
    const absent = await refused(tool, {
      ...good[tool],
      [field]: join(airdate.home, 'outside', `no-${secret}`),
    });
    expect(absent).toEqual(there);
  });

  test.each(places)('%s with a link as %s that leads out of the roots', async (tool, field, secret) => {
    for (const name of [`link-to-${secret}`, `link-to-folder/${secret}`]) {
      expectRefusal(await refused(tool, { ...good[tool], [field]: inMedia(name) }), field);
    }
  });

  test.each(places)('%s with a folder as %s', async (tool, field) => {
    expectRefusal(
      await refused(tool, { ...good[tool], [field]: inMedia('folder.mp4') }),
      field,
      'media_rejected',
    );
  });

  test.each(places)('%s with a named pipe as %s', async (tool, field) => {
    expectRefusal(
      await refused(tool, { ...good[tool], [field]: inMedia('fifo.mp4') }),
      field,
      'media_rejected',
    );
  });

  test.each(places)('%s with a %s that is not there names the nearest', async (tool, field) => {
    const error = await refused(tool, { ...good[tool], [field]: inMedia('clip.mp5') });
    expectRefusal(error, field);
    expect(error.candidates).toMatchObject([{ value: inMedia('clip.mp4') }]);
  });

  test.each(places)('%s with a %s that is no plain absolute path', async (tool, field) => {
    for (const path of [
      'clip.mp4',
      './clip.mp4',
      '~/clip.mp4',
      `file://${inMedia('clip.mp4')}`,
      '//host/share/clip.mp4',
    ]) {
      expectRefusal(await refused(tool, { ...good[tool], [field]: path }), field);
    }
  });

  test.each(places)('%s with a %s that leads into a private network', async (tool, field) => {
    for (const host of [
      '127.0.0.1',
      '[::1]',
      'localhost',
      '10.0.0.1',
      '169.254.169.254',
      '0x7f000001',
      'db.internal',
      '2130706433',
    ]) {
      expectRefusal(await refused(tool, { ...good[tool], [field]: `https://${host}/clip.mp4` }), field);
    }
  });

  test.each(places)('%s with a password in its %s, which is not told back', async (tool, field) => {
    const error = await refused(tool, {
      ...good[tool],
      [field]: 'https://ada:open-sesame@cdn.example.com/clip.mp4',
    });
    expectRefusal(error, field);
    expect(JSON.stringify(error)).not.toContain('open-sesame');
  });
});

test('to change nothing is refused', async () => {
  const error = await refused('edit_post', { postId });
  expect(error).toMatchObject({ code: 'invalid_parameter', hint: expect.any(String) });
});

test('after all of this the same server does what is asked', async () => {
  const { posts } = await airdate.call('create_video_post', {
    ...good.create_video_post,
    caption: 'after all',
  });
  expect(posts[0]).toMatchObject({ status: 'scheduled', caption: 'after all' });
});
