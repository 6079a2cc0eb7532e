import type { Page, SoundQuery } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Sound } from '../../domain/sound.ts';
import { lengthOf } from '../../domain/text.ts';
import type { Http } from '../http.ts';
import { musicProfile } from './accounts.ts';
import { type Track, Tracks, Users } from './wire.ts';

/** https://docs.upload-post.com/api/search-tiktok-music */
const LONGEST_QUERY = 80;
const MOST_TRACKS = 100;

/** The music that trends on TikTok, seen through an account that may look at it. */
export async function listSounds(
  http: Http,
  { query, limit, cursor }: SoundQuery,
  call: Call,
): Promise<Page<Sound>> {
  if (query !== undefined && lengthOf(query) > LONGEST_QUERY)
    throw new Failure('invalid_parameter', `Upload-Post searches for at most ${LONGEST_QUERY} characters.`, {
      field: 'query',
    });
  const { profiles } = await http.read({ path: '/uploadposts/users', schema: Users }, call);
  const profile = musicProfile(profiles);
  if (profile === undefined) throw noListener();
  const { tracks } = await http.read(
    query === undefined
      ? { path: '/uploadposts/tiktok/music/trending', query: { profile }, schema: Tracks }
      : {
          path: '/uploadposts/tiktok/music/search',
          query: { profile, q: query, limit: MOST_TRACKS },
          schema: Tracks,
        },
    call,
  );
  const start = Number(cursor ?? 0);
  const end = start + limit;
  return {
    rows: tracks.slice(start, end).map(toSound),
    ...(end < tracks.length && { nextCursor: String(end) }),
  };
}

function toSound({ id, title, artist, duration, preview_url }: Track): Sound {
  const name = [title, artist].filter(Boolean).join(' · ');
  return {
    id,
    name: name || id,
    ...(preview_url && { url: preview_url }),
    ...(typeof duration === 'number' && { durationSeconds: duration }),
    platforms: ['tiktok'],
  };
}

function noListener(): Failure {
  return new Failure('unsupported', 'No profile of Upload-Post has a TikTok account that may use music.', {
    hint: 'Connect TikTok anew in the Upload-Post dashboard, so that it grants access to music.',
  });
}
