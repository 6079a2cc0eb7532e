import { describe, expect, it } from 'vitest';
import { until } from '../../src/backends/until.ts';
import { testCall } from '../support/call.ts';
import { ManualClock } from '../support/clock.ts';

/** Whoever sleeps by it is at once where they wanted to be. */
function hurriedClock() {
  const clock = new ManualClock(0);
  const naps: number[] = [];
  return {
    naps,
    now: clock.now,
    sleep: async (ms: number) => {
      naps.push(ms);
      clock.advance(ms);
    },
  };
}

describe('waiting until something is ready', () => {
  it('answers what the first look that sees something saw', async () => {
    const clock = hurriedClock();
    const looks = [undefined, undefined, 'there', 'later'];
    const waiting = { clock, call: testCall(), deadline: 60_000, message: 'waiting' };
    expect(await until(async () => looks.shift(), waiting)).toBe('there');
    expect(looks).toEqual(['later']);
    expect(clock.naps).toEqual([1_000, 1_500, 2_250]);
  });

  it('tells before every look that it still waits', async () => {
    const call = testCall();
    let looks = 0;
    const ready = async () => (++looks === 3 ? true : undefined);
    await until(ready, { clock: hurriedClock(), call, deadline: 60_000, message: 'waiting' });
    expect(call.messages).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('pauses for no more than five seconds, and looks a last time at the deadline', async () => {
    const clock = hurriedClock();
    const seen: number[] = [];
    const ready = async () => {
      seen.push(clock.now());
      return undefined;
    };
    const waiting = { clock, call: testCall(), deadline: 20_000, message: 'waiting' };
    expect(await until(ready, waiting)).toBeUndefined();
    expect(Math.max(...clock.naps)).toBe(5_000);
    expect(seen.at(-1)).toBe(20_000);
  });

  it('does not look at all when the deadline has passed', async () => {
    const waiting = { clock: hurriedClock(), call: testCall(), deadline: 0, message: 'waiting' };
    expect(await until(async () => 'there', waiting)).toBeUndefined();
  });

  it('ends when nobody waits any more, without another look', async () => {
    const clock = new ManualClock(0);
    const giveUp = new AbortController();
    const call = { ...testCall(), signal: giveUp.signal };
    let looks = 0;
    const waiting = until(async () => ++looks, { clock, call, deadline: 60_000, message: 'waiting' });
    giveUp.abort();
    expect(await waiting).toBeUndefined();
    expect(looks).toBe(0);
  });

  it('fails as the look fails', async () => {
    const ready = async () => {
      throw new Error('gone');
    };
    const waiting = { clock: hurriedClock(), call: testCall(), deadline: 60_000, message: 'waiting' };
    await expect(until(ready, waiting)).rejects.toThrow('gone');
  });
});
