import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openAccess } from '../../src/access/index.ts';
import { parseCommandLine } from '../../src/commands/command-line.ts';
import { runTokenCommand } from '../../src/commands/token-command.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { Failure } from '../../src/domain/failure.ts';
import { newFolder } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { runAirdate } from '../support/process.ts';

interface Desk extends AsyncDisposable {
  readonly database: Database;
  readonly clock: ManualClock;
  /** Runs `airdate token …` and answers what it wrote and told. */
  run(...words: string[]): Promise<{ written: string; told: string }>;
  refused(...words: string[]): Promise<string>;
}

async function openDesk(): Promise<Desk> {
  const home = newFolder();
  const database = await openDatabase(join(home, 'airdate.db'));
  const clock = new ManualClock();
  const run: Desk['run'] = async (...words) => {
    const written: string[] = [];
    const told: string[] = [];
    await runTokenCommand(parseCommandLine(['token', ...words]), {
      database,
      clock,
      localAccounts: ['tiktok', 'instagram', 'brand-x'],
      write: (text) => written.push(text),
      tell: (text) => told.push(text),
    });
    return { written: written.join('\n'), told: told.join('\n') };
  };
  return {
    database,
    clock,
    run,
    refused: (...words) =>
      run(...words).then(
        () => 'not refused',
        (thrown: unknown) => Failure.from(thrown).message,
      ),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

test('create writes the token alone, and tells that it is shown once', async () => {
  await using desk = await openDesk();
  const { written, told } = await desk.run('create', 'ada', '--level', 'read');
  expect(written).toMatch(/^airdate_[\w-]{43}$/);
  expect(told).toBe('This is the token ada. It is shown once: only its hash is kept.');
  const access = await openAccess(desk);
  expect(await access.identify(`Bearer ${written}`)).toEqual({ token: 'ada', tenant: 'own', level: 'read' });
});

test('list shows what may be known of every token', async () => {
  await using desk = await openDesk();
  expect((await desk.run('list')).written).toBe('There is no token yet.');
  const accounts = ' local:tiktok, local:brand-x,';
  const { written: token } = await desk.run(
    ...['create', 'acme-1', '--tenant', 'acme', '--accounts', accounts, '--expires', '2026-12-31'],
  );
  await desk.run('create', 'ada');
  await desk.run('revoke', 'ada');
  await (await openAccess(desk)).identify(`Bearer ${token}`);
  const { written } = await desk.run('list');
  expect(written).toMatchInlineSnapshot(`
    "name    tenant  level  accounts                             expires               last used             state
    acme-1  acme    full   local:tiktok,local:brand-x           2027-01-01T00:00:00Z  2026-11-21T12:00:00Z  active
    ada     own     full   all but local:tiktok, local:brand-x  never                 never                 revoked"
  `);
  expect(written).not.toContain(token.slice(8));
});

test('list answers in JSON', async () => {
  await using desk = await openDesk();
  expect(JSON.parse((await desk.run('list', '--json')).written)).toEqual([]);
  await desk.run('create', 'ada', '--accounts', 'local:instagram', '--expires', '12h');
  const made = { level: 'full', createdAt: '2026-11-21T12:00:00Z', state: 'active' };
  const ada = { name: 'ada', tenant: 'own', accounts: ['local:instagram'], ...made };
  expect(JSON.parse((await desk.run('list', '--json')).written)).toEqual([
    { ...ada, expiresAt: '2026-11-22T00:00:00Z' },
  ]);
});

test('list says what is withheld from a token of all accounts, as long as another tenant has it', async () => {
  await using desk = await openDesk();
  await desk.run('create', 'ada');
  const listed = async () => {
    const [json = '', text = ''] = await Promise.all(
      [['list', '--json'], ['list']].map(async (words) => (await desk.run(...words)).written),
    );
    const entries = JSON.parse(json) as { name: string; accounts?: string[]; withheld?: string[] }[];
    const ada = entries.find(({ name }) => name === 'ada');
    return [ada?.accounts, ada?.withheld, /^ada +own +full +(.*?) {2,}/m.exec(text)?.[1]];
  };
  expect(await listed()).toEqual([undefined, undefined, 'all']);
  await desk.run('create', 'acme-1', '--tenant', 'acme', '--accounts', 'local:tiktok,local:brand-x');
  await desk.run('create', 'acme-2', '--tenant', 'acme', '--accounts', 'local:brand-x');
  expect(await listed()).toEqual([
    undefined,
    ['local:tiktok', 'local:brand-x'],
    'all but local:tiktok, local:brand-x',
  ]);
  await desk.run('revoke', 'acme-1');
  expect(await listed()).toEqual([undefined, ['local:brand-x'], 'all but local:brand-x']);
});

describe('create takes accounts that there are', () => {
  test.each([
    ['local:tiktokk', 'There is no account local:tiktokk; did you mean local:tiktok?'],
    ['tiktok', 'There is no account tiktok; did you mean local:tiktok?'],
    ['Tiktok', 'There is no account Tiktok; did you mean local:tiktok?'],
    ['typo', 'There is no account typo.'],
    ['local:nobody', 'There is no account local:nobody.'],
    ['local:', 'There is no account local:.'],
    [
      'infinpost:acc_1',
      '"infinpost:acc_1" is not an id that Airdate gave out; did you mean infinipost:acc_1?',
    ],
    ['loca:tiktok', '"loca:tiktok" is not an id that Airdate gave out; did you mean local:tiktok?'],
    ['myspace:tom', '"myspace:tom" is not an id that Airdate gave out.'],
  ])('%s', async (account, message) => {
    await using desk = await openDesk();
    expect(await desk.refused('create', 'ada', '--accounts', `local:instagram,${account}`)).toBe(message);
    expect((await desk.run('list')).written).toBe('There is no token yet.');
  });

  test('and says which there are', async () => {
    await using desk = await openDesk();
    const failure = await desk.run('create', 'ada', '--accounts', 'local:ticktock').catch(Failure.from);
    expect(failure).toMatchObject({
      code: 'invalid_parameter',
      details: {
        field: 'accounts',
        candidates: ['local:tiktok', 'local:instagram', 'local:brand-x'].map((value) =>
          expect.objectContaining({ value }),
        ),
        hint: 'The local accounts are local:tiktok, local:instagram, local:brand-x.',
      },
    });
  });

  test('a vendor is not asked, and that is told', async () => {
    await using desk = await openDesk();
    const accounts = 'infinipost:acc_1,local:tiktok,upload-post:me/x';
    const { written, told } = await desk.run('create', 'ada', '--accounts', accounts);
    expect(written).toMatch(/^airdate_/);
    expect(told).toContain('Not checked, since no vendor is asked here: infinipost:acc_1, upload-post:me/x.');
    expect((await desk.run('create', 'bob', '--accounts', 'local:tiktok')).told).not.toContain('checked');
  });
});

test('revoke writes nothing and tells what it did', async () => {
  await using desk = await openDesk();
  const { written: token } = await desk.run('create', 'ada');
  expect(await desk.run('revoke', 'ada')).toEqual({ written: '', told: 'ada is revoked.' });
  await expect((await openAccess(desk)).identify(`Bearer ${token}`)).rejects.toThrow('A valid bearer token');
});

describe('what cannot be meant is refused', () => {
  test.each([
    [['crate', 'ada'], 'airdate token is followed by create, list or revoke; did you mean create?'],
    [['xyz'], 'airdate token is followed by create, list or revoke.'],
    [['create'], 'airdate token create takes a NAME.'],
    [['revoke'], 'airdate token revoke takes a NAME.'],
    [['list', 'ada'], 'airdate token list takes nothing more.'],
    [['list', '--level', 'read'], 'airdate token list takes no --level.'],
    [['revoke', 'ada', '--expires', '1h'], 'airdate token revoke takes no --expires.'],
    [['revoke', 'ada', '--json'], 'airdate token revoke takes no --json; airdate token list takes it.'],
    [['create', 'eve', '--json'], 'airdate token create takes no --json; airdate token list takes it.'],
    [['create', 'ada', '--accounts', ' , '], 'accounts must name at least one account.'],
    [['create', 'ada', '--level', 'fulll'], 'A level is one of read, draft, full; did you mean full?'],
    [['create', 'ada', '--tenant', 'acme'], 'A token of the tenant acme must name its accounts.'],
  ])('%j', async (words, message) => {
    await using desk = await openDesk();
    expect(await desk.refused(...words)).toBe(message);
  });

  test('an option of another command', () => {
    expect(() => parseCommandLine(['doctor', '--level', 'read'])).toThrow('airdate doctor takes no --level.');
    expect(() => parseCommandLine(['token'])).toThrow('airdate token takes ACTION [NAME].');
    expect(() => parseCommandLine(['token', 'create', 'a', 'b'])).toThrow(
      'airdate token takes ACTION [NAME].',
    );
  });
});

describe('the program', () => {
  const home = newFolder();
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test('puts the token alone on stdout, and ends with 1 when it is refused', async () => {
    const environment = { AIRDATE_HOME: home };
    const made = await runAirdate(['token', 'create', 'ada'], environment);
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('shown once') });
    expect(made.stdout).toMatch(/^airdate_[\w-]{43}\n$/);
    const again = await runAirdate(['token', 'create', 'ada'], environment);
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('already') });
    const list = await runAirdate(['token', 'list'], environment);
    expect(list.stdout).toContain('ada');
    expect(list.stdout + list.stderr + again.stderr).not.toContain(made.stdout.trim());
  });

  test('knows the local accounts from the configuration', async () => {
    const create = (name: string, accounts: string, environment: Record<string, string>) =>
      runAirdate(['token', 'create', name, '--accounts', accounts], { AIRDATE_HOME: home, ...environment });
    const AIRDATE_CONFIG = join(home, 'shop.json');
    writeFileSync(AIRDATE_CONFIG, JSON.stringify({ accounts: [{ id: 'shop', platform: 'tiktok' }] }));
    expect(await create('s1', 'local:shop', {})).toMatchObject({ code: 1, stdout: '' });
    expect(await create('s2', 'local:shop', { AIRDATE_CONFIG })).toMatchObject({ code: 0 });
    const { stderr } = await create('s3', 'local:tiktok', { AIRDATE_CONFIG });
    expect(stderr).toContain('There is no account local:tiktok.\nThe local accounts are local:shop.');
  });
});
