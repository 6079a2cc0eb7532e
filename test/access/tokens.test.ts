import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { listTokens, revokeToken } from '../../src/access/tokens.ts';
import { DAY, failureOf, HOUR, openDoor } from './open.ts';

describe('a token', () => {
  test('speaks for its name, tenant, level and accounts', async () => {
    await using door = await openDoor();
    const own = await door.create({ name: 'ada', level: 'draft' });
    const foreign = await door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:tiktok'] });
    expect(await door.enter(foreign)).toEqual({
      token: 'acme-1',
      tenant: 'acme',
      level: 'full',
      accounts: ['local:tiktok'],
    });
    expect(await door.enter(own)).toEqual({
      token: 'ada',
      tenant: 'own',
      level: 'draft',
      withheld: ['local:tiktok'],
    });
  });

  test('has 256 random bits and is nowhere in the files: only its hash is kept', async () => {
    await using door = await openDoor();
    const token = await door.create({ name: 'ada' });
    expect(token).toMatch(/^airdate_[\w-]{43}$/);
    expect(await door.create({ name: 'bob' })).not.toBe(token);
    await door.enter(token);
    const files = readdirSync(door.home).map((file) => readFileSync(join(door.home, file), 'latin1'));
    expect(files.join('')).toContain('ada');
    expect(files.join('')).not.toContain(token.slice('airdate_'.length));
  });

  test('is noted as used at most once a minute', async () => {
    await using door = await openDoor();
    const token = await door.create({ name: 'ada' });
    const lastUsed = async () => (await listTokens(door))[0]?.lastUsedAt;
    expect(await lastUsed()).toBeUndefined();
    const start = door.clock.now();
    await door.enter(token);
    door.clock.advance(59_000);
    await door.enter(token);
    expect(await lastUsed()).toBe(start);
    door.clock.advance(1_000);
    await door.enter(token);
    expect(await lastUsed()).toBe(start + 60_000);
  });

  test('still opens the door while its use cannot be written down', async () => {
    await using door = await openDoor();
    const token = await door.create({ name: 'ada' });
    await sql`pragma query_only = on`.execute(door.database.query);
    expect(await door.enter(token)).toMatchObject({ token: 'ada' });
    expect((await listTokens(door))[0]?.lastUsedAt).toBeUndefined();
  });

  test('is named once and for all: the name is not given again after it was revoked', async () => {
    await using door = await openDoor();
    await door.create({ name: 'ada' });
    expect(await failureOf(door.create({ name: 'ada' }))).toMatchObject({ code: 'conflict' });
    await revokeToken('ada', door);
    expect(await failureOf(door.create({ name: 'ada' }))).toMatchObject({ code: 'conflict' });
  });
});

