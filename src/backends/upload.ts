import { Failure } from '../domain/failure.ts';
import type { Outcome } from './exchange.ts';
import type { Vendor } from './vendor.ts';
import type { Verdict } from './verdict.ts';

/** Storage answers with these when it is the file that it does not take. */
const FILE_REFUSED = new Set([400, 413, 415, 422]);

/** Bytes in a vendor's storage are not a post: whatever goes wrong here, nothing was published. */
export function judgeUpload(vendor: Vendor, { status, trouble, malformed }: Outcome): Verdict<void> {
  if (malformed) return { kind: 'failure', failure: Failure.from(malformed), passing: false };
  if (status !== undefined && status >= 200 && status < 300) return { kind: 'answer', value: undefined };
  const code = status !== undefined && FILE_REFUSED.has(status) ? 'media_rejected' : 'unavailable';
  const because = status === undefined ? trouble : `HTTP ${status}`;
  const failure = new Failure(code, `The storage of ${vendor.backend} did not take the file (${because}).`, {
    backend: vendor.backend,
    ...(status !== undefined && { upstream: { status } }),
    hint: 'Nothing was published.',
  });
  return { kind: 'failure', failure, passing: status === undefined || status >= 500 };
}

/** A vendor names where its storage is: https, or its own address. */
export function checkUploadUrl(vendor: Vendor, text: string): URL {
  const url = URL.parse(text);
  const own = new URL(vendor.baseUrl).origin;
  if (url && !url.username && !url.password && (url.protocol === 'https:' || url.origin === own)) return url;
  throw new Failure('unavailable', `${vendor.backend} named an upload address that is not taken.`, {
    backend: vendor.backend,
    hint: 'Nothing was published.',
  });
}
