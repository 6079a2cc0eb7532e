import type { MediaFacts } from '../domain/content.ts';
import { limitsOf, type Platform } from '../domain/platform.ts';

export interface MediaWarning {
  readonly code: 'media_may_be_refused';
  readonly message: string;
  readonly platform: Platform;
}

/** What becomes of a video that is wider than high, where upright ones are the rule. */
const SHOWN_WIDE: Partial<Record<Platform, string>> = {
  tiktok: 'TikTok shows it small, between black bars',
  instagram: 'a Reel shows it small or cropped',
  youtube: 'YouTube shows it as an ordinary video, not as a Short',
};

/** Why a platform may refuse a video, or show it in another way than was meant. */
export function videoWarnings(
  facts: MediaFacts,
  bytes: number,
  platforms: readonly Platform[],
): readonly MediaWarning[] {
  return [...new Set(platforms)].flatMap((platform) =>
    [lengthComplaint(facts, platform), sizeComplaint(bytes, platform), shapeComplaint(facts, platform)]
      .filter((message) => message !== undefined)
      .map((message) => ({ code: 'media_may_be_refused' as const, message, platform })),
  );
}

function lengthComplaint({ durationSeconds }: MediaFacts, platform: Platform): string | undefined {
  const { video } = limitsOf(platform);
  if (!video) return undefined;
  if (durationSeconds < video.minSeconds)
    return `The video lasts ${seconds(durationSeconds)}; ${platform} takes ${seconds(video.minSeconds)} or more.`;
  if (durationSeconds > video.maxSeconds)
    return `The video lasts ${seconds(durationSeconds)}; ${platform} takes ${seconds(video.maxSeconds)} at most.`;
  return undefined;
}

function sizeComplaint(bytes: number, platform: Platform): string | undefined {
  const { video } = limitsOf(platform);
  if (!video || bytes <= video.maxBytes) return undefined;
  return `The video has ${megabytes(bytes)}; ${platform} takes ${megabytes(video.maxBytes)} at most.`;
}

function shapeComplaint({ width = 0, height = 0 }: MediaFacts, platform: Platform): string | undefined {
  const consequence = SHOWN_WIDE[platform];
  if (!consequence || width <= height) return undefined;
  return `The video is not upright (${width}x${height}): ${consequence}. 9:16 fits best.`;
}

function seconds(count: number): string {
  return `${Math.round(count * 100) / 100} s`;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
