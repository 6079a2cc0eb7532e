import type { VideoOrder } from '../../domain/backend.ts';
import { Failure } from '../../domain/failure.ts';
import type { Warning } from '../../domain/post.ts';
import { youtubeText } from './platform-content.ts';

/** https://developers.posteverywhere.ai/platforms/youtube: required, without angle brackets. */
const LONGEST = 100;

interface YouTubeTitle {
  readonly title?: string;
  readonly warnings: readonly Warning[];
}

/** The title that a video on YouTube needs: as given, else made of the caption's first line. */
export function youtubeTitle({
  accounts,
  caption,
  title,
  options,
}: Omit<VideoOrder, 'content'>): YouTubeTitle {
  const accountIds = accounts.filter(({ platform }) => platform === 'youtube').map(({ id }) => id);
  if (accountIds.length === 0) return { warnings: title === undefined ? [] : [titleIgnored()] };
  const given = options.youtube?.title ?? title;
  if (given?.trim()) return { title: checkTitle(given), warnings: [] };
  const made = toTitle(youtubeText(options) ?? caption ?? '');
  if (!made)
    throw new Failure('invalid_parameter', 'YouTube needs a title, and there is no caption to make one of.', {
      field: 'title',
      hint: 'Nothing was sent. Add title.',
    });
  const message = `YouTube needs a title; it got "${made}", from the caption. edit_post with title changes it.`;
  return { title: made, warnings: [{ code: 'title_from_caption', message, accountIds }] };
}

/** A title with angle brackets is refused by the vendor, after the video was uploaded. */
export function checkTitle(title: string): string {
  if (!/[<>]/.test(title)) return title;
  throw new Failure('invalid_parameter', 'A YouTube title must not hold < or >.', {
    field: 'title',
    hint: 'Nothing was sent. Leave the angle brackets out.',
  });
}

export function titleIgnored(): Warning {
  return { code: 'title_ignored', message: 'PostEverywhere carries a title to YouTube alone.' };
}

/** The first line with something in it, cut at a character's end. */
function toTitle(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/[<>]/g, '').replace(/\s+/g, ' ').trim());
  let title = '';
  for (const character of lines.find((line) => line !== '') ?? '') {
    if (title.length + character.length > LONGEST) break;
    title += character;
  }
  return title.trim();
}
