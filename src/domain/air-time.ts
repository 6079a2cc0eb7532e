import { DateTime, IANAZone } from 'luxon';
import { type Candidate, Failure } from './failure.ts';
import { nearest } from './nearest.ts';
import { offsetAt } from './zone-offset.ts';

/** A moment as an agent reads it. `local` is `YYYY-MM-DDTHH:MM:SS`, `offset` `+09:00`, `utc` ends in `Z`. */
export interface Moment {
  readonly local: string;
  readonly timezone: string;
  readonly offset: string;
  readonly utc: string;
}

export type AmbiguousTime = 'earlier' | 'later';

/** When a post goes live: the instant, the zone it was asked in, and the choice made where a wall time is not unique. */
export interface AirTime {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly timezone: string;
  readonly ambiguousTime?: AmbiguousTime;
  /** The wall time that was asked for; absent where an instant was. */
  readonly wallTime?: string;
}

export function toMoment(at: number, timezone: string): Moment {
  const minutes = offsetAt(at, timezone);
  const local = isoSeconds(at + minutes * 60_000);
  return { local, timezone, offset: offsetName(minutes), utc: `${isoSeconds(at)}Z` };
}

/** `YYYY-MM-DDTHH:MM:SS`. The day is kept from one moment to the next: a page holds many of few days. */
function isoSeconds(at: number): string {
  const days = Math.floor(at / DAY_MS);
  const seconds = Math.floor((at - days * DAY_MS) / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${isoDay(days)}T${TWO[hour]}:${TWO[minute]}:${TWO[seconds % 60]}`;
}

const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const DAYS_KEPT = 4096;
const knownDays = new Map<number, string>();

function isoDay(days: number): string {
  const known = knownDays.get(days);
  if (known !== undefined) return known;
  const day = new Date(days * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length);
  if (knownDays.size >= DAYS_KEPT) knownDays.clear();
  knownDays.set(days, day);
  return day;
}

function offsetName(minutes: number): string {
  const whole = Math.abs(Math.trunc(minutes));
  return `${minutes < 0 ? '-' : '+'}${TWO[Math.floor(whole / 60)]}:${TWO[whole % 60]}`;
}

const FORM =
  /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

interface AskedTime {
  readonly scheduledTime: string;
  readonly timezone: string;
  readonly ambiguousTime?: AmbiguousTime | undefined;
  /** The parameter that a failure names. */
  readonly field: string;
}

/** Reads a wall time in a zone, or an instant with `Z` or an offset, as the instant it names. */
export function resolveAirTime(asked: AskedTime): AirTime {
  const parts = FORM.exec(asked.scheduledTime);
  if (!parts) throw notATime(asked);
  const [, date = '', minutes, seconds = '00', offset] = parts;
  checkDay(date, asked);
  const wall = DateTime.fromISO(`${date}T${minutes}:${seconds}`, { zone: 'utc' });
  if (!wall.isValid || wall.year > 9998) throw notATime(asked);
  if (offset) {
    const instant = DateTime.fromISO(`${date}T${minutes}:${seconds}${offset}`);
    if (!instant.isValid) throw notATime(asked);
    return { at: instant.toMillis(), timezone: asked.timezone };
  }
  return resolveWallTime(wall.toMillis(), asked);
}

/** Throws where the calendar has no such day. */
function checkDay(date: string, { scheduledTime, field }: AskedTime): void {
  if (DateTime.fromISO(date).isValid) return;
  const [, year, month] = /^(\d+)-(\d+)/.exec(date) ?? [];
  const first = DateTime.fromISO(`${year}-${month}-01`);
  const why = first.isValid ? `${year}-${month} has ${first.daysInMonth} days` : `there is no month ${month}`;
  throw new Failure('invalid_parameter', `"${scheduledTime}" names a day that does not exist: ${why}.`, {
    field,
    issues: [{ path: field, message: 'there is no such day' }],
    hint: 'Ask which day is meant, or work it out with now from list_profiles.',
  });
}

/**
 * `wall` is the wall time as if it were UTC. The offsets a day before and a day after name every instant that it can
 * mean, as in Temporal. luxon's own answer for a wall time that exists twice depends on the season in which it is asked.
 */
function resolveWallTime(wall: number, asked: AskedTime): AirTime {
  const zone = IANAZone.create(asked.timezone);
  const possible = [wall - DAY_MS, wall + DAY_MS].map((around) => wall - zone.offset(around) * 60_000);
  const instants = [...new Set(possible)].filter((at) => at + zone.offset(at) * 60_000 === wall);
  const [only, second] = instants;
  const kept = { timezone: asked.timezone, wallTime: new Date(wall).toISOString().slice(0, 19) };
  if (only !== undefined && second === undefined) return { at: only, ...kept };
  const earlier = Math.min(...possible);
  const later = Math.max(...possible);
  if (!asked.ambiguousTime) throw notUnique(asked, { earlier, later, gap: only === undefined });
  const at = asked.ambiguousTime === 'earlier' ? earlier : later;
  return { at, ...kept, ambiguousTime: asked.ambiguousTime };
}

function notUnique(asked: AskedTime, found: { earlier: number; later: number; gap: boolean }): Failure {
  const { scheduledTime, timezone, field } = asked;
  const trouble = found.gap
    ? 'does not exist: the clocks are put forward over it'
    : 'exists twice: the clocks are put back over it';
  // Nothing but a post's own time has ambiguousTime beside it.
  const canChoose = field === 'scheduledTime';
  const candidate = (at: number, ambiguousTime: AmbiguousTime): Candidate => {
    const { local, offset, utc } = toMoment(at, timezone);
    const why = `${local} at ${offset}`;
    return { value: `${local}${offset}`, why, ...(canChoose && { ambiguousTime }), utc };
  };
  return new Failure('invalid_parameter', `${scheduledTime} in ${timezone} ${trouble}.`, {
    field,
    candidates: [candidate(found.earlier, 'earlier'), candidate(found.later, 'later')],
    hint: `Ask which one is meant, then pass a candidate's value as ${field}${canChoose ? ', or add ambiguousTime' : ''}.`,
  });
}

