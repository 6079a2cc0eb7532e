import { z } from 'zod';
import { Failure, type FailureCode, type FailureDetails } from '../../domain/failure.ts';
import type { Explanation, VendorAnswer } from '../vendor.ts';

/**
 * The vendor's codes for a refusal, from https://developers.posteverywhere.ai/errors and its clients. A code that is not
 * here says nothing about what was done.
 */
const REFUSALS: Readonly<Record<string, FailureCode>> = {
  validation_error: 'invalid_parameter',
  bad_request: 'invalid_parameter',
  invalid_json: 'invalid_parameter',
  invalid_field_name: 'invalid_parameter',
  content_too_long: 'invalid_parameter',
  post_creation_failed: 'invalid_parameter',
  past_schedule_time: 'invalid_parameter',
  invalid_datetime: 'invalid_parameter',
  invalid_timezone: 'invalid_parameter',
  too_many_accounts: 'invalid_parameter',
  permanent_failure_circuit_breaker: 'invalid_parameter',
  invalid_accounts: 'not_found',
  not_found: 'not_found',
  invalid_post_status: 'cannot_edit',
  no_failed_destinations: 'cannot_edit',
  post_already_published: 'cannot_edit',
  conflict: 'cannot_edit',
  unsupported_media_type: 'media_rejected',
  file_too_large: 'media_rejected',
  file_type_mismatch: 'media_rejected',
  upload_failed: 'media_rejected',
  file_not_uploaded: 'unavailable',
  invalid_api_key: 'unauthenticated',
  unauthorized: 'unauthenticated',
  insufficient_credits: 'quota_exceeded',
  rate_limited: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
};

const Said = z.object({
  message: z.string().nullish().catch(undefined),
  code: z.string().nullish().catch(undefined),
  retryAfter: z.number().nullish().catch(undefined),
  details: z
    .object({ validation_errors: z.array(z.unknown()).nullish() })
    .nullish()
    .catch(undefined),
});
type Said = z.infer<typeof Said>;

const Envelope = z.object({
  data: z.unknown().optional(),
  error: z.unknown().optional(),
  meta: z
    .object({ request_id: z.string().nullish(), requestId: z.string().nullish() })
    .nullish()
    .catch(undefined),
});

/** Reads `{data, error, meta}`, in which neither the status nor `error` is to be trusted alone. */
export function explain({ status, body }: VendorAnswer): Explanation {
  const { data: envelope } = Envelope.safeParse(body);
  if (!envelope) return {};
  const requestId = envelope.meta?.request_id ?? envelope.meta?.requestId ?? undefined;
  const said = readError(envelope.error);
  if (!said) return { requestId };
  const code = said.code ?? undefined;
  const message = [said.message, ...problemsOf(said)].filter(Boolean).join(' ');
  return {
    requestId,
    code,
    message,
    failure: failureOf(status, { code, message, answered: envelope.data != null }),
    retryAfterSeconds: said.retryAfter ?? secondsIn(message),
  };
}

function readError(error: unknown): Said | undefined {
  if (error == null || error === false) return undefined;
  if (typeof error === 'string') return { message: error };
  return Said.safeParse(error).data ?? {};
}

interface Refusal {
  readonly code: string | undefined;
  readonly message: string;
  /** There is data beside the error. */
  readonly answered: boolean;
}

function failureOf(status: number, { code, message, answered }: Refusal): FailureCode | undefined {
  const known = code === undefined ? undefined : REFUSALS[code];
  if (status < 300) return answered ? 'outcome_unknown' : (known ?? 'outcome_unknown');
  if (status >= 500) return undefined;
  if (status === 401 && /scope/i.test(`${code} ${message}`)) return 'forbidden';
  if (status === 409) return known ?? 'cannot_edit';
  return status === 400 || status === 422 ? known : undefined;
}

/** What the message may leave out: `details.validation_errors` names each problem. */
function problemsOf({ message, details }: Said): string[] {
  const problems = details?.validation_errors ?? [];
  return problems.flatMap((one) => {
    const text = typeof one === 'string' ? one : JSON.stringify(one);
    return message?.includes(text) ? [] : [text];
  });
}

/** The page of April 2026 has the wait in the text alone: "Try again in 30 seconds." */
function secondsIn(message: string): number | undefined {
  const [, seconds] = /\bin (\d{1,6}) seconds?\b/i.exec(message) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

const ADVICE: Readonly<Record<string, FailureDetails>> = {
  past_schedule_time: {
    field: 'scheduledTime',
    hint: 'Nothing was posted. Choose a later time: the vendor may want five minutes and more.',
  },
  invalid_datetime: { field: 'scheduledTime' },
  invalid_timezone: {
    field: 'timezone',
    hint: 'Pass another IANA zone; it moves nothing, it is for display.',
  },
  content_too_long: {
    field: 'caption',
    hint: 'Shorten it, or give that platform a caption of its own in platformOptions.',
  },
  too_many_accounts: { field: 'accountIds', hint: 'Post to fewer accounts in one call.' },
  invalid_accounts: {
    field: 'accountIds',
    next: {
      tool: 'list_profiles',
      arguments: { backend: 'posteverywhere', refresh: true },
      why: 'lists the accounts that there are',
    },
  },
  permanent_failure_circuit_breaker: {
    hint: 'The same content failed too often to be taken again. Change the caption or the video, and make a new post.',
  },
};

/** A refusal with what to do about it. */
export function advise(thrown: unknown): Failure {
  const failure = Failure.from(thrown);
  const advice = ADVICE[failure.details.upstream?.code ?? ''];
  return advice ? failure.with(advice) : failure;
}
