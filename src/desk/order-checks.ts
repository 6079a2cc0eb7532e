import type { Account } from '../domain/account.ts';
import type { AirTime } from '../domain/air-time.ts';
import type { Backend } from '../domain/backend.ts';
import type { Content } from '../domain/content.ts';
import { Failure } from '../domain/failure.ts';
import { parseHandle } from '../domain/handle.ts';
import type { Warning } from '../domain/post.ts';
import { videoWarnings } from '../media/platform-fit.ts';
import { checkCan, type Desk } from './desk.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const CONTENT_WORDS = {
  url: 'fetch a video from a URL',
  file: 'take a local file',
  clip: 'post a clip of an OpenShorts job',
} as const;

const CONTENT_FORMS = {
  url: 'a public https URL',
  file: 'a local file',
  clip: 'openshorts:JOB_ID/CLIP_INDEX, a clip of its own',
} as const;

/** Throws where a backend cannot take the content, and says what it takes and, where it is for no post that stands, who can. */
export function checkContent(desk: Desk, backend: Backend, content: Content, { ofPost = false } = {}): void {
  const forms = backend.capabilities.content.map((kind) => CONTENT_FORMS[kind]).join(' or ');
  checkCan(desk, backend, {
    what: CONTENT_WORDS[content.kind],
    can: ({ content: kinds }) => kinds.includes(content.kind),
    why: `it takes ${forms}`,
    field: 'contentUrl',
    ...(ofPost ? { hint: `Pass ${forms}.` } : { instead: 'The same call with their accounts takes it.' }),
  });
}

/** The air time as the backend can keep it, with a warning where that is not the second that was asked. */
export function fitAirTime(
  backend: Backend,
  airTime: AirTime | undefined,
  now: number,
): { readonly airTime?: AirTime; readonly warnings: readonly Warning[] } {
  if (!airTime) return { warnings: [] };
  const { timePrecision, maxDaysAhead } = backend.capabilities;
  if (maxDaysAhead !== undefined && airTime.at > now + maxDaysAhead * DAY_MS) {
    throw new Failure('invalid_parameter', `${backend.name} schedules at most ${maxDaysAhead} days ahead.`, {
      field: 'scheduledTime',
      backend: backend.name,
    });
  }
  if (timePrecision === 'second' || airTime.at % MINUTE_MS === 0) return { airTime, warnings: [] };
  const floor = airTime.at - (airTime.at % MINUTE_MS);
  const at = floor > now ? floor : floor + MINUTE_MS;
  const message = `${backend.name} schedules by the minute; the seconds were dropped.`;
  return { airTime: { ...airTime, at }, warnings: [{ code: 'seconds_dropped', message }] };
}

/** The backend's own id of a sound, or a failure where the sound belongs to another backend. */
export function ownSound(backend: Backend, soundId: string): string {
  const sound = parseHandle(soundId, 'soundId');
  if (sound.backend === backend.name) return sound.rest;
  const { list_sounds: lists, upload_sound: takes } = backend.capabilities.tools;
  const own = takes === true ? 'one that was uploaded to their backend' : 'one of their backend';
  throw new Failure(
    'invalid_parameter',
    `The sound is one of ${sound.backend}; it cannot go with accounts of ${backend.name}.`,
    {
      field: 'soundId',
      backend: backend.name,
      hint: lists === true ? `Leave soundId out, or pass ${own}.` : `Leave soundId out: ${lists}.`,
      ...(lists === true && {
        next: {
          tool: 'list_sounds',
          arguments: { backend: backend.name },
          why: 'lists the sounds that can go with them',
        },
      }),
    },
  );
}

export function stateWarnings(accounts: readonly Account[]): Warning[] {
  return accounts
    .filter(({ state }) => state !== 'ready')
    .map(({ id, username, platform, state, detail }) => ({
      code: 'account_not_ready',
      message: `${username || platform} is ${state}${detail ? ` (${detail})` : ''}; the post may fail.`,
      accountIds: [id],
    }));
}

export function mediaWarnings(content: Content, accounts: readonly Account[]): Warning[] {
  if (content.kind !== 'file') return [];
  const platforms = [...new Set(accounts.map(({ platform }) => platform))];
  return videoWarnings(content.file.facts, content.file.bytes, platforms).map(
    ({ code, message, platform }) => ({
      code,
      message,
      accountIds: accounts.filter((account) => account.platform === platform).map(({ id }) => id),
    }),
  );
}
