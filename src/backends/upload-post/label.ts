import type { Platform } from '../../domain/platform.ts';
import { toPlatform } from './ids.ts';

/** One platform of a post, and which of its texts are apart from the common ones, out of reach of an edit. */
export interface Placement {
  readonly platform: Platform;
  readonly ownCaption: boolean;
  readonly ownTitle: boolean;
}

/**
 * What Airdate writes into `external_id`: the vendor gives it back with the status, and tells of a job that has not run
 * neither its platforms nor where its texts stand.
 */
export interface Label {
  readonly profile: string;
  readonly placements: readonly Placement[];
}

/** https://docs.upload-post.com/api/upload-video */
const LONGEST = 255;

export function toExternalId({ profile, placements }: Label): string | undefined {
  const platforms = placements.map(
    ({ platform, ownCaption, ownTitle }) =>
      `${platform}${ownCaption || ownTitle ? '.' : ''}${ownCaption ? 'c' : ''}${ownTitle ? 't' : ''}`,
  );
  const text = `airdate:${platforms.join(',')}:${profile}`;
  return text.length <= LONGEST ? text : undefined;
}

export function fromExternalId(text: string | null | undefined): Label | undefined {
  const [, platforms, profile] = /^airdate:([a-z_.,]+):(.+)$/s.exec(text ?? '') ?? [];
  if (platforms === undefined || profile === undefined) return undefined;
  const placements = platforms.split(',').flatMap((entry): Placement[] => {
    const [name, flags = ''] = entry.split('.');
    const platform = toPlatform(name);
    return platform ? [{ platform, ownCaption: flags.includes('c'), ownTitle: flags.includes('t') }] : [];
  });
  return { profile, placements };
}
