import { Failure } from '../domain/failure.ts';
import { type Access, ownerKey } from './access.ts';
import type { Exchange } from './exchange.ts';

/** Whether the token that opened something still speaks for the same: it may be revoked since, or expired. */
export function stillHolds(
  access: Access,
  { request, identity }: Pick<Exchange, 'request' | 'identity'>,
): () => Promise<boolean> {
  const { authorization } = request.headers;
  const owner = ownerKey(identity);
  return async () => {
    try {
      return ownerKey(await access.identify(authorization)) === owner;
    } catch (thrown) {
      // Whoever could say so cannot be reached: that is no reason to cut off anybody.
      return Failure.from(thrown).code === 'unavailable';
    }
  };
}
