import { IANAZone } from 'luxon';
import { expect, test } from 'vitest';
import { offsetAt } from '../../src/domain/zone-offset.ts';
import { fc } from '../support/properties.ts';

const instant = (iso: string) => Date.parse(iso);

test('answers what the zone says, at any moment in any zone', () => {
  const moments = fc.integer({ min: instant('1970-01-01T00:00Z'), max: instant('2100-01-01T00:00Z') });
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  fc.assert(
    fc.property(moments, zones, (at, zone) => {
      expect(offsetAt(at, zone)).toBe(IANAZone.create(zone).offset(at));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['America/New_York', '2026-11-01T06:00Z'],
  ['Europe/Paris', '2027-03-28T01:00Z'],
  // By half an hour.
  ['Australia/Lord_Howe', '2027-04-03T15:00Z'],
  // At a quarter to an hour of UTC.
  ['Pacific/Chatham', '2026-09-26T14:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30Z'],
])('turns over with %s to the second', (zone, change) => {
  const at = instant(change);
  for (const seconds of [-86_400, -901, -900, -899, -1, 0, 1, 899, 900, 86_400]) {
    const moment = at + seconds * 1000;
    expect(offsetAt(moment, zone)).toBe(IANAZone.create(zone).offset(moment));
  }
  expect(offsetAt(at - 1, zone)).not.toBe(offsetAt(at, zone));
});
