import { z } from 'zod';

const text = z.string().nullish();
/** An id that is a text, or several of them, or none. */
const looseId = z
  .unknown()
  .optional()
  .transform((value) => [value].flat().find((id): id is string => typeof id === 'string'));

const Account = z.object({
  username: text,
  handle: text,
  display_name: text,
  reauth_required: z.boolean().nullish(),
  capabilities: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).nullish(),
});
export type WireAccount = z.infer<typeof Account>;

/** What is not connected is an empty text, null or an empty object. */
const Profile = z.object({
  username: z.string().min(1),
  social_accounts: z.record(z.string(), z.union([Account, z.string(), z.null()])).nullish(),
});
export type WireProfile = z.infer<typeof Profile>;
export const Users = z.object({ profiles: z.array(Profile) });

export const Accepted = z.object({
  success: z.literal(true),
  request_id: text,
  job_id: text,
  scheduled_date: text,
});
export type Accepted = z.infer<typeof Accepted>;

/** What became of a post on one platform, as the status and the history tell it. */
const outcome = {
  platform: text,
  success: z.boolean().nullish(),
  upload_timestamp: text,
  platform_post_id: looseId,
  post_url: text,
  error_message: text,
  fallback_to_inbox: z.boolean().nullish(),
  request_id: text,
  job_id: text,
};
const StatusRow = z.object({ ...outcome, status: text, error_code: text });
export type StatusRow = z.infer<typeof StatusRow>;

/** The rows come as an array, or by platform. */
const StatusRows = z
  .union([z.array(StatusRow), z.record(z.string(), StatusRow)])
  .nullish()
  .transform((rows): StatusRow[] => {
    if (!rows) return [];
    if (Array.isArray(rows)) return rows;
    return Object.entries(rows).map(([platform, row]) => ({ ...row, platform: row.platform ?? platform }));
  });
export const Status = z.object({
  status: z.string(),
  external_id: text,
  job_id: text,
  message: text,
  results: StatusRows,
});
export type Status = z.infer<typeof Status>;

const ScheduledJob = z.object({
  job_id: z.string().min(1),
  scheduled_date: text,
  post_type: text,
  profile_username: text,
  title: text,
});
export type ScheduledJob = z.infer<typeof ScheduledJob>;
const jobs = z.array(ScheduledJob);
export const Schedule = z
  .union([jobs, z.object({ scheduled_posts: jobs }), z.object({ data: jobs })])
  .transform((body) => (Array.isArray(body) ? body : 'data' in body ? body.data : body.scheduled_posts));

const HistoryRow = z.object({
  ...outcome,
  profile_username: text,
  media_type: text,
  post_title: text,
  post_caption: text,
  request_total_platforms: z.number().nullish(),
});
export type HistoryRow = z.infer<typeof HistoryRow>;
const Running = z.object({
  request_id: text,
  job_id: text,
  profile_username: text,
  platforms: z.array(z.string()).nullish(),
});
export type Running = z.infer<typeof Running>;
export const History = z.object({
  history: z.array(HistoryRow),
  in_progress: z.array(Running).nullish(),
  total: z.number().nullish(),
});
export type History = z.infer<typeof History>;

export const Edited = z.object({ scheduled_date: text, title: text, caption: text });
export type Edited = z.infer<typeof Edited>;
/** An answer of which nothing is read. */
export const Done = z.looseObject({});

const Track = z.object({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  title: text,
  artist: text,
  duration: z.number().nullish(),
  preview_url: text,
});
export type Track = z.infer<typeof Track>;
export const Tracks = z.object({ tracks: z.array(Track) });

/** The vendor's instants are UTC, whether they say so or not. */
export function toInstant(moment: string | null | undefined): number | undefined {
  if (!moment) return undefined;
  const zoned = /(Z|GMT|[+-]\d\d:?\d\d)$/i.test(moment) ? moment : `${moment.replace(' ', 'T')}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? undefined : at;
}

/** Always UTC with Z and never with a zone beside it: the vendor does not say which of the two would hold. */
export function toDate(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
