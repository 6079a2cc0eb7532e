import { describe, expect, test } from 'vitest';
import { ACCESS_SETTINGS, type AccessConfig, readAccess } from '../../src/config/access.ts';

type Environment = Partial<Record<keyof typeof ACCESS_SETTINGS, string>>;

function read(environment: Environment): AccessConfig & { problems: string[] } {
  const problems: string[] = [];
  return { ...readAccess((name) => environment[name], problems), problems };
}

const BOTH = { AIRDATE_OAUTH_ISSUER: 'https://id.example.com/', AIRDATE_OAUTH_AUDIENCE: 'airdate' };

test('without any setting a client over stdio may do everything, and there is no OAuth', () => {
  expect(read({})).toEqual({ accessLevel: 'full', approveInClient: 'stdio', problems: [] });
});

test.each(['read', 'draft', 'full'] as const)('a client over stdio may be held to %s', (level) => {
  expect(read({ AIRDATE_ACCESS: level })).toMatchObject({ accessLevel: level, problems: [] });
});

test('a level that does not exist is answered with the closest, and allows nothing meanwhile', () => {
  expect(read({ AIRDATE_ACCESS: 'raed' })).toMatchObject({
    accessLevel: 'read',
    problems: ['AIRDATE_ACCESS must be one of read, draft, full; did you mean read?'],
  });
});

test('a place for approval that does not exist is answered with the closest, and nothing is approved meanwhile', () => {
  expect(read({ AIRDATE_APPROVE_IN_CLIENT: 'allways' })).toMatchObject({
    approveInClient: 'never',
    problems: ['AIRDATE_APPROVE_IN_CLIENT must be one of stdio, always, never; did you mean always?'],
  });
});

describe('OAuth', () => {
  test('needs an issuer and an audience; the rest has defaults', () => {
    expect(read(BOTH)).toMatchObject({
      oauth: {
        issuer: 'https://id.example.com/',
        audience: 'airdate',
        jwksUrl: 'https://id.example.com/.well-known/jwks.json',
        tenantClaim: 'tenant',
      },
      problems: [],
    });
  });

  test.each(Object.keys(ACCESS_SETTINGS).filter((name) => name.startsWith('AIRDATE_OAUTH_')))(
    '%s alone is a problem',
    (name) => {
      const { oauth, problems } = read({ [name]: 'https://id.example.com' });
      expect(oauth).toBeUndefined();
      expect(problems).toEqual([
        'AIRDATE_OAUTH_ISSUER and AIRDATE_OAUTH_AUDIENCE must both be set for OAuth',
      ]);
    },
  );

  test('addresses are web addresses, and a problem names the variable, not the value', () => {
    const { problems } = read({
      ...BOTH,
      AIRDATE_OAUTH_ISSUER: 'id.example.com',
      AIRDATE_OAUTH_JWKS_URL: 'file:///etc/keys',
    });
    expect(problems).toEqual([
      'AIRDATE_OAUTH_ISSUER must be an http or https URL',
      'AIRDATE_OAUTH_JWKS_URL must be an http or https URL',
    ]);
  });

  test('the subject is no tenant claim: one that is called like a tenant would become it', () => {
    expect(read({ ...BOTH, AIRDATE_OAUTH_TENANT_CLAIM: 'sub' }).problems).toHaveLength(1);
  });
});
