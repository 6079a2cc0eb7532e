import type { BigIntStats } from 'node:fs';
import { constants, type FileHandle, lstat, open, readlink, realpath, stat } from 'node:fs/promises';
import { Failure, quote } from '../domain/failure.ts';
import {
  type Asked,
  checkInside,
  checkPathForm,
  checkWords,
  realRoots,
  resolveInside,
  unreadable,
} from './media-path.ts';
import { refusal } from './refusal.ts';

/** Never waits for the other end of a pipe, never follows a last link. Windows has neither flag. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Opens first and asks then where the opened file lies, so that no swap of a link or a folder goes unseen. */
export async function openInside(asked: Asked, allowed: readonly string[]): Promise<FileHandle> {
  checkPathForm(asked);
  const roots = await realRoots(allowed, asked.field);
  checkWords(asked, { named: allowed, real: roots });
  const real = await resolveInside(asked, roots);
  const file = await onDisk(asked, () => openRegular(real, asked));
  try {
    checkInside(await onDisk(asked, () => placeOf(file, asked)), roots, asked.field);
    return file;
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** The kind is looked at before, since to open a device can do things, and after, since a name can change hands. */
async function openRegular(real: string, asked: Asked): Promise<FileHandle> {
  checkRegular(await lstat(real, { bigint: true }), asked);
  const file = await open(real, READ_ONLY);
  try {
    checkRegular(await file.stat({ bigint: true }), asked);
    return file;
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** The real path of an open file. Linux knows it; elsewhere the path is resolved once more. */
async function placeOf(file: FileHandle, asked: Asked): Promise<string> {
  const real = await readlink(`/proc/self/fd/${file.fd}`).catch(() => realpath(asked.path));
  const [opened, there] = await Promise.all([file.stat({ bigint: true }), stat(real, { bigint: true })]);
  if (opened.dev !== there.dev || opened.ino !== there.ino) throw changed(asked);
  return real;
}

async function onDisk<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    if (thrown.code === 'EACCES' || thrown.code === 'EPERM') throw unreadable(asked, thrown);
    const gone = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'];
    throw gone.includes(thrown.code ?? '') ? changed(asked) : thrown;
  }
}

function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown;
}

function checkRegular(stats: BigIntStats, { path, field }: Asked): void {
  if (stats.isFile()) return;
  throw new Failure('media_rejected', `"${quote(path)}" is ${kindOf(stats)}, not a file.`, {
    field,
    hint: stats.isDirectory() ? 'Name one file in that folder.' : 'Copy what it gives into a file first.',
  });
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return stats.isSymbolicLink() ? 'a link' : 'a device';
}

function changed({ path, field }: Asked): Failure {
  return refusal(field, `names "${quote(path)}", which changed while it was opened`, {
    hint: 'Try again once nothing writes to that path any more.',
  });
}
