import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import {
  AIRDATE,
  buildBareServer,
  buildOneFile,
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
  const oneFile = await buildOneFile(newHome(folder.path));
  const home = newHome(folder.path);
  const bundled = { NODE_COMPILE_CACHE: newHome(folder.path) };
  const runs = {
    bare: () => start(bare, home),
    again: () => start(AIRDATE, home),
    first: () => start(AIRDATE, newHome(folder.path)),
    bundle: () => start(oneFile, home, bundled),
  };
  await timed(1, runs);
  const taken: Record<keyof typeof runs, number[]> = { bare: [], again: [], first: [], bundle: [] };
  for (let run = 0; run < RUNS; run += 1) {
    for (const name of ['bare', 'again', 'first', 'bundle'] as const) taken[name].push(await runs[name]());
  }
  const against = (values: number[], reference: string, held: number[]) => ({
    result: showSpread(values),
    reference: `${reference}: ${showSpread(held)}`,
    ratio: median(values) / median(held),
  });
  const smallest = 'smallest server on the same SDK';
  return [
    { what: 'cold start', ...against(taken.again, smallest, taken.bare), aim: '≤ 1.5' },
    { what: 'cold start, empty data directory', ...against(taken.first, smallest, taken.bare) },
    { what: 'cold start of the bundle', ...against(taken.bundle, 'cold start', taken.again), aim: '≤ 1.6' },
  ];
}

/** The end of the process is waited for, and not counted. */
async function start(
  program: string,
  home: string,
  more?: Readonly<Record<string, string>>,
): Promise<number> {
  const began = performance.now();
  await using _session = await openSession(program, home, more);
  return performance.now() - began;
}

function newHome(folder: string): string {
  return mkdtempSync(join(folder, 'home-'));
}

if (import.meta.main) printTable(await coldStart());
