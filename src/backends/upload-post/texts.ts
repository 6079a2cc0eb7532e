import type { VideoOrder } from '../../domain/backend.ts';
import { captionFor } from '../../domain/draft.ts';
import { Failure } from '../../domain/failure.ts';
import { limitsOf, type Platform } from '../../domain/platform.ts';
import type { Warning } from '../../domain/post.ts';
import { lengthOf } from '../../domain/text.ts';
import type { FormPart } from '../payload.ts';
import type { Placement } from './label.ts';

type Worded = Pick<VideoOrder, 'accounts' | 'caption' | 'title' | 'options'>;

export interface PlacedTexts {
  readonly parts: readonly FormPart[];
  readonly placements: readonly Placement[];
  readonly warnings: readonly Warning[];
}

/** Their text is the description, and the title is a title. Everywhere else the title is the text. */
const DESCRIBED: ReadonlySet<Platform> = new Set(['youtube', 'linkedin', 'facebook', 'pinterest']);

/** With only such platforms the common title is a title; else it is the caption, and titles stand apart. */
export function titleIsTitle(platforms: readonly Platform[]): boolean {
  return platforms.every((platform) => DESCRIBED.has(platform));
}

/**
 * Puts the texts where an edit reaches them: the vendor changes the common `title` and `caption` of a scheduled post,
 * and nothing that was given for one platform.
 */
export function placeTexts(order: Worded): PlacedTexts {
  const platforms = order.accounts.map(({ platform }) => platform);
  const [only] = platforms.length === 1 ? platforms : [];
  const caption = given(only ? captionOn(only, order) : order.caption);
  const youtube = platforms.includes('youtube') ? youtubeTitle(order) : undefined;
  const commonTitle =
    only === undefined ? (given(order.title) ?? youtube?.title) : (youtube?.title ?? given(order.title));
  const plain = titleIsTitle(platforms);
  const common = plain ? commonTitle : caption;
  const described = platforms.some((platform) => DESCRIBED.has(platform));
  const placed = platforms.map((platform) =>
    place(platform, { order, caption, title: plain ? commonTitle : undefined, youtube: youtube?.title }),
  );
  const lost = !described && given(order.title) !== undefined;
  return {
    parts: [
      ...part('title', common),
      ...(described ? part('description', caption) : []),
      ...placed.flatMap(({ parts }) => parts),
    ],
    placements: placed.map(({ placement }) => placement),
    warnings: [
      ...(youtube?.warnings ?? []),
      ...(lost
        ? [{ code: 'title_ignored', message: `${platforms.join(', ')}: there is no title there.` }]
        : []),
    ],
  };
}

/** What is common, and what the order says. */
interface Common {
  readonly order: Worded;
  readonly caption: string | undefined;
  /** Absent where the common title holds the caption. */
  readonly title: string | undefined;
  readonly youtube: string | undefined;
}

function place(platform: Platform, common: Common): { parts: FormPart[]; placement: Placement } {
  const described = DESCRIBED.has(platform);
  const caption = ownCaption(platform, common);
  const title = described ? ownTitle(platform, common) : undefined;
  return {
    parts: [
      ...part(`${platform}_title`, described ? title : caption),
      ...(described ? part(`${platform}_description`, caption) : []),
    ],
    placement: { platform, ownCaption: caption !== undefined, ownTitle: title !== undefined },
  };
}

function ownCaption(platform: Platform, { order, caption }: Common): string | undefined {
  const wanted = given(captionOn(platform, order));
  if (wanted !== undefined || caption === undefined) return wanted === caption ? undefined : wanted;
  throw new Failure('unsupported', `Upload-Post cannot leave out the caption on ${platform} alone.`, {
    field: `platformOptions.${platform}.caption`,
    hint: 'Post to that account apart.',
  });
}

function ownTitle(platform: Platform, { order, caption, title, youtube }: Common): string | undefined {
  const wanted =
    platform === 'youtube' ? youtube : (given(order.title) ?? shortTitle(platform, title ?? caption));
  return wanted === title ? undefined : wanted;
}

/** The caption would serve as title where none is given; one that is too long for that is cut. */
function shortTitle(platform: Platform, fallback: string | undefined): string | undefined {
  const limit = limitsOf(platform).title;
  if (fallback === undefined || limit === undefined || lengthOf(fallback) <= limit) return undefined;
  return firstLine(fallback, limit);
}

function captionOn(platform: Platform, { caption, options }: Worded): string | undefined {
  const description = platform === 'youtube' ? options.youtube?.description : undefined;
  return description ?? captionFor(platform, { caption, options });
}

function youtubeTitle(order: Worded): { title: string; warnings: Warning[] } {
  const asked = given(order.options.youtube?.title) ?? given(order.title);
  if (asked !== undefined) return { title: asked, warnings: [] };
  const title = firstLine(captionOn('youtube', order) ?? '', 100);
  if (title === '')
    throw new Failure('invalid_parameter', 'YouTube needs a title.', {
      field: 'title',
      hint: 'Add title, or a caption whose first line can be the title.',
    });
  const message = `YouTube needs a title; the first line of the caption is taken: "${title}".`;
  const accountIds = order.accounts.flatMap(({ platform, id }) => (platform === 'youtube' ? [id] : []));
  return { title, warnings: [{ code: 'title_from_caption', message, accountIds }] };
}

function firstLine(text: string, limit: number): string {
  const [line = ''] = text.trim().split(/[\r\n]/, 1);
  return Array.from(line.trim()).slice(0, limit).join('').trim();
}

/** The vendor takes an empty text for none. */
function given(text: string | undefined): string | undefined {
  return text?.trim() ? text : undefined;
}

function part(name: string, text: string | undefined): FormPart[] {
  return text === undefined ? [] : [[name, text]];
}