function notATime({ scheduledTime, field, timezone }: AskedTime): Failure {
  const guess = scheduledTime.trim().replace(/^(\d{4}-\d{2}-\d{2})[ t](\d{2}:\d{2})/, '$1T$2');
  return new Failure(
    'invalid_parameter',
    `"${scheduledTime.slice(0, 60)}" is not a time that Airdate reads.`,
    {
      field,
      issues: [{ path: field, message: 'expected YYYY-MM-DDTHH:MM[:SS], or the same with Z or an offset' }],
      ...(guess !== scheduledTime &&
        FORM.test(guess) && { candidates: [{ value: guess, why: 'the same time, in this form' }] }),
      hint: `Work out the date yourself, with now from list_profiles, and pass a wall time such as 2026-12-24T18:30 with timezone ${timezone}.`,
    },
  );
}

/** The wall time of a moment, as `scheduledTime` takes it. */
export function wallTime(at: number, timezone: string): string {
  return toMoment(at, timezone).local;
}

/** The zone's own spelling, or a failure which names the nearest one. */
export function checkTimezone(timezone: string, field = 'timezone'): string {
  const known = zoneNames().get(timezone.toLowerCase());
  if (known) return known;
  if (/^[A-Za-z]/.test(timezone) && IANAZone.isValidZone(timezone)) return timezone;
  const close = nearest(timezone, [...zoneNames().values()]) ?? nearestCity(timezone);
  throw new Failure('invalid_parameter', `"${timezone.slice(0, 60)}" is not an IANA time zone.`, {
    field,
    ...(close && { candidates: [{ value: close, why: 'the nearest zone by name' }] }),
    hint: 'Use a name such as Europe/Paris or America/New_York; an offset belongs into the time itself.',
  });
}

let names: Map<string, string> | undefined;

function zoneNames(): Map<string, string> {
  names ??= new Map(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]));
  return names;
}

/** `Tokyo` or `new york` for `Asia/Tokyo` and `America/New_York`. */
function nearestCity(text: string): string | undefined {
  const city = text.trim().toLowerCase().replaceAll(' ', '_');
  const zones = [...zoneNames().values()];
  const exact = zones.find((zone) => zone.toLowerCase().endsWith(`/${city}`));
  if (exact) return exact;
  const cities = new Map(zones.map((zone) => [zone.split('/').at(-1) ?? zone, zone]));
  return cities.get(nearest(city, [...cities.keys()]) ?? '');
}

/** Nothing is ever sent into the past: some vendors publish such a post at once. */
export function checkFuture(airTime: AirTime, now: number, field: string): void {
  if (airTime.at > now) return;
  const asked = toMoment(airTime.at, airTime.timezone);
  const current = toMoment(now, airTime.timezone);
  throw new Failure('invalid_parameter', `${asked.local}${asked.offset} is in the past.`, {
    field,
    hint: `It is now ${current.local}${current.offset} (${airTime.timezone}). Pass a later time, or leave ${field} out to publish now.`,
  });
}
