import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createToken } from '../src/access/tokens.ts';
import { systemClock } from '../src/domain/clock.ts';
import { type Headers, openClient, startServer } from './http-support.ts';
import {
  AIRDATE,
  buildBareServer,
  loadPosts,
  median,
  openDesk,
  perSecond,
  printTable,
  type Row,
  rates,
  showTail,
  temporaryFolder,
  timed,
} from './support.ts';

const POSTS = 1_000;
/** Each may call a tool 600 times a minute. */
const TOKENS = 120;
const TIMES = 1_000;
const ROUND_MS = 500;
const IN_FLIGHT = 16;
const CALLS = 30_000;
/** As many as a server keeps, with those of the tokens. */
const SESSIONS = 1_000 - TOKENS;

/** list_posts of 20 rows over HTTP, with tokens, against a tool that does nothing on the bare SDK, and what it holds in memory. */
export async function http(): Promise<Row[]> {
  using folder = temporaryFolder();
  const home = join(folder.path, 'home');
  await loadPosts(home, POSTS);
  const tokens = await createTokens(home);
  await using airdate = await startServer([AIRDATE, 'http', '--port', '0'], home);
  using client = openClient(IN_FLIGHT);
  const turns = tokens.map((token) => ({ authorization: `Bearer ${token}` }));
  const page = join(folder.path, 'page.json');
  writeFileSync(page, resultIn(await client.call(airdate.url, 'list_posts', turns[0] ?? {})));
  await using bare = await startServer([await buildBareServer(folder.path, 'bare-http-server'), page], home);
  const inSession = await Promise.all(
    turns.map(async (headers) => ({ ...headers, ...(await client.openSession(airdate.url, headers)) })),
  );
  const bareSession = await client.openSession(bare.url, {});
  const stateless = taking(turns, (headers) => client.call(airdate.url, 'list_posts', headers));
  const bareStateless = bare.url.replace('/mcp', '/stateless');
  const runs = {
    bareSession: () => client.call(bare.url, 'nothing', bareSession),
    pageSession: () => client.call(bare.url, 'page', bareSession),
    session: taking(inSession, (headers) => client.call(airdate.url, 'list_posts', headers)),
    bareStateless: () => client.call(bareStateless, 'nothing', {}),
    pageStateless: () => client.call(bareStateless, 'page', {}),
    stateless,
  };
  await timed(300, runs);
  const taken = await timed(TIMES, runs);
  const many = (run: () => Promise<unknown>) => ({ inFlight: IN_FLIGHT, run });
  const rate = await rates(ROUND_MS, {
    bareSession: many(runs.bareSession),
    pageSession: many(runs.pageSession),
    session: many(runs.session),
    bareStateless: many(runs.bareStateless),
    pageStateless: many(runs.pageStateless),
    stateless: many(runs.stateless),
  });
  const kinds = [
    ['with sessions', 'session', 'bareSession', 'pageSession'],
    ['stateless', 'stateless', 'bareStateless', 'pageStateless'],
  ] as const;
  const heapAfter = (calls: number) => inTurn(calls, stateless).then(() => airdate.heap());
  const opened = async (sessions: number) => {
    const open: Headers[] = [];
    const openOne = taking(turns, async (headers) => {
      open.push({ ...headers, ...(await client.openSession(airdate.url, headers)) });
    });
    await inTurn(sessions, openOne);
    const held = await airdate.heap();
    await inTurn(open.length, () => client.closeSession(airdate.url, open.pop() ?? {}));
    return held;
  };
  const few = await heapAfter(CALLS / 10);
  const all = await heapAfter(CALLS);
  const once = await opened(SESSIONS);
  await opened(SESSIONS);
  const again = await opened(SESSIONS);
  return [
    ...kinds.flatMap(([name, ours, reference, samePage]) => [
      {
        what: `list_posts over HTTP, ${name}, 1 in flight, p50 / p99`,
        result: showTail(taken[ours]),
        reference: `bare SDK, a tool that does nothing: ${showTail(taken[reference])}`,
        ratio: median(taken[reference]) / median(taken[ours]),
      },
      {
        what: `list_posts over HTTP, ${name}, ${IN_FLIGHT} in flight`,
        result: perSecond(rate[ours]),
        reference: `bare SDK, a tool that does nothing: ${perSecond(rate[reference])}`,
        ratio: rate[ours] / rate[reference],
        aim: '≥ 0.7',
      },
      {
        what: `the same page, known beforehand, on the bare SDK, ${name}, ${IN_FLIGHT} in flight`,
        result: perSecond(rate[samePage]),
        reference: `bare SDK, a tool that does nothing: ${perSecond(rate[reference])}`,
        ratio: rate[samePage] / rate[reference],
      },
    ]),
    {
      what: `heap after ${CALLS.toLocaleString('en')} more calls`,
      result: `${all.toFixed(1)} MB`,
      reference: `after the first ones: ${few.toFixed(1)} MB`,
      ratio: all / few,
    },
    {
      what: `heap with 1,000 sessions, nearly 2,000 more opened and closed before`,
      result: `${again.toFixed(1)} MB`,
      reference: `with the first 1,000: ${once.toFixed(1)} MB`,
      ratio: again / once,
    },
  ];
}

/** The result of a call, out of the stream that it came in. */
function resultIn(stream: string): string {
  const [, message = ''] = /^data: (\{.+)$/m.exec(stream) ?? [];
  return JSON.stringify((JSON.parse(message) as { result: object }).result);
}

async function createTokens(home: string): Promise<string[]> {
  await using program = await openDesk(home);
  const surroundings = { database: program.database, clock: systemClock };
  const tokens: string[] = [];
  for (let index = 0; index < TOKENS; index += 1)
    tokens.push(await createToken({ name: `bench-${index}` }, surroundings));
  return tokens;
}

/** Who calls changes from call to call. */
function taking<Who>(whos: readonly Who[], run: (who: Who) => Promise<unknown>): () => Promise<unknown> {
  let turn = 0;
  return () => {
    turn += 1;
    return run(whos[turn % whos.length] as Who);
  };
}

async function inTurn(count: number, run: () => Promise<unknown>): Promise<void> {
  const lane = async () => {
    for (let left = Math.ceil(count / IN_FLIGHT); left > 0; left -= 1) await run();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

if (import.meta.main) printTable(await http());
