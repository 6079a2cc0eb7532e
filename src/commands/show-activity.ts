import type { Desk } from '../desk/desk.ts';
import { getActivity } from '../desk/get-activity.ts';
import { OWN_TENANT } from '../domain/call.ts';
import { spellOut } from '../domain/text.ts';
import { oneLine, quoted } from './one-line.ts';

const ROWS = 50;

/** Writes the latest activity, one line each, newest first. */
export async function showActivity(
  desk: Desk,
  { json, write }: { readonly json: boolean; readonly write: (text: string) => void },
): Promise<void> {
  const { activity } = await getActivity(
    desk,
    { limit: ROWS },
    { client: 'airdate log', tenant: OWN_TENANT, level: 'full' },
  );
  if (json) return write(spellOut(JSON.stringify(activity, null, 2)));
  if (activity.length === 0) return write('Nothing was asked yet.');
  for (const { at, what, backend, client, token, outcome, postIds, error, detail } of activity) {
    const by = client === undefined ? '' : `by ${quoted(client)}`;
    const who = token === undefined ? by : `${by} with ${token}`;
    const why = error ? `${error.code}: ${error.message}` : detail;
    write(
      [`${at.local}${at.offset}`, what, backend, outcome, postIds.join(' '), who, why]
        .flatMap((part) => (part ? oneLine(part) : []))
        .join('  '),
    );
  }
}
