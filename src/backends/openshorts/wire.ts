import { z } from 'zod';
import type { Profile } from '../../domain/account.ts';
import { toAccountId, toPlatform } from '../upload-post/ids.ts';
import { openshortsCapabilities } from './capabilities.ts';

const text = z.string().nullish();

const WireProfile = z.object({ username: z.string().min(1), connected: z.array(z.string()).nullish() });
export const Profiles = z.object({ profiles: z.array(WireProfile) });

/** The app drops the names of accounts, and that one must be connected anew. */
export function toProfile({ username, connected }: z.infer<typeof WireProfile>): Profile {
  const platforms = (connected ?? []).flatMap((name) => toPlatform(name) ?? []);
  const known = platforms.filter((platform) => openshortsCapabilities.platforms.includes(platform));
  const accounts = known.map((platform) => ({
    id: toAccountId(username, platform),
    platform,
    username,
    state: 'ready' as const,
    ...(platform === 'tiktok' && { detail: 'clips land in the drafts of the TikTok app by default' }),
  }));
  return { id: username, name: username, accounts };
}

const Clip = z.object({
  title: text,
  video_description_for_tiktok: text,
  video_description_for_instagram: text,
  video_title_for_youtube_short: text,
});
export type Clip = z.infer<typeof Clip>;

export const Job = z.object({
  status: z.string(),
  result: z.object({ clips: z.array(Clip).nullish() }).nullish(),
});
export type Job = z.infer<typeof Job>;

/** The app passes on what Upload-Post says; its own page has `uploadId` instead of the two ids. */
export const Posted = z
  .object({ request_id: text, job_id: text, uploadId: text, scheduled_date: text })
  .refine(({ request_id, job_id, uploadId }) => Boolean(request_id || job_id || uploadId));
export type Posted = z.infer<typeof Posted>;

/** An answer of which nothing is read. */
export const Done = z.looseObject({});
