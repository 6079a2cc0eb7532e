// Run it beside `airdate http`: AIRDATE_TOKEN=airdate_… npx node examples/typescript-http.ts [ACCOUNT_ID [VIDEO_URL]]

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

interface Profiles {
  now: { utc: string };
  profiles: { backend: string; accounts: { accountId: string }[] }[];
  backends: { name: string; simulated?: boolean }[];
}

interface Post {
  postId: string;
  status: string;
  airTime: { local: string; timezone: string } | null;
  targets: { accountId: string; status: string; url?: string; error?: { message: string } }[];
}

interface CallError {
  code: string;
  message: string;
  retryable: boolean;
  retryAfterSeconds?: number;
  hint?: string;
  next?: { tool: string; arguments: Record<string, unknown>; why: string };
}

const { AIRDATE_URL = 'http://127.0.0.1:4600/mcp', AIRDATE_TOKEN } = process.env;
const [chosen, video = 'https://cdn.example.com/clip.mp4'] = process.argv.slice(2);

const client = new Client({ name: 'typescript-http', version: '1.0.0' });
const transport = new StreamableHTTPClientTransport(new URL(AIRDATE_URL), {
  requestInit: { headers: AIRDATE_TOKEN ? { authorization: `Bearer ${AIRDATE_TOKEN}` } : {} },
});
// Only exactOptionalPropertyTypes asks for the cast.
await client.connect(transport as Transport);

const { now, profiles, backends } = await call<Profiles>('list_profiles', {});
const simulated = backends.filter((backend) => backend.simulated).map(({ name }) => name);
const accountId =
  chosen ?? profiles.find(({ backend }) => simulated.includes(backend))?.accounts[0]?.accountId;
if (!accountId) throw new Error('No account is simulated: name the one to post to.');

const created = await call<{ posts: Post[]; warnings: { message: string }[] }>('create_video_post', {
  accountIds: [accountId],
  contentUrl: video,
  caption: 'Made by an example',
  scheduledTime: new Date(Date.parse(now.utc) + 5_000).toISOString(),
  // The same call with the same key is answered with the same post, however often it is made.
  idempotencyKey: randomUUID(),
});
for (const { message } of created.warnings) console.log(`warning: ${message}`);
for (const post of created.posts) {
  tell(post);
  if (post.status === 'scheduled') tell(await outcomeOf(post.postId));
}
// Closing alone would leave the session open at the server, until nobody has used it for half an hour.
await transport.terminateSession();
await client.close();

/** What became of a post, once its time has come. */
async function outcomeOf(postId: string): Promise<Post> {
  for (;;) {
    const { post } = await call<{ post: Post }>('get_post', { postId });
    if (post.status !== 'scheduled' && post.status !== 'processing') return post;
    await wait(1_000);
  }
}

function tell({ postId, status, airTime, targets }: Post): void {
  console.log(`${postId} is ${status}, air time ${airTime?.local} ${airTime?.timezone}`);
  for (const target of targets) {
    const what = target.error?.message ?? target.url ?? '';
    console.log(`  ${target.accountId}: ${target.status} ${what}`.trimEnd());
  }
}

/** Calls a tool. What may be called again is; any other error says what to do, and ends the example. */
async function call<Answer>(name: string, input: Record<string, unknown>, tries = 3): Promise<Answer> {
  const answer = (await client.callTool({ name, arguments: input })) as CallToolResult;
  if (!answer.isError) return answer.structuredContent as Answer;
  const { error } = JSON.parse(textOf(answer)) as { error: CallError };
  if (error.retryable && tries > 1) {
    await wait((error.retryAfterSeconds ?? 1) * 1_000);
    return call(name, input, tries - 1);
  }
  console.error([`${name}: ${error.code}: ${error.message}`, error.hint].filter(Boolean).join('\n'));
  if (error.next) {
    const { tool, arguments: asked, why } = error.next;
    console.error(`next: ${tool} ${why}`);
    console.error(textOf((await client.callTool({ name: tool, arguments: asked })) as CallToolResult));
  }
  await transport.terminateSession();
  await client.close();
  process.exit(1);
}

function textOf({ content: [first] }: CallToolResult): string {
  return first?.type === 'text' ? first.text : '';
}
