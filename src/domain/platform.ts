/** What a platform takes. Text in characters, video in seconds and bytes. */
export interface PlatformLimits {
  /** Longer captions are refused by the platform. */
  readonly caption: number;
  /** Longer captions pass only for some accounts. */
  readonly captionForAll?: number;
  readonly title?: number;
  readonly video?: { readonly minSeconds: number; readonly maxSeconds: number; readonly maxBytes: number };
}

const MB = 1024 * 1024;
const GB = 1024 * MB;

/** Source: https://docs.upload-post.com/resources/character-limits and https://docs.upload-post.com/api/video-requirements */
const PLATFORMS = {
  tiktok: { caption: 2200, video: { minSeconds: 1, maxSeconds: 600, maxBytes: 4 * GB } },
  instagram: { caption: 2200, video: { minSeconds: 3, maxSeconds: 900, maxBytes: 300 * MB } },
  youtube: { caption: 5000, title: 100, video: { minSeconds: 1, maxSeconds: 43_200, maxBytes: 256 * GB } },
  facebook: { caption: 63_206, title: 255, video: { minSeconds: 1, maxSeconds: 14_400, maxBytes: GB } },
  linkedin: { caption: 3000, video: { minSeconds: 3, maxSeconds: 600, maxBytes: 5 * GB } },
  x: { caption: 25_000, captionForAll: 280, video: { minSeconds: 0.5, maxSeconds: 140, maxBytes: 512 * MB } },
  threads: { caption: 500, video: { minSeconds: 0, maxSeconds: 300, maxBytes: GB } },
  pinterest: { caption: 500, title: 100, video: { minSeconds: 4, maxSeconds: 900, maxBytes: GB } },
  bluesky: { caption: 300, video: { minSeconds: 0, maxSeconds: 180, maxBytes: 100 * MB } },
  reddit: { caption: 40_000, title: 300 },
  telegram: { caption: 4096 },
  discord: { caption: 2000 },
  mastodon: { caption: 500 },
  wordpress: { caption: 63_206 },
  google_business: { caption: 1500 },
} as const satisfies Record<string, PlatformLimits>;

export type Platform = keyof typeof PLATFORMS;
export const PLATFORM_NAMES = Object.keys(PLATFORMS) as Platform[];

export function isPlatform(text: string): text is Platform {
  return Object.hasOwn(PLATFORMS, text);
}

export function limitsOf(platform: Platform): PlatformLimits {
  return PLATFORMS[platform];
}
