import type { VideoOrder } from '../../domain/backend.ts';
import type { PlatformOptions } from '../../domain/platform-options.ts';
import type { Warning } from '../../domain/post.ts';
import type { FormPart } from '../payload.ts';
import { profileOf } from './ids.ts';
import { type Label, toExternalId } from './label.ts';
import { placeTexts } from './texts.ts';
import { toDate } from './wire.ts';

export interface WireOrder {
  readonly form: readonly FormPart[];
  readonly label: Label;
  readonly warnings: readonly Warning[];
}

type Value = string | number | boolean | undefined;

/** The form of `POST /upload`: https://docs.upload-post.com/api/upload-video */
export function toWireOrder(order: VideoOrder): WireOrder {
  const { accounts, airTime, content, requestId, soundId, options } = order;
  const platforms = accounts.map(({ platform }) => platform);
  const profile = profileOf(accounts[0]?.id ?? '');
  const texts = placeTexts(order);
  const label = { profile, placements: texts.placements };
  const on = (platform: keyof PlatformOptions, parts: readonly FormPart[]) =>
    platforms.includes(platform) ? parts : [];
  const form: FormPart[] = [
    ['user', profile],
    ...platforms.map((platform): FormPart => ['platform[]', platform]),
    ['video', content.kind === 'file' ? content.file : content.url],
    ['async_upload', 'true'],
    ['request_id', requestId],
    ...parts({ external_id: toExternalId(label), scheduled_date: airTime && toDate(airTime.at) }),
    ...texts.parts,
    ...on('tiktok', tiktok(options.tiktok ?? {}, soundId)),
    ...on('instagram', instagram(options.instagram ?? {})),
    ...on('youtube', youtube(options.youtube ?? {})),
    ...on('linkedin', parts({ visibility: VISIBILITIES[options.linkedin?.visibility ?? ''] })),
    ...on('x', parts({ reply_settings: options.x?.replySettings })),
    ...on('facebook', parts({ facebook_media_type: options.facebook?.videoType?.toUpperCase() })),
  ];
  const lossy = platforms.includes('tiktok') ? draftWarnings(order) : [];
  const turned = platforms.includes('instagram') ? instagramWarnings(order) : [];
  return { form, label, warnings: [...texts.warnings, ...lossy, ...turned] };
}

const VISIBILITIES: Readonly<Record<string, string>> = {
  PUBLIC: 'PUBLIC',
  CONNECTIONS: 'CONNECTIONS',
  LOGGED_IN_MEMBERS: 'LOGGED_IN',
};

function tiktok(options: NonNullable<PlatformOptions['tiktok']>, soundId: string | undefined): FormPart[] {
  return parts({
    post_mode: options.draft ? 'MEDIA_UPLOAD' : 'DIRECT_POST',
    disable_inbox_fallback: true,
    privacy_level: options.privacyLevel,
    disable_comment: not(options.allowComments),
    disable_duet: not(options.allowDuet),
    disable_stitch: not(options.allowStitch),
    cover_timestamp: options.coverTimestampMs,
    tiktok_music_id: soundId,
  });
}

/** The vendor knows reels and stories; a plain video post is a reel in the feed. */
function instagram(options: NonNullable<PlatformOptions['instagram']>): FormPart[] {
  const { contentType } = options;
  return parts({
    media_type: contentType && (contentType === 'Story' ? 'STORIES' : 'REELS'),
    share_mode: contentType === 'Trial Reel' ? 'TRIAL_REELS_DONT_SHARE_TO_FOLLOWERS' : undefined,
    share_to_feed: options.shareToFeed ?? (contentType === 'Post' ? true : undefined),
    thumb_offset: options.coverTimestampMs,
  });
}

function youtube(options: NonNullable<PlatformOptions['youtube']>): FormPart[] {
  return [
    ...parts({ privacyStatus: options.privacyStatus }),
    ...(options.tags ?? []).map((tag): FormPart => ['tags[]', tag]),
  ];
}

function draftWarnings({ accounts, caption, soundId, options }: VideoOrder): Warning[] {
  const { draft, caption: own, privacyLevel } = options.tiktok ?? {};
  const lost = Object.entries({ caption: own ?? caption, privacyLevel, soundId }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (!draft || lost.length === 0) return [];
  const message = `A TikTok draft comes without ${lost.join(', ')}: they are set in the TikTok app when it is published there.`;
  const accountIds = accounts.flatMap(({ platform, id }) => (platform === 'tiktok' ? [id] : []));
  return [{ code: 'draft_without_settings', message, accountIds }];
}

function instagramWarnings({ options }: VideoOrder): Warning[] {
  if (options.instagram?.contentType !== 'Post') return [];
  const message = 'Upload-Post makes every Instagram video a reel; this one is shown in the feed too.';
  return [{ code: 'option_changed', message }];
}

function not(allowed: boolean | undefined): boolean | undefined {
  return allowed === undefined ? undefined : !allowed;
}

function parts(values: Readonly<Record<string, Value>>): FormPart[] {
  return Object.entries(values).flatMap(([name, value]): FormPart[] =>
    value === undefined ? [] : [[name, String(value)]],
  );
}
