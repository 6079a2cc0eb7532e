import type { Capabilities } from '../../domain/capabilities.ts';

const noSounds = 'it posts clips with their own audio';

export const openshortsCapabilities: Capabilities = {
  tools: {
    list_profiles: true,
    create_video_post: true,
    edit_post: 'it cannot change a scheduled post; cancel it and make it anew',
    list_posts: 'it does not tell which posts it made; upload-post lists them with all others',
    get_post: true,
    cancel_post: true,
    retry_post: 'it has no retry',
    upload_sound: noSounds,
    list_sounds: noSounds,
  },
  content: ['clip'],
  platforms: ['tiktok', 'instagram', 'youtube'],
  editable: [],
  soundPlatforms: [],
  options: { youtube: ['title'] },
  titles: true,
  timePrecision: 'second',
  oneWritePer: 'profile',
  postsThrough: 'upload-post',
  maxDaysAhead: 365,
};
