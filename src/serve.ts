import { setTimeout } from 'node:timers/promises';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandLine } from './commands/command-line.ts';
import { readBind } from './config/http.ts';
import { OWN_TENANT } from './domain/call.ts';
import { systemClock } from './domain/clock.ts';
import type { Host } from './machine.ts';
import { type Opened, open } from './open.ts';
import { toolsNamed } from './tools/index.ts';

/** How long the end of the program waits for the answers to what was asked before it. */
const LAST_ANSWERS_MS = 500;

const AT_A_TERMINAL =
  'Airdate speaks MCP over stdin and stdout, to an agent that starts it; README.md says how to add it. Ctrl-C ends it.';

/** Serves one client, until it or a signal ends that. */
export async function serveClient(host: Host): Promise<void> {
  const signal = signalled(host);
  await using opened = await open(host);
  const { config, program } = opened;
  const [{ createServer }, { serveStdio }] = await Promise.all([
    import('./mcp/server.ts'),
    import('./mcp/stdio.ts'),
  ]);
  const settings = {
    ...shared(opened),
    caller: { tenant: OWN_TENANT, level: config.accessLevel },
    asksPerson: config.approveInClient !== 'never',
  };
  const { stdin, stdout, stderr } = host;
  if (stdin.isTTY) stderr.write(`${AT_A_TERMINAL}\n`);
  // Each answer that waits for a slow client listens for its turn, and Node warns of more than ten.
  stdout.setMaxListeners(0);
  const connection = serveStdio(createServer(settings), {
    input: stdin,
    output: stdout,
    ...(config.http.protocol === 'auto' && {
      serveModern: async (transport) =>
        (await import('./mcp/modern-stdio.ts')).serveModern(settings, transport),
    }),
  });
  program.start();
  await Promise.race([connection.ended, signal]);
  await Promise.race([connection.answered(), setTimeout(LAST_ANSWERS_MS)]);
  await connection.close();
}

/** Serves many clients over HTTP, until a signal ends that. */
export async function serveWeb(host: Host, { options }: CommandLine): Promise<void> {
  const bind = readBind(options);
  const signal = signalled(host);
  await using opened = await open(host);
  const { config, program, log } = opened;
  const [{ openAccess }, { serveHttp }] = await Promise.all([
    import('./access/index.ts'),
    import('./mcp/serve-http.ts'),
  ]);
  await using http = await serveHttp({
    ...bind,
    ...config.http,
    ...shared(opened),
    access: await openAccess({ ...config, database: program.database, clock: systemClock }),
    clock: systemClock,
    asksPerson: config.approveInClient === 'always',
  });
  program.start();
  log('info', 'Airdate listens.', { url: `${http.url}/mcp`, home: config.home });
  await signal;
}

/** Airs what is due, until a signal ends that. */
export async function work(host: Host): Promise<void> {
  const signal = signalled(host);
  await using opened = await open(host);
  opened.program.start();
  opened.log('info', 'The worker is up.', { home: opened.config.home });
  await signal;
}

/** What every server needs. */
function shared({ config, program, log, mask }: Opened) {
  return { version: packageJson.version, tools: toolsNamed(config.tools), desk: program.desk, log, mask };
}

/** A signal is the end of the program. Asked before anything is open: one that comes meanwhile must not kill it halfway. */
function signalled(host: Host): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) host.once(signal, () => resolve());
  });
}
