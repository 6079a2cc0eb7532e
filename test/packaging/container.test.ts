/** Mirrors the Dockerfile: no engine runs here, so it is read, and its build is done in a folder. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { matchesGlob, posix } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { copyProject, expectProgram, filesIn, newScratch, read, remove, run } from './files.ts';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

const instructions: readonly Instruction[] = read('Dockerfile')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => ({ word: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const lastStage = instructions.findLastIndex(({ word }) => word === 'FROM');
const final = instructions.slice(lastStage);
const all = (word: string, where = instructions) =>
  where.filter((one) => one.word === word).map(({ rest }) => rest);
const only = (word: string, where = instructions): unknown => JSON.parse(all(word, where).join()) as unknown;

/** Files and folders of the project that are copied into the image. */
const sources = all('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(' ').slice(0, -1));

const scratch = newScratch();
afterAll(() => remove(scratch));

test('there are two stages, both of a slim Node that the program runs on', () => {
  const images = all('FROM').map((rest) => /^node:(\d+)-slim( AS \w+)?$/.exec(rest)?.[1]);
  expect(images).toHaveLength(2);
  expect(new Set(images).size).toBe(1);
  expect(Number(images[0])).toBeGreaterThanOrEqual(Number.parseInt(packageJson.devDependencies.node, 10));
});

test('what it copies is let through to it, and nothing else is', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines[0]).toBe('*');
  expect(lines.slice(1).sort()).toEqual([...new Set(sources)].map((source) => `!${source}`).sort());
  const secret = ['.env', '.git', '.npmrc', 'airdate.config.json', 'airdate.db', 'node_modules'];
  expect(secret.filter((name) => sources.some((source) => matchesGlob(name, source)))).toEqual([]);
});

test('what it copies is there and is enough to build with', async () => {
  copyProject(scratch, [...new Set(sources)]);
  const build = all('RUN').at(-2)?.split(' ') ?? [];
  expect(build.slice(0, 1)).toEqual(['node']);
  expect(await run([process.execPath, ...build.slice(1)], { cwd: scratch })).toMatchObject({ code: 0 });
  expectProgram(filesIn(`${scratch}/dist`));
}, 60_000);

test('it starts the program over HTTP for everyone who can reach the container', () => {
  expect(only('ENTRYPOINT', final)).toEqual(['node', packageJson.bin.airdate]);
  expect(only('CMD', final)).toEqual(['http', '--host', '0.0.0.0']);
  expect(all('COPY', final)).toContain(`--from=build /build/dist ${posix.dirname(packageJson.bin.airdate)}`);
});

test('it does not run as root, and its data is on a volume that is its own', () => {
  expect(all('USER', final)).toEqual(['node']);
  const after = final.slice(final.findIndex(({ word }) => word === 'USER'));
  expect(after.map(({ word }) => word)).not.toContain('RUN');
  expect(all('VOLUME', final)).toEqual(['/data']);
  expect(all('ENV', final)).toEqual(['NODE_ENV=production AIRDATE_HOME=/data']);
  expect(all('RUN', final)).toEqual(['install -d -o node -g node -m 700 /data']);
});

test('its health is what the program says of itself, where it listens', async () => {
  const [check = ''] = all('HEALTHCHECK', final);
  const [command, , script = ''] = JSON.parse(check.slice(check.indexOf('CMD ') + 4)) as string[];
  expect(command).toBe('node');
  const address = `127.0.0.1:${all('EXPOSE', final).join()}`;
  let answer = 200;
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? answer : 404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const here = script.replace(address, `127.0.0.1:${port}`);
  expect(here).not.toBe(script);
  const ask = async () => (await run([process.execPath, '-e', here])).code;
  expect(await ask()).toBe(0);
  answer = 503;
  expect(await ask()).toBe(1);
  server.close();
  expect(await ask()).toBe(1);
});

test('whoever reads its first lines opens it to this machine alone', () => {
  const commands = read('Dockerfile').match(/^# +docker run.*-p .*$/gm) ?? [];
  expect(commands).toHaveLength(1);
  expect(commands[0]).toContain(' -p 127.0.0.1:4600:4600 ');
});

test('no secret is in it', () => {
  expect(all('ARG')).toEqual([]);
  expect(all('ENV').join()).not.toMatch(/KEY|SECRET|TOKEN|PASSWORD/);
});
