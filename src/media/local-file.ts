import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { LocalFile } from '../domain/content.ts';
import { Failure, quote } from '../domain/failure.ts';
import { openInside } from './open-inside.ts';
import { probeAudio, probeVideo } from './probe.ts';
import { readRange } from './read-range.ts';

const CHUNK_BYTES = 256 * 1024;

export interface LocalFileRules {
  /** The folders in which files may be read. */
  readonly roots: readonly string[];
  /** The parameter to name in a failure. */
  readonly field: string;
  /** What the file must hold; a video unless said otherwise. */
  readonly kind?: 'video' | 'audio';
  /** Whether a refusal may name other files of the folder. */
  readonly namesOthers?: boolean;
}

/** Holds the file open: what is read is what was checked. Close it. */
export interface OpenFile extends LocalFile, AsyncDisposable {}

/** Opens a video or a sound inside the roots. */
export async function openLocalFile(path: string, rules: LocalFileRules): Promise<OpenFile> {
  const { field, kind = 'video', namesOthers = false } = rules;
  const file = await openInside({ path, field, namesOthers }, rules.roots);
  try {
    const bytes = await sizeOf(file, path);
    const name = basename(path);
    const facts = await (kind === 'video' ? probeVideo : probeAudio)(file, name);
    return {
      path,
      name,
      bytes,
      facts,
      read: () => Readable.from(chunks(file, bytes), { objectMode: false }),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (thrown) {
    await file.close();
    throw thrown instanceof Failure ? thrown.with({ field }) : thrown;
  }
}

async function sizeOf(file: FileHandle, path: string): Promise<number> {
  const { size } = await file.stat();
  if (size > 0) return size;
  throw new Failure('media_rejected', `"${quote(path)}" is empty.`);
}

async function* chunks(file: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes; start += CHUNK_BYTES)
    yield await readRange(file, start, Math.min(start + CHUNK_BYTES, bytes));
}
