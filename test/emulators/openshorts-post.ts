import type { Received } from './emulator.ts';
import type { Clip } from './openshorts-jobs.ts';
import type { Part } from './openshorts-multipart.ts';

/** The body of `POST /api/social/post`, as the app's model reads it. */
export interface PostBody {
  readonly jobId: string;
  readonly clipIndex: number;
  readonly platforms: readonly string[];
  readonly apiKey: string;
  readonly userId: string;
  readonly title: string;
  readonly description: string;
  readonly scheduledDate: string;
  readonly timezone: string;
}

export interface ValidationError {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
}

type Validated<Value> = { readonly value: Value } | { readonly errors: readonly ValidationError[] };

/** What FastAPI says of the body: https://fastapi.tiangolo.com/tutorial/handling-errors/ */
export function readPostBody({ headers, json, bytes }: Received): Validated<PostBody> {
  const isJson = /\bapplication\/(.+\+)?json\b/.test(headers['content-type'] ?? '');
  if (isJson && json === undefined) {
    return invalid([], 'json_invalid', 'JSON decode error', {});
  }
  if (!isJson || typeof json !== 'object' || json === null || Array.isArray(json)) {
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    return invalid([], 'model_attributes_type', msg, isJson ? json : bytes.toString('utf8'));
  }
  const body = json as Record<string, unknown>;
  const errors = [
    ...checkText(body, 'job_id', 'required'),
    ...checkIndex(body),
    ...checkPlatforms(body),
    ...optional.flatMap((name) => checkText(body, name, 'optional')),
  ];
  if (errors.length > 0) return { errors };
  return { value: toPostBody(body) };
}

const optional = ['api_key', 'user_id', 'title', 'description', 'scheduled_date', 'timezone'];

function toPostBody(body: Record<string, unknown>): PostBody {
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
  return {
    jobId: text('job_id'),
    clipIndex: Number(body.clip_index),
    platforms: body.platforms as string[],
    apiKey: text('api_key'),
    userId: text('user_id'),
    title: text('title'),
    description: text('description'),
    scheduledDate: text('scheduled_date'),
    timezone: 'timezone' in body ? text('timezone') : 'UTC',
  };
}

interface Posting {
  readonly body: PostBody;
  readonly clip: Clip;
  readonly tiktokPostMode: string;
  readonly file: string;
  readonly filename: string;
}

/** The form that the app sends to Upload-Post. An empty text counts as none, so that no caption can be empty. */
export function toVendorParts({ body, clip, tiktokPostMode, file, filename }: Posting): Part[] {
  const { platforms, scheduledDate, timezone } = body;
  const title = body.title || clip.title || 'Viral Short';
  const description =
    body.description ||
    clip.video_description_for_instagram ||
    clip.video_description_for_tiktok ||
    'Check this out!';
  const only = (condition: unknown, ...parts: Part[]) => (condition ? parts : []);
  return [
    ['user', body.userId],
    ['title', title],
    ...platforms.map((platform): Part => ['platform[]', platform]),
    ['async_upload', 'true'],
    ...only(scheduledDate, ['scheduled_date', scheduledDate]),
    ...only(scheduledDate && timezone, ['timezone', timezone]),
    ...only(platforms.includes('tiktok'), ['tiktok_title', description], ['post_mode', tiktokPostMode]),
    ...only(platforms.includes('instagram'), ['instagram_title', description], ['media_type', 'REELS']),
    ...only(
      platforms.includes('youtube'),
      ['youtube_title', body.title || clip.video_title_for_youtube_short || title],
      ['youtube_description', description],
      ['privacyStatus', 'public'],
    ),
    ['video', { filename, contentType: 'video/mp4', content: file }],
  ];
}

function checkText(
  body: Record<string, unknown>,
  name: string,
  need: 'required' | 'optional',
): ValidationError[] {
  const value = body[name];
  if (typeof value === 'string' || (need === 'optional' && (value === undefined || value === null)))
    return [];
  if (!(name in body)) return [missing(name, body)];
  return [{ type: 'string_type', loc: ['body', name], msg: 'Input should be a valid string', input: value }];
}

function checkIndex(body: Record<string, unknown>): ValidationError[] {
  const input = body.clip_index;
  if (!('clip_index' in body)) return [missing('clip_index', body)];
  if (Number.isInteger(input) || (typeof input === 'string' && /^\s*[+-]?\d+\s*$/.test(input))) return [];
  return [{ type: 'int_type', loc: ['body', 'clip_index'], msg: 'Input should be a valid integer', input }];
}

function checkPlatforms(body: Record<string, unknown>): ValidationError[] {
  const input = body.platforms;
  if (!('platforms' in body)) return [missing('platforms', body)];
  if (!Array.isArray(input)) {
    return [{ type: 'list_type', loc: ['body', 'platforms'], msg: 'Input should be a valid list', input }];
  }
  return input.flatMap((entry: unknown, index): ValidationError[] =>
    typeof entry === 'string'
      ? []
      : [
          {
            type: 'string_type',
            loc: ['body', 'platforms', index],
            msg: 'Input should be a valid string',
            input: entry,
          },
        ],
  );
}

/** Echoes the whole body, a key in it included. */
function missing(name: string, body: unknown): ValidationError {
  return { type: 'missing', loc: ['body', name], msg: 'Field required', input: body };
}

function invalid(loc: readonly string[], type: string, msg: string, input: unknown) {
  return { errors: [{ type, loc: ['body', ...loc], msg, input }] };
}
