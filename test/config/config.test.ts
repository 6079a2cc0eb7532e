import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Config,
  type Machine,
  readConfig,
  readConfigPath,
  readHome,
  SETTINGS,
} from '../../src/config/config.ts';
import { VERBS } from '../../src/domain/capabilities.ts';
import { Failure } from '../../src/domain/failure.ts';
import { newFolder } from '../support/airdate.ts';

/** As a desktop bundle passes an option that its user left empty. */
const unset = (name: string) => `\${user_config.${name}}`;

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;

const OAUTH = {
  AIRDATE_OAUTH_ISSUER: 'https://id.example.com/',
  AIRDATE_OAUTH_AUDIENCE: 'https://airdate.example.com/mcp',
};

const inClear = (name: string) => `${name} must be an https URL: http goes over the wire in clear`;

const MACHINE: Machine = {
  environment: {},
  home: '/data/airdate',
  userHome: '/users/ada',
  timezone: 'America/New_York',
  toolNames: VERBS,
  zoneRules: '2026c',
  nodeVersion: '24.0.0',
  platform: 'linux',
};

function read(environment: Machine['environment'], file?: unknown): Config {
  return readConfig({ ...MACHINE, environment, ...(file !== undefined && { file: fileOf(file) }) });
}

function fileOf(file: unknown): { path: string; text: string } {
  return {
    path: '/data/airdate/airdate.config.json',
    text: typeof file === 'string' ? file : JSON.stringify(file),
  };
}

/** The problems of a configuration that must have some. */
function problemsOf(environment: Machine['environment'], file?: unknown): string[] {
  try {
    read(environment, file);
  } catch (thrown) {
    const { code, message } = Failure.from(thrown);
    expect(code).toBe('invalid_parameter');
    const [head, ...problems] = message.split('\n- ');
    expect(head).toBe(`The configuration has ${problems.length} problem(s):`);
    return problems;
  }
  throw new Error('the configuration was expected to be refused');
}

describe('without any setting', () => {
  test('there is a calendar in the data directory and three simulated accounts', () => {
    const config = read({});
    expect(config).toMatchObject({
      home: '/data/airdate',
      timezone: 'America/New_York',
      graceMs: 3_600_000,
      outboxFolder: '/data/airdate/outbox',
      mediaRoots: ['/data/airdate/media'],
      logLevel: 'info',
      secrets: [],
    });
    expect(config.accounts.map(({ id, publisher }) => `${id} ${publisher}`)).toEqual([
      'tiktok outbox',
      'instagram outbox',
      'youtube outbox',
    ]);
    expect(config.webhook).toBeUndefined();
    expect(config.tools).toBeUndefined();
  });

  test('the configuration file is looked for in the data directory', () => {
    expect(readConfigPath(MACHINE)).toEqual({ path: '/data/airdate/airdate.config.json', named: false });
    expect(readConfigPath({ ...MACHINE, environment: { AIRDATE_HOME: '/srv/a' } }).path).toBe(
      '/srv/a/airdate.config.json',
    );
  });
});

