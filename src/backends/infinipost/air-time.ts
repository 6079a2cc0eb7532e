import type { AirTime } from '../../domain/air-time.ts';
import { resolveAirTime, wallTime } from '../../domain/air-time.ts';

/** The vendor knows no other zones: https://docs.infinipost.co/api-reference/posts/create-video */
const ZONES: readonly string[] = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
  'Europe/London',
  'Europe/Paris',
  'Asia/Tokyo',
  'Asia/Singapore',
  'Australia/Sydney',
];

/** One of them whose clocks never change: it can name every instant. */
const STEADY_ZONE = 'Asia/Tokyo';

export interface WireAirTime {
  /** Wall clock to the minute. */
  readonly scheduledTime: string;
  readonly timezone: string;
}

/** The same instant in the zone that was asked, or in another where the vendor would not, or might not, read it so. */
export function toWireAirTime({ at, timezone }: AirTime): WireAirTime {
  const zone = isZone(timezone) && isUnique(at, timezone) ? timezone : STEADY_ZONE;
  return { scheduledTime: wallMinute(at, zone), timezone: zone };
}

export function isZone(text: string): boolean {
  return ZONES.includes(text);
}

/** Milliseconds since the epoch of a text that names an instant; a bare wall time names none. */
export function fromWireInstant(text: string | null | undefined): number | undefined {
  if (!text || !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** Whether the vendor tells the time that it was given: a create echoes the wall time, an edit answers the instant. */
export function isKept(told: string | null | undefined, asked: AirTime): boolean {
  if (!told) return true;
  const at = fromWireInstant(told);
  return at === undefined ? told.startsWith(toWireAirTime(asked).scheduledTime) : at === asked.at;
}

function isUnique(at: number, timezone: string): boolean {
  const scheduledTime = wallMinute(at, timezone);
  return (['earlier', 'later'] as const).every(
    (ambiguousTime) =>
      resolveAirTime({ scheduledTime, timezone, ambiguousTime, field: 'scheduledTime' }).at === at,
  );
}

function wallMinute(at: number, timezone: string): string {
  return wallTime(at, timezone).slice(0, 'YYYY-MM-DDTHH:MM'.length);
}
