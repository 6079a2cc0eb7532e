import { Failure } from '../domain/failure.ts';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) that a person can do something about. */
const TROUBLES: Readonly<Record<number, readonly [trouble: string, remedy: string]>> = {
  5: ['The database is busy', 'Another Airdate process has been writing for long. Try again.'],
  8: ['The database cannot be written', 'Give this user write access to the data directory and its disk.'],
  10: ['The disk under the database fails', 'Check the disk, then run airdate doctor.'],
  11: ['The database is damaged', 'Stop Airdate and restore a backup; airdate doctor tells the file.'],
  13: ['The disk is full', 'Free some space. Nothing is sent until a record of it can be kept.'],
  14: ['The database cannot be opened', 'Check that the data directory exists and may be written.'],
  26: [
    'The database file is not a database',
    'Move it away or restore a backup; Airdate never overwrites it.',
  ],
};

/** An error of SQLite as the failure that an agent reads; anything else is handed back as it is. */
export function storageFailure(error: unknown): unknown {
  const code = resultCode(error);
  const trouble = code === undefined ? undefined : TROUBLES[code & 0xff];
  if (!trouble) return error;
  return new Failure('unavailable', `${trouble[0]}.`, { hint: trouble[1], cause: error });
}

const CONSTRAINT = 19;

/** Whether it is the storage that fails, and not the one thing that was to be read or written. */
export function isStorageFailure(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'unavailable';
  const code = resultCode(error);
  return code !== undefined && (code & 0xff) !== CONSTRAINT;
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
