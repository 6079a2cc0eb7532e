/** Mirrors scripts/bundle.ts: the bundle as a desktop app installs, configures and starts it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { getMcpConfigForManifest, unpackExtension } from '@anthropic-ai/mcpb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { EmulatorServer } from '../emulators/emulator.ts';
import { FAR_OFF } from '../support/clock.ts';
import { root } from '../support/process.ts';
import { connect, filesIn, newScratch, oldNodes, programOf, readManifest, remove, run } from './files.ts';

const scratch = newScratch();
const installed = join(scratch, 'extensions', 'airdate');
const manifest = readManifest();

beforeAll(async () => {
  const bundle = join(scratch, 'airdate.mcpb');
  const made = await run([process.execPath, 'scripts/bundle.ts', bundle], { cwd: root });
  expect(made).toMatchObject({ code: 0 });
  expect(await unpackExtension({ mcpbPath: bundle, outputDir: installed, silent: true })).toBe(true);
}, 60_000);

afterAll(() => remove(scratch));

/** Starts the bundle as the app would, but for its Node and its data directory. */
async function start(userConfig: Record<string, string>, more: Record<string, string> = {}) {
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: installed,
    systemDirs: {},
    userConfig,
    pathSeparator: sep,
  });
  const { command, args: [program = ''] = [], env = {} } = config ?? {};
  expect(command).toBe('node');
  const home = newScratch();
  const session = await connect(program, { ...env, ...more, AIRDATE_HOME: home }, scratch);
  return { env, client: session.client, home, session };
}

async function call(client: Awaited<ReturnType<typeof start>>['client'], name: string, input: object = {}) {
  const answer = await client.callTool({ name, arguments: { ...input } });
  expect(answer.isError, JSON.stringify(answer.content)).toBeFalsy();
  return answer.structuredContent as Record<string, unknown>;
}

test('the bundle holds one file of code, what the manifest names, and the licences; nothing else', () => {
  const files = filesIn(installed);
  expect(files.filter((file) => /\.([cm]?js|node|wasm)$/.test(file))).toEqual(['dist/airdate.js']);
  expect(programOf(files)).toEqual(['THIRD-PARTY.md', 'airdate.js']);
  expect(files.filter((file) => !file.startsWith('dist/'))).toEqual(
    [
      'LICENSE',
      'manifest.json',
      'package.json',
      ...[manifest.icon ?? '', ...(manifest.screenshots ?? [])],
    ].sort(),
  );
  expect(JSON.parse(readFileSync(join(installed, 'manifest.json'), 'utf8'))).toEqual(manifest);
});