describe('every variable is read', () => {
  const cases: Record<string, [string, () => unknown, unknown]> = {
    AIRDATE_HOME: [
      '/srv/airdate',
      () => read({ AIRDATE_HOME: '/srv/airdate' }).outboxFolder,
      '/srv/airdate/outbox',
    ],
    AIRDATE_CONFIG: [
      '/etc/airdate.json',
      () => readConfigPath({ ...MACHINE, environment: { AIRDATE_CONFIG: '/etc/airdate.json' } }),
      { path: '/etc/airdate.json', named: true },
    ],
    AIRDATE_TIMEZONE: ['asia/tokyo', () => read({ AIRDATE_TIMEZONE: 'asia/tokyo' }).timezone, 'Asia/Tokyo'],
    AIRDATE_GRACE: ['0', () => read({ AIRDATE_GRACE: '0' }).graceMs, 0],
    AIRDATE_OUTBOX: [
      '/srv/outbox',
      () => read({ AIRDATE_OUTBOX: '/srv/outbox' }).outboxFolder,
      '/srv/outbox',
    ],
    AIRDATE_WEBHOOK_URL: [
      'https://hooks.example.com/a',
      () =>
        read({ AIRDATE_WEBHOOK_URL: 'https://hooks.example.com/a', AIRDATE_WEBHOOK_SECRET: SECRET }).webhook
          ?.url,
      'https://hooks.example.com/a',
    ],
    AIRDATE_WEBHOOK_SECRET: [
      SECRET,
      () =>
        read({ AIRDATE_WEBHOOK_URL: 'http://127.0.0.1:9/a', AIRDATE_WEBHOOK_SECRET: SECRET }).webhook?.secret,
      SECRET,
    ],
    AIRDATE_MEDIA_ROOTS: ['/a:/b', () => read({ AIRDATE_MEDIA_ROOTS: '/a:/b' }).mediaRoots, ['/a', '/b']],
    AIRDATE_TOOLS: [
      'list_posts, get_post',
      () => read({ AIRDATE_TOOLS: 'list_posts, get_post,' }).tools,
      ['list_posts', 'get_post'],
    ],
    AIRDATE_ACCESS: ['read', () => read({ AIRDATE_ACCESS: 'read' }).accessLevel, 'read'],
    AIRDATE_APPROVE_IN_CLIENT: [
      'always',
      () => read({ AIRDATE_APPROVE_IN_CLIENT: 'always' }).approveInClient,
      'always',
    ],
    AIRDATE_OAUTH_ISSUER: [
      'https://id.example.com/',
      () => read(OAUTH).oauth?.issuer,
      'https://id.example.com/',
    ],
    AIRDATE_OAUTH_AUDIENCE: [
      'https://airdate.example.com/mcp',
      () => read(OAUTH).oauth?.audience,
      'https://airdate.example.com/mcp',
    ],
    AIRDATE_OAUTH_JWKS_URL: [
      'https://id.example.com/keys',
      () => read({ ...OAUTH, AIRDATE_OAUTH_JWKS_URL: 'https://id.example.com/keys' }).oauth?.jwksUrl,
      'https://id.example.com/keys',
    ],
    AIRDATE_OAUTH_TENANT_CLAIM: [
      'org_id',
      () => read({ ...OAUTH, AIRDATE_OAUTH_TENANT_CLAIM: 'org_id' }).oauth?.tenantClaim,
      'org_id',
    ],
    AIRDATE_ALLOWED_HOSTS: [
      'post.example.com, a.example:4600',
      () => read({ AIRDATE_ALLOWED_HOSTS: 'post.example.com, a.example:4600' }).http.allowedHosts,
      ['post.example.com', 'a.example:4600'],
    ],
    AIRDATE_PROTOCOL: ['legacy', () => read({ AIRDATE_PROTOCOL: 'legacy' }).http.protocol, 'legacy'],
    AIRDATE_LOG: ['debug', () => read({ AIRDATE_LOG: 'debug' }).logLevel, 'debug'],
    INFINIPOST_API_KEY: [
      'key-0123',
      () => read({ INFINIPOST_API_KEY: 'key-0123' }).vendors.INFINIPOST_API_KEY,
      'key-0123',
    ],
    INFINIPOST_BASE_URL: [
      'http://127.0.0.1:9/',
      () => read({ INFINIPOST_BASE_URL: 'http://127.0.0.1:9/' }).vendors.INFINIPOST_BASE_URL,
      'http://127.0.0.1:9',
    ],
    POSTEVERYWHERE_API_KEY: [
      'key-0123',
      () => read({ POSTEVERYWHERE_API_KEY: 'key-0123' }).vendors.POSTEVERYWHERE_API_KEY,
      'key-0123',
    ],
    POSTEVERYWHERE_BASE_URL: [
      'http://127.0.0.1:9/v1/',
      () => read({ POSTEVERYWHERE_BASE_URL: 'http://127.0.0.1:9/v1/' }).vendors.POSTEVERYWHERE_BASE_URL,
      'http://127.0.0.1:9/v1',
    ],
    UPLOAD_POST_API_KEY: [
      'key-0123',
      () => read({ UPLOAD_POST_API_KEY: 'key-0123' }).vendors.UPLOAD_POST_API_KEY,
      'key-0123',
    ],
    UPLOAD_POST_BASE_URL: [
      'http://127.0.0.1:9/api',
      () => read({ UPLOAD_POST_BASE_URL: 'http://127.0.0.1:9/api' }).vendors.UPLOAD_POST_BASE_URL,
      'http://127.0.0.1:9/api',
    ],
    OPENSHORTS_URL: [
      'http://127.0.0.1:8000/',
      () => read({ OPENSHORTS_URL: 'http://127.0.0.1:8000/' }).vendors.OPENSHORTS_URL,
      'http://127.0.0.1:8000',
    ],
  };

  test('and there is a case for each', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  test.each(Object.entries(cases))('%s', (_, [, value, expected]) => {
    expect(value()).toEqual(expected);
  });

  test.each(Object.keys(SETTINGS))('%s is absent while it is empty or a bundle’s unset option', (name) => {
    for (const value of ['', '   ', unset(name.toLowerCase())]) {
      const environment = { [name]: value };
      expect(read(environment)).toEqual(read({}));
      expect(readConfigPath({ ...MACHINE, environment })).toEqual(readConfigPath(MACHINE));
      expect(readHome({ ...MACHINE, environment })).toBe(MACHINE.home);
    }
  });

  test('an unset option of a bundle within a path list counts as absent too', () => {
    const roots = `${unset('folders')}:/clips`;
    expect(read({ AIRDATE_MEDIA_ROOTS: roots }).mediaRoots).toEqual(['/data/airdate/media']);
  });

  test.each(['~/clips', '$HOME/clips', `\${HOME}/clips`])('%s lies in the user’s own directory', (path) => {
    expect(read({ AIRDATE_MEDIA_ROOTS: path }).mediaRoots).toEqual(['/users/ada/clips']);
    expect(read({ AIRDATE_OUTBOX: path }).outboxFolder).toBe('/users/ada/clips');
    expect(read({ AIRDATE_HOME: path }).home).toBe('/users/ada/clips');
    expect(readConfigPath({ ...MACHINE, environment: { AIRDATE_CONFIG: path } }).path).toBe(
      '/users/ada/clips',
    );
  });

  test('with a webhook every local account publishes by it, and its secret is known as one', () => {
    const config = read({
      AIRDATE_WEBHOOK_URL: 'https://hooks.example.com/a',
      AIRDATE_WEBHOOK_SECRET: SECRET,
    });
    expect(config.accounts.map(({ publisher }) => publisher)).toEqual(['webhook', 'webhook', 'webhook']);
    expect(config.secrets).toEqual([SECRET]);
  });
});

describe('the configuration file', () => {
  test('gives settings, and the environment goes before it', () => {
    const file = { settings: { AIRDATE_TIMEZONE: 'Asia/Tokyo', AIRDATE_GRACE: '5' } };
    expect(read({ AIRDATE_GRACE: '7' }, file)).toMatchObject({ timezone: 'Asia/Tokyo', graceMs: 420_000 });
    expect(read({ AIRDATE_GRACE: unset('grace') }, file).graceMs).toBe(300_000);
  });

  test('gives accounts in the place of the simulated ones', () => {
    const { accounts } = read(
      { AIRDATE_WEBHOOK_URL: 'https://hooks.example.com/a', AIRDATE_WEBHOOK_SECRET: SECRET },
      {
        accounts: [
          { id: 'main', platform: 'tiktok' },
          { id: 'b', platform: 'x', username: 'bee', profile: 'Bees', publisher: 'outbox' },
        ],
      },
    );
    expect(accounts).toEqual([
      { id: 'main', platform: 'tiktok', username: 'main', profile: 'Local', publisher: 'webhook' },
      { id: 'b', platform: 'x', username: 'bee', profile: 'Bees', publisher: 'outbox' },
    ]);
  });

  test('may begin with a byte order mark', () => {
    expect(read({}, '\ufeff{"settings":{"AIRDATE_GRACE":"5"}}').graceMs).toBe(300_000);
  });

  test.each<[string, unknown, string]>([
    ['that is not JSON', '{"settings":', 'is not JSON'],
    ['that is empty', '', 'is not JSON'],
    ['that is a list', [], 'top level'],
    ['with an unknown part', { setings: {} }, 'setings'],
    ['with a setting that is a number', { settings: { AIRDATE_GRACE: 5 } }, 'settings.AIRDATE_GRACE'],
    ['with a misspelt setting', { settings: { AIRDATE_TIMEZON: 'UTC' } }, 'did you mean AIRDATE_TIMEZONE?'],
    ['with a setting of nobody', { settings: { COLOUR: 'red' } }, 'settings.COLOUR is not a setting'],
    [
      'that says where it is itself',
      { settings: { AIRDATE_CONFIG: '/x' } },
      'AIRDATE_CONFIG must come from the environment',
    ],
    [
      'that moves the data directory',
      { settings: { AIRDATE_HOME: '/x' } },
      'AIRDATE_HOME must come from the environment',
    ],
    ['without an account in its list', { accounts: [] }, 'accounts'],
    ['with an account of no platform', { accounts: [{ id: 'a' }] }, 'accounts.0.platform'],
    ['with an unknown platform', { accounts: [{ id: 'a', platform: 'myspace' }] }, 'accounts.0.platform'],
    ['with an id that is a path', { accounts: [{ id: '../a', platform: 'x' }] }, 'accounts.0.id'],
    [
      'with an unknown publisher',
      { accounts: [{ id: 'a', platform: 'x', publisher: 'post' }] },
      'accounts.0.publisher',
    ],
    [
      'with an id twice',
      {
        accounts: [
          { id: 'a', platform: 'x' },
          { id: 'a', platform: 'tiktok' },
        ],
      },
      'the id a is there twice',
    ],
    [
      'with a webhook account and no webhook',
      { accounts: [{ id: 'a', platform: 'x', publisher: 'webhook' }] },
      'AIRDATE_WEBHOOK_URL',
    ],
  ])('%s is refused', (_, file, problem) => {
    const problems = problemsOf({}, file);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test('that cannot be read is refused by its path', () => {
    const file = { path: '/etc/airdate.json', problem: 'EACCES' };
    expect(() => readConfig({ ...MACHINE, file })).toThrow('/etc/airdate.json cannot be read (EACCES)');
  });
});

describe('problems', () => {
  test.each<[string, Machine['environment'], string]>([
    [
      'a misspelt zone',
      { AIRDATE_TIMEZONE: 'Europe/Pariss' },
      'AIRDATE_TIMEZONE is not an IANA time zone; did you mean Europe/Paris?',
    ],
    ['a zone of nowhere', { AIRDATE_TIMEZONE: '%%%' }, 'AIRDATE_TIMEZONE is not an IANA time zone'],
    [
      'a grace in words',
      { AIRDATE_GRACE: 'an hour' },
      'AIRDATE_GRACE must be a number of minutes, 0 or more',
    ],
    [
      'a grace below nothing',
      { AIRDATE_GRACE: '-1' },
      'AIRDATE_GRACE must be a number of minutes, 0 or more',
    ],
    [
      'an endless grace',
      { AIRDATE_GRACE: 'Infinity' },
      'AIRDATE_GRACE must be a number of minutes, 0 or more',
    ],
    ['a relative data directory', { AIRDATE_HOME: 'data' }, 'AIRDATE_HOME must be an absolute path'],
    ['a relative outbox', { AIRDATE_OUTBOX: './outbox' }, 'AIRDATE_OUTBOX must be an absolute path'],
    [
      'a relative media root',
      { AIRDATE_MEDIA_ROOTS: '/a:b' },
      'AIRDATE_MEDIA_ROOTS must hold absolute paths only',
    ],
    [
      'a misspelt tool',
      { AIRDATE_TOOLS: 'list_posts,list_post' },
      'AIRDATE_TOOLS: there is no tool list_post; did you mean list_posts?',
    ],
    ['no tool at all', { AIRDATE_TOOLS: ' , ' }, 'AIRDATE_TOOLS must name at least one tool'],
    ['a level of nothing', { AIRDATE_LOG: 'loud' }, 'AIRDATE_LOG must be one of debug, info, warn, error'],
    [
      'a webhook that is no URL',
      { AIRDATE_WEBHOOK_URL: 'ftp://x', AIRDATE_WEBHOOK_SECRET: SECRET },
      'AIRDATE_WEBHOOK_URL must be an http or https URL',
    ],
    [
      'a webhook without a secret',
      { AIRDATE_WEBHOOK_URL: 'https://x.example' },
      'AIRDATE_WEBHOOK_SECRET must be whsec_',
    ],
    [
      'a webhook with a short secret',
      { AIRDATE_WEBHOOK_URL: 'https://x.example', AIRDATE_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' },
      'AIRDATE_WEBHOOK_SECRET must be whsec_',
    ],
  ])('%s is named by its variable', (_, environment, problem) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test.each<[string, Machine['environment'], string]>([
    [
      'an unknown level',
      { AIRDATE_ACCESS: 'ful' },
      'AIRDATE_ACCESS must be one of read, draft, full; did you mean full?',
    ],
    [
      'an issuer without an audience',
      { AIRDATE_OAUTH_ISSUER: 'https://a.example' },
      'AIRDATE_OAUTH_AUDIENCE',
    ],
    [
      'an issuer that is no URL',
      { ...OAUTH, AIRDATE_OAUTH_ISSUER: 'login' },
      'AIRDATE_OAUTH_ISSUER must be an http or https URL',
    ],
    [
      'keys at no URL',
      { ...OAUTH, AIRDATE_OAUTH_JWKS_URL: 'keys' },
      'AIRDATE_OAUTH_JWKS_URL must be an http or https URL',
    ],
    [
      'subjects as tenants',
      { ...OAUTH, AIRDATE_OAUTH_TENANT_CLAIM: 'sub' },
      'AIRDATE_OAUTH_TENANT_CLAIM must not be sub',
    ],
    [
      'a vendor at no URL',
      { INFINIPOST_BASE_URL: 'api.infinipost.co' },
      'INFINIPOST_BASE_URL must be an http or https URL',
    ],
    [
      'a host that is a URL',
      { AIRDATE_ALLOWED_HOSTS: 'https://post.example.com' },
      'AIRDATE_ALLOWED_HOSTS: https://post.example.com is not a name',
    ],
    [
      'a protocol of nobody',
      { AIRDATE_PROTOCOL: 'legcy' },
      'AIRDATE_PROTOCOL must be auto or legacy; did you mean legacy?',
    ],
    [
      'a placeholder in place of a key',
      { INFINIPOST_API_KEY: '…' },
      'INFINIPOST_API_KEY has characters that no key has; was a placeholder pasted?',
    ],
    [
      'two words in place of a key',
      { UPLOAD_POST_API_KEY: 'YOUR KEY' },
      'UPLOAD_POST_API_KEY has characters that no key has',
    ],
    ['a vendor at 1', { INFINIPOST_BASE_URL: '1' }, 'INFINIPOST_BASE_URL must be an http or https URL'],
    [
      'a key sent in clear',
      { INFINIPOST_BASE_URL: 'http://api.infinipost.co' },
      inClear('INFINIPOST_BASE_URL'),
    ],
    [
      'a key sent in clear to another vendor',
      { POSTEVERYWHERE_BASE_URL: 'http://app.posteverywhere.ai/api/v1' },
      inClear('POSTEVERYWHERE_BASE_URL'),
    ],
    [
      'a key sent in clear to a third',
      { UPLOAD_POST_BASE_URL: 'http://127.0.0.1.example.com' },
      inClear('UPLOAD_POST_BASE_URL'),
    ],
    [
      'what is self-hosted, out in the world',
      { OPENSHORTS_URL: 'http://10.example.com:8000', UPLOAD_POST_API_KEY: 'key-0123' },
      inClear('OPENSHORTS_URL'),
    ],
    [
      'an issuer over http',
      { ...OAUTH, AIRDATE_OAUTH_ISSUER: 'http://id.example.com' },
      inClear('AIRDATE_OAUTH_ISSUER'),
    ],
    [
      'keys over http',
      { ...OAUTH, AIRDATE_OAUTH_JWKS_URL: 'http://localhost.example.com/keys' },
      inClear('AIRDATE_OAUTH_JWKS_URL'),
    ],
  ])('%s is named by its variable, too', (_, environment, problem) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test.each([
    'http://localhost:4600',
    'http://LOCALHOST',
    'http://127.0.0.1:4600',
    'http://127.1:4600',
    'http://[::1]:4600',
  ])('%s stays on this machine, so that http will do', (url) => {
    const names = [
      'INFINIPOST_BASE_URL',
      'POSTEVERYWHERE_BASE_URL',
      'UPLOAD_POST_BASE_URL',
      'OPENSHORTS_URL',
    ];
    const vendors = Object.fromEntries(names.map((name) => [name, url]));
    expect(read({ ...vendors, UPLOAD_POST_API_KEY: 'key-0123' }).vendors).toMatchObject(vendors);
    const oauth = { ...OAUTH, AIRDATE_OAUTH_ISSUER: url, AIRDATE_OAUTH_JWKS_URL: `${url}/keys` };
    expect(read(oauth).oauth).toMatchObject({ issuer: url, jwksUrl: `${url}/keys` });
  });

  test.each(['http://openshorts:8000', 'http://192.168.1.5:8000', 'http://10.0.0.7', 'http://studio.local'])(
    'an OpenShorts of one’s own may be reached by http: %s',
    (OPENSHORTS_URL) => {
      expect(read({ OPENSHORTS_URL }).vendors).toMatchObject({ OPENSHORTS_URL });
    },
  );

  test('the zone of the machine can be the one that is not known', () => {
    const config = readConfig({ ...MACHINE, timezone: 'Etc/Unknown' });
    expect(() => config.timezone).toThrow('The time zone of this machine is not known: set AIRDATE_TIMEZONE');
  });

  test('a webhook of which only the secret is wrong lacks no address', () => {
    const accounts = [{ id: 'brand', platform: 'tiktok', publisher: 'webhook' }];
    const settings = {
      AIRDATE_WEBHOOK_URL: 'https://publisher.example/due',
      AIRDATE_WEBHOOK_SECRET: 'whsec_…',
    };
    expect(problemsOf({}, { settings, accounts })).toEqual([
      expect.stringContaining('AIRDATE_WEBHOOK_SECRET must be'),
    ]);
  });

  test('the example of README.md lacks nothing but what one has to put into it', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const example = /```json\n(\{\s+"settings"[^`]+)```/.exec(readme)?.[1] ?? '';
    expect(problemsOf({}, example)).toHaveLength(2);
    const filled = example.replace('whsec_…', SECRET).replace('"…"', '"key-0123"');
    expect(read({}, filled).accounts).toHaveLength(3);
  });

  test('all are told in one message', () => {
    const problems = problemsOf(
      {
        AIRDATE_TIMEZONE: 'Nowhere',
        AIRDATE_GRACE: 'soon',
        AIRDATE_OUTBOX: 'outbox',
        AIRDATE_MEDIA_ROOTS: 'media',
        AIRDATE_WEBHOOK_URL: 'nothing',
        AIRDATE_WEBHOOK_SECRET: 'open sesame',
        AIRDATE_TOOLS: 'dance',
        AIRDATE_LOG: 'loud',
        AIRDATE_HOME: 'here',
      },
      { settings: { AIRDATE_ZONE: 'UTC' } },
    );
    for (const name of [
      'TIMEZONE',
      'GRACE',
      'OUTBOX',
      'MEDIA_ROOTS',
      'WEBHOOK_URL',
      'WEBHOOK_SECRET',
      'TOOLS',
      'LOG',
      'HOME',
      'ZONE',
    ]) {
      expect(problems.filter((problem) => problem.includes(`AIRDATE_${name}`))).not.toEqual([]);
    }
    expect(problems).toHaveLength(10);
  });

  test('a secret is in no message, wherever it was written and whatever else is wrong', () => {
    const secrets = ['open-sesame-0123456789', 'whsec_short', `${SECRET}!`];
    for (const secret of secrets) {
      const asSetting = problemsOf({
        AIRDATE_WEBHOOK_URL: `https://u:${secret}@`,
        AIRDATE_WEBHOOK_SECRET: secret,
      });
      const inFile = problemsOf(
        { AIRDATE_WEBHOOK_URL: 'https://x.example' },
        { settings: { AIRDATE_WEBHOOK_SECRET: secret, AIRDATE_WEBHOOK_SECRT: secret } },
      );
      const broken = problemsOf({}, `{"settings":{"AIRDATE_WEBHOOK_SECRET":"${secret}"`);
      expect([...asSetting, ...inFile, ...broken].join('\n')).not.toContain(secret);
    }
  });
});

