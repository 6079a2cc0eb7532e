import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
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
  /** Copies everything into a new file while others go on writing. The copy knows that it is one. */
  backup(file: string): Promise<void>;
  /** Whether this is a copy that was put back: what became due since it was made may have aired. */
  isRestored(): boolean;
  /** Said when that has been seen to. */
  acceptRestored(): void;
}

/** Marks a backup (https://www.sqlite.org/pragma.html#pragma_application_id). */
const A_COPY = 0x41_42_4b_50;

/** How long a write waits for another process. Their transactions take milliseconds. */
const BUSY_MS = 5_000;

/** Opens the one file that holds everything, makes it where there is none, and brings its tables up to date. */
export async function openDatabase(file: string): Promise<Database> {
  const { DatabaseSync } = await import('node:sqlite');
  const isNew = !existsSync(file) || statSync(file).size === 0;
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(file, { timeout: BUSY_MS });
    checkOurs(connection, file);
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

async function copyInto(file: string, connection: DatabaseSync): Promise<void> {
  const { backup, DatabaseSync } = await import('node:sqlite');
  await backup(connection, file);
  const copy = new DatabaseSync(file);
  copy.exec(`pragma application_id = ${A_COPY}`);
  copy.close();
}

/** Gives a file its name, unless there is one of that name by now, which a renaming alone would replace. */
function putInPlace(part: string, file: string): void {
  try {
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? thereAlready(file) : error;
  }
  renameSync(part, file);
}

function thereAlready(file: string): Failure {
  return new Failure('invalid_parameter', `${file} exists already.`, {
    hint: 'Name a new file; nothing is overwritten.',
  });
}

function prepareConnection(connection: DatabaseSync, isNew: boolean): void {
  // The busy timeout of the constructor must stand before the switch to WAL: two first starts race for it.
  if (isNew) connection.exec('pragma auto_vacuum = incremental');
  connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
}

/** Answers the version of the tables, 0 where there are none. One statement: another process may be making them. */
function checkOurs(connection: DatabaseSync, file: string): number {
  const state = connection.prepare(
    'select user_version, exists (select 1 from sqlite_schema) as used from pragma_user_version',
  );
  const { user_version, used } = state.get() ?? {};
  const version = Number(user_version);
  if (version > MIGRATIONS.length) throw newerDatabase(file, version);
  if (version === 0 && used === 1) throw foreignDatabase(file);
  return version;
}

function migrate(connection: DatabaseSync, file: string): void {
  if (checkOurs(connection, file) === MIGRATIONS.length) return;
  connection.exec('begin immediate');
  try {
    const version = checkOurs(connection, file);
    for (const step of MIGRATIONS.slice(version)) connection.exec(step);
    connection.exec(`pragma user_version = ${MIGRATIONS.length}`);
    connection.exec('commit');
  } catch (error) {
    if (connection.isTransaction) connection.exec('rollback');
    throw error;
  }
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

function foreignDatabase(file: string): Failure {
  return new Failure('unavailable', `${file} is a database, but not Airdate's.`, {
    hint: 'Move it away, or set AIRDATE_HOME to another folder; the file was not touched.',
  });
}

function adopt(connection: DatabaseSync, file: string): Database {
  const query = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
  return {
    file,
    query,
    check: () =>
      String(Object.values(connection.prepare('pragma integrity_check(1)').get() ?? {})[0] ?? 'no answer'),
    async backup(target) {
      if (existsSync(target)) throw thereAlready(target);
      // Under its name there is a whole copy or none.
      const part = `${target}.${randomUUID()}.part`;
      try {
        await copyInto(part, connection);
        putInPlace(part, target);
      } finally {
        rmSync(part, { force: true });
      }
    },
    isRestored: () => Number(connection.prepare('pragma application_id').get()?.application_id) === A_COPY,
    acceptRestored: () => connection.exec('pragma application_id = 0'),
    [Symbol.asyncDispose]: () => query.destroy(),
  };
}
