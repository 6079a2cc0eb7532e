import { generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../support/clock.ts';
import { AUDIENCE, forge, Issuer } from './issuer.ts';
import { DAY, type Door, HOUR, openDoor } from './open.ts';

interface Meeting extends AsyncDisposable {
  readonly door: Door;
  readonly issuer: Issuer;
}

async function meet(algorithm?: string): Promise<Meeting> {
  const clock = new ManualClock();
  const issuer = await Issuer.open(clock, algorithm);
  const door = await openDoor({ clock, oauth: issuer.settings });
  return {
    door,
    issuer,
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a JWT of the issuer', () => {
  test.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])(
    'signed with %s speaks for its subject',
    async (algorithm) => {
      await using meeting = await meet(algorithm);
      const { door, issuer } = meeting;
      expect(await door.enter(await issuer.sign({ tenant: 'acme', airdate_accounts: ['local:x'] }))).toEqual({
        token: 'subject:ada',
        tenant: 'acme',
        level: 'full',
        accounts: ['local:x'],
      });
    },
  );

  test.each([
    ['airdate:read', 'read'],
    ['airdate:draft openid', 'draft'],
    ['airdate:full', 'full'],
    ['airdate:read airdate:full airdate:draft', 'full'],
  ])('with the scope %s may %s', async (scope, level) => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    expect((await door.enter(await issuer.sign({ scope }))).level).toBe(level);
  });

  test.each([undefined, '', 'openid', 'airdate', 'airdate:fuller', 'AIRDATE:READ', 'xairdate:read'])(
    'with the scope %j is forbidden, and told which scope it needs',
    async (scope) => {
      await using meeting = await meet();
      const { door, issuer } = meeting;
      const { code, message } = await door.refuse(await issuer.sign({ scope }));
      expect([code, message]).toEqual([
        'forbidden',
        'insufficient_scope: the token needs the scope airdate:read.',
      ]);
    },
  );

  test('for several audiences is accepted when one is this server', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    expect(await door.enter(await issuer.sign({ aud: ['https://a.example', AUDIENCE] }))).toMatchObject({
      token: 'subject:ada',
    });
  });

  test('holds until it expires', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const token = await issuer.sign();
    door.clock.advance(HOUR - 1_000);
    await door.enter(token);
    door.clock.advance(10_000);
    expect(await door.refuse(token)).toMatchObject({ code: 'unauthenticated' });
  });

  test('goes nowhere: the issuer is asked for its keys without it', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const token = await issuer.sign();
    await door.enter(token);
    const [request] = issuer.server.requests;
    expect(issuer.server.calls()).toEqual(['GET /.well-known/jwks.json']);
    expect(JSON.stringify(request?.headers)).not.toContain(token.slice(-20));
    expect(request?.headers.authorization).toBeUndefined();
  });
});

