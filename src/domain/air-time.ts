import { DateTime, IANAZone } from 'luxon';
import { type Candidate, Failure } from './failure.ts';
import { zoneNamed } from './time-zone.ts';
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
  readonly toPublishNow?: ToPublishNow;
}

/** What a failure says of publishing at once: to leave the time out publishes a new post, and nothing of one that waits. */
export const TO_PUBLISH_NOW = {
  create: 'to publish now, leave scheduledTime out',
  edit: 'to publish it as soon as can be, pass a time a minute from now',
} as const;
type ToPublishNow = (typeof TO_PUBLISH_NOW)[keyof typeof TO_PUBLISH_NOW];

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
  const canChoose = isTimeOfPost(asked);
  const trouble = found.gap
    ? 'does not exist: the clocks are put forward over it'
    : 'exists twice: the clocks are put back over it';
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

const DAY_ALONE = /^\d{4}-\d{2}-\d{2}$/;
const NOW = /^(?:right )?(?:now|immediately|asap|at once)$/i;
/** A time that carries its zone, in brackets or after a space. */
const WITH_ZONE = /^(\S+?)(?:\[([\w/+-]+)\]| ([a-z_]+\/[\w/+-]+))$/i;

/** A time with an abbreviation behind it. Those of UTC alone mean the same everywhere. */
const ABBREVIATED = /^(\S+?)(?: ?|\[)(?![ap]m$)([a-z]{1,5})\]?$/i;
const OF_UTC = /^(?:utc|gmt|z)$/i;

function notATime(asked: AskedTime): Failure {
  const { scheduledTime, field } = asked;
  const typed = scheduledTime.trim().replace(/^(\d{4}-\d{2}-\d{2})[ t](\d{2}:\d{2})/, '$1T$2');
  if (DAY_ALONE.test(typed)) checkDay(typed, asked);
  const { candidate, hint } = whatIsMeant(typed, asked);
  return new Failure(
    'invalid_parameter',
    `"${scheduledTime.slice(0, 60)}" is not a time that Airdate reads.`,
    {
      field,
      issues: [{ path: field, message: 'expected YYYY-MM-DDTHH:MM[:SS], or the same with Z or an offset' }],
      ...(candidate && { candidates: [candidate] }),
      hint,
    },
  );
}

function whatIsMeant(
  typed: string,
  asked: AskedTime,
): { readonly candidate?: Candidate; readonly hint: string } {
  const { scheduledTime, timezone, toPublishNow } = asked;
  const isOfPost = isTimeOfPost(asked);
  if (NOW.test(typed) && toPublishNow !== undefined) {
    return { hint: `${toPublishNow.charAt(0).toUpperCase()}${toPublishNow.slice(1)}.` };
  }
  if (DAY_ALONE.test(typed)) {
    const midnight = { value: `${typed}T00:00`, why: `midnight in ${timezone}, with which the day begins` };
    return isOfPost
      ? { hint: `Ask for the hour, too, and pass both: ${typed}T18:30, say, with timezone ${timezone}.` }
      : { candidate: midnight, hint: 'Name the hour, too. from is inclusive and to is exclusive.' };
  }
  const [, time = '', inBrackets, behind] = WITH_ZONE.exec(typed) ?? [];
  const zone = zoneNamed(inBrackets ?? behind ?? '');
  if (zone !== undefined && isReadable(time))
    return isOfPost ? zoneApart(time, zone) : asInstant(time, zone, asked);
  const [, wall = '', name = ''] = ABBREVIATED.exec(typed) ?? [];
  if (isReadable(wall)) return abbreviated(wall, name, isOfPost);
  const given = isOfPost ? `with timezone ${timezone}` : `which is read in ${timezone}`;
  return {
    ...(typed !== scheduledTime &&
      isReadable(typed) && { candidate: { value: typed, why: 'the same time, in this form' } }),
    hint: `Work out the date yourself, with now from list_profiles, and pass a wall time such as 2030-12-24T18:30, ${given}.`,
  };
}

function zoneApart(time: string, zone: string) {
  return {
    candidate: { value: time, why: `the same time, with ${zone} as timezone` },
    hint: `Name the zone apart: pass scheduledTime ${time} and timezone ${zone}.`,
  };
}

function abbreviated(time: string, name: string, isOfPost: boolean) {
  const value = FORM.exec(time)?.[4] !== undefined ? time : OF_UTC.test(name) ? `${time}Z` : undefined;
  if (value !== undefined)
    return { candidate: { value, why: 'the same time, in this form' }, hint: `Pass ${value}.` };
  const way = isOfPost
    ? 'Name the zone apart, as region and city, in timezone'
    : `Pass the offset in its place, such as ${time}+01:00`;
  return { hint: `${way}: ${name} means different zones in different countries.` };
}

/** For what has no timezone beside it. */
function asInstant(time: string, timezone: string, { field }: AskedTime) {
  const { local, offset } = toMoment(resolveAirTime({ scheduledTime: time, timezone, field }).at, timezone);
  const value = `${local}${offset}`;
  return { candidate: { value, why: `the same time in ${timezone}` }, hint: `Pass the offset: ${value}.` };
}

function isReadable(time: string): boolean {
  return FORM.test(time) && DateTime.fromISO(time).isValid;
}

/** Nothing but a post's own time has timezone and ambiguousTime beside it. */
function isTimeOfPost({ field }: Pick<AskedTime, 'field'>): boolean {
  return field === 'scheduledTime';
}

/** The wall time of a moment, as `scheduledTime` takes it. */
export function wallTime(at: number, timezone: string): string {
  return toMoment(at, timezone).local;
}

/** Nothing is ever sent into the past: some vendors publish such a post at once. */
export function checkFuture(
  airTime: AirTime,
  now: number,
  field: string,
  toPublishNow: ToPublishNow = TO_PUBLISH_NOW.create,
): void {
  if (airTime.at > now) return;
  const asked = toMoment(airTime.at, airTime.timezone);
  const current = toMoment(now, airTime.timezone);
  throw new Failure('invalid_parameter', `${asked.local}${asked.offset} is in the past.`, {
    field,
    hint: `It is now ${current.local}${current.offset} (${airTime.timezone}). Pass a later time; ${toPublishNow}.`,
  });
}
