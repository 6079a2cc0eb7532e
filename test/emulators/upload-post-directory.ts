import type { Answer, Received } from './emulator.ts';
import { usageOf } from './upload-post-admission.ts';
import { Refusal } from './upload-post-refusal.ts';
import {
  everyCapability,
  everyPrivacyLevel,
  type UploadPostAccount,
  type UploadPostProfile,
  type UploadPostSwitches,
} from './upload-post-settings.ts';
import type { UploadPostState } from './upload-post-state.ts';

/** `GET /uploadposts/users`: https://docs.upload-post.com/api/user-profiles */
export function getUsers({ profiles, limits, switches }: UploadPostState): Answer {
  const body = {
    success: true,
    limit: limits.profileLimit,
    plan: limits.plan,
    profiles: profiles.map((profile) => profileBody(profile, switches)),
  };
  return { status: 200, body };
}

/** `GET /uploadposts/users/{username}` */
export function getUser(state: UploadPostState, username: string): Answer {
  const profile = state.profile(username);
  if (!profile) throw new Refusal(404, 'Profile not found');
  return { status: 200, body: { success: true, profile: profileBody(profile, state.switches) } };
}

/** `GET /uploadposts/me`: https://docs.upload-post.com/api/current-user */
export function getMe(state: UploadPostState): Answer {
  const body = {
    success: true,
    message: 'API key is valid',
    email: 'owner@example.com',
    plan: state.limits.plan,
    preferences: {},
    api_usage: usageOf(state),
  };
  return { status: 200, body };
}

/** `GET /uploadposts/tiktok/settings` */
export function getTiktokSettings(state: UploadPostState, { query }: Received): Answer {
  const account = tiktokAccount(state, query.get('profile'));
  const body = {
    success: true,
    privacy_level_options: account.privacyLevels ?? everyPrivacyLevel,
    max_video_post_duration_sec: 600,
    comment_disabled: false,
    duet_disabled: false,
    stitch_disabled: false,
  };
  return { status: 200, body };
}

/** `GET /uploadposts/tiktok/music/trending`: https://docs.upload-post.com/api/get-tiktok-music */
export function getTrendingMusic(state: UploadPostState, { query }: Received): Answer {
  checkMusic(state, query.get('profile'));
  return { status: 200, body: { success: true, tracks: chart(query) } };
}

/** `GET /uploadposts/tiktok/music/search`: https://docs.upload-post.com/api/search-tiktok-music */
export function searchMusic(state: UploadPostState, { query }: Received): Answer {
  checkMusic(state, query.get('profile'));
  const asked = query.get('q') ?? '';
  if (asked.length > 80) throw new Refusal(400, 'q is longer than 80 characters');
  const limit = query.get('limit') ?? '50';
  if (!/^[1-9]\d*$/.test(limit) || Number(limit) > 100) throw new Refusal(400, 'Invalid limit');
  const words = plain(asked).split(/\s+/).filter(Boolean);
  const found = chart(query).filter((track) => {
    const text = plain(`${track.title} ${track.artist}`);
    return words.every((word) => text.includes(word));
  });
  const body = {
    success: true,
    query: asked,
    total: found.length,
    tracks: found.slice(0, Number(limit)),
    catalog: { tracks_indexed: tracks.length, genres_indexed: ['ALL'], cached: true },
  };
  return { status: 200, body };
}

function profileBody({ username, accounts }: UploadPostProfile, switches: UploadPostSwitches) {
  const entries = Object.entries(accounts).map(([platform, account]) => [
    platform,
    account ? accountBody(platform, account, switches) : account,
  ]);
  return { username, created_at: '2026-04-02T17:44:33.229755', social_accounts: Object.fromEntries(entries) };
}

function accountBody(platform: string, account: UploadPostAccount, switches: UploadPostSwitches) {
  const { username, displayName, reauthRequired = false } = account;
  if (!username && !displayName) return {};
  const list = account.capabilities ?? everyCapability;
  const capabilities =
    switches.capabilities === 'list' ? list : Object.fromEntries(list.map((name) => [name, true]));
  return {
    ...(displayName ? { display_name: displayName } : {}),
    ...(username ? { username, handle: username } : {}),
    social_images: '',
    reauth_required: reauthRequired,
    ...(platform === 'tiktok' ? { capabilities } : {}),
  };
}

function checkMusic(state: UploadPostState, username: string | null): void {
  const { capabilities = everyCapability } = tiktokAccount(state, username);
  if (capabilities.includes('music')) return;
  const extra = { error_code: 'tiktok_reconnect_required' };
  throw new Refusal(403, 'Reconnect the TikTok account to use its music', { extra });
}

function tiktokAccount(state: UploadPostState, username: string | null): UploadPostAccount {
  if (!username) throw new Refusal(400, 'profile is required');
  if (!state.profile(username)) throw new Refusal(404, 'Profile not found');
  const account = state.connected(username, 'tiktok');
  if (!account) throw new Refusal(400, `Profile ${username} has no Tiktok account configured`);
  return account;
}

/** A chart is the trending one of a country and a period: neither changes what it holds here. */
function chart(query: URLSearchParams): Track[] {
  const period = query.get('date_range') ?? '7DAY';
  if (!['1DAY', '7DAY', '30DAY', '90DAY'].includes(period)) throw new Refusal(400, 'Invalid date_range');
  const genre = query.get('genre') ?? 'ALL';
  return tracks.filter(({ genres }) => genre === 'ALL' || genres.includes(genre));
}

const tracks = [
  track(1, { title: 'Árvore da vida', artist: 'Marina Sol', genres: ['LATIN'] }),
  track(2, { title: 'Night Drive', artist: 'The Neon Owls', genres: ['ELECTRONIC', 'POP'] }),
  track(3, { title: 'Morning Coffee', artist: 'Lo Fields', genres: ['JAZZ'] }),
  track(4, { title: 'Drive Me Home', artist: 'Ada Park', genres: ['POP'] }),
  track(5, { title: 'Paper Lanterns', artist: 'Lo Fields', genres: ['JAZZ', 'POP'] }),
];

type Track = ReturnType<typeof track>;

function track(rank: number, song: { title: string; artist: string; genres: string[] }) {
  return {
    id: `68173120228378726${40 + rank}`,
    commercial_music_id: `71${rank}00000000`,
    duration: 30 + rank,
    cover_url: `https://music.example.com/${rank}.jpg`,
    preview_url: `https://music.example.com/${rank}.mp3`,
    rank,
    ...song,
  };
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
