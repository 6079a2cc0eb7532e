import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Candidate, type Failure, quote } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import { refusal } from './refusal.ts';

const LONGEST_PATH = 4096;

const ABSOLUTE = 'Give the absolute path of a file, such as /home/ada/videos/clip.mp4.';

/** A path as it was asked for, and the parameter that held it. */
export interface Asked {
  readonly path: string;
  readonly field: string;
  /** Whether a refusal may name other files of the folder. */
  readonly namesOthers: boolean;
}

/** Refuses what is not the plain absolute path of a file, without a look at the disk. */
export function checkPathForm({ path, field }: Asked): void {
  if (path.length > LONGEST_PATH) throw refusal(field, `must not be longer than ${LONGEST_PATH} characters`);
  if (path.includes('\0')) throw refusal(field, 'must not hold a NUL character', { hint: ABSOLUTE });
  if (/^file:/i.test(path)) throw refusal(field, 'must be a plain path, not a file:// URL', plainPath(path));
  if (path.startsWith('~'))
    throw refusal(field, 'must not begin with ~, which Airdate does not expand', { hint: ABSOLUTE });
  if (/^[\\/]{2}/.test(path))
    throw refusal(field, 'must not be a network or device path', {
      hint: 'Copy the file into a folder of this machine and give its absolute path.',
    });
  if (!isAbsolute(path)) throw refusal(field, 'must be an absolute path', { hint: ABSOLUTE });
  if (path.split(/[\\/]/).includes('..'))
    throw refusal(field, 'must not hold .., which leads out of a folder', { hint: ABSOLUTE });
}

/** The real paths of the roots that exist. */
export async function realRoots(roots: readonly string[], field: string): Promise<readonly string[]> {
  const found = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)));
  const real = found.filter((root) => root !== undefined);
  if (real.length > 0) return real;
  throw refusal(field, 'names a local file, and no folder is open to Airdate', {
    hint: `Whoever runs Airdate sets AIRDATE_MEDIA_ROOTS to the folders that it may read${roots.length > 0 ? `; of ${listed(roots)} none exists` : ''}. A public https URL needs no folder.`,
  });
}

/** Judges a path by its words: what is outside by them is not even looked at. A root has a name and a real path. */
export function checkWords(
  { path, field }: Asked,
  { named, real }: { readonly named: readonly string[]; readonly real: readonly string[] },
): void {
  if (!isInside(resolve(path), [...named, ...real])) throw outside(real, field);
}

/** The real path of a file inside the roots. What lies outside is not told, not even whether it exists. */
export async function resolveInside(asked: Asked, roots: readonly string[]): Promise<string> {
  const real = await realpath(asked.path).catch((cause: NodeJS.ErrnoException) => cause);
  if (typeof real === 'string') {
    checkInside(real, roots, asked.field);
    return real;
  }
  throw await unresolved(asked, roots, real);
}

export function checkInside(real: string, roots: readonly string[], field: string): void {
  if (!isInside(real, roots)) throw outside(roots, field);
}

/** For the system's errors about a file that is there. */
export function unreadable({ path, field }: Asked, cause: NodeJS.ErrnoException): Failure {
  return refusal(field, `names "${quote(path)}", which Airdate cannot open (${cause.code})`, {
    hint: 'Check that the user who runs Airdate may read the file and every folder above it.',
    cause,
  });
}

async function unresolved(
  asked: Asked,
  roots: readonly string[],
  cause: NodeJS.ErrnoException,
): Promise<Failure> {
  const { path, field, namesOthers } = asked;
  const { folder, real, missing } = await deepestFolder(path);
  if (!isInside(real, roots)) return outside(roots, field);
  if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') return unreadable(asked, cause);
  const [wanted = '', ...rest] = missing;
  const close = namesOthers ? nearest(wanted, await otherNames(real, wanted)) : undefined;
  return refusal(field, `names "${quote(path)}", and there is no such file`, {
    ...(close && { candidates: [{ value: join(folder, close, ...rest), why: 'the nearest name there' }] }),
    hint: `Check the spelling. Airdate reads files in ${listed(roots)}.`,
    cause,
  });
}

/** The part of a path that exists, and the names below it that do not. */
async function deepestFolder(path: string): Promise<{ folder: string; real: string; missing: string[] }> {
  const missing: string[] = [];
  let folder = path;
  for (;;) {
    missing.unshift(basename(folder));
    folder = dirname(folder);
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined) return { folder, real, missing };
    if (folder === dirname(folder)) return { folder, real: resolve(folder), missing };
  }
}

async function otherNames(folder: string, wanted: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name !== wanted && !name.startsWith('.'));
}

function isInside(real: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const way = relative(root, real);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

function outside(roots: readonly string[], field: string): Failure {
  return refusal(field, 'names a file outside the folders that Airdate may read', {
    hint: `Airdate reads files in ${listed(roots)} alone. Put the file there, or have AIRDATE_MEDIA_ROOTS name its folder.`,
  });
}

function listed(roots: readonly string[]): string {
  return roots.map((root) => `"${quote(root)}"`).join(', ');
}

function plainPath(url: string): { candidates?: readonly Candidate[]; hint: string } {
  try {
    return { candidates: [{ value: fileURLToPath(url), why: 'the same as a plain path' }], hint: ABSOLUTE };
  } catch {
    return { hint: ABSOLUTE };
  }
}
