import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VendorEmulator } from '../test/emulators/emulator.ts';
import { openInfinipostEmulator } from '../test/emulators/infinipost.ts';
import { openOpenshortsEmulator } from '../test/emulators/openshorts.ts';
import { openPosteverywhereEmulator } from '../test/emulators/posteverywhere.ts';
import { openUploadPostEmulator } from '../test/emulators/upload-post.ts';
import { type Airdate, openAirdate } from '../test/support/airdate.ts';
import { ManualClock } from '../test/support/clock.ts';

/** Runs the main job on each vendor's emulator and writes down every call and what it cost: docs/vendors/*.md */
const folder = join(import.meta.dirname, '../docs/vendors');
const VIDEO = 'https://cdn.example.com/video.mp4';

interface Played {
  readonly name: string;
  readonly emulator: VendorEmulator;
  /** Whoever else is asked. */
  readonly also?: VendorEmulator;
  readonly environment: Record<string, string>;
  readonly contentUrl: string;
}

const PLAYS: readonly ((clock: ManualClock) => Promise<Played>)[] = [
  async (clock) => {
    const emulator = await openInfinipostEmulator({ clock });
    const environment = { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl };
    return { name: 'infinipost', emulator, environment, contentUrl: VIDEO };
  },
  async (clock) => {
    const emulator = await openPosteverywhereEmulator({ clock });
    const environment = {
      POSTEVERYWHERE_API_KEY: emulator.apiKey,
      POSTEVERYWHERE_BASE_URL: emulator.baseUrl,
    };
    return { name: 'posteverywhere', emulator, environment, contentUrl: VIDEO };
  },
  async (clock) => {
    const emulator = await openUploadPostEmulator({ clock });
    const environment = { UPLOAD_POST_API_KEY: emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl };
    return { name: 'upload-post', emulator, environment, contentUrl: VIDEO };
  },
  async (clock) => {
    const also = await openUploadPostEmulator({ clock });
    const emulator = await openOpenshortsEmulator({ uploadPost: also });
    const environment = {
      OPENSHORTS_URL: emulator.baseUrl,
      UPLOAD_POST_API_KEY: also.apiKey,
      UPLOAD_POST_BASE_URL: also.baseUrl,
    };
    return {
      name: 'openshorts',
      emulator,
      also,
      environment,
      contentUrl: `openshorts:${emulator.jobs.completed}/0`,
    };
  },
];

mkdirSync(folder, { recursive: true });
for (const play of PLAYS) {
  const clock = new ManualClock();
  const played = await play(clock);
  const moving = setInterval(() => clock.advance(250), 10);
  await using airdate = await openAirdate({ clock, environment: played.environment, runner: false });
  const text = await record(airdate, played);
  clearInterval(moving);
  await played.emulator[Symbol.asyncDispose]();
  await played.also?.[Symbol.asyncDispose]();
  writeFileSync(join(folder, `${played.name}.md`), text);
  console.log(`docs/vendors/${played.name}.md`);
}

async function record(airdate: Airdate, { name, emulator, also, contentUrl }: Played): Promise<string> {
  const lines: string[] = [];
  const counts: string[] = [];
  const call = async (tool: string, input: Record<string, unknown>) => {
    const servers = [emulator, also].flatMap((one) => (one ? [one.server] : []));
    const before = servers.map((server) => server.requests.length);
    const { content, isError, structuredContent } = await airdate.result(tool, input);
    const asked = servers.flatMap((server, index) => server.calls().slice(before[index]));
    const [block] = content;
    const answer = JSON.stringify(JSON.parse(block?.type === 'text' ? block.text : '{}'), null, 1);
    counts.push(
      `| \`${tool}\` | ${asked.length} | ${asked.map((one) => `\`${withoutIds(one)}\``).join(', ')} |`,
    );
    lines.push(
      `### ${tool}${isError ? ' (refused)' : ''}\n\n\`\`\`json\n${JSON.stringify(input)}\n\`\`\`\n\n\`\`\`json\n${short(answer)}\n\`\`\``,
    );
    return structuredContent as Record<string, unknown> | undefined;
  };
  const profiles = await call('list_profiles', { backend: name });
  const accountId = firstReady(profiles);
  const scheduledTime = '2026-12-24T18:30';
  const created = await call('create_video_post', {
    accountIds: [accountId],
    contentUrl,
    caption: 'On record',
    scheduledTime,
    timezone: 'Europe/Paris',
  });
  const postId = (created?.posts as { postId: string }[] | undefined)?.[0]?.postId;
  await call('get_post', { postId });
  await call('edit_post', { postId, caption: 'On record, edited', scheduledTime: '2026-12-24T19:00' });
  await call('list_posts', { backend: name, limit: 50 });
  await call('cancel_post', { postId });
  await call('list_sounds', { backend: name });
  const head = `# ${name}, on record\n\nWritten by \`npm run record\` against the vendor's emulator (\`npm run emulator -- ${name}\`): what an agent asked, what it was answered, and the requests that each call cost.`;
  const table = ['| call | requests | which |', '|---|---|---|', ...counts].join('\n');
  return `${head}\n\n${table}\n\n${lines.join('\n\n')}\n`;
}

function firstReady(profiles: Record<string, unknown> | undefined): string {
  const all = (profiles?.profiles ?? []) as {
    accounts: { accountId: string; platform: string; state: string }[];
  }[];
  const accounts = all.flatMap(({ accounts: own }) => own);
  return accounts.find(({ platform, state }) => platform === 'tiktok' && state === 'ready')?.accountId ?? '';
}

function withoutIds(call: string): string {
  return call.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|(?:post|job)_\w+/g, '{id}');
}

function short(answer: string): string {
  const lines = answer.split('\n');
  return lines.length <= 45 ? answer : `${lines.slice(0, 45).join('\n')}\n…`;
}
