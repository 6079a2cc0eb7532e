import type { OAuthSettings } from '../access/oauth.ts';
import { ACCESS_LEVELS, type AccessLevel } from '../domain/call.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import { checkTrustedUrl } from './url.ts';

/** Who may come in, and what `airdate --help` says of it. */
export const ACCESS_SETTINGS = {
  AIRDATE_ACCESS: 'what a client without a token may do: read, draft or full (full)',
  AIRDATE_APPROVE_IN_CLIENT: 'where a yes by a client may approve a draft: stdio, always or never (stdio)',
  AIRDATE_OAUTH_ISSUER: 'authorization server whose tokens are accepted over HTTP',
  AIRDATE_OAUTH_AUDIENCE: 'what the tokens of that server call this one, as a rule the address of /mcp',
  AIRDATE_OAUTH_JWKS_URL: 'where the keys of that server are (/.well-known/jwks.json of the issuer)',
  AIRDATE_OAUTH_TENANT_CLAIM: 'claim that holds the tenant (tenant; without it each subject is one)',
} as const;

const PLACES = ['stdio', 'always', 'never'] as const;

export interface AccessConfig {
  /** What a client without a token may do: over stdio, and over HTTP while nobody needs one. */
  readonly accessLevel: AccessLevel;
  /** Where a yes that a client brings counts as a person's. */
  readonly approveInClient: (typeof PLACES)[number];
  readonly oauth?: OAuthSettings;
}

type Read = (name: keyof typeof ACCESS_SETTINGS) => string | undefined;

/** Reads who may come in; what is wrong with it goes into `problems`. */
export function readAccess(read: Read, problems: string[]): AccessConfig {
  const oauth = readOAuth(read, problems);
  return {
    accessLevel: readLevel(read('AIRDATE_ACCESS') ?? 'full', problems),
    approveInClient: readPlace(read('AIRDATE_APPROVE_IN_CLIENT') ?? 'stdio', problems),
    ...(oauth && { oauth }),
  };
}

function readLevel(value: string, problems: string[]): AccessLevel {
  const level = ACCESS_LEVELS.find((known) => known === value);
  if (level) return level;
  const meant = didYouMean(nearest(value, ACCESS_LEVELS));
  problems.push(`AIRDATE_ACCESS must be one of ${ACCESS_LEVELS.join(', ')}${meant}`);
  return 'read';
}

function readPlace(value: string, problems: string[]): AccessConfig['approveInClient'] {
  const place = PLACES.find((known) => known === value);
  if (place) return place;
  const meant = didYouMean(nearest(value, PLACES));
  problems.push(`AIRDATE_APPROVE_IN_CLIENT must be one of ${PLACES.join(', ')}${meant}`);
  return 'never';
}

function readOAuth(read: Read, problems: string[]): OAuthSettings | undefined {
  const issuer = readUrl('AIRDATE_OAUTH_ISSUER', read, problems);
  const jwksUrl = readUrl('AIRDATE_OAUTH_JWKS_URL', read, problems);
  const audience = read('AIRDATE_OAUTH_AUDIENCE');
  const tenantClaim = read('AIRDATE_OAUTH_TENANT_CLAIM');
  // A subject that happens to be called like a tenant would become that tenant.
  if (tenantClaim === 'sub') {
    problems.push('AIRDATE_OAUTH_TENANT_CLAIM must not be sub: leave it out, and each subject is a tenant');
  }
  if (issuer !== undefined && audience !== undefined) {
    const keysUrl = jwksUrl ?? `${issuer.replace(/\/+$/, '')}/.well-known/jwks.json`;
    return { issuer, audience, jwksUrl: keysUrl, tenantClaim: tenantClaim ?? 'tenant' };
  }
  if ([issuer, audience, jwksUrl, tenantClaim].some((value) => value !== undefined)) {
    problems.push('AIRDATE_OAUTH_ISSUER and AIRDATE_OAUTH_AUDIENCE must both be set for OAuth');
  }
  return undefined;
}

function readUrl(
  name: 'AIRDATE_OAUTH_ISSUER' | 'AIRDATE_OAUTH_JWKS_URL',
  read: Read,
  problems: string[],
): string | undefined {
  const value = read(name);
  if (value !== undefined) checkTrustedUrl(name, value, { problems });
  return value;
}
