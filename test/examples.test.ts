/** Mirrors nothing: what a newcomer copies out of examples/ runs as it stands. */
import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SETTINGS } from '../src/config/config.ts';
import { newFolder } from './support/airdate.ts';
import { type Finished, root, runAirdate, startAirdate } from './support/process.ts';

const folder = join(root, 'examples');
const files = readdirSync(folder).filter((name) => /\.(ts|py|md|json)$/.test(name));
const python = findPython();
const home = newFolder();
const environment = { AIRDATE_HOME: home };
const POST = String.raw`local:\w{16}`;
const AIR_TIME = String.raw`air time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`;

let server: ChildProcess;
let url: string;
beforeAll(async () => {
  server = startAirdate(['http', '--port', '0'], environment);
  url = await addressOf(server);
});
afterAll(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill();
  await ended;
  rmSync(home, { recursive: true, force: true });
});

test.concurrent('over stdio a post is scheduled, airs and is read', async () => {
  const { code, stdout, stderr } = await runExample('typescript-stdio.ts', { AIRDATE_HOME: home });
  expect(stderr).toBe('');
  expect(stdout).toMatch(story('local:tiktok'));
  expect(code).toBe(0);
});

test.concurrent.each([
  ['typescript-http.ts', ''],
  ['typescript-http-2026.ts', 'protocol 2026-07-28\n'],
])('over HTTP %s schedules a post with a token and reads it once it has aired', async (file, before) => {
  const token = await makeToken(`full-${file}`);
  const { code, stdout, stderr } = await runExample(file, { AIRDATE_URL: url, AIRDATE_TOKEN: token });
  expect(stderr).toBe('');
  expect(stdout.startsWith(before)).toBe(true);
  expect(stdout.slice(before.length)).toMatch(story('local:tiktok'));
  expect(code).toBe(0);
});

test.concurrent.each(files.filter((name) => name.endsWith('.ts')))(
  '%s says what is wrong and makes the call that the error names',
  async (file) => {
    const token = await makeToken(`wrong-${file}`);
    const settings = { AIRDATE_HOME: home, AIRDATE_URL: url, AIRDATE_TOKEN: token };
    const { code, stderr } = await runExample(file, settings, ['local:tiktokk']);
    expect(stderr).toContain('create_video_post: not_found: There is no account local:tiktokk.\n');
    expect(stderr).toContain('next: list_profiles lists the accounts that there are\n');
    expect(stderr).toContain('"accountId":"local:tiktok"');
    expect(code).toBe(1);
  },
);

test('with a token that may only prepare drafts the post waits, and the example says so', async () => {
  const token = await makeToken('drafts', '--level', 'draft');
  const { code, stdout } = await runExample('typescript-http.ts', { AIRDATE_URL: url, AIRDATE_TOKEN: token });
  expect(stdout).toContain('warning: Nothing airs before a person approves it');
  expect(stdout).toMatch(/local:draft-\w+ is draft, /);
  expect(code).toBe(0);
});

test('without a token nothing is done', async () => {
  await makeToken('somebody-else');
  const { code, stdout, stderr } = await runExample('typescript-http.ts', { AIRDATE_URL: url });
  expect(stdout).toBe('');
  expect(stderr).toContain('A valid bearer token is needed.');
  expect(code).toBe(1);
});

test('README.md names every file, and each example says on its first line how to run it', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const file of files) {
    if (file !== 'README.md') expect(readme).toContain(`\`${file}\``);
    if (!/\.(ts|py)$/.test(file)) continue;
    const [first] = readFileSync(join(folder, file), 'utf8').split('\n');
    expect(first).toMatch(new RegExp(`^(//|#) Run it.*examples/${file}`));
  }
});

test.for(files.filter((name) => name.endsWith('.py')))('%s is Python', (file, { skip }) => {
  if (python === undefined) return skip(`There is no python3 here: ${file} was not looked at.`);
  const output = mkdtempSync(join(tmpdir(), 'airdate-python-'));
  const compile = 'import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2], doraise=True)';
  try {
    execFileSync(python, ['-c', compile, join(folder, file), join(output, 'compiled')], { stdio: 'pipe' });
  } finally {
    rmSync(output, { recursive: true });
  }
});

test.each(['docs/clients.md', 'docs/operations.md', 'examples/README.md'])(
  '%s holds what there is',
  (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, language, block = ''] of text.matchAll(/^```(\w+)\n(.*?)^```/gms)) {
      if (language !== 'json') continue;
      // Log lines are one object each.
      const parts = block.startsWith('{"') ? block.trim().split('\n') : [block];
      for (const part of parts) expect(() => JSON.parse(part)).not.toThrow();
    }
    const known = [...Object.keys(SETTINGS), 'AIRDATE_TOKEN', 'AIRDATE_URL'];
    for (const [name] of text.matchAll(/\bAIRDATE_[A-Z_]+/g)) expect(known).toContain(name);
    for (const [, target = '', anchor] of text.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)) {
      const linked = target === '' ? text : readFileSync(join(root, dirname(page), target), 'utf8');
      if (anchor !== undefined) expect(headings(linked)).toContain(anchor);
    }
  },
);

/** The anchors of a page's headings. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What an example prints of a post that airs. */
function story(accountId: string): RegExp {
  const told = (status: string) => `(${POST}) is ${status}, ${AIR_TIME} \\S+\n  ${accountId}: ${status}\n`;
  return new RegExp(`^${told('scheduled')}${told('published').replace(`(${POST})`, String.raw`\1`)}$`);
}

async function runExample(
  file: string,
  settings: Record<string, string>,
  operands: readonly string[] = [],
): Promise<Finished> {
  const env = { ...process.env, AIRDATE_TOKEN: undefined, ...settings };
  const args = [join(folder, file), ...operands];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 18_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Finished;
    return { code, stdout, stderr };
  }
}

async function makeToken(name: string, ...options: string[]): Promise<string> {
  const { stdout } = await runAirdate(['token', 'create', name, ...options], environment);
  return stdout.trim();
}

/** The address that the program logs once it listens. */
function addressOf({ stderr }: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let log = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
    const found = /"url":"([^"]+)"/.exec(log)?.[1];
    if (found !== undefined) resolve(found);
  });
  stderr?.once('end', () => reject(new Error(`airdate http ended: ${log}`)));
  return promise;
}

function findPython(): string | undefined {
  try {
    execFileSync('python3', ['--version'], { stdio: 'pipe' });
    return 'python3';
  } catch {
    return undefined;
  }
}
