import { z } from 'zod';
import type { FailureCode } from '../../domain/failure.ts';
import { explain as explainUploadPost } from '../upload-post/explain.ts';
import type { Explanation, VendorAnswer } from '../vendor.ts';

const ErrorBody = z.object({
  success: z.unknown().optional(),
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
});
/** One entry for each field that does not fit. What was sent is quoted in them, and is not read. */
const Validation = z.array(
  z.object({ msg: z.string(), loc: z.array(z.union([z.string(), z.number()])).nullish() }),
);

/** What Upload-Post answered, with its status where the app answers 500 whatever it was. */
const WRAPPED = /^(?:(\d{3}): )?(?:Vendor API Error|Failed to fetch user): (.*)$/s;

const WRAPPED_STATUSES: Readonly<Record<string, FailureCode>> = {
  400: 'invalid_parameter',
  401: 'unauthenticated',
  402: 'quota_exceeded',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'media_rejected',
  415: 'media_rejected',
  422: 'invalid_parameter',
  429: 'rate_limited',
};

/** What the app found wrong before anything went to Upload-Post, by its text: the status does not say. */
const REFUSALS: readonly (readonly [pattern: RegExp, code: FailureCode])[] = [
  [/^Missing (Upload-Post API key|X-Upload-Post-Key)/, 'unauthenticated'],
  [/^(404: )?Video file not found/, 'not_found'],
  [/^list index out of range$/, 'not_found'],
  [/^Job result not available$/, 'media_rejected'],
  [/^Could not resolve your social profile/, 'unavailable'],
  // No connection came about: refused, no route, no such name.
  [/^\[Errno (111|101|113|-2|-3|-5)\]/, 'unavailable'],
];

/** https://github.com/mutonby/openshorts: a text, entries or an object under `detail`. */
export function explain({ status, body }: VendorAnswer): Explanation {
  const { data } = ErrorBody.safeParse(body);
  if (!data) return {};
  if (status < 400)
    return data.success === false ? { message: textOf(data.message), failure: 'outcome_unknown' } : {};
  const detail = textOf(data.detail);
  const wrapped = WRAPPED.exec(detail);
  if (wrapped) return unwrap(wrapped[1], wrapped[2] ?? '', status);
  const failure = REFUSALS.find(([pattern]) => pattern.test(detail))?.[1];
  return { message: detail || undefined, failure };
}

function unwrap(told: string | undefined, text: string, status: number): Explanation {
  const inner = explainUploadPost({ status: Number(told ?? status), body: parse(text), headers: {} });
  const failure = inner.failure ?? (told === undefined ? undefined : WRAPPED_STATUSES[told]);
  return { ...inner, message: inner.message ?? text, failure };
}

function textOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const entries = Validation.safeParse(detail);
  if (entries.success)
    return entries.data.map(({ loc, msg }) => `${(loc ?? []).slice(1).join('.')}: ${msg}`).join('; ');
  const told = z
    .object({ message: z.string() })
    .or(z.object({ error: z.string() }))
    .safeParse(detail);
  if (!told.success) return '';
  return 'message' in told.data ? told.data.message : told.data.error;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
