import type { Platform } from '../../domain/platform.ts';
import type { OptionPlatform, PlatformOptions } from '../../domain/platform-options.ts';
import type { WirePost } from './wire.ts';

interface WireContent {
  readonly content?: string | undefined;
  readonly contentType?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export type PlatformContent = Readonly<Record<string, object>>;

/**
 * What each platform gets of its own: https://developers.posteverywhere.ai/api/create-post. `contentType` stands beside
 * the settings. Instagram counts a cover in seconds, TikTok in milliseconds.
 */
export function toPlatformContent(options: PlatformOptions, platforms: readonly Platform[]): PlatformContent {
  const given = Object.entries(toWireOptions(options)).filter(([platform]) =>
    platforms.some((one) => one === platform),
  );
  return Object.fromEntries(
    given.flatMap(([platform, { settings = {}, ...rest }]) => {
      const kept = prune(settings);
      const content = { ...prune(rest), ...(Object.keys(kept).length > 0 && { settings: kept }) };
      return Object.keys(content).length > 0 ? [[platform, content]] : [];
    }),
  );
}

function toWireOptions(options: PlatformOptions): Record<OptionPlatform, WireContent> {
  const {
    tiktok = {},
    instagram = {},
    youtube = {},
    linkedin = {},
    x = {},
    facebook = {},
    threads,
  } = options;
  const { privacyLevel, allowComments, allowDuet, allowStitch } = tiktok;
  const coverSeconds =
    instagram.coverTimestampMs === undefined ? undefined : instagram.coverTimestampMs / 1000;
  return {
    tiktok: {
      content: tiktok.caption,
      settings: {
        privacyLevel,
        allowComments,
        allowDuet,
        allowStitch,
        videoCoverTimestamp: tiktok.coverTimestampMs,
      },
    },
    instagram: {
      content: instagram.caption,
      contentType: instagram.contentType,
      settings: { altText: instagram.altText, coverPhotoTimestamp: coverSeconds },
    },
    youtube: {
      content: youtubeText(options),
      settings: { title: youtube.title, privacyStatus: youtube.privacyStatus, tags: youtube.tags },
    },
    linkedin: { content: linkedin.caption, settings: { visibility: linkedin.visibility } },
    x: { content: x.caption, settings: { replySettings: x.replySettings } },
    facebook: {
      content: facebook.caption,
      // The page of April 2026 has videoType, the vendor's newer clients have contentType: npm @posteverywhere/mcp.
      contentType: facebook.videoType && { reel: 'Reels', video: 'Post' }[facebook.videoType],
      settings: { videoType: facebook.videoType },
    },
    threads: { content: threads?.caption },
  };
}

/** The text of a post is the description of the video on YouTube. */
export function youtubeText({ youtube }: PlatformOptions): string | undefined {
  return youtube?.description ?? youtube?.caption;
}

/**
 * What a post has, with changes laid over it. It is sent whole, so that it comes out the same whether the vendor merges
 * or replaces.
 */
export function mergePlatformContent(
  standing: WirePost['platform_content'],
  changes: PlatformContent,
): PlatformContent {
  const before = standing ?? {};
  const platforms = new Set([...Object.keys(before), ...Object.keys(changes)]);
  return Object.fromEntries(
    [...platforms].map((platform) => {
      const old = prune(before[platform] ?? {});
      const change: WireContent = changes[platform] ?? {};
      const settings = prune({ ...before[platform]?.settings, ...change.settings });
      return [platform, { ...old, ...change, ...(Object.keys(settings).length > 0 && { settings }) }];
    }),
  );
}

function prune(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
