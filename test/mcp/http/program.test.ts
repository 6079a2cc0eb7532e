/** The command `airdate http`, as a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { connect, LIST_TOOLS, openScratch, send } from '../../support/http.ts';
import { root, runAirdate, startAirdate } from '../../support/process.ts';

const newFolder = openScratch();

interface Running {
  readonly url: string;
  /** Sends the signal and answers how the program ended, and after how long. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

async function startHttp(home: string, args: readonly string[] = []): Promise<Running> {
  const program = startAirdate(['http', '--port', '0', ...args], { AIRDATE_HOME: home });
  const url = await urlOf(program);
  return {
    url,
    async end(signal) {
      const began = performance.now();
      program.kill(signal);
      const [code] = (await once(program, 'exit')) as [number | null];
      return { code, ms: performance.now() - began };
    },
  };
}

async function urlOf({ stderr }: ChildProcess): Promise<string> {
  if (!stderr) throw new Error('no stderr');
  for await (const line of createInterface({ input: stderr })) {
    const { message, url } = JSON.parse(line) as { message: string; url?: string };
    if (message === 'Airdate listens.' && url) return url;
  }
  throw new Error('airdate http ended before it listened');
}

test('airdate http serves until a signal, then ends at once with its clients told', async () => {
  const running = await startHttp(newFolder());
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
  const connection = await connect(running);
  const { structuredContent } = await connection.client.callTool({ name: 'list_profiles', arguments: {} });
  expect(structuredContent).toMatchObject({ backends: [{ name: 'local' }] });
  const stream = await fetch(new URL('/sse', running.url));
  const { code, ms } = await running.end('SIGTERM');
  expect(code).toBe(0);
  // A connection that is kept alive would hold it for five seconds.
  expect(ms).toBeLessThan(4000);
  await stream.text().catch(() => undefined);
  await connection.client.close();
});

test.each(['999.1.1.1', 'localhost:80', '1::2::3'])(
  '--host %s is no address, which is told first',
  async (host) => {
    const { code, stderr } = await runAirdate(['http', '--port', '0', '--host', host]);
    expect(code).toBe(1);
    expect(stderr).toContain('--host takes a name or an address');
  },
);

test('a bind beyond the loopback waits for a token; then every request needs one', async () => {
  const home = newFolder();
  const environment = { AIRDATE_HOME: home };
  const refused = await runAirdate(['http', '--port', '0', '--host', '0.0.0.0'], environment);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('without tokens: anybody could post'),
  ]);

  const { stdout } = await runAirdate(['token', 'create', 'phone', '--level', 'read'], environment);
  const running = await startHttp(home, ['--host', '0.0.0.0']);
  const url = running.url.replace('0.0.0.0', '127.0.0.1');
  expect((await send(url, { body: LIST_TOOLS })).status).toBe(401);
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  const { json } = await send(url, { body: LIST_TOOLS, headers });
  const names = (json.result?.tools as { name: string }[] | undefined)?.map(({ name }) => name);
  expect(names).toContain('list_posts');
  expect(names).not.toContain('create_video_post');
  const stranger = { ...headers, host: 'evil.example' };
  expect((await send(url, { body: LIST_TOOLS, headers: stranger })).status).toBe(403);
  expect((await send(url, { path: '/healthz', headers: stranger })).status).toBe(200);
  await running.end('SIGINT');
});

test('what is wrong with the command line or the settings is said before anything is opened', async () => {
  const port = await runAirdate(['http', '--port', 'many'], { AIRDATE_HOME: newFolder() });
  expect([port.code, port.stderr]).toEqual([1, 'airdate: --port takes a number from 0 to 65535.\n']);
  const settings = await runAirdate(['http'], {
    AIRDATE_HOME: newFolder(),
    AIRDATE_ALLOWED_HOSTS: 'post.example.com, https://post.example.com',
    AIRDATE_PROTOCOL: 'legcy',
  });
  expect(settings.code).toBe(1);
  expect(settings.stderr).toContain('AIRDATE_ALLOWED_HOSTS: https://post.example.com is not a name');
  expect(settings.stderr).toContain('AIRDATE_PROTOCOL must be auto or legacy; did you mean legacy?');
});

test('stdio loads nothing of HTTP, nor the second SDK', () => {
  const seen = new Set<string>();
  const follow = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm);
    for (const [, target = ''] of imports) {
      if (target.endsWith('.ts')) follow(join(dirname(file), target));
      else seen.add(target);
    }
  };
  for (const file of ['main.ts', 'start.ts', 'program.ts', 'mcp/server.ts', 'mcp/stdio.ts'])
    follow(join(root, 'src', file));
  expect(seen.size).toBeGreaterThan(50);
  const heavy =
    /^node:https?$|server\/(streamableHttp|sse)|@modelcontextprotocol\/(server|node)|rate-limiter|jose/;
  expect([...seen].filter((target) => heavy.test(target))).toEqual([]);
});
