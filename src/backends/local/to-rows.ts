import { randomBytes } from 'node:crypto';
import type { PostRow } from '../../database/tables.ts';
import type { AirTime } from '../../domain/air-time.ts';
import type { PostEdit, VideoOrder } from '../../domain/backend.ts';
import { mergeOptions } from '../../domain/platform-options.ts';
import type { RowEdit } from './changes.ts';
import { type KeptMedia, optionsOf, toMediaJson } from './wire.ts';

/** 80 random bits, in letters and digits that nothing needs to escape. */
export function newId(): string {
  return BigInt(`0x${randomBytes(10).toString('hex')}`)
    .toString(36)
    .padStart(16, '0');
}

interface Circumstances {
  readonly media: KeptMedia | undefined;
  readonly now: number;
  readonly timezone: string;
  readonly zoneRules: string;
}

export function toPostRow(order: VideoOrder, { media, now, timezone, zoneRules }: Circumstances): PostRow {
  return {
    id: newId(),
    version: 1,
    status: 'scheduled',
    content_url: order.content.url,
    media_json: media ? toMediaJson(media) : null,
    caption: order.caption ?? null,
    title: order.title ?? null,
    sound_id: order.soundId ?? null,
    options_json: JSON.stringify(order.options),
    ...timeColumns(order.airTime ?? { at: now, timezone }, zoneRules),
    request_id: order.requestId,
    created_at: now,
    updated_at: now,
  };
}

/** Options are laid over those that the post has; whatever else was not named is left out. */
export function toRowEdit(
  edit: PostEdit,
  { row, media, zoneRules }: Pick<Circumstances, 'media' | 'zoneRules'> & { readonly row: PostRow },
): RowEdit {
  const [content] = edit.content ?? [];
  return {
    ...(edit.caption !== undefined && { caption: edit.caption }),
    ...(edit.title !== undefined && { title: edit.title }),
    ...(edit.soundId !== undefined && { sound_id: edit.soundId }),
    ...(edit.options && { options_json: JSON.stringify(mergeOptions(optionsOf(row), edit.options)) }),
    ...(content && { content_url: content.url, media_json: media ? toMediaJson(media) : null }),
    ...(edit.airTime && timeColumns(edit.airTime, zoneRules)),
  };
}

function timeColumns({ at, timezone, ambiguousTime, wallTime }: AirTime, zoneRules: string) {
  return {
    air_at: at,
    wall_time: wallTime ?? null,
    timezone,
    ambiguous_time: ambiguousTime ?? null,
    zone_rules: zoneRules,
  };
}
