import type { Capabilities } from '../../domain/capabilities.ts';
import type { Platform } from '../../domain/platform.ts';

/**
 * What the vendor posts videos to. Pinterest needs a board, for which there is no option, and Reddit is switched off:
 * https://docs.upload-post.com/api/upload-video
 */
export const UPLOAD_POST_PLATFORMS: readonly Platform[] = [
  'tiktok',
  'instagram',
  'youtube',
  'linkedin',
  'facebook',
  'x',
  'threads',
  'bluesky',
  'google_business',
  'discord',
  'telegram',
  'mastodon',
  'wordpress',
];

export const uploadPostCapabilities: Capabilities = {
  tools: {
    list_profiles: true,
    create_video_post: true,
    edit_post: true,
    list_posts: true,
    get_post: true,
    cancel_post: true,
    retry_post: true,
    upload_sound: 'it plays only the music that TikTok itself licenses, and takes no sounds',
    list_sounds: true,
  },
  content: ['url', 'file'],
  platforms: UPLOAD_POST_PLATFORMS,
  editable: ['caption', 'title', 'scheduledTime'],
  soundPlatforms: ['tiktok'],
  options: {
    tiktok: [
      'privacyLevel',
      'allowComments',
      'allowDuet',
      'allowStitch',
      'coverTimestampMs',
      'draft',
      'caption',
    ],
    instagram: ['contentType', 'coverTimestampMs', 'shareToFeed', 'caption'],
    youtube: ['title', 'description', 'privacyStatus', 'tags', 'caption'],
    linkedin: ['visibility', 'caption'],
    x: ['replySettings', 'caption'],
    facebook: ['videoType', 'caption'],
    threads: ['caption'],
  },
  titles: true,
  timePrecision: 'second',
  oneWritePer: 'profile',
  maxDaysAhead: 365,
};
