import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the system’s clock', () => {
  test('tells the time of the machine', () => {
    vi.setSystemTime('2026-11-21T12:00:00Z');
    expect(systemClock.now()).toBe(Date.parse('2026-11-21T12:00:00Z'));
  });

  test('a sleep ends when its time is up, and not before', async () => {
    const second = 1000;
    let awake = false;
    void systemClock.sleep(second).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(second - 1);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toBe(true);
  });

  test('no timer waits longer than a minute, so a jump of the wall clock is seen soon', async () => {
    const thirtyDays = 30 * 86_400_000;
    let awake = false;
    void systemClock.sleep(thirtyDays).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(awake).toBe(true);
  });

  test('a signal ends a sleep at once and leaves no timer behind', async () => {
    const stop = new AbortController();
    const sleep = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await sleep;
    await systemClock.sleep(60_000, stop.signal);
    expect(vi.getTimerCount()).toBe(0);
  });
});
