import { type AirTime, resolveAirTime, TO_PUBLISH_NOW } from '../domain/air-time.ts';
import { checkTimezone } from '../domain/time-zone.ts';
import type { Desk } from './desk.ts';

export interface AskedTime {
  readonly scheduledTime?: string | undefined;
  readonly timezone?: string | undefined;
  readonly ambiguousTime?: 'earlier' | 'later' | undefined;
}

/** The air time that is asked for; whether it has passed is checked where it is sent. */
export function readAirTime(
  desk: Desk,
  { scheduledTime, timezone, ambiguousTime }: AskedTime,
  asking: keyof typeof TO_PUBLISH_NOW = 'create',
): AirTime | undefined {
  const zone = timezone === undefined ? desk.timezone : checkTimezone(timezone);
  if (scheduledTime === undefined) return undefined;
  return resolveAirTime({
    scheduledTime,
    timezone: zone,
    ambiguousTime,
    field: 'scheduledTime',
    toPublishNow: TO_PUBLISH_NOW[asking],
  });
}

/** The instant of a filter such as `from`, in the default zone. */
export function readInstant(desk: Desk, text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  return resolveAirTime({ scheduledTime: text, timezone: desk.timezone, field }).at;
}
