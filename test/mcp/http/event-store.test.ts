import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { expect, test } from 'vitest';
import { SentEvents } from '../../../src/mcp/event-store.ts';
import { ManualClock } from '../../support/clock.ts';

const message = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, result: {} });

async function replayed(events: SentEvents, session: string, after: string): Promise<unknown[]> {
  const told: unknown[] = [];
  await events.of(session).replayEventsAfter(after, { send: async (_, sent) => void told.push(sent) });
  return told;
}

test('what came after an event on its stream is told again, and nothing of other streams or sessions', async () => {
  const events = new SentEvents(new ManualClock());
  const [mine, other] = [events.of('mine'), events.of('other')];
  const opening = await mine.storeEvent('call', {} as JSONRPCMessage);
  await mine.storeEvent('call', message(1));
  await mine.storeEvent('another call', message(2));
  await other.storeEvent('call', message(3));
  await mine.storeEvent('call', message(4));
  expect(await replayed(events, 'mine', opening)).toEqual([message(1), message(4)]);
  expect(await mine.getStreamIdForEventId?.(opening)).toBe('call');
  expect(await other.getStreamIdForEventId?.(opening)).toBeUndefined();
  await expect(replayed(events, 'other', opening)).rejects.toThrow('not kept');
});

test('events are kept for a while, so many, and so much of them', async () => {
  const clock = new ManualClock();
  const events = new SentEvents(clock, { events: 3, characters: 1000, ageMs: 60_000 });
  const store = events.of('session');
  const first = await store.storeEvent('call', message(0));
  for (let id = 1; id <= 3; id += 1) await store.storeEvent('call', message(id));
  expect(events.count).toBe(3);
  await expect(replayed(events, 'session', first)).rejects.toThrow('not kept');
  const large = await store.storeEvent('call', { jsonrpc: '2.0', id: 9, result: { text: 'x'.repeat(980) } });
  expect(events.count).toBe(0);
  expect(await store.getStreamIdForEventId?.(large)).toBeUndefined();
  const last = await store.storeEvent('call', message(5));
  clock.advance(60_001);
  expect(await store.getStreamIdForEventId?.(last)).toBeUndefined();
});

test('a session that ends takes its events along', async () => {
  const events = new SentEvents(new ManualClock());
  await events.of('one').storeEvent('call', message(1));
  await events.of('two').storeEvent('call', message(2));
  events.forgetSession('one');
  expect(events.count).toBe(1);
});

test('a session that is told much pushes out its own events, not those of others', async () => {
  const events = new SentEvents(new ManualClock(), { events: 20, characters: 2_000 });
  const [quiet, busy] = [events.of('quiet'), events.of('busy')];
  const opening = await quiet.storeEvent('call', {} as JSONRPCMessage);
  await quiet.storeEvent('call', message(1));
  for (let id = 0; id < 100; id += 1) await busy.storeEvent('call', message(id));
  expect(events.count).toBe(20);
  await busy.storeEvent('call', { jsonrpc: '2.0', id: 9, result: { text: 'x'.repeat(1_900) } });
  expect(await replayed(events, 'quiet', opening)).toEqual([message(1)]);
});
