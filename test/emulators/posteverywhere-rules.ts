import type { Platform } from './posteverywhere-bodies.ts';
import { invalid, Refusal } from './posteverywhere-envelope.ts';
import type { MediaLibrary } from './posteverywhere-media.ts';
import { type Post, textFor } from './posteverywhere-post.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

const textLimits: Partial<Record<Platform, number>> = {
  x: 280,
  threads: 500,
  bluesky: 300,
  linkedin: 3000,
  facebook: 63_206,
  instagram: 2200,
  youtube: 5000,
  pinterest: 500,
  telegram: 4096,
  discord: 2000,
};

const needsMedia: readonly Platform[] = ['instagram', 'tiktok', 'pinterest', 'youtube'];

/** What has to hold for a post before the vendor takes it for its platforms. */
export function checkPlatformRules(
  post: Post,
  library: MediaLibrary,
  switches: PosteverywhereSwitches,
): void {
  const platforms = new Set(post.destinations.map((destination) => destination.platform));
  checkTexts(post, platforms, switches);
  const media = post.mediaIds.map((id) => library.find(id)?.type);
  const videos = media.filter((type) => type === 'video').length;
  if (videos > 1) throw invalid('A post can carry one video only.');
  const bare = needsMedia.find((platform) => platforms.has(platform));
  if (bare && media.length === 0) throw invalid(`Media is required on ${bare}.`);
  if (!platforms.has('youtube')) return;
  if (videos === 0) throw invalid('youtube requires one video.');
  if (!post.platformContent?.youtube?.settings?.title)
    throw invalid('youtube requires platform_content.youtube.settings.title.');
}

/** Every attached medium must exist and be ready. */
export function checkMedia(mediaIds: readonly string[], library: MediaLibrary): void {
  for (const id of mediaIds) {
    const media = library.find(id);
    if (!media) throw invalid(`Media ${id} not found.`);
    if (media.status !== 'ready') throw invalid(`Media ${id} is not ready (${media.status}).`);
  }
}

function checkTexts(post: Post, platforms: ReadonlySet<Platform>, switches: PosteverywhereSwitches): void {
  const problems: string[] = [];
  for (const platform of platforms) {
    const limit = platform === 'tiktok' ? switches.tiktokTextLimit : textLimits[platform];
    const length = [...textFor(post, platform)].length;
    if (limit !== undefined && length > limit)
      problems.push(`${platform}: content has ${length} characters, the limit is ${limit}.`);
  }
  if (problems.length > 0)
    throw new Refusal(400, switches.textTooLongCode, problems.join(' '), { validation_errors: problems });
  const hashtags = platforms.has('instagram') ? textFor(post, 'instagram').match(/#\w/g) : null;
  if (hashtags && hashtags.length > 30) throw invalid('instagram allows 30 hashtags.');
}
