import { everyCapability, everyPrivacyLevel, type UploadPostAccount } from './upload-post-settings.ts';
import type { PlatformFailure, UploadPostState } from './upload-post-state.ts';
import type { Outcome, Upload } from './upload-post-upload.ts';

/** Successful posts of one account in 24 hours: https://docs.upload-post.com/guides/limit-of-uploads */
const dailyCaps: Record<string, number> = {
  instagram: 50,
  tiktok: 15,
  youtube: 10,
  facebook: 25,
  linkedin: 150,
  threads: 50,
  pinterest: 20,
  bluesky: 50,
  x: 10,
};

const fieldsOfCapability: Record<string, readonly string[]> = {
  music: [
    'tiktok_music_id',
    'tiktok_music_volume',
    'tiktok_music_start',
    'tiktok_music_end',
    'tiktok_original_sound_volume',
  ],
  location: ['tiktok_location_id', 'tiktok_location_name'],
  cover_image: ['tiktok_cover_image_url'],
  cover_timestamp: ['cover_timestamp'],
  draft: ['tiktok_upload_to_draft'],
  video_privacy: ['privacy_level'],
};

const unreachableHost = /^(localhost|127\.|10\.|192\.168\.|169\.254\.|0\.|172\.(1[6-9]|2\d|3[01])\.|\[)/;

export interface Violation {
  readonly platform: string;
  readonly type: 'hard_cap';
  readonly message: string;
  readonly used_last_24h: number;
  readonly cap: number;
}

export function dailyCapViolation(
  state: UploadPostState,
  { user, platform, at }: { user: string; platform: string; at: number },
): Violation | undefined {
  const cap = dailyCaps[platform] ?? Number.POSITIVE_INFINITY;
  const used = state.postsInDayBefore(`${user}/${platform}`, at);
  if (used < cap) return undefined;
  const message = `Daily cap reached for ${platform}: ${used}/${cap} in last 24h`;
  return { platform, type: 'hard_cap', message, used_last_24h: used, cap };
}

/** What becomes of an upload on one platform when its time has come. */
export function decideOutcome(
  state: UploadPostState,
  upload: Upload,
  { platform, at }: { platform: string; at: number },
): Outcome {
  const { user, video } = upload.form;
  const account = state.connected(user, platform);
  if (!account) return { state: 'skipped', message: notConfigured(user, platform) };
  if (account.reauthRequired) {
    return failed('account_reauth_required', `Reconnect the ${platform} account of ${user}`);
  }
  const injected = state.takeFailure(user, platform);
  if (injected) return injectedFailure(injected);
  const unreachable = video?.kind === 'url' ? unreachableReason(state, video.url) : undefined;
  if (unreachable) return failed('media_download_failed', unreachable);
  const violation = dailyCapViolation(state, { user, platform, at });
  if (violation) return failed('daily_cap_reached', violation.message);
  if (platform === 'tiktok') return decideOnTikTok(state, upload, account);
  const postId = state.nextPostId();
  return { state: 'live', postId, url: urlOf(platform, account, postId), warnings: [] };
}

export function notConfigured(user: string, platform: string): string {
  return `Profile ${user} has no ${platform.charAt(0).toUpperCase()}${platform.slice(1)} account configured`;
}

function decideOnTikTok(state: UploadPostState, upload: Upload, account: UploadPostAccount): Outcome {
  const { form } = upload;
  const has = account.capabilities ?? everyCapability;
  const ignored = Object.entries(fieldsOfCapability)
    .filter(([capability]) => !has.includes(capability))
    .flatMap(([capability, fields]) => fields.map((field) => ({ field, capability })))
    .filter(({ field }) => form.text(field));
  const warnings = ignored.map(
    ({ field, capability }) =>
      `${field} was ignored: the TikTok connection lacks the "${capability}" capability. Reconnect the account.`,
  );
  const ignores = (field: string) => ignored.some((entry) => entry.field === field);
  const draft = form.flag('tiktok_upload_to_draft') && !ignores('tiktok_upload_to_draft');
  const inbox = { state: 'inbox', warnings } as const;
  if (form.text('post_mode') === 'MEDIA_UPLOAD' || draft) {
    return { ...inbox, postId: `v_inbox_file~v2.${state.nextPostId()}`, fallback: false };
  }
  const privacyLevel = ignores('privacy_level') ? undefined : form.text('privacy_level');
  const allowed = account.privacyLevels ?? everyPrivacyLevel;
  if (privacyLevel && !allowed.includes(privacyLevel)) {
    return failed(
      'tiktok_privacy_unavailable',
      `${privacyLevel} is not available. Allowed: ${allowed.join(', ')}`,
    );
  }
  if (state.switches.tiktokUserCapReached && form.flag('disable_inbox_fallback')) {
    return failed('reached_active_user_cap', 'TikTok accepts no more direct posts today');
  }
  if (state.switches.tiktokUserCapReached) {
    return { ...inbox, postId: `v_inbox_file~v2.${state.nextPostId()}`, fallback: true };
  }
  const postId = state.nextPostId();
  return { state: 'live', postId, url: urlOf('tiktok', account, postId), warnings };
}

function unreachableReason(state: UploadPostState, url: string): string | undefined {
  const told = state.unreachableMedia.get(url);
  if (told) return told;
  return unreachableHost.test(new URL(url).hostname) ? `Could not download the video from ${url}` : undefined;
}

function injectedFailure({ errorCode, message, retryable = false }: PlatformFailure): Outcome {
  return { state: 'failed', code: errorCode, message, retryable };
}

function failed(code: string, message: string): Outcome {
  return { state: 'failed', code, message, retryable: false };
}

function urlOf(platform: string, account: UploadPostAccount, postId: string): string {
  const name = (account.username ?? '').replace(/^@/, '');
  if (platform === 'tiktok') return `https://www.tiktok.com/@${name}/video/${postId}`;
  if (platform === 'instagram') return `https://www.instagram.com/reel/${postId}/`;
  if (platform === 'youtube') return `https://www.youtube.com/shorts/${postId}`;
  return `https://${platform}.example.com/${name}/${postId}`;
}
