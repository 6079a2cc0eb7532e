import type { Kysely, Transaction } from 'kysely';
import type { NewEvent, Tables } from './tables.ts';

/** Keeps what Airdate did or found out without being asked, for whoever asks later. */
export async function recordEvent(
  query: Kysely<Tables> | Transaction<Tables>,
  event: NewEvent,
): Promise<void> {
  await query.insertInto('events').values(event).execute();
}