describe('a JWT that does not hold is turned away in the same words', () => {
  const changes: [string, Record<string, unknown>][] = [
    ['that has expired', { exp: 1_700_000_000 }],
    ['without an expiry', { exp: undefined }],
    ['whose expiry is no number', { exp: 'tomorrow' }],
    ['that is not valid yet', { nbf: 4_000_000_000 }],
    ['for another audience', { aud: 'https://other.example.com/mcp' }],
    ['for an audience that begins alike', { aud: `${AUDIENCE}/` }],
    ['without an audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://evil.example.com' }],
    ['without an issuer', { iss: undefined }],
    ['without a subject', { sub: undefined }],
    ['whose subject holds control characters', { sub: 'ada\nbob' }],
    ['whose tenant is no name', { tenant: ['own'] }],
    ['whose tenant is empty', { tenant: '' }],
    ['whose accounts are no list', { airdate_accounts: 'local:x' }],
    ['whose scope is no text', { scope: { airdate: 'full' } }],
  ];
  test.each(changes)('%s', async (_, change) => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    await door.create({ name: 'known' });
    const failure = await door.refuse(await issuer.sign(change));
    expect(failure.toAnswer()).toEqual((await door.refuse('airdate_junk')).toAnswer());
    expect(failure.code).toBe('unauthenticated');
  });

  const forgeries: [string, (issuer: Issuer) => string | Promise<string>][] = [
    ['junk', () => 'junk'],
    ['three parts of junk', () => 'a.b.c'],
    ['an array for a payload', (issuer) => forge({ alg: 'ES256', kid: issuer.publicKey.kid }, [], 'x')],
    ['no signature (alg none)', (issuer) => forge({ alg: 'none' }, issuer.claims())],
    [
      'alg None, spelt otherwise',
      (issuer) => forge({ alg: 'nOnE', kid: issuer.publicKey.kid }, issuer.claims()),
    ],
    ['no alg at all', (issuer) => forge({ kid: issuer.publicKey.kid }, issuer.claims())],
    [
      'HS256, signed with the public key',
      (issuer) =>
        forge({ alg: 'HS256', kid: issuer.publicKey.kid }, issuer.claims(), JSON.stringify(issuer.publicKey)),
    ],
    [
      'HS256, signed with the modulus of the public key',
      (issuer) =>
        forge({ alg: 'HS256', kid: issuer.publicKey.kid }, issuer.claims(), issuer.publicKey.x ?? 'x'),
    ],
    ['another key under the same name', async (issuer) => issuer.sign({}, await generateKeyPair('ES256'))],
    [
      'a key that it brings along',
      async (issuer) => {
        const { privateKey } = await generateKeyPair('ES256');
        return new SignJWT(issuer.claims())
          .setProtectedHeader({ alg: 'ES256', jwk: issuer.publicKey, jku: 'https://evil.example.com/keys' })
          .sign(privateKey);
      },
    ],
    [
      'a changed payload',
      async (issuer) => {
        const [header, , signature] = (await issuer.sign({ scope: 'airdate:read' })).split('.');
        const payload = Buffer.from(JSON.stringify(issuer.claims())).toString('base64url');
        return `${header}.${payload}.${signature}`;
      },
    ],
    ['a signature that was cut off', async (issuer) => (await issuer.sign()).replace(/[^.]+$/, '')],
  ];
  test.each(forgeries)('%s', async (_, make) => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const failure = await door.refuse(await make(issuer));
    expect(failure.toAnswer()).toEqual((await door.refuse('airdate_junk')).toAnswer());
  });

  test('HS256, signed with a secret that the issuer publishes', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const secret = 'a secret of thirty-two letters!!';
    issuer.publish(secret);
    const { kid } = issuer.publicKey;
    const failure = await door.refuse(forge({ alg: 'HS256', kid }, issuer.claims(), secret));
    expect(failure.toAnswer()).toEqual((await door.refuse('airdate_junk')).toAnswer());
  });

  test('a signature of the issuer of a kind that is not among those that are believed', async () => {
    await using meeting = await meet('ML-DSA-44');
    const { door, issuer } = meeting;
    const failure = await door.refuse(await issuer.sign());
    expect(failure.toAnswer()).toEqual((await door.refuse('airdate_junk')).toAnswer());
  });

  test('where OAuth is not configured', async () => {
    await using meeting = await meet();
    await using door = await openDoor();
    await door.create({ name: 'ada' });
    expect(await door.refuse(await meeting.issuer.sign())).toMatchObject({ code: 'unauthenticated' });
  });
});

describe('tenants and accounts', () => {
  test('a JWT without a tenant is a tenant of its own, even when its subject is called like one', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    await door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:x'] });
    for (const sub of ['own', 'acme']) {
      expect(await door.enter(await issuer.sign({ sub }))).toEqual({
        token: `subject:${sub}`,
        tenant: `subject:${sub}`,
        level: 'full',
        accounts: [],
      });
    }
  });

  test('a JWT of another tenant sees no account that it does not name', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    expect((await door.enter(await issuer.sign({ tenant: 'acme' }))).accounts).toEqual([]);
    expect((await door.enter(await issuer.sign({ tenant: 'acme', airdate_accounts: [] }))).accounts).toEqual(
      [],
    );
  });

  test('an account of another tenant does not exist for it, though it names it', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    await door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:x'] });
    const airdate_accounts = ['local:x', 'local:youtube'];
    const stranger = await door.enter(await issuer.sign({ tenant: 'globex', airdate_accounts }));
    expect(stranger.accounts).toEqual(['local:youtube']);
    const colleague = await door.enter(await issuer.sign({ tenant: 'acme', airdate_accounts }));
    expect(colleague.accounts).toEqual(airdate_accounts);
  });

  test('a JWT of the own tenant sees all but what belongs to others', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    await door.create({ name: 'acme-1', tenant: 'acme', accounts: ['local:x'] });
    expect(await door.enter(await issuer.sign({ tenant: 'own' }))).toEqual({
      token: 'subject:ada',
      tenant: 'own',
      level: 'full',
      withheld: ['local:x'],
    });
  });

  test('the tenant may be in another claim', async () => {
    await using meeting = await meet();
    const { issuer } = meeting;
    await using door = await openDoor({
      oauth: { ...issuer.settings, tenantClaim: 'https://id.example/org' },
    });
    const token = await issuer.sign({ tenant: 'own', 'https://id.example/org': 'acme' });
    expect((await door.enter(token)).tenant).toBe('acme');
  });
});

