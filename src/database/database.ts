import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Failure } from '../domain/failure.ts';
import { MIGRATIONS } from './migrations.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { storageFailure } from './storage-failure.ts';
import type { Tables } from './tables.ts';

export interface Database extends AsyncDisposable {
  readonly file: string;
  readonly query: Kysely<Tables>;
  /** `ok`, or what SQLite says is wrong. Reads the whole file. */
  check(): string;
  /** Copies everything into a new file while others go on writing. */
  backup(file: string): Promise<void>;
}

/** How long a write waits for another process. Their transactions take milliseconds. */
const BUSY_MS = 5_000;

/** Opens the one file that holds everything, makes it where there is none, and brings its tables up to date. */
export async function openDatabase(file: string): Promise<Database> {
  const { DatabaseSync } = await import('node:sqlite');
  const isNew = !existsSync(file) || statSync(file).size === 0;
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(file, { timeout: BUSY_MS });
    prepareConnection(connection, isNew);
    migrate(connection, file);
    return adopt(connection, file);
  } catch (error) {
    connection?.close();
    const failure = storageFailure(error);
    throw failure instanceof Failure
      ? new Failure(failure.code, `${failure.message} (${file})`, failure.details)
      : failure;
  }
}

function prepareConnection(connection: DatabaseSync, isNew: boolean): void {
  // The busy timeout of the constructor must stand before the switch to WAL: two first starts race for it.
  if (isNew) connection.exec('pragma auto_vacuum = incremental');
  connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
}

function migrate(connection: DatabaseSync, file: string): void {
  if (versionOf(connection) === MIGRATIONS.length) return;
  connection.exec('begin immediate');
  try {
    const version = versionOf(connection);
    if (version > MIGRATIONS.length) throw newerDatabase(file, version);
    for (const step of MIGRATIONS.slice(version)) connection.exec(step);
    connection.exec(`pragma user_version = ${MIGRATIONS.length}`);
    connection.exec('commit');
  } catch (error) {
    connection.exec('rollback');
    throw error;
  }
}

function versionOf(connection: DatabaseSync): number {
  return Number(connection.prepare('pragma user_version').get()?.user_version ?? 0);
}

function newerDatabase(file: string, version: number): Failure {
  return new Failure(
    'unavailable',
    `${file} was written by a newer Airdate (its tables are at version ${version}).`,
    {
      hint: `This Airdate knows version ${MIGRATIONS.length}. Update it; the file was not touched.`,
    },
  );
}

function adopt(connection: DatabaseSync, file: string): Database {
  const query = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
  return {
    file,
    query,
    check: () =>
      String(Object.values(connection.prepare('pragma integrity_check(1)').get() ?? {})[0] ?? 'no answer'),
    async backup(target) {
      if (existsSync(target)) {
        throw new Failure('invalid_parameter', `${target} exists already.`, {
          hint: 'Name a new file; nothing is overwritten.',
        });
      }
      const { backup } = await import('node:sqlite');
      await backup(connection, target);
    },
    [Symbol.asyncDispose]: () => query.destroy(),
  };
}