test('the key of every vendor is known as a secret, and never told', () => {
  const keys = ['INFINIPOST_API_KEY', 'POSTEVERYWHERE_API_KEY', 'UPLOAD_POST_API_KEY'];
  const environment = Object.fromEntries(keys.map((name) => [name, `${name}-open-sesame`]));
  expect(read(environment).secrets).toEqual(keys.map((name) => `${name}-open-sesame`));
  expect(problemsOf({ ...environment, AIRDATE_LOG: 'loud' }).join()).not.toContain('sesame');
});

test('the folders of a configuration hang together', () => {
  const { home, outboxFolder, mediaRoots } = read({ AIRDATE_HOME: '/srv/airdate' });
  expect([outboxFolder, ...mediaRoots]).toEqual([join(home, 'outbox'), join(home, 'media')]);
});

describe('a relay', () => {
  const through = (relay: string) => ({ accounts: [{ id: 'brand', platform: 'tiktok', relay }] });

  test.each([
    ['infinipost:acc_1', 'INFINIPOST_API_KEY'],
    ['posteverywhere:1', 'POSTEVERYWHERE_API_KEY'],
    ['upload-post:me/tiktok', 'UPLOAD_POST_API_KEY'],
    ['openshorts:me/tiktok', 'OPENSHORTS_URL'],
  ])('through %s needs %s', (relay, setting) => {
    const [vendor] = relay.split(':');
    expect(problemsOf({}, through(relay))).toEqual([
      `accounts: brand publishes through ${relay}, and ${vendor} is not configured: set ${setting}, or take the relay out`,
    ]);
    expect(read({ [setting]: 'http://localhost:8000' }, through(relay)).accounts).toHaveLength(1);
  });
});

