import { type Kysely, sql } from 'kysely';
import type { SoundRow, Tables } from '../../database/tables.ts';
import type { Page, SoundQuery } from '../../domain/backend.ts';
import type { Content } from '../../domain/content.ts';
import { Failure, strangeCursor } from '../../domain/failure.ts';
import type { Sound } from '../../domain/sound.ts';
import { localCapabilities } from './capabilities.ts';
import { newId } from './to-rows.ts';
import { type KeptMedia, toMediaJson } from './wire.ts';

interface NewSound {
  readonly content: Content;
  readonly name: string | undefined;
  readonly media: KeptMedia | undefined;
  readonly now: number;
  readonly tenant: string;
}

const TIKTOK_VIDEO = /^https:\/\/(www\.|m\.)?tiktok\.com\/@[^/]+\/video\/\d+/;

/** Keeps an audio file, or the address of a sound. A TikTok video is kept as a reference to its sound. */
export async function keepSound(
  query: Kysely<Tables>,
  { content, name, media, now, tenant }: NewSound,
): Promise<Sound> {
  const file = content.kind === 'file' ? content.file : undefined;
  const row: SoundRow = {
    id: newId(),
    name: name ?? file?.name ?? nameFromUrl(content.url),
    url: content.url,
    media_json: media ? toMediaJson(media) : null,
    duration_seconds: file?.facts.durationSeconds ?? null,
    note: TIKTOK_VIDEO.test(content.url)
      ? 'A reference to the sound of a TikTok video; no audio is kept.'
      : null,
    created_at: now,
    tenant,
  };
  await query.insertInto('sounds').values(row).execute();
  return fromSoundRow(row);
}

/** Bytes that are no text stay as they were written. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nameFromUrl(url: string): string {
  const { hostname, pathname } = new URL(url);
  const last = pathname.split('/').filter(Boolean).at(-1) ?? hostname;
  return decoded(last).slice(0, 100);
}

export async function readSound(query: Kysely<Tables>, id: string, tenant: string): Promise<SoundRow> {
  const row = await query
    .selectFrom('sounds')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `There is no sound local:${id.slice(0, 80)}.`, {
    field: 'soundId',
    next: { tool: 'list_sounds', arguments: { backend: 'local' }, why: 'lists the sounds that there are' },
  });
}

/** Newest first. */
export async function pageOfSounds(
  query: Kysely<Tables>,
  wanted: SoundQuery & { readonly tenant: string },
): Promise<Page<Sound>> {
  const found = await selectSounds(query, { ...wanted, limit: wanted.limit + 1 });
  const rows = found.slice(0, wanted.limit);
  const last = rows.at(-1);
  const more = last && found.length > rows.length && { nextCursor: `${last.created_at}.${last.id}` };
  return { rows: rows.map(fromSoundRow), ...more };
}

async function selectSounds(
  query: Kysely<Tables>,
  wanted: SoundQuery & { readonly tenant: string },
): Promise<SoundRow[]> {
  let select = query
    .selectFrom('sounds')
    .selectAll()
    .where('tenant', '=', wanted.tenant)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(wanted.limit);
  if (wanted.query) {
    const text = wanted.query.toLowerCase();
    select = select.where(sql<boolean>`instr(lower(name || ' ' || url), ${text}) > 0`);
  }
  if (wanted.cursor !== undefined) {
    const [, createdAt, id] = /^(\d{1,16})\.([a-z0-9]+)$/.exec(wanted.cursor) ?? [];
    if (createdAt === undefined || id === undefined) throw strangeCursor();
    const after = { createdAt: Number(createdAt), id };
    select = select.where((where) =>
      where(where.refTuple('created_at', 'id'), '<', where.tuple(after.createdAt, after.id)),
    );
  }
  return select.execute();
}

function fromSoundRow(row: SoundRow): Sound {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    createdAt: row.created_at,
    platforms: localCapabilities.soundPlatforms,
    ...(row.duration_seconds !== null && { durationSeconds: row.duration_seconds }),
    ...(row.note !== null && { note: row.note }),
  };
}
