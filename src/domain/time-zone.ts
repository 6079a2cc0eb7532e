import { IANAZone } from 'luxon';
import { type Candidate, Failure } from './failure.ts';
import { misspelt } from './nearest.ts';

/**
 * IANA's names of one word. The engine takes others: abbreviations such as BST and IST, each as the zone of one country
 * out of several that use it.
 */
const ONE_WORD = [
  ...['CET', 'CST6CDT', 'Cuba', 'EET', 'EST', 'EST5EDT', 'Egypt', 'Eire', 'GB', 'GB-Eire', 'GMT', 'GMT+0'],
  ...['GMT-0', 'GMT0', 'Greenwich', 'HST', 'Hongkong', 'Iceland', 'Iran', 'Israel', 'Jamaica', 'Japan'],
  ...['Kwajalein', 'Libya', 'MET', 'MST', 'MST7MDT', 'NZ', 'NZ-CHAT', 'Navajo', 'PRC', 'PST8PDT', 'Poland'],
  ...['Portugal', 'ROC', 'ROK', 'Singapore', 'Turkey', 'UCT', 'UTC', 'Universal', 'W-SU', 'WET', 'Zulu'],
];

const SUCH_AS = 'such as Europe/Paris or America/New_York';

/** Zones of one offset all year, and a zone whose people call their own time by that name in winter. */
const WINTER_ALL_YEAR: Readonly<Record<string, string>> = { EST: 'America/New_York', MST: 'America/Denver' };

const INVERTED = /^Etc\/GMT([+-])([1-9]\d?)$/i;

/** Warns where a time in such a zone may not be what was meant. */
export function zoneWarnings(
  airTime: { readonly at: number; readonly timezone: string } | undefined,
): { code: string; message: string }[] {
  if (!airTime) return [];
  const { at, timezone } = airTime;
  const [, sign, hours] = INVERTED.exec(timezone) ?? [];
  if (sign !== undefined) {
    const other = sign === '+' ? '-' : '+';
    const message = `${timezone} is UTC${other}${hours}: such names turn the sign round. Where UTC${sign}${hours} is meant, pass timezone Etc/GMT${other}${hours}.`;
    return [{ code: 'inverted_offset', message }];
  }
  const people = WINTER_ALL_YEAR[timezone];
  if (!people) return [];
  if (IANAZone.create(people).offset(at) === IANAZone.create(timezone).offset(at)) return [];
  const message = `${timezone} has no summer time: clocks of ${people} show an hour more then. Where their time is meant, pass timezone ${people}.`;
  return [{ code: 'no_summer_time', message }];
}

/** The zone's own spelling, or a failure which says how zones are named, with the one that may be meant. */
export function checkTimezone(timezone: string, field = 'timezone'): string {
  const known = zoneNamed(timezone);
  if (known !== undefined) return known;
  const { candidate, hint } = whatIsMeant(timezone.trim());
  throw new Failure('invalid_parameter', `"${timezone.slice(0, 60)}" is not an IANA time zone.`, {
    field,
    ...(candidate && { candidates: [candidate] }),
    hint,
  });
}

/** The zone's own spelling, where IANA has such a zone. */
export function zoneNamed(timezone: string): string | undefined {
  const known = zoneNames().get(timezone.toLowerCase());
  if (known !== undefined) return known;
  return /^[A-Za-z]+\//.test(timezone) && IANAZone.isValidZone(timezone) ? timezone : undefined;
}

let names: Map<string, string> | undefined;

function zoneNames(): Map<string, string> {
  names ??= new Map(
    [...ONE_WORD, ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]),
  );
  return names;
}

const OFFSET = /^(?:utc|gmt|z)?\s*[+-]\s*\d{1,2}(?::?\d{2})?$/i;
const AMERICAN =
  /^(?:us[ /_-]*)?(eastern|central|mountain|pacific|alaska|hawaii)(?: (?:standard |daylight )?time)?$/i;
const ABBREVIATION = /^(?:[A-Za-z]{2,4}|[A-Z]{5})$/;

function whatIsMeant(text: string): { readonly candidate?: Candidate; readonly hint: string } {
  if (/^z$/i.test(text))
    return { candidate: { value: 'UTC', why: 'Z stands for it' }, hint: `A zone has a name ${SUCH_AS}.` };
  if (OFFSET.test(text))
    return {
      hint: `An offset belongs into the time itself: 2030-12-24T18:30+02:00. A zone has a name ${SUCH_AS}.`,
    };
  const [, american] = AMERICAN.exec(text) ?? [];
  if (american !== undefined) {
    const value = `US/${american.charAt(0).toUpperCase()}${american.slice(1).toLowerCase()}`;
    return {
      candidate: { value, why: 'the zone of that name in the United States' },
      hint: `Where another country is meant, name a region and a city ${SUCH_AS}.`,
    };
  }
  const city = zoneOfCity(text);
  if (city === undefined && ABBREVIATION.test(text))
    return {
      hint: `An abbreviation means different zones in different countries: name a region and a city ${SUCH_AS}.`,
    };
  const close = city ?? zoneMisspelt(text);
  return {
    ...(close !== undefined && { candidate: { value: close, why: 'the nearest zone by name' } }),
    hint: `Use a name ${SUCH_AS}; an offset belongs into the time itself.`,
  };
}

/** `Tokyo` or `new york` for `Asia/Tokyo` and `America/New_York`. */
function zoneOfCity(text: string): string | undefined {
  const city = `/${toCity(text)}`;
  return [...zoneNames().values()].find((zone) => zone.toLowerCase().endsWith(city));
}

/** A slip in the name, or two in a long one: what is further off may be another city at the other end of the world. */
function zoneMisspelt(text: string): string | undefined {
  const zones = [...zoneNames().values()];
  const cities = new Map(zones.map((zone) => [placeOf(zone), zone]));
  const { length } = placeOf(text);
  if (length < 4) return undefined;
  const slips = length < 8 ? 1 : 2;
  return misspelt(text, zones, slips) ?? cities.get(misspelt(toCity(text), [...cities.keys()], slips) ?? '');
}

function placeOf(zone: string): string {
  return zone.split('/').at(-1) ?? zone;
}

function toCity(text: string): string {
  return text.toLowerCase().replaceAll(' ', '_');
}
