import { DatabaseSync } from 'node:sqlite';
import { listPosts as list } from '../src/desk/list-posts.ts';
import {
  AIRDATE,
  CALL,
  loadPosts,
  median,
  openDesk,
  openSession,
  printTable,
  type Row,
  showTail,
  temporaryFolder,
  timed,
} from './support.ts';

const POSTS = 100_000;
const TIMES = 300;
const PAGES = 500;

type Wanted = Parameters<typeof list>[1];

/** Pages of 20 out of many posts: inside the server, and as a client meets them. */
export async function listPosts(): Promise<Row[]> {
  using home = temporaryFolder();
  await loadPosts(home.path, POSTS);
  await using program = await openDesk(home.path);
  await using session = await openSession(AIRDATE, home.path);
  const page = (wanted: Wanted) => list(program.desk, wanted, CALL);
  const cases: Record<string, Wanted> = {
    'all posts': {},
    'by status': { status: 'scheduled' },
    'by rare status': { status: 'failed' },
    'by account': { accountId: 'local:tiktok' },
    'by platform': { platform: 'youtube' },
    'by status and account': { status: 'scheduled', accountId: 'local:instagram' },
    'by platform, from, to': { platform: 'youtube', ...monthAhead() },
    'from, to': monthAhead(),
    'by status and platform, nothing fits': { status: 'draft', platform: 'youtube' },
    'deep cursor': { cursor: await deepCursor(page) },
  };
  const bare = bareRead(program.database.file);
  const rows: Row[] = [];
  for (const [name, wanted] of Object.entries(cases)) {
    const taken = await timed(TIMES, {
      bare,
      inside: () => page(wanted),
      outside: () => session.call('list_posts', wanted),
    });
    rows.push({
      what: `list_posts, ${POSTS.toLocaleString('en')} posts, ${name}, p50 / p99`,
      result: `${showTail(taken.inside)}; over stdio ${showTail(taken.outside)}`,
      reference: `20 posts by node:sqlite alone: ${showTail(taken.bare)}`,
      ratio: median(taken.inside) / median(taken.bare),
      aim: 'p50 < 2 ms',
    });
  }
  return rows;
}

function monthAhead(): Wanted {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
  return { from: day(1), to: day(31) };
}

/** Half of the way through. */
async function deepCursor(page: (wanted: Wanted) => ReturnType<typeof list>): Promise<string> {
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const { nextCursor } = await page({ limit: 100, ...(cursor !== undefined && { cursor }) });
    if (nextCursor === null) throw new Error('The list ended before its middle.');
    cursor = nextCursor;
  }
  return cursor as string;
}

/** The two statements that a page needs, prepared once, their rows left as they are. */
function bareRead(file: string): () => Promise<unknown> {
  const database = new DatabaseSync(file, { readOnly: true });
  const posts = database.prepare('select * from posts order by air_at, id limit 21');
  const targets = database.prepare(
    `select * from targets where post_id in (${Array.from({ length: 21 }, () => '?').join(',')})`,
  );
  return async () => targets.all(...posts.all().map(({ id }) => String(id)));
}

if (import.meta.main) printTable(await listPosts());
