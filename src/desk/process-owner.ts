import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { takeProcessLock } from '../database/process-lock.ts';

/** This process as the ledger knows it: others can tell whether it still lives. */
export interface ProcessOwner {
  readonly id: string;
  /** Whether the process that bears the id is surely gone. */
  isGone(id: string): Promise<boolean>;
  close(): void;
}

export async function openProcessOwner(folder: string): Promise<ProcessOwner> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  const file = join(folder, `${id}.lock`);
  const lock = await takeProcessLock(file);
  return {
    id,
    async isGone(other) {
      if (other === id) return false;
      const otherFile = join(folder, `${other.replaceAll(/[^\w-]/g, '')}.lock`);
      if (!existsSync(otherFile)) return true;
      const taken = await takeProcessLock(otherFile);
      if (!taken) return false;
      taken.release();
      rmSync(otherFile, { force: true });
      return true;
    },
    close() {
      lock?.release();
      rmSync(file, { force: true });
    },
  };
}
