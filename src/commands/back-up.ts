import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '../database/database.ts';
import { Failure } from '../domain/failure.ts';

/** Copies the database into a new file, given by its whole path; a failure says what stands in the way. */
export async function backUp(database: Database, file: string): Promise<void> {
  try {
    checkFolder(dirname(file));
    await database.backup(file);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('unavailable', `${file} could not be written: ${why}.`, {
      hint: 'Name a file where this user may write and where there is room for a copy of the database.',
      cause,
    });
  }
}

function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new Failure('invalid_parameter', `There is no folder ${folder}.`, {
    hint: 'Make it, or name a file in a folder that is there.',
  });
}
