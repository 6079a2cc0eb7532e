import type { Capabilities } from '../../domain/capabilities.ts';

const NO_SOUNDS = 'the vendor has no sounds';

export const posteverywhereCapabilities: Capabilities = {
  tools: {
    list_profiles: true,
    create_video_post: true,
    edit_post: true,
    list_posts: true,
    get_post: true,
    cancel_post: true,
    retry_post: true,
    upload_sound: NO_SOUNDS,
    list_sounds: NO_SOUNDS,
  },
  content: ['url', 'file'],
  platforms: [
    'tiktok',
    'instagram',
    'youtube',
    'linkedin',
    'x',
    'facebook',
    'threads',
    'pinterest',
    'bluesky',
    'telegram',
    'discord',
    'wordpress',
  ],
  editable: ['caption', 'title', 'scheduledTime', 'contentUrl', 'platformOptions'],
  slides: true,
  soundPlatforms: [],
  options: {
    tiktok: ['privacyLevel', 'allowComments', 'allowDuet', 'allowStitch', 'coverTimestampMs', 'caption'],
    instagram: ['contentType', 'altText', 'coverTimestampMs', 'caption'],
    youtube: ['title', 'description', 'privacyStatus', 'tags', 'caption'],
    linkedin: ['visibility', 'caption'],
    x: ['replySettings', 'caption'],
    facebook: ['videoType', 'caption'],
    threads: ['caption'],
  },
  titles: true,
  timePrecision: 'second',
  oneWritePer: 'call',
};
