import type { Headers } from './vendor.ts';

const DAY_SECONDS = 86_400;

/** `Retry-After` in whole seconds from now, 0 for a moment that has passed. */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const text = single(headers['retry-after']);
  if (text === undefined) return undefined;
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text));
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** `X-RateLimit-Reset` (unix seconds) as seconds from now; a value that is no near future is not read. */
export function rateLimitResetSeconds(headers: Headers, now: number): number | undefined {
  const text = single(headers['x-ratelimit-reset']);
  if (text === undefined || !/^\d{1,12}$/.test(text)) return undefined;
  const seconds = Math.ceil(Number(text) - now / 1000);
  return seconds > 0 && seconds <= DAY_SECONDS ? seconds : undefined;
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return (typeof value === 'string' ? value : value?.[0])?.trim();
}
