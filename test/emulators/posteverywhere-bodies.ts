import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';
import type { Received } from './emulator.ts';
import { invalid, Refusal } from './posteverywhere-envelope.ts';

const captioned = { content: z.string().optional() };
const plain = z
  .looseObject({
    ...captioned,
    contentType: z.string().optional(),
    settings: z.looseObject({}).optional(),
  })
  .optional();
const instagramKind = z.enum(['Post', 'Story', 'Reels', 'Trial Reel']).optional();
const facebookKind = z.enum(['Post', 'Reels', 'Story']).optional();

// https://developers.posteverywhere.ai/api/create-post: contentType stands beside `settings` in the samples,
// among the settings in the table.
export const PlatformContent = z.strictObject({
  instagram: z
    .looseObject({
      ...captioned,
      contentType: instagramKind,
      settings: z
        .looseObject({
          contentType: instagramKind,
          altText: z.string().max(100).optional(),
          coverPhotoTimestamp: z.number().nonnegative().optional(),
          firstComment: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  tiktok: z
    .looseObject({
      ...captioned,
      contentType: z.string().optional(),
      settings: z
        .looseObject({
          privacyLevel: z
            .enum(['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'FOLLOWER_OF_CREATOR', 'SELF_ONLY'])
            .optional(),
          allowComments: z.boolean().optional(),
          allowDuet: z.boolean().optional(),
          allowStitch: z.boolean().optional(),
          videoCoverTimestamp: z.int().nonnegative().optional(),
        })
        .optional(),
    })
    .optional(),
  youtube: z
    .looseObject({
      ...captioned,
      contentType: z.enum(['Video', 'Short']).optional(),
      settings: z
        .looseObject({
          title: z
            .string()
            .max(100)
            .regex(/^[^<>]*$/, 'must not hold angle brackets')
            .optional(),
          privacyStatus: z.enum(['public', 'unlisted', 'private']).optional(),
          tags: z.array(z.string()).optional(),
        })
        .optional(),
    })
    .optional(),
  linkedin: z
    .looseObject({
      ...captioned,
      contentType: z.string().optional(),
      settings: z
        .looseObject({ visibility: z.enum(['PUBLIC', 'CONNECTIONS', 'LOGGED_IN_MEMBERS']).optional() })
        .optional(),
    })
    .optional(),
  x: z
    .looseObject({
      ...captioned,
      contentType: z.string().optional(),
      settings: z
        .looseObject({ replySettings: z.enum(['everyone', 'following', 'mentionedUsers']).optional() })
        .optional(),
    })
    .optional(),
  facebook: z
    .looseObject({
      ...captioned,
      contentType: facebookKind,
      settings: z.looseObject({ videoType: z.enum(['reel', 'video']).optional() }).optional(),
    })
    .optional(),
  threads: plain,
  pinterest: plain,
  bluesky: plain,
  telegram: plain,
  discord: plain,
  wordpress: plain,
});
export type PlatformContent = z.infer<typeof PlatformContent>;
export type Platform = keyof PlatformContent;

const postFields = {
  content: z.string().optional(),
  account_ids: z.array(z.int()).optional(),
  scheduled_for: z.string().nullish(),
  scheduled_at: z.string().nullish(),
  timezone: z.string().nullish(),
  media_ids: z.array(z.uuid()).optional(),
  platform_content: PlatformContent.nullish(),
};

export const CreateBody = z.looseObject({ ...postFields, draft: z.boolean().optional() });
export type CreateBody = z.infer<typeof CreateBody>;

export const UpdateBody = z.looseObject(postFields);
export type UpdateBody = z.infer<typeof UpdateBody>;

export const ScheduleBody = z
  .looseObject({
    scheduled_for: z.string().optional(),
    publish_now: z.literal(true).optional(),
    account_ids: z.array(z.int()).optional(),
    timezone: z.string().optional(),
  })
  .refine(
    (body) => (body.scheduled_for === undefined) !== (body.publish_now === undefined),
    'either scheduled_for or publish_now is required',
  );

export const RetryBody = z.looseObject({ account_ids: z.array(z.int()).min(1).optional() });

export const UploadBody = z
  .looseObject({
    filename: z.string().min(1),
    content_type: z.string().min(1),
    size: z.int().positive().optional(),
    file_size: z.int().positive().optional(),
    platforms: z.array(z.string()).optional(),
    width: z.int().positive().optional(),
    height: z.int().positive().optional(),
    duration: z.number().positive().optional(),
  })
  .refine((body) => body.size !== undefined || body.file_size !== undefined, 'size is required');

export const ImportBody = z.looseObject({ url: z.string().min(1), filename: z.string().optional() });

/** The body of a request that must carry one. */
export function readBody<Schema extends z.ZodType>(request: Received, schema: Schema): z.infer<Schema> {
  if (request.json === undefined || !request.headers['content-type']?.startsWith('application/json'))
    throw new Refusal(400, 'invalid_json', 'Request body is not valid JSON.');
  return check(schema, request.json);
}

export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw invalid(`Validation failed: ${problems.join('; ')}`, { validation_errors: problems });
}

const wrongMediaNames = ['media', 'media_id', 'mediaId', 'attachments', 'url'];

/** The body of a post, in which media under another name are told apart from a field nobody knows. */
export function readPostBody<Schema extends z.ZodType>(request: Received, schema: Schema): z.infer<Schema> {
  const body = readBody(request, z.looseObject({}));
  const wrong = wrongMediaNames.find((name) => name in body);
  if (wrong !== undefined)
    throw new Refusal(
      400,
      'invalid_field_name',
      `Unknown field "${wrong}". Did you mean "media_ids"? Upload media first, then pass its ids.`,
    );
  return check(schema, body);
}

/** A time without an offset is UTC, whatever `timezone` says. */
export function readInstant(value: string): number {
  const instant = DateTime.fromISO(value, { zone: 'utc' });
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) || !instant.isValid)
    throw new Refusal(400, 'invalid_datetime', `"${value}" is not an ISO 8601 datetime.`);
  return instant.toMillis();
}

export function readTimezone(name: string): string {
  if (/^[A-Za-z]/.test(name) && IANAZone.isValidZone(name)) return name;
  throw new Refusal(400, 'invalid_timezone', `"${name}" is not a valid IANA timezone.`);
}