test('the licences are those of what is in the program, with their texts', () => {
  const text = readFileSync(join(installed, 'dist/THIRD-PARTY.md'), 'utf8');
  const names = [...text.matchAll(/^## (\S+) \S+ \(([^)]+)\)$/gm)].map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(['@modelcontextprotocol/sdk', 'mediabunny', 'undici', 'zod']));
  expect(names).not.toContain('rolldown');
  expect(text).toMatch(/^## mediabunny \S+ \(MPL-2\.0\)\n\nhttps:\/\/github\.com\/Vanilagy\/mediabunny\n/m);
  expect(text).toContain('Mozilla Public License Version 2.0');
  expect(text).not.toContain('undefined');
});

test('the program says nothing of the machine that built it', () => {
  for (const file of filesIn(join(installed, 'dist'))) {
    const code = readFileSync(join(installed, 'dist', file), 'utf8');
    expect(code, file).not.toContain(root);
    expect(code, file).not.toContain('sourceMappingURL=');
  }
});

test('without any setting it starts, and what was not filled in counts as absent', async () => {
  const { env, client, home, session } = await start({});
  await using _ = session;
  expect(env.AIRDATE_TIMEZONE).toBe(`\${user_config.timezone}`);
  expect(client.getServerVersion()).toMatchObject({ name: 'airdate', version: packageJson.version });
  const { tools } = await client.listTools();
  expect(tools.map(({ name, description }) => ({ name, description }))).toEqual(manifest.tools);
  const { profiles, timezone } = await call(client, 'list_profiles');
  expect(profiles).toHaveLength(1);
  expect(timezone).not.toContain('user_config');
  await session.client.close();
  remove(home);
});

test('what was compiled is kept beside the program for the next start', async () => {
  const { env, home, session } = await start({});
  expect(env.NODE_COMPILE_CACHE).toBe(join(installed, 'cache'));
  await session.client.close();
  expect(filesIn(join(installed, 'cache')).length).toBeGreaterThan(0);
  remove(home);
});

test('a local video is read in a thread of the same file, and one that is cut off is refused', async () => {
  const { client, home, session } = await start({});
  await using _ = session;
  const bytes = readFileSync(join(root, 'assets/sample.mp4'));
  mkdirSync(join(home, 'media'));
  writeFileSync(join(home, 'media', 'clip.mp4'), bytes);
  writeFileSync(join(home, 'media', 'part.mp4'), bytes.subarray(0, bytes.length - 1_000));
  const order = (name: string) => ({
    accountIds: ['local:tiktok'],
    contentUrl: join(home, 'media', name),
    scheduledTime: FAR_OFF,
  });
  const { posts } = await call(client, 'create_video_post', order('clip.mp4'));
  expect(posts).toMatchObject([{ status: 'scheduled', targets: [{ accountId: 'local:tiktok' }] }]);
  const refused = await client.callTool({ name: 'create_video_post', arguments: order('part.mp4') });
  expect(JSON.stringify(refused.content)).toContain('media_rejected');
  await session.client.close();
  remove(home);
});

test('with every setting filled in each one arrives, and a local video is read', async () => {
  const refused = { status: 401, body: { error: { code: 'unauthorized', message: 'No.' } } };
  await using vendor = new EmulatorServer(() => refused);
  await vendor.listen();
  const media = join(scratch, 'my videos');
  mkdirSync(media, { recursive: true });
  const video = join(media, 'clip.mp4');
  writeFileSync(video, readFileSync(join(root, 'assets/sample.mp4')));
  const filledIn = Object.fromEntries(
    Object.keys(manifest.user_config ?? {}).map((name): [string, string] => [name, `test-${name}`]),
  );
  const given = {
    ...filledIn,
    timezone: 'Asia/Tokyo',
    access: 'full',
    media_folder: media,
    outbox: join(scratch, 'outbox'),
    openshorts_url: vendor.url,
  };
  const elsewhere = Object.fromEntries(
    ['INFINIPOST', 'POSTEVERYWHERE', 'UPLOAD_POST'].map((name) => [`${name}_BASE_URL`, vendor.url]),
  );
  const { env, client, home, session } = await start(given, elsewhere);
  await using _ = session;
  const { NODE_COMPILE_CACHE: _cache, ...settings } = env;
  expect(Object.values(settings).sort()).toEqual(Object.values(given).sort());

  expect(await call(client, 'list_profiles')).toMatchObject({ timezone: 'Asia/Tokyo' });
  const answer = await call(client, 'create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: video,
    caption: basename(video),
    dryRun: true,
  });
  expect(answer.dryRun).toBe(true);
  await session.client.close();
  remove(home);
});

test("a package.json in the user's home does not decide how the program is read", async () => {
  writeFileSync(join(scratch, 'package.json'), '{ "type": "commonjs" }');
  const { code, stdout } = await run([process.execPath, join(installed, 'dist/airdate.js'), '--version']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${packageJson.version}\n` });
});

test('an older Node is told so in one line', async () => {
  for (const command of await oldNodes()) {
    const { code, stdout, stderr } = await run([...command, join(installed, 'dist/airdate.js')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Airdate needs Node 22\.19 or newer; this is \d+\.\d+\.\d+\.\n$/);
  }
});
