import { DateTime, IANAZone } from 'luxon';
import { Refusal } from './upload-post-refusal.ts';
import type { UploadPostSwitches } from './upload-post-settings.ts';

const year = 365 * 24 * 60 * 60 * 1000;

export interface Moment {
  readonly date: string;
  readonly timezone: string | undefined;
}

/** The instant that a `scheduled_date` names: https://docs.upload-post.com/api/upload-video */
export function toInstant({ date, timezone }: Moment, switches: UploadPostSwitches): number | undefined {
  const offset = /[T ].*?(Z|[+-]\d\d(:?\d\d)?)$/i.exec(date)?.[1];
  if (offset && !(timezone && switches.offsetWithTimezone === 'timezone')) {
    return valid(DateTime.fromISO(date.replace(' ', 'T'), { setZone: true }));
  }
  const wall = (offset ? date.slice(0, -offset.length) : date).replace(' ', 'T');
  const local = DateTime.fromISO(wall, { zone: timezone ?? 'UTC' });
  const readings = local.isValid ? local.getPossibleOffsets() : [local];
  return readings
    .map(valid)
    .sort((one, other) => (one ?? 0) - (other ?? 0))
    .at(0);
}

/** As `toInstant`, and as far ahead as the vendor lets one schedule. */
export function checkMoment(moment: Moment, now: number, switches: UploadPostSwitches): number {
  if (moment.timezone && !IANAZone.isValidZone(moment.timezone)) {
    throw new Refusal(400, `Invalid timezone: ${moment.timezone}`);
  }
  const instant = toInstant(moment, switches);
  if (instant === undefined) throw new Refusal(400, 'Invalid scheduled_date. Use the ISO-8601 format');
  if (instant <= now) throw new Refusal(400, 'scheduled_date must be in the future');
  if (instant > now + year) throw new Refusal(400, 'scheduled_date cannot be more than 365 days ahead');
  return instant;
}

/** As the vendor lists it: UTC, with Z. */
export function toUtc(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** As the vendor writes what has happened: UTC without saying so. */
export function toNaive(instant: number): string {
  return new Date(instant).toISOString().slice(0, -1);
}

function valid(time: DateTime): number | undefined {
  return time.isValid ? time.toMillis() : undefined;
}
