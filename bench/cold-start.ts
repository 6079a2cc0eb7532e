import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import {
  AIRDATE,
  buildBareServer,
  median,
  openSession,
  printTable,
  type Row,
  showSpread,
  temporaryFolder,
  timed,
} from './support.ts';

const RUNS = 31;

/** From the start of the process to its first answer, which is to `initialize`, over stdio. */
export async function coldStart(): Promise<Row[]> {
  using folder = temporaryFolder();
  const bare = await buildBareServer(folder.path);
  const home = newHome(folder.path);
  const runs = {
    bare: () => start(bare, home),
    again: () => start(AIRDATE, home),
    first: () => start(AIRDATE, newHome(folder.path)),
  };
  await timed(1, runs);
  const taken: Record<keyof typeof runs, number[]> = { bare: [], again: [], first: [] };
  for (let run = 0; run < RUNS; run += 1) {
    for (const name of ['bare', 'again', 'first'] as const) taken[name].push(await runs[name]());
  }
  const against = (values: number[]) => ({
    result: showSpread(values),
    reference: `smallest server on the same SDK: ${showSpread(taken.bare)}`,
    ratio: median(values) / median(taken.bare),
  });
  return [
    { what: 'cold start', ...against(taken.again), aim: '≤ 1.5' },
    { what: 'cold start, empty data directory', ...against(taken.first) },
  ];
}

/** The end of the process is waited for, and not counted. */
async function start(program: string, home: string): Promise<number> {
  const began = performance.now();
  await using _session = await openSession(program, home);
  return performance.now() - began;
}

function newHome(folder: string): string {
  return mkdtempSync(join(folder, 'home-'));
}

if (import.meta.main) printTable(await coldStart());
