import { describe, expect, test } from 'vitest';
import { resolveAirTime } from '../../src/domain/air-time.ts';
import { Failure } from '../../src/domain/failure.ts';
import { checkTimezone, zoneNamed, zoneWarnings } from '../../src/domain/time-zone.ts';
import { fc } from '../support/properties.ts';

function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (thrown) {
    return Failure.from(thrown);
  }
  throw new Error('a failure was expected');
}

describe('time zones', () => {
  test.each([
    ['Europe/Paris', 'Europe/Paris'],
    ['europe/paris', 'Europe/Paris'],
    ['AMERICA/NEW_YORK', 'America/New_York'],
    ['utc', 'UTC'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ])('%s is known as %s', (asked, known) => {
    expect(checkTimezone(asked)).toBe(known);
  });

  test.each([
    ...['America/Boston', 'America/Seattle', 'America/Miami', 'America/San_Francisco', 'America/Houston'],
    ...[
      'America/Las_Vegas',
      'America/Orlando',
      'Asia/Beijing',
      'Asia/Mumbai',
      'Asia/Delhi',
      'Asia/Bangalore',
    ],
    ...['Europe/Hamburg', 'Europe/Cologne', 'Mumbai', 'server', 'America', 'local'],
  ])('%s is refused, and no other city proposed in its place', (asked) => {
    expect(failureOf(() => checkTimezone(asked)).details.candidates).toBeUndefined();
  });

  test('Z is UTC, and not New Zealand', () => {
    expect(failureOf(() => checkTimezone('Z')).details.candidates).toMatchObject([{ value: 'UTC' }]);
  });

  test.each([
    ['Etc/GMT+2', 'UTC-2', 'Etc/GMT-2'],
    ['etc/gmt-10', 'UTC+10', 'Etc/GMT+10'],
  ])('%s is %s, and whoever names it is told so', (timezone, is, other) => {
    const [warning] = zoneWarnings({ at: 0, timezone });
    expect(warning).toMatchObject({ code: 'inverted_offset' });
    expect(warning?.message).toContain(`is ${is}:`);
    expect(warning?.message).toContain(`pass timezone ${other}.`);
    expect(zoneWarnings({ at: 0, timezone: 'Etc/GMT' })).toEqual([]);
  });

  test('EST has no summer time, and whoever names it in summer is warned', () => {
    const at = (text: string, timezone: string) => zoneWarnings({ at: Date.parse(text), timezone });
    expect(at('2027-07-01T23:00:00Z', 'EST')).toMatchObject([
      { code: 'no_summer_time', message: expect.stringContaining('America/New_York') },
    ]);
    expect(at('2027-01-01T23:00:00Z', 'EST')).toEqual([]);
    expect(at('2027-07-01T23:00:00Z', 'America/New_York')).toEqual([]);
    expect(zoneWarnings(undefined)).toEqual([]);
  });

  test.each([
    ['Europe/Pariss', 'Europe/Paris'],
    ['America/NewYork', 'America/New_York'],
    ['America/New York', 'America/New_York'],
    ['Amercia/Los_Angeles', 'America/Los_Angeles'],
    ['Tokyo', 'Asia/Tokyo'],
    ['new york', 'America/New_York'],
    ['Asia/Tokio', 'Asia/Tokyo'],
    ['Londn', 'Europe/London'],
  ])('%s is refused, and %s named as the nearest', (asked, nearest) => {
    const failure = failureOf(() => checkTimezone(asked));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.details).toMatchObject({
      field: 'timezone',
      hint: expect.stringContaining('Europe/Paris'),
    });
    expect(failure.details.candidates?.[0]?.value).toBe(nearest);
  });

  test.each(['Mars/Olympus_Mons', '', '   ', '../etc/passwd', '5', 'SystemV', 'Factory'])(
    '"%s" is refused',
    (asked) => {
      expect(failureOf(() => checkTimezone(asked)).code).toBe('invalid_parameter');
    },
  );

  test.each(['+09:00', '-0500', 'UTC+2', 'utc +5:30', 'GMT-5', 'Z+1'])(
    '"%s" is an offset: no zone is near it, and its place is in the time',
    (asked) => {
      const { details } = failureOf(() => checkTimezone(asked));
      expect(details.candidates).toBeUndefined();
      expect(details.hint).toContain('An offset belongs into the time itself: 2030-12-24T18:30+02:00.');
    },
  );

  test.each([
    ['Eastern', 'US/Eastern'],
    ['pacific', 'US/Pacific'],
    ['Central Time', 'US/Central'],
    ['US Mountain Standard Time', 'US/Mountain'],
  ])('%s is one of the United States: %s', (asked, zone) => {
    const { details } = failureOf(() => checkTimezone(asked));
    expect(details.candidates).toMatchObject([{ value: zone }]);
    expect(checkTimezone(zone)).toBe(zone);
  });

  test.each(['BST', 'AST', 'SST', 'ART', 'ECT', 'IST', 'PST', 'JST', 'CST', 'pdt', 'CEST', 'AEST', 'ET'])(
    '%s means different zones in different countries, and none is guessed',
    (asked) => {
      const { details } = failureOf(() => checkTimezone(asked));
      expect(details.candidates).toBeUndefined();
      expect(details.hint).toMatch(/different zones in different countries: name a region and a city/);
    },
  );

  test('of all names of three letters those of IANA alone are taken', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const taken = letters
      .flatMap((first) => letters.flatMap((second) => letters.map((third) => first + second + third)))
      .filter((name) => zoneNamed(name) !== undefined);
    expect(taken).toEqual('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));
  });

  /** https://data.iana.org/time-zones/releases/, the file backward, and Etc. */
  test.each(
    `UTC GMT UCT EST MST HST CET MET EET WET PRC ROC ROK NZ NZ-CHAT GB GB-Eire EST5EDT CST6CDT MST7MDT PST8PDT Cuba
    Egypt Eire GMT+0 GMT-0 GMT0 Greenwich Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya Navajo Poland Portugal
    Singapore Turkey Universal W-SU Zulu US/Alaska US/Aleutian US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii
    US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa Canada/Atlantic Canada/Central Canada/Eastern
    Canada/Mountain Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon Brazil/Acre Brazil/DeNoronha
    Brazil/East Brazil/West Chile/Continental Chile/EasterIsland Mexico/BajaNorte Mexico/BajaSur Mexico/General Etc/GMT
    Etc/GMT+0 Etc/GMT+5 Etc/GMT+12 Etc/GMT-0 Etc/GMT-14 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu
    Africa/Asmera America/Buenos_Aires America/Fort_Wayne America/Godthab America/Indianapolis America/Knox_IN
    Antarctica/South_Pole Asia/Calcutta Asia/Katmandu Asia/Rangoon Asia/Saigon Asia/Ulan_Bator Atlantic/Faeroe
    Australia/ACT Australia/LHI Australia/NSW Australia/Yancowinna Europe/Kiev Europe/Nicosia Pacific/Ponape
    Pacific/Samoa Pacific/Truk Pacific/Yap`.split(/\s+/),
  )('%s is a name of IANA, old or new', (zone) => {
    expect(checkTimezone(zone)).toBe(zone);
    expect(resolveAirTime({ scheduledTime: '2026-12-24T18:30', timezone: zone, field: 'x' }).at).toEqual(
      expect.any(Number),
    );
  });

  test('every zone that the engine lists is taken under its own name, in any case', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      expect(checkTimezone(zone)).toBe(zone);
      expect(checkTimezone(zone.toUpperCase())).toBe(zone);
    }
  });

  test('the candidate for a misspelt zone is itself a zone', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    fc.assert(
      fc.property(zone, fc.nat(), fc.constantFrom('x', ''), (name, place, put) => {
        const index = 1 + (place % (name.length - 1));
        const misspelt = name.slice(0, index) + put + name.slice(index + 1);
        try {
          checkTimezone(misspelt);
        } catch (thrown) {
          const [close] = Failure.from(thrown).details.candidates ?? [];
          if (close) expect(checkTimezone(close.value)).toBe(close.value);
        }
      }),
    );
  });
});