describe('a variable that begins with AIRDATE_ and is none', () => {
  test('is told with the one that was meant, never with its value', () => {
    expect(problemsOf({ AIRDATE_TIMEZON: 'Europe/Paris', AIRDATE_TOOL: 'sesame' })).toEqual([
      'AIRDATE_TIMEZON is not a setting; did you mean AIRDATE_TIMEZONE?',
      'AIRDATE_TOOL is not a setting; did you mean AIRDATE_TOOLS?',
    ]);
  });

  test('counts for nothing where it was left empty, or is like none', () => {
    const others = {
      AIRDATE_TIMEZON: '',
      AIRDATE_URL: 'http://127.0.0.1:4600/mcp',
      AIRDATE_TOKEN: 'airdate_x',
      AIRDATE_SERVICE_HOST: '10.0.0.11',
      AIRDATE_PORT_4600_TCP: 'tcp://10.0.0.11:4600',
    };
    expect(read(others).home).toBe('/data/airdate');
  });
});

describe('folders of videos', () => {
  const wrong =
    'AIRDATE_MEDIA_ROOTS: folders are separated by ":" (on Windows by ";"); the whole text is taken for one folder';

  test.each([',', ', ', ';'])('that "%s" separates are told how to be', (separator) => {
    const [one, other] = [newFolder(), newFolder()];
    expect(problemsOf({ AIRDATE_MEDIA_ROOTS: [one, other].join(separator) })).toEqual([wrong]);
  });

  test('may hold a comma in their name, and need not be there', () => {
    const folder = join(newFolder(), 'clips, new');
    mkdirSync(folder);
    expect(read({ AIRDATE_MEDIA_ROOTS: folder }).mediaRoots).toEqual([folder]);
    expect(read({ AIRDATE_MEDIA_ROOTS: '/not/a,/not/b' }).mediaRoots).toEqual(['/not/a,/not/b']);
  });
});
