import { strangeCursor } from '../../domain/failure.ts';
import type { HistoryPlace } from './history.ts';

/**
 * After so many posts of one instant. Jobs that run in the meantime leave the front of the list, so that a count from
 * there would skip others.
 */
export interface SchedulePlace {
  readonly in: 'schedule';
  readonly at: number;
  readonly shown: number;
}

export type Place = SchedulePlace | HistoryPlace;

export function toCursor(place: Place): string {
  if (place.in === 'schedule') return `s:${place.at}:${place.shown}`;
  return place.after ? `h:${place.page}:${place.after.at}:${place.after.row}` : `h:${place.page}`;
}

export function parsePlace(cursor: string | undefined): Place {
  if (cursor === undefined) return { in: 'schedule', at: 0, shown: 0 };
  const [, at, shown] = /^s:(\d{1,16}):(\d{1,9})$/.exec(cursor) ?? [];
  if (at !== undefined && shown !== undefined)
    return { in: 'schedule', at: Number(at), shown: Number(shown) };
  const [, page, after, row] = /^h:([1-9]\d{0,8})(?::(\d{1,16}):(.+))?$/s.exec(cursor) ?? [];
  if (page === undefined) throw strangeCursor();
  if (after === undefined || row === undefined) return { in: 'history', page: Number(page) };
  return { in: 'history', page: Number(page), after: { at: Number(after), row } };
}
