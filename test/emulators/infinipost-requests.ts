import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Received } from './emulator.ts';

const zones = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
  'Europe/London',
  'Europe/Paris',
  'Asia/Tokyo',
  'Asia/Singapore',
  'Australia/Sydney',
] as const;

const url = z.string().min(1);
const schedule = {
  scheduledTime: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
    .optional(),
  timezone: z.enum(zones).optional(),
};
const CreationBody = z.object({
  accountIds: z.array(z.string().min(1)).min(1),
  caption: z.string().default(''),
  soundId: z.string().optional(),
  scheduledTime: schedule.scheduledTime,
  timezone: z.enum(zones).default('America/New_York'),
});
export type CreationBody = z.infer<typeof CreationBody>;

export const VideoBody = CreationBody.extend({ contentUrl: url });

export const SlideshowBody = CreationBody.extend({
  contentUrls: z.array(url).min(1),
  slideDuration: z.literal([4, 6, 8]).default(4),
  renderAsVideo: z.boolean().default(false),
});

export const EditBody = z
  .object({
    caption: z.string().optional(),
    soundId: z.string().optional(),
    ...schedule,
    contentType: z.enum(['video', 'slides']).optional(),
    contentUrl: z.union([url, z.array(url).min(1)]).optional(),
  })
  .refine((body) => body.scheduledTime === undefined || body.timezone !== undefined, {
    path: ['timezone'],
    message: 'timezone is required when scheduledTime is provided',
  })
  .refine(
    ({ contentType, contentUrl }) =>
      Array.isArray(contentUrl) ? contentType === 'slides' : contentType === (contentUrl && 'video'),
    { path: ['contentType'], message: 'contentType and contentUrl must be provided together and agree' },
  );

export const DeletionBody = z.object({ postIds: z.array(z.string()).min(1) });

export const SoundBody = z.object({ soundUrl: z.string(), name: z.string().optional() });

const demands: Readonly<Record<string, string>> = {
  accountIds: 'accountIds is required and must be a non-empty array',
  contentUrls: 'contentUrls is required and must be a non-empty array',
  postIds: 'postIds is required and must be a non-empty array',
  scheduledTime: 'scheduledTime must be a valid ISO 8601 timestamp',
};

const filters = {
  status: ['generated', 'pending_render', 'posted', 'failed'],
  platform: ['tiktok', 'instagram'],
  contentType: ['video', 'slides'],
} as const;

/** Thrown anywhere in the emulator, answered in one place as the vendor's error envelope. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  { bytes, json }: Received,
  code = 'invalid_parameter',
): z.infer<Schema> {
  if (bytes.length > 0 && json === undefined) {
    throw new Refusal('invalid_parameter', 'Request body must be valid JSON');
  }
  const parsed = schema.safeParse(json ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? 'body');
  const own = issue?.code === 'custom' ? issue.message : undefined;
  throw new Refusal(code, own ?? demands[field] ?? `${field} is missing or invalid: ${issue?.message}`);
}

/** Refuses a filter value that the list does not know: `scheduled` is one, though a create answers with it. */
export function checkFilters(query: URLSearchParams): void {
  for (const [name, allowed] of Object.entries(filters)) {
    const value = query.get(name);
    if (value !== null && !allowed.some((one) => one === value)) {
      throw new Refusal('invalid_parameter', `${name} must be one of: ${allowed.join(', ')}`);
    }
  }
}

interface Page<Row> {
  readonly rows: Row[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** The cursor names the last row of the page before: the base64 of its id, without padding. */
export function takePage<Row>(
  rows: readonly Row[],
  identify: (row: Row) => string,
  query: URLSearchParams,
  keep: (row: Row) => boolean = () => true,
): Page<Row> {
  const limit = query.get('limit') ?? '50';
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) {
    throw new Refusal('invalid_parameter', 'limit must be a number from 1 to 100');
  }
  const cursor = query.get('cursor');
  const last = cursor === null ? -1 : rows.findIndex((row) => toCursor(identify(row)) === cursor);
  if (cursor !== null && last === -1) throw new Refusal('invalid_parameter', 'Invalid cursor');
  const rest = rows.slice(last + 1).filter(keep);
  const taken = rest.slice(0, Number(limit));
  const end = taken.at(-1);
  const hasMore = rest.length > taken.length;
  return { rows: taken, hasMore, nextCursor: hasMore && end ? toCursor(identify(end)) : null };
}

/** Of a wall time that exists twice the earlier one is meant; one that does not exist is moved forward. */
export function toInstant(scheduledTime: string, timezone: string): number {
  const moment = DateTime.fromISO(scheduledTime, { zone: timezone });
  if (!moment.isValid) throw new Refusal('invalid_parameter', demands.scheduledTime ?? '');
  return Math.min(...moment.getPossibleOffsets().map((possible) => possible.toMillis()));
}

function toCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}
