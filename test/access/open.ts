import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Access, openAccess } from '../../src/access/index.ts';
import type { OAuthSettings } from '../../src/access/oauth.ts';
import type { TokenOrder } from '../../src/access/token-rules.ts';
import { createToken } from '../../src/access/tokens.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import type { Identity } from '../../src/domain/call.ts';
import { Failure } from '../../src/domain/failure.ts';
import { newFolder } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Door extends AsyncDisposable {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly home: string;
  readonly access: Access;
  create(order: TokenOrder): Promise<string>;
  /** Who a bearer speaks for. */
  enter(token: string): Promise<Identity>;
  /** Why a bearer is turned away. */
  refuse(token: string): Promise<Failure>;
}

/** Access on a database of its own and a clock that the test moves. */
export async function openDoor({
  clock = new ManualClock(),
  oauth,
}: {
  clock?: ManualClock;
  oauth?: OAuthSettings;
} = {}): Promise<Door> {
  const home = newFolder();
  const database = await openDatabase(join(home, 'airdate.db'));
  const access = await openAccess({ database, clock, oauth });
  const enter = (token: string) => access.identify(`Bearer ${token}`);
  return {
    database,
    clock,
    home,
    access,
    enter,
    create: (order) => createToken(order, { database, clock }),
    refuse: (token) => failureOf(enter(token)),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('it was expected to fail');
}
