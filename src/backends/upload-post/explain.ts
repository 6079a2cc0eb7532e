import { z } from 'zod';
import type { FailureCode } from '../../domain/failure.ts';
import type { Explanation, VendorAnswer } from '../vendor.ts';

const loose = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : undefined));
const ErrorBody = z.object({
  success: z.unknown().optional(),
  message: loose,
  error: loose,
  detail: loose,
  error_code: loose,
  reauth_required: z.unknown().optional(),
  retry_after_seconds: z.unknown().optional(),
  usage: z.unknown().optional(),
  violations: z
    .array(z.object({ message: loose }))
    .nullish()
    .catch(undefined),
  invalid_platforms: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
type ErrorBody = z.infer<typeof ErrorBody>;

/** The vendor's codes, as far as they are known: it publishes no list. */
const CODES: Readonly<Record<string, FailureCode>> = {
  account_reauth_required: 'forbidden',
  account_checkpoint_required: 'forbidden',
  account_restricted: 'forbidden',
  tiktok_reconnect_required: 'forbidden',
  profile_platform_mapping_invalid: 'forbidden',
  profile_blocked: 'forbidden',
  readonly_calendar: 'forbidden',
  profile_not_found: 'not_found',
  platform_not_supported: 'unsupported',
  reddit_unavailable: 'unsupported',
  tiktok_privacy_unavailable: 'invalid_parameter',
  reached_active_user_cap: 'quota_exceeded',
  daily_cap_reached: 'quota_exceeded',
  media_download_failed: 'media_rejected',
};

/** Told by their text alone. */
const TEXTS: readonly (readonly [pattern: RegExp, code: FailureCode])[] = [
  [/daily (limit|cap) reached|monthly limit/i, 'quota_exceeded'],
  [/cannot be edited|not editable/i, 'cannot_edit'],
];

export function codeOf(errorCode: string | null | undefined): FailureCode | undefined {
  return CODES[errorCode?.toLowerCase() ?? ''];
}

function codeOfText(message: string): FailureCode | undefined {
  return TEXTS.find(([pattern]) => pattern.test(message))?.[1];
}

/** The text is under `message`, `error` or `detail`, as the route likes: https://docs.upload-post.com/guides/error-handling */
export function explain({ status, body }: VendorAnswer): Explanation {
  const { data } = ErrorBody.safeParse(body);
  if (!data) return {};
  const refused = status >= 400 || data.success === false;
  if (!refused) return {};
  const reasons = [
    ...(data.violations ?? []).flatMap(({ message }) => message ?? []),
    ...Object.values(data.invalid_platforms ?? {}).filter((reason) => typeof reason === 'string'),
  ];
  const message = [data.message ?? data.error ?? data.detail, ...reasons].filter(Boolean).join(' ');
  return {
    code: data.error_code,
    message: message || undefined,
    failure: failureOf(status, data, message),
    retryAfterSeconds: typeof data.retry_after_seconds === 'number' ? data.retry_after_seconds : undefined,
  };
}

function failureOf(status: number, body: ErrorBody, message: string): FailureCode | undefined {
  if (status < 400) return 'outcome_unknown';
  if (status === 429) return body.violations || body.usage ? 'quota_exceeded' : codeOfText(message);
  const known = codeOf(body.error_code) ?? (body.reauth_required === true ? 'forbidden' : undefined);
  return known ?? (status < 500 ? codeOfText(message) : undefined);
}
