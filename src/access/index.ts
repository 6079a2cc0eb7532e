import type { Database } from '../database/database.ts';
import { type AccessLevel, type Identity, OWN_TENANT } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { isSubject, type OAuthSettings, openOAuth, SCOPES, scopeOf } from './oauth.ts';
import { notAuthenticated } from './refusal.ts';
import { identifyToken, TOKEN_PREFIX } from './tokens.ts';

export interface Access {
  /** Whether a caller must say who it is, as far as was known when somebody last called. */
  readonly required: boolean;
  readonly metadata?: {
    readonly authorizationServers: readonly string[];
    readonly scopes: readonly string[];
    /** What tokens call this server, where that is an address. */
    readonly resource?: string;
  };
  /**
   * Who sends this `Authorization` header. To be asked on every request, also while nobody must say who it is: a token
   * that is made or revoked meanwhile counts at once.
   */
  identify(authorization: string | undefined): Promise<Identity>;
  /** The scope of a level, for a caller that can ask its authorization server for one. */
  scopeFor(identity: Identity, level: AccessLevel): string | undefined;
}

interface Settings {
  readonly database: Database;
  readonly clock: Clock;
  readonly oauth?: OAuthSettings | undefined;
  /** What a caller may do while no token exists. */
  readonly accessLevel?: AccessLevel;
}

/** Tells callers by their tokens, as soon as there is one or an authorization server is configured. */
export async function openAccess({
  database,
  clock,
  oauth,
  accessLevel = 'full',
}: Settings): Promise<Access> {
  const identifyJwt = oauth && openOAuth(oauth, { database, clock });
  // Rows of tokens are never deleted: once there is one, a token is needed for good.
  let required = oauth !== undefined || (await hasTokens(database));
  return {
    get required() {
      return required;
    },
    ...(oauth && { metadata: describe(oauth) }),
    async identify(authorization) {
      required ||= await hasTokens(database);
      const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
      // Also where no token is needed: whoever sends one counts on limits that would not be there.
      if (token?.startsWith(TOKEN_PREFIX)) return identifyToken(token, { database, clock });
      if (!required) return { tenant: OWN_TENANT, level: accessLevel };
      if (token === undefined || !identifyJwt) throw notAuthenticated();
      return identifyJwt(token);
    },
    scopeFor: ({ token }, level) => (token && isSubject(token) ? scopeOf(level) : undefined),
  };
}

function describe({ issuer, audience }: OAuthSettings): NonNullable<Access['metadata']> {
  return {
    authorizationServers: [issuer],
    scopes: SCOPES,
    ...(/^https?:/.test(audience) && { resource: audience }),
  };
}

/** A revoked token counts too: that there is one says that not everybody is meant to come in. */
async function hasTokens({ query }: Database): Promise<boolean> {
  return (await query.selectFrom('tokens').select('name').limit(1).executeTakeFirst()) !== undefined;
}
