import type { UploadForm } from './upload-post-form.ts';
import { Refusal } from './upload-post-refusal.ts';
import { everyPrivacyLevel, type UploadPostSwitches } from './upload-post-settings.ts';

const platforms = [
  'tiktok',
  'instagram',
  'youtube',
  'linkedin',
  'facebook',
  'x',
  'threads',
  'pinterest',
  'reddit',
  'bluesky',
  'google_business',
  'discord',
  'telegram',
  'mastodon',
  'wordpress',
];

const choices: Record<string, readonly string[]> = {
  privacy_level: everyPrivacyLevel,
  post_mode: ['DIRECT_POST', 'MEDIA_UPLOAD'],
  media_type: ['REELS', 'STORIES'],
  share_mode: ['CUSTOM', 'TRIAL_REELS_SHARE_TO_FOLLOWERS_IF_LIKED', 'TRIAL_REELS_DONT_SHARE_TO_FOLLOWERS'],
  privacyStatus: ['public', 'unlisted', 'private'],
  license: ['youtube', 'creativeCommon'],
  facebook_media_type: ['REELS', 'STORIES', 'VIDEO'],
  video_state: ['PUBLISHED', 'DRAFT'],
  visibility: ['PUBLIC', 'CONNECTIONS', 'LOGGED_IN', 'CONTAINER'],
  reply_settings: ['everyone', 'following', 'mentionedUsers', 'subscribers', 'verified'],
};

const flags = [
  'async_upload',
  'add_to_queue',
  'disable_comment',
  'disable_duet',
  'disable_stitch',
  'disable_inbox_fallback',
  'brand_content_toggle',
  'brand_organic_toggle',
  'is_aigc',
  'is_ai_generated',
  'tiktok_is_ai_generated',
  'tiktok_is_ads_only',
  'tiktok_upload_to_draft',
  'share_to_feed',
  'embeddable',
  'publicStatsViewable',
  'selfDeclaredMadeForKids',
  'containsSyntheticMedia',
  'hasPaidProductPlacement',
  'youtube_notify_subscribers',
];

const numbers: Record<string, number> = {
  cover_timestamp: Number.MAX_SAFE_INTEGER,
  thumb_offset: Number.MAX_SAFE_INTEGER,
  tiktok_music_start: Number.MAX_SAFE_INTEGER,
  tiktok_music_end: Number.MAX_SAFE_INTEGER,
  tiktok_music_volume: 100,
  tiktok_original_sound_volume: 100,
  max_posts_per_slot: 100,
};

/** Characters: https://docs.upload-post.com/resources/character-limits */
const titleLimits: Record<string, number> = {
  tiktok: 2200,
  instagram: 2200,
  youtube: 100,
  x: 280,
  threads: 500,
  pinterest: 100,
  bluesky: 300,
};

const descriptionLimits: Record<string, number> = {
  youtube: 5000,
  linkedin: 3000,
  facebook: 63_206,
  pinterest: 500,
};

const smallestVideo = 1024;

/** What can be said about an upload without knowing the account: https://docs.upload-post.com/api/upload-video */
export function checkForm(form: UploadForm, { titleRequired }: UploadPostSwitches): void {
  if (!form.user) throw new Refusal(400, 'Username is required');
  if (form.platforms.length === 0) throw new Refusal(400, 'At least one platform is required');
  const youtube = form.platforms.includes('youtube');
  const title = form.text('title') ?? (youtube ? form.text('youtube_title') : undefined);
  const titleMissing = !title && (youtube || titleRequired === 'always');
  if (!form.video || titleMissing) throw new Refusal(400, 'Video file and title are required');
  const unknown = form.platforms.filter((platform) => !platforms.includes(platform));
  if (unknown.length > 0) throw new Refusal(400, `Invalid platforms: ${unknown.join(', ')}`);
  if (form.platforms.includes('reddit')) {
    const extra = { error_code: 'reddit_unavailable' };
    throw new Refusal(503, 'Reddit is currently unavailable', { extra });
  }
  checkVideo(form);
  checkFields(form);
  checkCombinations(form);
  for (const platform of form.platforms) checkLengths(platform, form);
}

export function checkIds({ requestId, externalId }: { requestId: string; externalId: string }): void {
  if (externalId.length > 255) throw new Refusal(400, 'external_id is longer than 255 characters');
  if (isBadId(requestId)) throw new Refusal(400, 'Invalid request_id');
}

export function isBadId(id: string): boolean {
  return id.length > 200 || /\p{Cc}/u.test(id);
}

function checkVideo({ video }: UploadForm): void {
  if (video?.kind === 'file' && video.size < smallestVideo) {
    throw new Refusal(400, 'The video file is broken: it is smaller than 1 KB');
  }
  if (video?.kind === 'url' && !/^https?:\/\/\S+$/i.test(video.url)) {
    throw new Refusal(400, 'video must be a file or a public http(s) URL');
  }
  if (video?.kind === 'url' && !URL.canParse(video.url)) throw new Refusal(400, 'Invalid video URL');
}

function checkFields(form: UploadForm): void {
  for (const [name, allowed] of Object.entries(choices)) {
    const value = form.text(name);
    if (value && !allowed.includes(value)) {
      throw new Refusal(400, `Invalid ${name}: ${value}. Allowed: ${allowed.join(', ')}`);
    }
  }
  for (const name of flags) {
    if (!/^(true|false)?$/i.test(form.text(name) ?? ''))
      throw new Refusal(400, `${name} must be true or false`);
  }
  for (const [name, largest] of Object.entries(numbers)) {
    const value = form.text(name) ?? '0';
    if (!/^\d+$/.test(value) || Number(value) > largest) throw new Refusal(400, `Invalid ${name}: ${value}`);
  }
}

function checkCombinations(form: UploadForm): void {
  const both = (one: string, other: string) => Boolean(form.text(one) && form.text(other));
  const onlyOne = (one: string, other: string) => Boolean(form.text(one)) !== Boolean(form.text(other));
  if (form.text('scheduled_date') && form.flag('add_to_queue')) {
    throw new Refusal(400, 'scheduled_date and add_to_queue exclude each other');
  }
  if (both('allowedCountries', 'blockedCountries')) {
    throw new Refusal(400, 'allowedCountries and blockedCountries exclude each other');
  }
  if (onlyOne('tiktok_location_id', 'tiktok_location_name')) {
    throw new Refusal(400, 'tiktok_location_id and tiktok_location_name belong together');
  }
  if (form.text('max_posts_per_slot') && !form.flag('add_to_queue')) {
    throw new Refusal(400, 'max_posts_per_slot needs add_to_queue');
  }
  if (form.platforms.includes('pinterest') && !form.text('pinterest_board_id')) {
    throw new Refusal(400, 'pinterest_board_id is required for Pinterest');
  }
}

function checkLengths(platform: string, form: UploadForm): void {
  const title = form.text(`${platform}_title`) ?? form.text('title') ?? '';
  const description = form.text(`${platform}_description`) ?? form.text('description') ?? '';
  const texts = [
    ['title', title, titleLimits[platform]],
    ['description', description, descriptionLimits[platform]],
  ] as const;
  for (const [name, text, limit] of texts) {
    if (limit !== undefined && [...text].length > limit) {
      throw new Refusal(400, `The ${platform} ${name} exceeds ${limit} characters`);
    }
  }
  if (platform === 'youtube' && (form.fields['tags[]'] ?? []).join(',').length > 500) {
    throw new Refusal(400, 'The youtube tags exceed 500 characters');
  }
}
