import { z } from 'zod';

const text = (max: number) => z.string().max(max);
const caption = text(63_206).optional();
const cover = z.int().min(0).optional();
const flag = z.boolean().optional();

const TikTok = z.strictObject({
  privacyLevel: z
    .enum(['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'FOLLOWER_OF_CREATOR', 'SELF_ONLY'])
    .optional(),
  allowComments: flag,
  allowDuet: flag,
  allowStitch: flag,
  coverTimestampMs: cover,
  draft: flag,
  caption,
});

const Instagram = z.strictObject({
  contentType: z.enum(['Reels', 'Story', 'Post', 'Trial Reel']).optional(),
  altText: text(100).optional(),
  coverTimestampMs: cover,
  shareToFeed: flag,
  caption,
});

const YouTube = z.strictObject({
  title: text(100).optional(),
  description: text(5000).optional(),
  privacyStatus: z.enum(['public', 'unlisted', 'private']).optional(),
  tags: z.array(text(100)).max(60).optional(),
  caption,
});

/** The vendors' options for each platform, in one vocabulary: covers in milliseconds, adapters convert. */
export const PlatformOptions = z.strictObject({
  tiktok: TikTok.optional(),
  instagram: Instagram.optional(),
  youtube: YouTube.optional(),
  linkedin: z
    .strictObject({ visibility: z.enum(['PUBLIC', 'CONNECTIONS', 'LOGGED_IN_MEMBERS']).optional(), caption })
    .optional(),
  x: z
    .strictObject({ replySettings: z.enum(['everyone', 'following', 'mentionedUsers']).optional(), caption })
    .optional(),
  facebook: z.strictObject({ videoType: z.enum(['reel', 'video']).optional(), caption }).optional(),
  threads: z.strictObject({ caption }).optional(),
});
export type PlatformOptions = z.infer<typeof PlatformOptions>;
export type OptionPlatform = keyof PlatformOptions;

/** `[platform, option]` for every option that was given. */
export function givenOptions(options: PlatformOptions): [OptionPlatform, string][] {
  return (Object.entries(options) as [OptionPlatform, object | undefined][]).flatMap(([platform, given]) =>
    Object.entries(given ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([option]): [OptionPlatform, string] => [platform, option]),
  );
}

/** The options with `changes` laid over them, option by option. */
export function mergeOptions(options: PlatformOptions, changes: PlatformOptions): PlatformOptions {
  const platforms = new Set([...Object.keys(options), ...Object.keys(changes)]) as Set<OptionPlatform>;
  return Object.fromEntries(
    [...platforms].map((platform) => [platform, { ...options[platform], ...changes[platform] }]),
  );
}
