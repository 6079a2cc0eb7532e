import type { ZodType } from 'zod';
import { Failure, type FailureCode } from '../domain/failure.ts';
import { maskWhole } from '../domain/mask.ts';
import type { Outcome } from './exchange.ts';
import { isRedirect, refuse } from './refusal.ts';
import type { Explanation, Vendor } from './vendor.ts';

/**
 * What doing it a second time would mean. `never`: perhaps a second post. `keyed`: nothing, the vendor honours the
 * idempotency key in the request. `harmless`: nothing, as for a read or for preparing media.
 */
export type Repeat = 'never' | 'keyed' | 'harmless';

export type Verdict<Value> =
  | { readonly kind: 'answer'; readonly value: Value }
  /** `passing`: what failed may be over in a moment. */
  | { readonly kind: 'failure'; readonly failure: Failure; readonly passing: boolean };

interface Expectation<Value> {
  readonly schema: ZodType<Value>;
  readonly repeat: Repeat;
  /** The message of a `not_found`. */
  readonly notFound?: string | undefined;
  readonly now: number;
}

/** Refusals by status. Any other 4xx says too little about what was done. */
const REFUSALS: Readonly<Record<number, FailureCode>> = {
  400: 'invalid_parameter',
  401: 'unauthenticated',
  402: 'quota_exceeded',
  403: 'forbidden',
  404: 'not_found',
  405: 'unsupported',
  409: 'conflict',
  410: 'not_found',
  413: 'media_rejected',
  415: 'media_rejected',
  422: 'invalid_parameter',
  429: 'rate_limited',
  // A redirect that must be repeated as it is was not carried out. Any other may be the answer to a write that was
  // (303 means just that), so it is in doubt.
  307: 'unavailable',
  308: 'unavailable',
};

const PASSING = new Set([408, 425, 500, 502, 503, 504]);

/** The one place that decides what an answer, or its absence, means. */
export function judge<Value>(
  vendor: Vendor,
  outcome: Outcome,
  expectation: Expectation<Value>,
): Verdict<Value> {
  const { status, text, malformed, sent, trouble } = outcome;
  if (malformed) return failed(Failure.from(malformed), false);
  const { now, notFound, repeat, schema } = expectation;
  const doubt = repeat === 'harmless' ? 'unavailable' : 'outcome_unknown';
  const known = { vendor, outcome, now, notFound };
  if (status === undefined)
    return failed(refuse(sent ? doubt : 'unavailable', { ...known, because: trouble }), true);
  // A vendor may quote the key in any text, and what it answers is shown, logged and kept.
  const body = parse(text && maskWhole(text, vendor.secrets));
  const explanation = explain(vendor, { status, body, headers: outcome.headers });
  const circumstances = { ...known, explanation, because: because(status, trouble) };
  const code = refusalCode(status, explanation, doubt);
  if (code) return failed(refuse(code, circumstances), mayPass(code, status));
  if (text === undefined || status < 200 || status >= 300)
    return failed(refuse(doubt, circumstances), text === undefined || PASSING.has(status));
  const fit = fits(schema, body);
  if (fit.success) return { kind: 'answer', value: fit.value };
  return failed(refuse(doubt, { ...circumstances, misfit: fit.at }), false);
}

function refusalCode(status: number, { failure }: Explanation, doubt: FailureCode): FailureCode | undefined {
  return failure === 'outcome_unknown' ? doubt : (failure ?? REFUSALS[status]);
}

/** A definite refusal stays one, also where a vendor wraps it in a status that may pass. */
function mayPass(code: FailureCode, status: number): boolean {
  const open = code === 'unavailable' || code === 'outcome_unknown';
  return code === 'rate_limited' || (open && PASSING.has(status));
}

function failed(failure: Failure, passing: boolean) {
  return { kind: 'failure', failure, passing } as const;
}

function because(status: number, trouble: string | undefined): string {
  const redirect = isRedirect(status) ? ', a redirect, which is not followed' : '';
  return `HTTP ${status}${redirect}${trouble ? `, ${trouble}` : ''}`;
}

function parse(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A write was sent: nothing that goes wrong from here on may look like anything but doubt about it. */
function explain(vendor: Vendor, answer: Parameters<Vendor['explain']>[0]): Explanation {
  try {
    return vendor.explain(answer);
  } catch {
    return {};
  }
}

type Fit<Value> =
  | { readonly success: true; readonly value: Value }
  | { readonly success: false; readonly at: string };

function fits<Value>(schema: ZodType<Value>, body: unknown): Fit<Value> {
  try {
    const parsed = schema.safeParse(body);
    if (parsed.success) return { success: true, value: parsed.data };
    return { success: false, at: parsed.error.issues[0]?.path.join('.') || 'its root' };
  } catch {
    return { success: false, at: 'its root' };
  }
}
