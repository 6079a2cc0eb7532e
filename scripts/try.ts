import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { rolldown } from 'rolldown';
import bundle from '../rolldown.config.ts';

/** The main job, for a newcomer: a real client, the built server, a real video, and a post that airs in a few seconds. */
const AHEAD_MS = 4_000;

const terminal = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (code: number) => (text: string) => (terminal ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = paint(1);
const green = paint(32);
const dim = paint(2);

interface Post {
  readonly postId: string;
  readonly status: string;
  readonly caption: string;
  readonly airTime: { readonly local: string; readonly timezone: string; readonly utc: string };
}

const program = resolve(import.meta.dirname, '../dist/airdate.js');
// Silent, unlike the command line.
const { output, ...input } = bundle;
await using building = await rolldown(input);
await building.write({ ...output, dir: dirname(program) });
const home = mkdtempSync(join(tmpdir(), 'airdate-try-'));
const video = join(home, 'media', 'sample.mp4');
mkdirSync(join(home, 'media'));
copyFileSync(resolve(import.meta.dirname, '../assets/sample.mp4'), video);

const client = new Client({ name: 'airdate-try', version: '1.0.0' });
const env = { PATH: process.env.PATH ?? '', AIRDATE_HOME: home, AIRDATE_LOG: 'warn' };
await client.connect(
  new StdioClientTransport({ command: process.execPath, args: [program], env, stderr: 'inherit' }),
);

step('An agent connects over stdio and asks which accounts there are');
const { profiles, timezone } = await call<{
  profiles: { accounts: { accountId: string }[] }[];
  timezone: string;
}>('list_profiles', {});
const accountIds = profiles.flatMap(({ accounts }) => accounts.map(({ accountId }) => accountId));
say(`${accountIds.join(', ')} ${dim(`(simulated: no account, no key, no network)`)}`);

step('It schedules a video on two of them');
const created = await call<{ posts: Post[] }>('create_video_post', {
  accountIds: accountIds.slice(0, 2),
  contentUrl: video,
  caption: 'My first post',
  scheduledTime: new Date(Date.now() + AHEAD_MS).toISOString(),
  timezone,
});
const post = first(created.posts);
say(`${post.postId}: ${post.status} for ${post.airTime.local} ${post.airTime.timezone}`);

step('It changes the caption');
const edited = await call<{ post: Post; changed: string[] }>('edit_post', {
  postId: post.postId,
  caption: 'My first post, edited #shorts',
});
say(`changed ${edited.changed.join(', ')}: "${edited.post.caption}"`);

step('It looks at the calendar');
const listed = await call<{ posts: Post[] }>('list_posts', { status: 'scheduled' });
for (const one of listed.posts) say(`${one.airTime.local}  ${one.status}  ${one.caption}`);

step('It waits until the post airs');
const aired = await waitUntilAired(post);
say(green(`${aired.status} at ${aired.airTime.local}`));

step('What the publisher was handed');
const outbox = join(home, 'outbox');
const entry = readdirSync(outbox).find((name) => name.endsWith('.json')) ?? fail('The outbox is empty.');
say(dim(join(outbox, entry)));
console.log(indent(readFileSync(join(outbox, entry), 'utf8').trim()));
await client.close();

step('To use it in a desktop agent, paste this into its MCP configuration');
const block = { mcpServers: { airdate: { command: process.execPath, args: [program] } } };
console.log(indent(JSON.stringify(block, null, 2)));

function step(text: string): void {
  console.log(`\n${bold(text)}`);
}

function say(text: string): void {
  console.log(`  ${text}`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function first<Item>(items: readonly Item[]): Item {
  return items[0] ?? fail('Airdate answered no post.');
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

async function call<Answer>(name: string, input: Record<string, unknown>): Promise<Answer> {
  const answer = await client.callTool({ name, arguments: input });
  if (answer.isError) fail(`${name}: ${JSON.stringify(answer.content)}`);
  return answer.structuredContent as Answer;
}

async function waitUntilAired({ postId, airTime }: Post): Promise<Post> {
  const until = Date.parse(airTime.utc);
  while (Date.now() < until + 5_000) {
    const { post: now } = await call<{ post: Post }>('get_post', { postId });
    if (now.status === 'published') {
      if (terminal) process.stdout.write('\r\u001b[K');
      return now;
    }
    const left = Math.max(0, until - Date.now());
    if (terminal)
      process.stdout.write(`\r  ${progressBar(1 - left / AHEAD_MS)} ${Math.ceil(left / 1000)} s `);
    await new Promise((done) => setTimeout(done, 200));
  }
  return fail('The post did not air.');
}

function progressBar(share: number): string {
  const done = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return '█'.repeat(done) + '░'.repeat(20 - done);
}
