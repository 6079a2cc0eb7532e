import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Answer } from '../support/airdate.ts';
import { FAR_OFF } from '../support/clock.ts';
import { root } from '../support/process.ts';
import type { World } from './world.ts';

/** One call of a tool, and all that came back. */
type CallTool = (name: string, input: object) => Promise<CallToolResult>;

export interface Toured {
  readonly tool: string;
  readonly failed: boolean;
  readonly text: string;
}

const VIDEO = 'https://cdn.example.com/clip.mp4';

interface Tourist {
  readonly world: World;
  readonly callTool: CallTool;
  readonly home: string;
}

/** Calls every tool on every backend so that it succeeds, and so that it fails in every way of which a vendor has words. */
export async function tour({ world, callTool, home }: Tourist): Promise<Toured[]> {
  const toured: Toured[] = [];
  const call = async (tool: string, input: object = {}): Promise<Partial<Answer>> => {
    const result = await callTool(tool, input);
    toured.push({ tool, failed: result.isError === true, text: JSON.stringify(result) });
    return (result.structuredContent ?? {}) as Partial<Answer>;
  };
  const clip = placeVideo(home);
  const { profiles = [] } = await call('list_profiles', { refresh: true });
  const accounts = new Map(
    profiles.flatMap(({ backend, accounts: [...all] }) =>
      all
        .filter(({ platform, state }) => platform === 'tiktok' && state === 'ready')
        .map(({ accountId }): [string, string] => [backend, accountId]),
    ),
  );
  for (const [backend, accountId] of accounts) {
    const contentUrl = backend === 'openshorts' ? world.clip : VIDEO;
    const draft = { accountIds: [accountId], contentUrl, caption: 'a morning', timezone: 'UTC' };
    const scheduledTime = backend === 'upload-post' || backend === 'openshorts' ? inDays(20) : FAR_OFF;
    await call('create_video_post', { ...draft, scheduledTime, dryRun: true });
    const { posts = [] } = await call('create_video_post', { ...draft, scheduledTime });
    const postId = posts[0]?.postId ?? `${backend}:nothing`;
    await call('create_video_post', { ...draft, scheduledTime });
    await call('get_post', { postId });
    await call('list_posts', { backend });
    await call('edit_post', { postId, caption: 'an evening', dryRun: true });
    await call('edit_post', { postId, caption: 'an evening' });
    await call('retry_post', { postId });
    await call('approve_post', { postId });
    await call('upload_sound', { backend, soundUrl: 'https://www.tiktok.com/@someone/video/7123456789' });
    await call('list_sounds', { backend });
    await call('cancel_post', { postId });
    await call('get_post', { postId });
    await call('get_post', { postId: `${backend}:nothing` });
    await call('create_video_post', { ...draft, caption: 'now' });
    await call('create_video_post', { ...draft, contentUrl: clip, caption: 'a file' });
    await refusals(world, { backend, draft: { ...draft, scheduledTime }, call });
  }
  await call('list_posts', { limit: 100 });
  await call('get_activity', { limit: 100 });
  return toured;
}

type Call = (tool: string, input?: object) => Promise<unknown>;

/** What vendors answer when they refuse, or when they break, with words in every place where one has them. */
const WORDS = {
  message: 'You sent us this key:',
  error: { code: 'refused', message: 'Nobody knows this key:' },
  detail: '403: Vendor API Error: {"message":"The key is not known to us"}',
};

async function refusals(
  { vendors }: World,
  { backend, draft, call }: { backend: string; draft: object; call: Call },
): Promise<void> {
  const vendor = Object.entries(vendors).find(([name]) => name === backend)?.[1];
  if (!vendor) return;
  for (const status of [400, 401, 403, 409, 422, 500]) {
    const meet = () => vendor.emulator.server.fail({ kind: 'status', status, body: WORDS }, undefined, 1);
    meet();
    await call('create_video_post', { ...draft, caption: `refused with ${status}` });
    // A read is tried again where it may succeed in a moment.
    if (status >= 500) continue;
    meet();
    await call('list_profiles', { backend, refresh: true });
    meet();
    await call('get_post', { postId: `${backend}:some` });
  }
  vendor.emulator.server.fail({ kind: 'html', status: 502 });
  await call('create_video_post', { ...draft, caption: 'answered with a page' });
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
}

function placeVideo(home: string): string {
  const path = join(home, 'media', 'clip.mp4');
  mkdirSync(join(home, 'media'), { recursive: true, mode: 0o700 });
  copyFileSync(join(root, 'test/fixtures/clip.mp4'), path);
  chmodSync(path, 0o600);
  return path;
}

/** Every file below a folder, by its path from there. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.isFile(),
  );
}

/** Where a secret is found: in texts by their names, and in the bytes of files. */
export function findSecrets(
  secrets: readonly string[],
  { texts, folder }: { readonly texts: Readonly<Record<string, string>>; readonly folder: string },
): string[] {
  const files = filesIn(folder).map((name): [string, string] => [
    name,
    readFileSync(join(folder, name), 'latin1'),
  ]);
  return [...Object.entries(texts), ...files].flatMap(([name, text]) =>
    secrets.flatMap((secret) => {
      const at = text.indexOf(secret);
      return at < 0 ? [] : [`${name}: …${text.slice(Math.max(0, at - 150), at + secret.length)}`];
    }),
  );
}
