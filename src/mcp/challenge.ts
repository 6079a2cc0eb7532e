import type { IncomingMessage } from 'node:http';
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { Access, Identity } from './access.ts';
import { type Facts, Refusal } from './refusal.ts';

export const METADATA_PATH = '/.well-known/oauth-protected-resource';

const STATUS: Partial<Record<FailureCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  rate_limited: 429,
  unavailable: 503,
};

/** Who speaks, or a refusal that says how to come by a token. */
export async function identify(access: Access, request: IncomingMessage): Promise<Identity> {
  try {
    return await access.identify(request.headers.authorization);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const { metadata } = access;
    // Whoever has no scope at all is told the least that lets it in.
    const scope = failure.code === 'forbidden' ? metadata?.scopes[0] : undefined;
    throw withChallenge(failure, { metadata, request, scope });
  }
}

/** A failure as it is answered to who could do better with another token. */
export function withChallenge(failure: Failure, challenged: Challenged, facts?: Facts): Refusal {
  const challenge = challengeOf(failure, challenged);
  return toRefusal(failure, challenge === undefined ? {} : { 'www-authenticate': challenge }, facts);
}

/** A failure as it is answered where there is no tool to answer with it. */
export function toRefusal(
  failure: Failure,
  headers: Readonly<Record<string, string>> = {},
  facts?: Facts,
): Refusal {
  const { retryAfterSeconds } = failure.details;
  return new Refusal(STATUS[failure.code] ?? 500, failure.message, {
    headers: {
      ...headers,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
    },
    data: { error: failure.toAnswer() },
    cause: failure.cause,
    ...(facts && { facts }),
  });
}

/** What a client reads to find who gives out tokens (RFC 9728). */
export function describeResource({ metadata }: Access, request: IncomingMessage): object {
  if (!metadata) throw new Refusal(404, 'There is nothing here.');
  return {
    resource: metadata.resource ?? resourceOf(request),
    authorization_servers: metadata.authorizationServers,
    scopes_supported: metadata.scopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Airdate',
  };
}

interface Challenged {
  readonly metadata: Access['metadata'];
  readonly request: IncomingMessage;
  /** What the token must hold; else all that there is to ask for. */
  readonly scope?: string | undefined;
}

function challengeOf(
  { code, message }: Failure,
  { metadata, request, scope = metadata?.scopes.join(' ') }: Challenged,
): string | undefined {
  const isMissing = !/^bearer( |$)/i.test(request.headers.authorization ?? '');
  const error = { unauthenticated: isMissing ? undefined : 'invalid_token', forbidden: 'insufficient_scope' };
  if (code !== 'unauthenticated' && code !== 'forbidden') return undefined;
  const parts = {
    realm: 'airdate',
    error: error[code],
    error_description: error[code] && message.replaceAll(/[^\x20-\x7e]|["\\]/g, ' '),
    scope,
    resource_metadata: metadata && `${originOf(request)}${METADATA_PATH}/mcp`,
  };
  const said = Object.entries(parts).filter(([, value]) => value);
  return `Bearer ${said.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

function resourceOf(request: IncomingMessage): string {
  return `${originOf(request)}/mcp`;
}

/** Host was checked before; whoever ends TLS in front says so. */
function originOf({ headers }: IncomingMessage): string {
  const scheme =
    headers['x-forwarded-proto']?.toString().split(',')[0]?.trim() === 'https' ? 'https' : 'http';
  return `${scheme}://${headers.host}`;
}
