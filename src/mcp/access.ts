import type { AccessLevel, Caller, Identity } from '../domain/call.ts';

export type { Identity };

/** How a transport that strangers can reach learns who speaks. */
export interface Access {
  /** Whether every request needs a token. */
  readonly required: boolean;
  /** Where a client finds who gives out tokens; there with OAuth alone. */
  readonly metadata?: {
    readonly authorizationServers: readonly string[];
    readonly scopes: readonly string[];
    /** What tokens call this server, where that is not the address at which it is asked. */
    readonly resource?: string;
  };
  /**
   * Who the `Authorization` header of a request speaks for. Throws a Failure: `unauthenticated` without a token that holds,
   * `forbidden` when what it allows is not enough.
   */
  identify(authorization: string | undefined): Promise<Identity>;
  /** The scope of a level, for a caller that can ask its authorization server for one. */
  scopeFor?(identity: Identity, level: AccessLevel): string | undefined;
}

/** Who asks; a client that has no name yet is unknown. */
export function callerOf(identity: Identity, client = 'unknown'): Caller {
  return { ...identity, client: client.slice(0, 100) };
}

/** The same for two requests of one token, whatever else changed about it. */
export function tokenKey({ tenant, token }: Identity): string {
  return JSON.stringify([tenant, token]);
}

/** The same for two requests of one token with the same rights. */
export function ownerKey({ tenant, token, level, accounts, withheld }: Identity): string {
  return JSON.stringify([tenant, token, level, accounts?.toSorted(), withheld?.toSorted()]);
}
