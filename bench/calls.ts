import { join } from 'node:path';
import {
  AIRDATE,
  buildBareServer,
  loadPosts,
  median,
  openSession,
  perSecond,
  printTable,
  type Row,
  rates,
  showTail,
  temporaryFolder,
  timed,
} from './support.ts';

const POSTS = 1_000;
const WARM_UP = 300;
const TIMES = 2_000;
const ROUND_MS = 400;
const IN_FLIGHT = 32;
const TOOLS = ['list_profiles', 'list_posts'] as const;

/** Calls that read, over stdio, against a tool that does nothing on the same SDK. */
export async function calls(): Promise<Row[]> {
  using folder = temporaryFolder();
  const home = join(folder.path, 'home');
  await loadPosts(home, POSTS);
  await using bare = await openSession(await buildBareServer(folder.path), home);
  await using airdate = await openSession(AIRDATE, home);
  const runs = {
    bare: () => bare.call('nothing'),
    list_profiles: () => airdate.call('list_profiles'),
    list_posts: () => airdate.call('list_posts'),
  };
  const many = (run: () => Promise<unknown>) => ({ inFlight: IN_FLIGHT, run });
  await timed(WARM_UP, runs);
  const taken = await timed(TIMES, runs);
  const rate = await rates(ROUND_MS, {
    bare: many(runs.bare),
    list_profiles: many(runs.list_profiles),
    list_posts: many(runs.list_posts),
  });
  return TOOLS.flatMap((tool) => [
    {
      what: `${tool}, 1 in flight, p50 / p99`,
      result: showTail(taken[tool]),
      reference: `a tool that does nothing: ${showTail(taken.bare)}`,
      ratio: median(taken[tool]) / median(taken.bare),
    },
    {
      what: `${tool}, ${IN_FLIGHT} in flight`,
      result: perSecond(rate[tool]),
      reference: `a tool that does nothing: ${perSecond(rate.bare)}`,
      ratio: rate[tool] / rate.bare,
    },
  ]);
}

if (import.meta.main) printTable(await calls());
