import type { AirTime } from '../../domain/air-time.ts';
import type { PostEdit, VideoOrder } from '../../domain/backend.ts';
import type { Platform } from '../../domain/platform.ts';
import type { PlatformOptions } from '../../domain/platform-options.ts';
import type { Warning } from '../../domain/post.ts';
import { fromWirePlatform, toWireAccountId } from './fields.ts';
import { mergePlatformContent, toPlatformContent } from './platform-content.ts';
import type { WirePost } from './wire.ts';
import { checkTitle, titleIgnored, youtubeTitle } from './youtube-title.ts';

export interface WireBody {
  readonly body: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
  /** The title that the post gets on YouTube. */
  readonly title?: string;
}

/** A post without a text is refused, so that it gets one that nobody sees. */
const BLANK = ' ';

/** Everything of an order but its media. Throws where the vendor would refuse it. */
export function toCreateBody(order: Omit<VideoOrder, 'content'>): WireBody {
  const { accounts, caption = '', airTime, options } = order;
  const platforms = accounts.map(({ platform }) => platform);
  const { title, warnings } = youtubeTitle(order);
  const own = title === undefined ? options : { ...options, youtube: { ...options.youtube, title } };
  const content = toPlatformContent(own, platforms);
  const silent = platforms.some((platform) => !('content' in (content[platform] ?? {})));
  return {
    body: {
      content: caption.trim() === '' ? BLANK : caption,
      account_ids: accounts.map(({ id }) => toWireAccountId(id)),
      ...timeFields(airTime),
      ...(Object.keys(content).length > 0 && { platform_content: content }),
    },
    ...(title !== undefined && { title }),
    warnings: [
      ...warnings,
      ...(caption.trim() === '' && silent ? [captionBlank()] : []),
      ...descriptionWins(options, platforms),
    ],
  };
}

/** `standing`: the post as it is, where titles or options change. */
export function toEditBody(
  { caption, title, airTime, options = {} }: PostEdit,
  standing?: WirePost,
): WireBody {
  const platforms = standing ? platformsOf(standing) : [];
  const onYouTube = platforms.includes('youtube');
  const newTitle = options.youtube?.title ?? title;
  const titled = newTitle !== undefined && onYouTube && { title: checkTitle(newTitle) };
  const own: PlatformOptions = titled ? { ...options, youtube: { ...options.youtube, ...titled } } : options;
  const changes = toPlatformContent(own, platforms);
  return {
    body: {
      ...(caption !== undefined && { content: caption.trim() === '' ? BLANK : caption }),
      ...timeFields(airTime),
      ...(Object.keys(changes).length > 0 && {
        platform_content: mergePlatformContent(standing?.platform_content, changes),
      }),
    },
    warnings: [
      ...(caption?.trim() === '' ? [captionBlank()] : []),
      ...(title !== undefined && !onYouTube ? [titleIgnored()] : []),
      ...descriptionWins(options, platforms),
    ],
  };
}

function platformsOf({ destinations }: WirePost): Platform[] {
  return (destinations ?? []).flatMap(({ platform }) => fromWirePlatform(platform) ?? []);
}

/**
 * The instant is in UTC, for `timezone` is for display and moves nothing. Older pages call the field `scheduled_at`,
 * newer ones `scheduled_for`; a post whose time is not read goes out at once, so that both are sent:
 * https://developers.posteverywhere.ai/api/create-post
 */
function timeFields(airTime: AirTime | undefined): object {
  if (!airTime) return {};
  const utc = new Date(airTime.at).toISOString();
  return { scheduled_for: utc, scheduled_at: utc, timezone: airTime.timezone };
}

function captionBlank(): Warning {
  const message = 'PostEverywhere takes no post without a text: a single space went in place of the caption.';
  return { code: 'caption_blank', message };
}

function descriptionWins({ youtube }: PlatformOptions, platforms: readonly Platform[]): Warning[] {
  const both = youtube?.description !== undefined && youtube.caption !== undefined;
  if (!both || !platforms.includes('youtube') || youtube.description === youtube.caption) return [];
  const message = 'YouTube has one text: youtube.description is it, youtube.caption was left out.';
  return [{ code: 'option_ignored', message }];
}
