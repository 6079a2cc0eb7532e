import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type AmbiguousTime,
  checkFuture,
  resolveAirTime,
  toMoment,
  wallTime,
} from '../../src/domain/air-time.ts';
import { Failure } from '../../src/domain/failure.ts';
import { fc } from '../support/properties.ts';

interface Vector {
  readonly zone: string;
  readonly local: string;
  readonly kind: 'gap' | 'ambiguous' | 'normal';
  readonly earlier_utc: string;
  readonly later_utc: string;
}

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/dst-cases.json'), 'utf8'),
) as Vector[];

const NOW = Date.parse('2026-11-21T12:00:00Z');

function resolve(scheduledTime: string, timezone: string, ambiguousTime?: AmbiguousTime): number {
  return resolveAirTime({ scheduledTime, timezone, ambiguousTime, field: 'scheduledTime' }).at;
}

function utc(at: number): string {
  return toMoment(at, 'UTC').utc;
}

/** The failure that `work` must throw. */
function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('a failure was expected');
}

/** The wall time of an instant by the engine's own calendar, which no code of Airdate has touched. */
function wallByIntl(at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

describe.each([
  ['January', '2026-01-15T12:00:00Z'],
  ['July', '2026-07-15T12:00:00Z'],
])('asked in %s', (_, processTime) => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(processTime);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const unique = vectors.filter(({ kind }) => kind === 'normal');
  const unclear = vectors.filter(({ kind }) => kind !== 'normal');

  test('the vectors hold every kind of wall time', () => {
    expect(unique.length).toBeGreaterThan(0);
    expect(new Set(unclear.map(({ kind }) => kind))).toEqual(new Set(['gap', 'ambiguous']));
  });

  test.each(unique)('$local in $zone is one instant, whatever is said of doubt', (vector) => {
    expect(utc(resolve(vector.local, vector.zone))).toBe(vector.earlier_utc);
    expect(utc(resolve(vector.local, vector.zone, 'earlier'))).toBe(vector.earlier_utc);
    expect(utc(resolve(vector.local, vector.zone, 'later'))).toBe(vector.later_utc);
  });

  test.each(unclear)('$local in $zone ($kind) is refused with both instants', (vector) => {
    const failure = failureOf(() => resolve(vector.local, vector.zone));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.details.field).toBe('scheduledTime');
    expect(failure.message).toContain(vector.kind === 'gap' ? 'does not exist' : 'exists twice');
    expect(
      failure.details.candidates?.map(({ ambiguousTime, utc: instant }) => [ambiguousTime, instant]),
    ).toEqual([
      ['earlier', vector.earlier_utc],
      ['later', vector.later_utc],
    ]);
  });

  test.each(unclear)('$local in $zone ($kind) is the instant that ambiguousTime chooses', (vector) => {
    expect(utc(resolve(vector.local, vector.zone, 'earlier'))).toBe(vector.earlier_utc);
    expect(utc(resolve(vector.local, vector.zone, 'later'))).toBe(vector.later_utc);
  });

  test.each(unclear)('a candidate for $local in $zone, passed as it stands, is its instant', (vector) => {
    const { candidates = [] } = failureOf(() => resolve(vector.local, vector.zone)).details;
    expect(candidates.map(({ value }) => utc(resolve(value, vector.zone)))).toEqual([
      vector.earlier_utc,
      vector.later_utc,
    ]);
  });
});

