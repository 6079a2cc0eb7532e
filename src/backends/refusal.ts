import { Failure, type FailureCode, quote } from '../domain/failure.ts';
import { mask } from '../domain/mask.ts';
import type { Outcome } from './exchange.ts';
import { rateLimitResetSeconds, retryAfterSeconds } from './retry-after.ts';
import type { Explanation, Vendor } from './vendor.ts';

/** A 429 that does not say for how long. */
const UNTOLD_WAIT_SECONDS = 30;

const SAYING: Readonly<Record<FailureCode, string>> = {
  invalid_parameter: 'refused the arguments',
  unsupported: 'cannot do this',
  unauthenticated: 'did not accept the key',
  forbidden: 'does not allow this with the key or plan in use',
  not_found: 'has nothing under that id',
  cannot_edit: 'no longer allows a change',
  conflict: 'sees a conflict with what it already has',
  media_rejected: 'did not take the media',
  quota_exceeded: 'says that the plan or a cap is used up',
  rate_limited: 'asks for fewer requests',
  unavailable: 'gave no usable answer',
  outcome_unknown: 'gave no usable answer, and may have carried it out',
  internal: 'met an error of its own',
};

interface Circumstances {
  readonly vendor: Vendor;
  readonly outcome: Outcome;
  readonly now: number;
  readonly explanation?: Explanation;
  /** In a few words, in brackets. */
  readonly because?: string | undefined;
  readonly notFound?: string | undefined;
  /** Where an answer left the form that is known. */
  readonly misfit?: string;
}

/** Words a failure: what the vendor says is quoted, nothing else of its answer gets through. */
export function refuse(code: FailureCode, circumstances: Circumstances): Failure {
  const { vendor, outcome, explanation = {}, because, notFound } = circumstances;
  const clean = (text: string) => quote(mask(text, vendor.secrets));
  const reason = because ? ` (${because})` : '';
  const main = code === 'not_found' && notFound ? notFound : `${vendor.backend} ${SAYING[code]}${reason}.`;
  const says = explanation.message ? ` It says: "${clean(explanation.message)}"` : '';
  const requestId = explanation.requestId ?? header(outcome, 'x-request-id');
  const seconds = waitSeconds(code, circumstances);
  const hint = hintOf(code, circumstances, seconds);
  return new Failure(code, main + says, {
    backend: vendor.backend,
    ...(outcome.status !== undefined && {
      upstream: {
        status: outcome.status,
        ...(explanation.code && { code: clean(explanation.code) }),
        ...(requestId && { requestId: clean(requestId) }),
      },
    }),
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    ...(hint && { hint: clean(hint) }),
  });
}

/** The gate's own refusal: nothing was sent. */
export function leaveAlone(vendor: Vendor, seconds: number): Failure {
  return new Failure('rate_limited', `${vendor.backend} asked for fewer requests; nothing was sent.`, {
    backend: vendor.backend,
    retryAfterSeconds: seconds,
    hint: `Call again in ${seconds} s.`,
  });
}

/** Nobody waits any more, and nothing was sent: the same call may be made again. */
export function cancelled(vendor: Vendor): Failure {
  return new Failure('unavailable', `The call was cancelled before it reached ${vendor.backend}.`, {
    backend: vendor.backend,
  });
}

/** A write in doubt gets none: it would read as an invitation. */
function waitSeconds(code: FailureCode, { outcome, explanation, now }: Circumstances): number | undefined {
  if (code === 'outcome_unknown') return undefined;
  const told = retryAfterSeconds(outcome.headers, now);
  const explained = explanation?.retryAfterSeconds;
  const inBody = explained === undefined ? undefined : Math.max(0, Math.ceil(explained));
  if (code !== 'rate_limited') return told ?? inBody;
  return told ?? rateLimitResetSeconds(outcome.headers, now) ?? inBody ?? UNTOLD_WAIT_SECONDS;
}

function hintOf(
  code: FailureCode,
  { vendor, outcome, misfit }: Circumstances,
  seconds?: number,
): string | undefined {
  if (code === 'outcome_unknown')
    return 'It may have happened. Look at what is there first, and do not send it again blindly.';
  if (misfit) return `${vendor.backend} answered in a form that Airdate does not know (at ${misfit}).`;
  if (code === 'unauthenticated') return `Set ${vendor.setting} to a key that ${vendor.backend} accepts.`;
  if (code === 'rate_limited') return `Call again in ${seconds} s.`;
  if (code !== 'unavailable') return undefined;
  if (isRedirect(outcome.status)) return `Check the base URL that is configured for ${vendor.backend}.`;
  if (outcome.status === undefined) return 'The same call can be made again.';
  return undefined;
}

export function isRedirect(status = 0): boolean {
  return status >= 300 && status < 400;
}

function header({ headers }: Outcome, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
