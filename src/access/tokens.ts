import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '../database/database.ts';
import type { TokenRow } from '../database/tables.ts';
import { type Identity, OWN_TENANT } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import { notAuthenticated } from './refusal.ts';
import { accountRights, checkFree, parseAccounts, readAllotments } from './tenants.ts';
import { readTerms, type TokenOrder } from './token-rules.ts';

export const TOKEN_PREFIX = 'airdate_';
const FORM = /^airdate_[\w-]{43}$/;
const USE_NOTED_MS = 60_000;

interface Surroundings {
  readonly database: Database;
  readonly clock: Clock;
}

/** A token as a person sees it in a list: all but the token. */
export interface TokenEntry extends Omit<Identity, 'token'> {
  readonly name: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly lastUsedAt?: number;
  readonly state: 'active' | 'expired' | 'revoked';
}

/** Makes a token and answers it, this once: only its hash is kept. */
export async function createToken(order: TokenOrder, { database, clock }: Surroundings): Promise<string> {
  const now = clock.now();
  const { name, tenant, level, accounts, expiresAt } = readTerms(order, now);
  const token = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
  await database.query.transaction().execute(async (transaction) => {
    const namesake = await transaction
      .selectFrom('tokens')
      .select('name')
      .where('name', '=', name)
      .executeTakeFirst();
    if (namesake) throw nameTaken(name);
    if (accounts) checkFree(accounts, { tenant, allotments: await readAllotments(transaction) });
    await transaction
      .insertInto('tokens')
      .values({
        name,
        tenant,
        level,
        accounts_json: accounts ? JSON.stringify(accounts) : null,
        hash: hashOf(token),
        created_at: now,
        expires_at: expiresAt ?? null,
        last_used_at: null,
        revoked_at: null,
      })
      .execute();
  });
  return token;
}

/** Every token that there ever was, by name. */
export async function listTokens({ database, clock }: Surroundings): Promise<readonly TokenEntry[]> {
  const rows = await database.query.selectFrom('tokens').selectAll().orderBy('name').execute();
  const ofOwner = await accountRights(database, { tenant: OWN_TENANT });
  return rows.map((row) => ({
    name: row.name,
    tenant: row.tenant,
    level: row.level,
    ...(row.accounts_json === null ? ofOwner : { accounts: parseAccounts(row.accounts_json) }),
    createdAt: row.created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
    state: stateOf(row, clock.now()),
  }));
}

/** Ends a token at once. One that was revoked before stays as it is. */
export async function revokeToken(name: string, { database, clock }: Surroundings): Promise<void> {
  const { query } = database;
  const { numUpdatedRows } = await query
    .updateTable('tokens')
    .set((row) => ({ revoked_at: row.fn.coalesce('revoked_at', row.val(clock.now())) }))
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) return;
  const known = await query.selectFrom('tokens').select('name').execute();
  const close = nearest(
    name,
    known.map((token) => token.name),
  );
  throw new Failure('not_found', `There is no token ${name.slice(0, 64)}${didYouMean(close, '.')}`, {
    hint: 'airdate token list shows them.',
  });
}

/** Who the token speaks for. */
export async function identifyToken(token: string, { database, clock }: Surroundings): Promise<Identity> {
  if (!FORM.test(token)) throw notAuthenticated();
  const hash = hashOf(token);
  const row = await database.query
    .selectFrom('tokens')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst();
  const now = clock.now();
  // The time that the index takes tells of hashes alone, and nobody can choose a token by its hash.
  const same = row !== undefined && timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash));
  if (!same || stateOf(row, now) !== 'active') throw notAuthenticated();
  const { name, tenant, level, accounts_json } = row;
  await noteUse(row, { database, now });
  const accounts = accounts_json === null ? undefined : parseAccounts(accounts_json);
  return { token: name, tenant, level, ...(await accountRights(database, { tenant, accounts })) };
}

async function noteUse(row: TokenRow, { database, now }: { database: Database; now: number }): Promise<void> {
  if (row.last_used_at !== null && now - row.last_used_at < USE_NOTED_MS) return;
  try {
    await database.query
      .updateTable('tokens')
      .set({ last_used_at: now })
      .where('name', '=', row.name)
      .execute();
  } catch (thrown) {
    // While the disk is full there is still reading.
    if (Failure.from(thrown).code !== 'unavailable') throw thrown;
  }
}

function stateOf({ revoked_at, expires_at }: TokenRow, now: number): TokenEntry['state'] {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && expires_at <= now ? 'expired' : 'active';
}

/** Fast and without salt: a token has 256 random bits, so that there is nothing to guess. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function nameTaken(name: string): Failure {
  return new Failure('conflict', `There is or was a token ${name} already.`, {
    hint: 'Choose another name. The ledger tells by the name who asked, so it is never given twice.',
  });
}
