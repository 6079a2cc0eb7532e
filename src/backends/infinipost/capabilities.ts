import type { Capabilities } from '../../domain/capabilities.ts';
import { Failure } from '../../domain/failure.ts';
import type { Platform } from '../../domain/platform.ts';

export const NO_RETRY = 'the vendor has no retry';

export const capabilities: Capabilities = {
  tools: {
    list_profiles: true,
    create_video_post: true,
    edit_post: true,
    list_posts: true,
    get_post: true,
    cancel_post: true,
    retry_post: NO_RETRY,
    upload_sound: true,
    list_sounds: true,
  },
  content: ['url'],
  platforms: ['tiktok', 'instagram'],
  editable: ['caption', 'scheduledTime', 'contentUrl', 'soundId'],
  soundPlatforms: ['tiktok'],
  options: {},
  titles: false,
  timePrecision: 'minute',
  oneWritePer: 'call',
};

export function takesSound(platform: Platform): boolean {
  return capabilities.soundPlatforms.includes(platform);
}

export function unsupported(what: string): Failure {
  return new Failure('unsupported', `infinipost cannot do this: ${what}.`, { backend: 'infinipost' });
}
