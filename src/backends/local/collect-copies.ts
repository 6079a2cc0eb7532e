import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { Log } from '../../domain/log.ts';
import { POST_STATUSES } from '../../domain/status.ts';
import type { KeptMedia } from './wire.ts';

type Query = Kysely<Tables> | Transaction<Tables>;

/** So long a post that is over keeps its copy, and a backup or a database that went missing can be put back. */
const KEPT_MS = 30 * 86_400_000;
/** Copies go by the hash of their bytes. Nothing else in the folder is touched. */
const COPY = /^[0-9a-f]{64}(\.|$)/;
/** In which an empty file for each copy says, by its time, since when nothing is known to need it. */
const UNUSED = 'unused';
/** Every status but those of a post that is over for good: neither published, edited nor tried again. */
const NEEDING = POST_STATUSES.filter((status) => !['published', 'cancelled', 'draft'].includes(status));

interface Collection {
  readonly folder: string;
  readonly now: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Removes copies that nothing has needed for so long as this has looked for it. To be called now and then. */
export async function collectCopies(
  query: Kysely<Tables>,
  { folder, now, log, signal }: Collection,
): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0) return;
  const needed = await neededCopies(query);
  let removed = 0;
  for (const name of names) {
    if (signal.aborted) return;
    const copy = { file: join(folder, name), mark: join(folder, UNUSED, name) };
    if (needed.has(name)) await rm(copy.mark, { force: true });
    else if (!(await isUnusedSince(copy, now - KEPT_MS))) await markUnused(copy, now);
    else if (await removeCopy(query, copy, now - KEPT_MS)) removed += 1;
  }
  await forgetMarks(folder);
  if (removed > 0) log('info', 'Copies that nothing needs any more were removed.', { copies: removed });
}

interface Copy {
  readonly file: string;
  readonly mark: string;
}

/** What is to be published, edited or tried again, what is in hand, and every sound. */
async function neededCopies(query: Query): Promise<Set<string>> {
  const ofPosts = query.selectFrom('posts').select('media_json').where('media_json', 'is not', null);
  const inHand = query.selectFrom('attempts').select('post_id').where('finished_at', 'is', null);
  const kept = await Promise.all([
    ofPosts.where('status', 'in', NEEDING).execute(),
    ofPosts.where('id', 'in', inHand).execute(),
    query.selectFrom('sounds').select('media_json').where('media_json', 'is not', null).execute(),
  ]);
  const files = kept.flat().map(({ media_json }) => (JSON.parse(media_json ?? '{}') as KeptMedia).file);
  return new Set(files.map((file) => basename(file)));
}

/** A mark from before the copy was made anew says nothing. */
async function isUnusedSince({ file, mark }: Copy, then: number): Promise<boolean> {
  const [made, unused] = [await modifiedAt(file), await modifiedAt(mark)];
  return made !== undefined && unused !== undefined && unused >= made && unused <= then;
}

/** Keeps a mark that stands. */
async function markUnused({ file, mark }: Copy, now: number): Promise<void> {
  const [made, unused] = [await modifiedAt(file), await modifiedAt(mark)];
  if (made === undefined || (unused !== undefined && unused >= made)) return;
  await mkdir(dirname(mark), { mode: 0o700 }).catch(() => undefined);
  await writeFile(mark, '', { mode: 0o600 });
  await utimes(mark, now / 1000, now / 1000);
}

/** Copies are put in place under the same lock, so that one which is made anew in this moment is never removed. */
async function removeCopy(query: Kysely<Tables>, copy: Copy, then: number): Promise<boolean> {
  return query.transaction().execute(async (transaction) => {
    const isNeeded = (await neededCopies(transaction)).has(basename(copy.file));
    if (isNeeded || !(await isUnusedSince(copy, then))) return false;
    // Who reads it may hold it, on some platforms.
    return rm(copy.file).then(
      () => true,
      () => false,
    );
  });
}

/** Of copies that are not there any more. */
async function forgetMarks(folder: string): Promise<void> {
  const names = new Set(await namesIn(folder));
  for (const name of await namesIn(join(folder, UNUSED)))
    if (!names.has(name)) await rm(join(folder, UNUSED, name), { force: true });
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => COPY.test(name));
}

async function modifiedAt(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}
