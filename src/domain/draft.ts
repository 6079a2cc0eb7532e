import { z } from 'zod';
import type { Issue } from './failure.ts';
import { limitsOf, type Platform } from './platform.ts';
import { type OptionPlatform, PlatformOptions } from './platform-options.ts';
import type { Warning } from './post.ts';
import { lengthOf, line, text } from './text.ts';

const LONGEST_CAPTION = 63_206;

export const ScheduledTime = line(80).describe(
  'Wall time in timezone, or with Z/offset. E.g. 2030-12-24T18:30',
);
const Timezone = line(64).describe('IANA zone, e.g. Europe/Paris');
const ambiguousTime = z
  .enum(['earlier', 'later'])
  .describe('Which instant, where a clock change makes the wall time ambiguous');
const caption = text(LONGEST_CAPTION).describe('Text with hashtags, e.g. "Day 1 #running"');
const title = line(300).describe('YouTube title, e.g. "Day 1 of 30"');
const soundId = line(300).describe('From list_sounds or upload_sound, e.g. local:0k3f');
const platformOptions = PlatformOptions.describe(
  'E.g. {"youtube":{"privacyStatus":"unlisted"}}; caption overrides the common one',
);
const dryRun = z.boolean().describe('true = check and show the plan, send nothing');

/** What an agent asks `create_video_post` for. */
export const VideoDraft = z.strictObject({
  accountIds: z.array(line(300)).min(1).max(50).describe('From list_profiles, e.g. ["local:tiktok"]'),
  contentUrl: line(4096).describe(
    'Public https URL, absolute path of a local file, or openshorts:JOB_ID/CLIP_INDEX',
  ),
  caption: caption.optional(),
  title: title.optional(),
  soundId: soundId.optional(),
  scheduledTime: ScheduledTime.optional().describe(
    'Wall time in timezone, or with Z or offset, e.g. 2030-12-24T18:30; absent = now',
  ),
  timezone: Timezone.optional(),
  ambiguousTime: ambiguousTime.optional(),
  platformOptions: platformOptions.optional(),
  idempotencyKey: line(200).optional().describe('Repeats with it never post twice, e.g. "day-1"'),
  dryRun: dryRun.optional(),
});
export type VideoDraft = z.infer<typeof VideoDraft>;

/** What an agent asks `edit_post` for. */
export const PostChanges = z.strictObject({
  postId: line(500).describe('E.g. local:4kq1…'),
  caption: caption.optional(),
  title: title.optional(),
  scheduledTime: ScheduledTime.optional(),
  timezone: Timezone.optional(),
  ambiguousTime: ambiguousTime.optional(),
  contentType: z.enum(['video', 'slides']).optional().describe('With contentUrl, e.g. video'),
  contentUrl: z
    .union([line(4096), z.array(line(4096)).min(1).max(35)])
    .optional()
    .describe('New video, e.g. https://cdn.example.com/b.mp4; for slides an array of image URLs'),
  soundId: soundId.nullable().optional().describe('E.g. local:0k3f; null removes the sound'),
  platformOptions: platformOptions.optional(),
  dryRun: dryRun.optional(),
});
export type PostChanges = z.infer<typeof PostChanges>;

/** The texts of a post that a platform may find too long. */
export interface Texts {
  readonly caption?: string | undefined;
  readonly title?: string | undefined;
  readonly options?: PlatformOptions | undefined;
}

/** The caption that a platform gets. */
export function captionFor(platform: Platform, { caption: common, options }: Texts): string | undefined {
  return options?.[platform as OptionPlatform]?.caption ?? common;
}

/** What a platform would refuse, parameter by parameter. */
export function textIssues(texts: Texts, platforms: Iterable<Platform>): Issue[] {
  return [...new Set(platforms)].flatMap((platform) => {
    const limits = limitsOf(platform);
    const given = captionFor(platform, texts);
    const own = texts.options?.[platform as OptionPlatform]?.caption !== undefined;
    return [
      ...tooLong(own ? `platformOptions.${platform}.caption` : 'caption', {
        given,
        limit: limits.caption,
        platform,
      }),
      ...(platform === 'youtube'
        ? tooLong('title', {
            given: texts.options?.youtube?.title ?? texts.title,
            limit: limits.title ?? 100,
            platform,
          })
        : []),
    ];
  });
}

function tooLong(
  path: string,
  text: { given: string | undefined; limit: number; platform: Platform },
): Issue[] {
  const length = lengthOf(text.given ?? '');
  if (length <= text.limit) return [];
  return [{ path, message: `${length} characters; ${text.platform} takes ${text.limit}` }];
}

/** Captions that pass only for some accounts of a platform. */
export function textWarnings(texts: Texts, platforms: Iterable<Platform>): Warning[] {
  return [...new Set(platforms)].flatMap((platform) => {
    const limit = limitsOf(platform).captionForAll;
    const length = lengthOf(captionFor(platform, texts) ?? '');
    if (limit === undefined || length <= limit) return [];
    const message = `The caption has ${length} characters; ${platform} takes more than ${limit} only from some accounts.`;
    return [{ code: 'caption_may_be_refused', message }];
  });
}
