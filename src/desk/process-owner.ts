import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { takeProcessLock } from '../database/process-lock.ts';

/** This process as the ledger knows it: others can tell whether it still lives. */
export interface ProcessOwner {
  readonly id: string;
  /** Whether the process that bears the id is surely gone. */
  isGone(id: string): Promise<boolean>;
  close(): void;
}

/** A lock file may not be held yet while its owner starts; one as old as this is held, or its owner was killed. */
const STALE_MS = 3_600_000;

export async function openProcessOwner(folder: string): Promise<ProcessOwner> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  const file = join(folder, `${id}.lock`);
  const lock = await takeProcessLock(file);
  await removeStaleLocks(folder, statSync(file).mtimeMs);
  return {
    id,
    async isGone(other) {
      if (other === id) return false;
      const otherFile = join(folder, `${other.replaceAll(/[^\w-]/g, '')}.lock`);
      if (!existsSync(otherFile)) return true;
      return removeIfFree(otherFile);
    },
    close() {
      lock?.release();
      rmSync(file, { force: true });
    },
  };
}

async function removeStaleLocks(folder: string, now: number): Promise<void> {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts && facts.mtimeMs < now - STALE_MS) await removeIfFree(file);
  }
}

async function removeIfFree(file: string): Promise<boolean> {
  const taken = await takeProcessLock(file);
  if (!taken) return false;
  taken.release();
  rmSync(file, { force: true });
  return true;
}
