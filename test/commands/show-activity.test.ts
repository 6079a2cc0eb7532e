/** Mirrors src/commands/show-activity.ts: what `airdate log` shows of what others said. */
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { FAR_OFF } from '../support/clock.ts';
import { runAirdate, startAirdate } from '../support/process.ts';

/** Colours the terminal, begins a line, turns the reading direction, and ends with a column of its own. */
const FORGED = '\u001b[31mHelper\n2026-11-21T07:00:00-05:00\u202e  with ada';
const SPELLED = String.raw`"\u001b[31mHelper\n2026-11-21T07:00:00-05:00\u202e  with ada"`;

/** Schedules a post as a client that calls itself by any name. */
async function postAs(name: string, home: string): Promise<void> {
  const child = startAirdate([], { AIRDATE_HOME: home, AIRDATE_LOG: 'error' });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name, version: '1' } };
  const order = {
    accountIds: ['local:tiktok'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    scheduledTime: FAR_OFF,
  };
  const messages = [
    { id: 1, method: 'initialize', params },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'create_video_post', arguments: order } },
  ];
  for (const message of messages) child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  child.stdin?.end();
  if (child.stdout) expect(await text(child.stdout)).toContain('"postId":"local:');
}

test('a client has one line for a call, whatever it calls itself, and none of its name acts on the terminal', async () => {
  await using airdate = await openAirdate();
  await postAs(FORGED, airdate.home);
  const { stdout } = await runAirdate(['log'], { AIRDATE_HOME: airdate.home });
  expect(stdout.split('\n')).toHaveLength(2);
  expect(stdout).toContain(`  by ${SPELLED}`);
  expect(stdout).not.toMatch(/[^\P{C}\n]/u);
});

test('so it is with what happened since', async () => {
  await using airdate = await openAirdate({ runner: false });
  const event = { at: 0, kind: 'missed', backend: 'local', post_id: 'one', account_id: null } as const;
  await airdate.program.desk.activity.record({ ...event, detail: 'due\nmissed\u001b[2J' });
  const { stdout } = await runAirdate(['log'], { AIRDATE_HOME: airdate.home });
  expect(stdout).toMatch(/^1970-01-01T.+ {2}missed {2}local {2}local:one {2}due\\nmissed\\u001b\[2J\n$/);
});

test('in JSON it is spelled, too, and says the same', async () => {
  await using airdate = await openAirdate();
  await postAs(FORGED, airdate.home);
  const { stdout } = await runAirdate(['log', '--json'], { AIRDATE_HOME: airdate.home });
  expect(JSON.parse(stdout)).toMatchObject([{ what: 'create_video_post', client: FORGED }]);
  expect(stdout).not.toMatch(/[^\P{C}\n]/u);
});

test('before anything was asked it says so', async () => {
  await using airdate = await openAirdate();
  expect((await runAirdate(['log'], { AIRDATE_HOME: airdate.home })).stdout).toBe('Nothing was asked yet.\n');
});
