import type { DatabaseSync } from 'node:sqlite';

/** A lock that the kernel frees when its process dies, and not before: a time-out never proves death. */
export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock of `file`, or answers `undefined` while another process holds it. SQLite's exclusive lock is an OS lock
 * on every platform; the file stays empty. Within a process SQLite keeps the lock apart per connection.
 */
export async function takeProcessLock(file: string): Promise<ProcessLock | undefined> {
  const { DatabaseSync } = await import('node:sqlite');
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(file, { timeout: 0 });
    connection.exec('pragma journal_mode = memory; begin exclusive');
    const held = connection;
    return { release: () => held.close() };
  } catch (error) {
    connection?.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
