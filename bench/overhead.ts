import { request } from 'undici';
import type { VendorEmulator } from '../test/emulators/emulator.ts';
import { openInfinipostEmulator } from '../test/emulators/infinipost.ts';
import { openPosteverywhereEmulator } from '../test/emulators/posteverywhere.ts';
import { openUploadPostEmulator } from '../test/emulators/upload-post.ts';
import { openAirdate } from '../test/support/airdate.ts';
import { ManualClock } from '../test/support/clock.ts';
import { median, type Row, timed } from './support.ts';

const RUNS = 200;
const ROWS = 50;

interface Listed {
  readonly name: string;
  readonly emulator: VendorEmulator;
  readonly environment: Record<string, string>;
  /** The request that the vendor needs for one page. */
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** What list_posts of 50 rows takes beyond the one request that the vendor needs for it. */
export async function overhead(): Promise<Row[]> {
  const clock = new ManualClock();
  const rows: Row[] = [];
  for (const open of [infinipost, posteverywhere, uploadPost])
    rows.push(await measure(await open(clock), clock));
  return rows;
}

async function measure(
  { name, emulator, environment, path, headers }: Listed,
  clock: ManualClock,
): Promise<Row> {
  await using _ = emulator;
  await using airdate = await openAirdate({ clock, environment, runner: false });
  const { bare, airdate: whole } = await timed(RUNS, {
    bare: async () => (await request(`${emulator.baseUrl}${path}`, { headers })).body.json(),
    airdate: () => airdate.call('list_posts', { backend: name, limit: ROWS }),
  });
  return {
    what: `list_posts of ${ROWS} rows through ${name}, p50`,
    result: `${median(whole).toFixed(2)} ms`,
    reference: `the vendor's own answer: ${median(bare).toFixed(2)} ms`,
    ratio: median(whole) / median(bare),
  };
}

async function infinipost(clock: ManualClock): Promise<Listed> {
  const emulator = await openInfinipostEmulator({ clock });
  emulator.addPosts(ROWS);
  return {
    name: 'infinipost',
    emulator,
    environment: { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl },
    path: `/v1/posts?limit=${ROWS}`,
    headers: { authorization: `Bearer ${emulator.apiKey}` },
  };
}

async function posteverywhere(clock: ManualClock): Promise<Listed> {
  const emulator = await openPosteverywhereEmulator({ clock, requestsPerMinute: 1_000_000 });
  emulator.addPosts(ROWS);
  return {
    name: 'posteverywhere',
    emulator,
    environment: { POSTEVERYWHERE_API_KEY: emulator.apiKey, POSTEVERYWHERE_BASE_URL: emulator.baseUrl },
    path: `/posts?limit=${ROWS}`,
    headers: { authorization: `Bearer ${emulator.apiKey}` },
  };
}

async function uploadPost(clock: ManualClock): Promise<Listed> {
  const emulator = await openUploadPostEmulator({ clock });
  emulator.addScheduled(ROWS);
  return {
    name: 'upload-post',
    emulator,
    environment: { UPLOAD_POST_API_KEY: emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl },
    path: `/uploadposts/schedule?limit=${ROWS}`,
    headers: { authorization: `Apikey ${emulator.apiKey}` },
  };
}