describe('the keys of the issuer', () => {
  test('are read once for many tokens', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => issuer.sign({ sub })));
    await Promise.all(tokens.map((token) => door.enter(token)));
    await door.enter(await issuer.sign());
    expect(issuer.server.requests).toHaveLength(1);
  });

  test('are read again when one is new, but junk does not make Airdate ask again and again', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const old = await issuer.sign();
    await door.enter(old);
    await issuer.rotate();
    const token = await issuer.sign();
    for (let turn = 0; turn < 5; turn++) expect((await door.refuse(token)).code).toBe('unauthenticated');
    expect(issuer.server.requests).toHaveLength(1);

    passTime(door, 31_000);
    await door.enter(token);
    expect(issuer.server.requests).toHaveLength(2);
    expect((await door.refuse(old)).code).toBe('unauthenticated');
  });

  test('that cannot be read say nothing of the token: Airdate is unavailable, and leaves the issuer in peace', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const token = await issuer.sign();
    issuer.server.fail({ kind: 'status', status: 503 });
    const failure = await door.refuse(token);
    expect(failure).toMatchObject({
      code: 'unavailable',
      retryable: true,
      details: { retryAfterSeconds: 5 },
    });
    expect((await door.refuse(token)).code).toBe('unavailable');
    expect(issuer.server.requests).toHaveLength(1);
    door.clock.advance(5_000);
    expect(await door.enter(token)).toMatchObject({ token: 'subject:ada' });
  });

  test.each([
    ['a refused connection', (issuer: Issuer) => issuer.server.stop()],
    ['a reset', (issuer: Issuer) => issuer.server.fail({ kind: 'resetBeforeRead' })],
    ['half an answer', (issuer: Issuer) => issuer.server.fail({ kind: 'halfAnswer' })],
    ['a page', (issuer: Issuer) => issuer.server.fail({ kind: 'html', status: 200 })],
    ['JSON without keys', (issuer: Issuer) => issuer.server.fail({ kind: 'status', status: 200, body: {} })],
    [
      'a redirect',
      (issuer: Issuer) =>
        issuer.server.fail({
          kind: 'status',
          status: 302,
          headers: { location: 'https://evil.example.com' },
        }),
    ],
  ])('are unavailable after %s', async (_, fail) => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const token = await issuer.sign();
    await fail(issuer);
    expect((await door.refuse(token)).code).toBe('unavailable');
  });

  test('that are known go on counting while the issuer is away', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    const token = await issuer.sign();
    await door.enter(token);
    await issuer.server.stop();
    passTime(door, 60_000);
    const unknown = forge({ kid: 'unknown', alg: 'ES256' }, issuer.claims(), 'x');
    expect((await door.refuse(unknown)).code).toBe('unavailable');
    expect(await door.enter(token)).toMatchObject({ token: 'subject:ada' });
  });

  test('are asked for though the wall clock was put back', async () => {
    await using meeting = await meet();
    const { door, issuer } = meeting;
    issuer.server.fail({ kind: 'status', status: 503 });
    await door.refuse(await issuer.sign());
    door.clock.advance(-DAY);
    expect(await door.enter(await issuer.sign())).toMatchObject({ token: 'subject:ada' });
  });
});

/** jose reads the wall clock itself. */
function passTime({ clock }: Door, ms: number): void {
  clock.advance(ms);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}
