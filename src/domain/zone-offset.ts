import { IANAZone } from 'luxon';

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const SPANS_KEPT = 8192;

/** By zone and span of time; undefined where the offset changes within the span. */
const known = new Map<string, number | undefined>();

/**
 * How far a zone is from UTC, in minutes. Asking Intl is the slowest part of writing a page of posts, so its answer is kept
 * for each UTC day that begins and ends alike, and in other days for each quarter of an hour: no zone has changed its
 * clocks and changed them back within a day.
 */
export function offsetAt(at: number, timezone: string): number {
  return offsetIn(at, timezone, DAY_MS) ?? offsetIn(at, timezone, QUARTER_MS) ?? zoneOffset(at, timezone);
}

function offsetIn(at: number, timezone: string, spanMs: number): number | undefined {
  const begin = Math.floor(at / spanMs) * spanMs;
  const key = `${begin} ${spanMs} ${timezone}`;
  if (known.has(key)) return known.get(key);
  if (known.size >= SPANS_KEPT) known.clear();
  const offset = zoneOffset(begin, timezone);
  const steady = offset === zoneOffset(begin + spanMs - 1, timezone) ? offset : undefined;
  known.set(key, steady);
  return steady;
}

function zoneOffset(at: number, timezone: string): number {
  return IANAZone.create(timezone).offset(at);
}