describe('forms of a time', () => {
  test.each([
    ['2026-12-24T18:30', 'Europe/Paris', '2026-12-24T17:30:00Z'],
    ['2026-12-24T18:30:15', 'Europe/Paris', '2026-12-24T17:30:15Z'],
    ['2026-12-24T18:30:15.25', 'Europe/Paris', '2026-12-24T17:30:15Z'],
    ['2026-12-24T18:30:15.999999999Z', 'Europe/Paris', '2026-12-24T18:30:15Z'],
    ['2026-12-24T18:30Z', 'Europe/Paris', '2026-12-24T18:30:00Z'],
    ['2026-12-24T18:30+09:00', 'Europe/Paris', '2026-12-24T09:30:00Z'],
    ['2026-12-24T18:30:15-08:00', 'Europe/Paris', '2026-12-25T02:30:15Z'],
    ['2026-12-24T18:30+05:45', 'Asia/Tokyo', '2026-12-24T12:45:00Z'],
    ['2028-02-29T12:00', 'UTC', '2028-02-29T12:00:00Z'],
  ])('%s in %s is %s', (time, zone, instant) => {
    expect(utc(resolve(time, zone))).toBe(instant);
  });

  test('an instant with an offset is shown in the zone, not in its offset', () => {
    const airTime = resolveAirTime({
      scheduledTime: '2026-12-24T18:30+09:00',
      timezone: 'Europe/Paris',
      field: 'scheduledTime',
    });
    expect(toMoment(airTime.at, airTime.timezone)).toEqual({
      local: '2026-12-24T10:30:00',
      timezone: 'Europe/Paris',
      offset: '+01:00',
      utc: '2026-12-24T09:30:00Z',
    });
  });

  test('an instant with an offset is never in doubt, not even within a gap', () => {
    expect(utc(resolve('2026-03-08T02:30-05:00', 'America/New_York'))).toBe('2026-03-08T07:30:00Z');
  });

  test.each([
    'tomorrow 9am',
    'in 2 hours',
    '',
    '18:30',
    '2026-12-24',
    '2026-12-24T24:30',
    '2026-12-24T18:60',
    '2026-12-24T18:30:60',
    '2026-12-24T18',
    '12/24/2026 18:30',
    '1766597400',
    '2026-12-24T18:30 Europe/Paris',
    '2026-12-24T18:30+0900',
    '+002026-12-24T18:30',
    '9999-12-31T23:59',
    '２０２６-12-24T18:30',
  ])('"%s" is no time that Airdate reads, and the failure says what is', (time) => {
    const failure = failureOf(() => resolve(time, 'Europe/Paris'));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.details).toMatchObject({
      field: 'scheduledTime',
      issues: [{ path: 'scheduledTime', message: expect.stringContaining('YYYY-MM-DDTHH:MM') }],
      hint: expect.stringContaining('Europe/Paris'),
    });
  });

  test.each([
    ['2027-02-30T09:00', '2027-02 has 28 days'],
    ['2026-02-29T12:00Z', '2026-02 has 28 days'],
    ['2026-11-31T12:00+01:00', '2026-11 has 30 days'],
    ['2026-12-00T12:00', '2026-12 has 31 days'],
    ['2026-13-40T99:99', 'there is no month 13'],
    ['2026-00-01T12:00', 'there is no month 00'],
  ])('"%s" names a day that does not exist, and the failure says why', (time, why) => {
    const failure = failureOf(() => resolve(time, 'Europe/Paris'));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.message).toBe(`"${time}" names a day that does not exist: ${why}.`);
    expect(failure.details).toMatchObject({ field: 'scheduledTime', hint: expect.any(String) });
  });

  test.each(['+24:00', '+25:00', '-99:99', '+05:60'])('no clock on earth is off by %s', (offset) => {
    expect(failureOf(() => resolve(`2026-12-24T18:30${offset}`, 'UTC')).code).toBe('invalid_parameter');
  });

  test.each([
    ['2026-12-24 18:30', '2026-12-24T18:30'],
    [' 2026-12-24T18:30 ', '2026-12-24T18:30'],
    ['2026-12-24t18:30:15Z', '2026-12-24T18:30:15Z'],
  ])('"%s" is refused with %s as the candidate', (time, value) => {
    const failure = failureOf(() => resolve(time, 'UTC'));
    expect(failure.details.candidates).toEqual([{ value, why: expect.any(String) }]);
  });

  test('a failure names the parameter that it is about', () => {
    const failure = failureOf(() =>
      resolveAirTime({ scheduledTime: 'soon', timezone: 'UTC', field: 'from' }),
    );
    expect(failure.details.field).toBe('from');
  });
});

