import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createVideoPost } from '../src/desk/create-video-post.ts';
import {
  AIRDATE,
  CALL,
  openDesk,
  openSession,
  perSecond,
  printTable,
  type Row,
  rates,
  temporaryFolder,
} from './support.ts';

const ROUND_MS = 600;

/** New posts a second, each durable when it is answered: asked for, written, recorded, in three transactions. */
export async function create(): Promise<Row[]> {
  using folder = temporaryFolder();
  await using program = await openDesk(join(folder.path, 'desk'));
  await using session = await openSession(AIRDATE, join(folder.path, 'stdio'));
  const insert = bareInsert(join(folder.path, 'bare.db'));
  const desk = () => createVideoPost(program.desk, draft(), CALL);
  const stdio = () => session.call('create_video_post', draft());

  const { bare, ...ours } = await rates(ROUND_MS, {
    bare: { inFlight: 1, run: insert },
    'the desk, 1 in flight': { inFlight: 1, run: desk },
    'the desk, 16 in flight': { inFlight: 16, run: desk },
    'over stdio, 1 in flight': { inFlight: 1, run: stdio },
    'over stdio, 16 in flight': { inFlight: 16, run: stdio },
  });
  return Object.entries(ours).map(([name, rate]) => ({
    what: `create_video_post, ${name}`,
    result: perSecond(rate),
    reference: `bare node:sqlite inserts, synchronous=FULL: ${perSecond(bare)}`,
    ratio: rate / bare,
  }));
}

let made = 0;

function draft() {
  made += 1;
  return {
    accountIds: ['local:tiktok', 'local:instagram'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    caption: `Day ${made} #running`,
    scheduledTime: new Date(Date.now() + 86_400_000 + made * 60_000).toISOString(),
  };
}

/** One row of the size of a post, in a transaction of its own. */
function bareInsert(file: string): () => Promise<unknown> {
  const database = new DatabaseSync(file);
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table posts (id integer primary key, text)',
  );
  const statement = database.prepare('insert into posts (text) values (?)');
  const text = JSON.stringify(draft()).repeat(2);
  return async () => statement.run(text);
}

if (import.meta.main) printTable(await create());
