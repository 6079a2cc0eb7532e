import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openAirdate } from './airdate.ts';
import { ManualClock } from './clock.ts';

/** A vendor, a person with full access, and an agent that may prepare drafts, on one data directory. */
export async function openDraftOffice() {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const vendor = stack.use(await openInfinipostEmulator({ clock }));
  const environment = { INFINIPOST_API_KEY: vendor.apiKey, INFINIPOST_BASE_URL: vendor.baseUrl };
  const person = stack.use(await openAirdate({ clock, environment, runner: false }));
  const shared = { clock, environment, home: person.home, runner: false };
  const agent = stack.use(await openAirdate({ ...shared, level: 'draft' }));
  return { vendor, clock, person, agent, shared, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