describe('moments', () => {
  test('are told to the second, whatever the instant', () => {
    const instants = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(instants, (at) => {
        const told = toMoment(at, 'UTC').utc;
        expect(told).toBe(`${new Date(at).toISOString().slice(0, -5)}Z`);
      }),
    );
  });

  test.each([
    ['Asia/Tokyo', '2026-11-21T21:00:00', '+09:00'],
    ['Asia/Kathmandu', '2026-11-21T17:45:00', '+05:45'],
    ['America/St_Johns', '2026-11-21T08:30:00', '-03:30'],
    ['UTC', '2026-11-21T12:00:00', '+00:00'],
  ])('in %s the moment reads %s%s', (timezone, local, offset) => {
    expect(toMoment(NOW, timezone)).toEqual({ local, timezone, offset, utc: '2026-11-21T12:00:00Z' });
    expect(wallTime(NOW, timezone)).toBe(local);
  });

  test('a time that has passed is refused, with the present time in that zone', () => {
    const past = { at: NOW - 1000, timezone: 'Asia/Tokyo' };
    const failure = failureOf(() => checkFuture(past, NOW, 'scheduledTime'));
    expect(failure.code).toBe('invalid_parameter');
    expect(failure.message).toContain('2026-11-21T20:59:59+09:00');
    expect(failure.details.field).toBe('scheduledTime');
    expect(failure.details.hint).toContain('It is now 2026-11-21T21:00:00+09:00 (Asia/Tokyo)');
  });

  test('the present instant is past, the next one is not', () => {
    expect(failureOf(() => checkFuture({ at: NOW, timezone: 'UTC' }, NOW, 'scheduledTime')).code).toBe(
      'invalid_parameter',
    );
    expect(checkFuture({ at: NOW + 1, timezone: 'UTC' }, NOW, 'scheduledTime')).toBeUndefined();
  });
});

describe('whatever the zone and the wall time', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const anyTime = fc
    .date({
      min: new Date('2024-01-01T00:00:00Z'),
      max: new Date('2045-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 19));
  /** Wall times around the days on which clocks are changed, where the trouble is. */
  const nearAChange = fc
    .tuple(fc.constantFrom(...vectors), fc.integer({ min: -200, max: 200 }))
    .map(([{ local }, minutes]) =>
      new Date(Date.parse(`${local}Z`) + minutes * 60_000).toISOString().slice(0, 19),
    );

  test('it is an instant that reads back as the same wall time, or is refused with two candidates', () => {
    fc.assert(
      fc.property(zones, fc.oneof(anyTime, nearAChange), (zone, local) => {
        let at: number;
        try {
          at = resolve(local, zone);
        } catch (thrown) {
          const { code, details } = Failure.from(thrown);
          expect(code).toBe('invalid_parameter');
          const [earlier, later, ...others] = details.candidates ?? [];
          expect(others).toEqual([]);
          expect(Date.parse(earlier?.utc ?? '')).toBeLessThan(Date.parse(later?.utc ?? ''));
          return;
        }
        expect(wallByIntl(at, zone)).toBe(local);
        expect(toMoment(at, zone).local).toBe(local);
      }),
      { numRuns: 2000 },
    );
  });

  test('with a choice it is never refused, and only a wall time that does not exist reads back as another', () => {
    fc.assert(
      fc.property(zones, fc.oneof(anyTime, nearAChange), (zone, local) => {
        const earlier = resolve(local, zone, 'earlier');
        const later = resolve(local, zone, 'later');
        expect(earlier).toBeLessThanOrEqual(later);
        const back = [earlier, later].map((at) => wallByIntl(at, zone) === local);
        expect(back[0]).toBe(back[1]);
        if (earlier === later) expect(back).toEqual([true, true]);
        if (!back[0]) expect(wallByIntl(earlier, zone) < local && wallByIntl(later, zone) > local).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('an instant, written with its offset, reads back as itself', () => {
    const instants = fc.integer({ min: NOW / 1000, max: NOW / 1000 + 20 * 31_557_600 }).map((s) => s * 1000);
    fc.assert(
      fc.property(zones, zones, instants, (shownIn, zone, at) => {
        const { local, offset, utc: instant } = toMoment(at, shownIn);
        expect(resolve(`${local}${offset}`, zone)).toBe(at);
        expect(resolve(instant, zone)).toBe(at);
      }),
      { numRuns: 500 },
    );
  });
});
