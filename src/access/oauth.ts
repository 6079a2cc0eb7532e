import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { ACCESS_LEVELS, type AccessLevel, type Identity } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import { line } from '../domain/text.ts';
import { notAuthenticated } from './refusal.ts';
import { accountRights } from './tenants.ts';

/** The authorization server whose tokens are believed, and what it calls Airdate. */
export interface OAuthSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** The claim that holds the tenant; a token without it speaks for its subject alone. */
  readonly tenantClaim: string;
}

export const scopeOf = (level: AccessLevel) => `airdate:${level}` as const;

export const SCOPES = ACCESS_LEVELS.map(scopeOf);

/** Names of tokens and tenants hold no colon: a subject cannot pass for one of them by being called like it. */
const SUBJECT = 'subject:';

/** Whether a caller came with a token of the authorization server. */
export function isSubject(name: string): boolean {
  return name.startsWith(SUBJECT);
}

/** Signatures that only the issuer can make: with a shared secret Airdate could make them too. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512'],
  ...['PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'Ed25519'],
];
const ANSWER_MS = 5_000;
/** How long unknown keys do not make Airdate ask for new ones: junk must not be passed on as load. */
const COOL_DOWN_MS = 30_000;
const SILENCE_MS = 5_000;
const CLOCK_TOLERANCE_SECONDS = 5;

const Claims = z.object({
  sub: line(255),
  tenant: line(200).optional(),
  scope: z.string().optional(),
  airdate_accounts: z.array(line(300)).max(1_000).optional(),
});

/** Answers a function that tells who a JWT of the issuer speaks for. */
export function openOAuth(
  settings: OAuthSettings,
  { database, clock }: { readonly database: Database; readonly clock: Clock },
): (token: string) => Promise<Identity> {
  const { issuer, audience, tenantClaim } = settings;
  const keys = openKeys(settings.jwksUrl, clock);
  return async (token) => {
    const payload = await verified(() =>
      jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        currentDate: new Date(clock.now()),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      }),
    );
    const claims = Claims.safeParse({ ...payload, tenant: payload[tenantClaim] });
    if (!claims.success) throw notAuthenticated(claims.error);
    const { sub, scope, airdate_accounts: accounts } = claims.data;
    const level = levelOf(scope);
    const subject = `${SUBJECT}${sub}`;
    const { tenant = subject } = claims.data;
    return { token: subject, tenant, level, ...(await accountRights(database, { tenant, accounts })) };
  };
}

async function verified(verify: () => ReturnType<typeof jwtVerify>) {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw notAuthenticated(error);
  }
}

/** The highest level that a scope grants. */
function levelOf(scope = ''): AccessLevel {
  const granted = scope.split(' ');
  const level = ACCESS_LEVELS.findLast((known) => granted.includes(scopeOf(known)));
  if (level) return level;
  throw new Failure('forbidden', `insufficient_scope: the token needs the scope ${scopeOf('read')}.`, {
    field: 'scope',
    hint: `Ask the authorization server for it. ${SCOPES.slice(1).join(' and ')} allow more.`,
  });
}

/** The issuer's keys. That they cannot be read says nothing of the token. */
function openKeys(url: string, clock: Clock): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: ANSWER_MS,
    cooldownDuration: COOL_DOWN_MS,
    [customFetch]: openFetch(clock),
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (OF_THE_TOKEN.some((kind) => error instanceof kind)) throw error;
      throw new Failure('unavailable', 'The keys of the authorization server cannot be read.', {
        hint: 'Try again; if it stays so, check AIRDATE_OAUTH_JWKS_URL.',
        retryAfterSeconds: SILENCE_MS / 1_000,
        cause: error,
      });
    }
  };
}

const OF_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/** jose waits between two answers, but not after a failure: every request would ask a dead server again. */
function openFetch(clock: Clock): (url: string, options: RequestInit) => Promise<Response> {
  let askedAt = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    const now = clock.now();
    // The difference may be of either sign: the wall clock can be put back.
    if (Math.abs(now - askedAt) < SILENCE_MS) throw new Error('The keys were asked for just now.');
    askedAt = now;
    return fetch(url, options);
  };
}