describe('a token that does not hold', () => {
  test('is turned away in the same words, whatever is wrong with it', async () => {
    await using door = await openDoor();
    const expired = await door.create({ name: 'short', expires: '1h' });
    const revoked = await door.create({ name: 'ended' });
    await revokeToken('ended', door);
    door.clock.advance(HOUR);
    const unknown = `airdate_${'A'.repeat(43)}`;
    const bearers = [expired, revoked, unknown, 'airdate_', 'airdate_junk', `${unknown}A`, 'junk', 'a.b.c'];
    const failures = await Promise.all(bearers.map(async (token) => (await door.refuse(token)).toAnswer()));
    const headers = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      `Token ${revoked}`,
      `Bearer a ${revoked}`,
    ];
    const others = await Promise.all(
      headers.map(async (header) => (await failureOf(door.access.identify(header))).toAnswer()),
    );
    expect(failures[0]).toMatchObject({ code: 'unauthenticated', retryable: false });
    expect(new Set([...failures, ...others].map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test('is turned away from the moment at which it is revoked', async () => {
    await using door = await openDoor();
    const token = await door.create({ name: 'ada' });
    expect(await door.enter(token)).toMatchObject({ token: 'ada' });
    await revokeToken('ada', door);
    expect(await door.refuse(token)).toMatchObject({ code: 'unauthenticated' });
  });

  test('is turned away from the moment at which it expires', async () => {
    await using door = await openDoor();
    const token = await door.create({ name: 'ada', expires: '90d' });
    door.clock.advance(90 * DAY - 1);
    expect(await door.enter(token)).toMatchObject({ token: 'ada' });
    door.clock.advance(1);
    expect(await door.refuse(token)).toMatchObject({ code: 'unauthenticated' });
  });

  test('keeps the moment of its revocation when it is revoked again', async () => {
    await using door = await openDoor();
    await door.create({ name: 'ada' });
    const at = door.clock.now();
    await revokeToken('ada', door);
    door.clock.advance(DAY);
    await revokeToken('ada', door);
    const row = await door.database.query.selectFrom('tokens').select('revoked_at').executeTakeFirst();
    expect(row?.revoked_at).toBe(at);
  });

  test('a name that nobody has is answered with the closest', async () => {
    await using door = await openDoor();
    await door.create({ name: 'laptop' });
    const { code, message } = await failureOf(revokeToken('latpop', door));
    expect([code, message]).toEqual(['not_found', 'There is no token latpop; did you mean laptop?']);
  });
});

describe('an account', () => {
  test('belongs to one tenant: another is refused it, and told whose it is', async () => {
    await using door = await openDoor();
    await door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:tiktok', 'local:youtube'] });
    const failure = await failureOf(
      door.create({ name: 'globex-1', tenant: 'globex', accounts: ['local:x', 'local:youtube'] }),
    );
    expect(failure).toMatchObject({ code: 'conflict', message: 'local:youtube belongs to the tenant acme.' });
    const own = await failureOf(door.create({ name: 'ada', accounts: ['local:tiktok'] }));
    expect(own.message).toBe('local:tiktok belongs to the tenant acme.');
    await door.create({ name: 'acme-2', tenant: 'acme', accounts: ['local:youtube'] });
  });

  test('that the own tenant named in a token is not given away', async () => {
    await using door = await openDoor();
    await door.create({ name: 'ada', accounts: ['local:tiktok'] });
    const failure = await failureOf(
      door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:tiktok'] }),
    );
    expect(failure.message).toBe('local:tiktok belongs to the tenant own.');
  });

  test('stays its tenant’s when the token expires, and is free when it is revoked', async () => {
    await using door = await openDoor();
    const own = await door.create({ name: 'ada' });
    await door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:tiktok'], expires: '1h' });
    door.clock.advance(DAY);
    expect((await door.enter(own)).withheld).toEqual(['local:tiktok']);
    await revokeToken('acme-1', door);
    expect((await door.enter(own)).withheld).toBeUndefined();
    await door.create({ name: 'globex-1', tenant: 'globex', accounts: ['local:tiktok'] });
  });

  test('is given to one of two tenants that ask at once', async () => {
    await using door = await openDoor();
    const results = await Promise.allSettled(
      ['acme', 'globex'].map((tenant) => door.create({ name: tenant, tenant, accounts: ['local:tiktok'] })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

test('a list tells of every token what may be told', async () => {
  await using door = await openDoor();
  await door.create({ name: 'b', expires: '12h' });
  const token = await door.create({ name: 'a', tenant: 'acme', accounts: ['local:x'], level: 'read' });
  await door.create({ name: 'c' });
  await door.enter(token);
  await revokeToken('c', door);
  door.clock.advance(DAY);
  const now = door.clock.now();
  expect(await listTokens(door)).toEqual([
    {
      name: 'a',
      tenant: 'acme',
      level: 'read',
      accounts: ['local:x'],
      createdAt: now - DAY,
      lastUsedAt: now - DAY,
      state: 'active',
    },
    {
      name: 'b',
      tenant: 'own',
      level: 'full',
      withheld: ['local:x'],
      createdAt: now - DAY,
      expiresAt: now - DAY / 2,
      state: 'expired',
    },
    {
      name: 'c',
      tenant: 'own',
      level: 'full',
      withheld: ['local:x'],
      createdAt: now - DAY,
      state: 'revoked',
    },
  ]);
});
