import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { Call } from '../../domain/call.ts';
import type { LocalFile } from '../../domain/content.ts';
import { Failure } from '../../domain/failure.ts';
import type { KeptMedia } from './wire.ts';

const DAY_MS = 86_400_000;

/** Copies a local file into `folder` under the hash of its bytes, so that what happens to the original changes nothing. */
export async function keepCopy(
  query: Kysely<Tables>,
  folder: string,
  file: LocalFile,
  call: Call,
): Promise<KeptMedia> {
  const part = join(folder, `${randomUUID()}.part`);
  const hash = createHash('sha256');
  let copied = 0;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const source = file.read().on('data', (chunk: Buffer) => {
      hash.update(chunk);
      copied += chunk.length;
      call.progress(`copying ${file.name}`, copied, file.bytes);
    });
    await pipeline(source, createWriteStream(part, { mode: 0o600, flush: true }), { signal: call.signal });
    if (copied !== file.bytes) throw changedMeanwhile(file);
    const sha256 = hash.digest('hex');
    const target = join(folder, `${sha256}${extname(file.name).toLowerCase()}`);
    // Not while a process is about to remove an old copy of the same bytes.
    await query.transaction().execute(() => rename(part, target));
    await syncFolder(folder);
    return { file: target, name: file.name, bytes: copied, sha256, facts: file.facts };
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw asFailure(error, folder);
  }
}

/** Removes what processes left behind that ended while they copied. No copy takes a day. */
export async function removeStaleParts(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.part'))) {
    const part = join(folder, name);
    const facts = await stat(part).catch(() => undefined);
    if (facts && facts.mtimeMs < now - DAY_MS) await rm(part, { force: true }).catch(() => undefined);
  }
}

function changedMeanwhile(file: LocalFile): Failure {
  return new Failure('media_rejected', `${file.name} changed while it was being copied.`, {
    hint: 'Try again when nothing writes to the file.',
  });
}

function asFailure(error: unknown, folder: string): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ABORT_ERR')
    return new Failure('unavailable', 'The call was cancelled while the file was copied.');
  return new Failure('unavailable', `The file cannot be copied into ${folder} (${String(error.code)}).`, {
    hint: 'Check that the data directory may be written and has space.',
    cause: error,
  });
}

/** A rename is durable once its folder is. Not every platform can sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
