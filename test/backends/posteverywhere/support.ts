// Mirrors nothing: what the tests of this backend share.
import { Readable } from 'node:stream';
import { posteverywhere } from '../../../src/backends/posteverywhere/index.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { VideoOrder } from '../../../src/domain/backend.ts';
import type { LocalFile } from '../../../src/domain/content.ts';
import { Failure, type FailureCode } from '../../../src/domain/failure.ts';
import type { Platform } from '../../../src/domain/platform.ts';
import type { Received } from '../../emulators/emulator.ts';
import { openPosteverywhereEmulator, type PosteverywhereOptions } from '../../emulators/posteverywhere.ts';
import { testCall } from '../../support/call.ts';

export const VIDEO_URL = 'https://cdn.example.com/clip.mp4';
export const NOON = Date.parse('2026-11-21T12:00:00Z');
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const ALWAYS = Number.POSITIVE_INFINITY;

/** A backend before an emulator, on a clock that is moved on by whoever sleeps by it. */
export async function open(options: PosteverywhereOptions = {}) {
  const emulator = await openPosteverywhereEmulator(options);
  const { clock } = emulator.server;
  const hurried = {
    now: clock.now,
    sleep: async (ms: number) => clock.advance(ms),
  };
  const settings = { POSTEVERYWHERE_API_KEY: emulator.apiKey, POSTEVERYWHERE_BASE_URL: emulator.baseUrl };
  const backend = await posteverywhere.open(settings, { clock: hurried });
  if (!backend) throw new Error('the settings turn the backend on');
  let told = 0;
  return {
    emulator,
    backend,
    clock,
    call: testCall(),
    /** Requests since the last time they were asked for, without the base path. */
    calls() {
      const from = told;
      told = emulator.server.requests.length;
      return emulator.server.calls().slice(from).map(withoutBase);
    },
    /** What was sent to a path, in the order of its sending. */
    sent: (method: string, path: RegExp) =>
      emulator.server.requests.filter((request) => isTo(method, path)(request)),
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}
export type Setting = Awaited<ReturnType<typeof open>>;

function withoutBase(call: string): string {
  return call.replace('/api/v1', '');
}

export function isTo(method: string, path: RegExp): (request: Received) => boolean {
  return (request) => request.method === method && path.test(withoutBase(request.path));
}

export const onCreate = isTo('POST', /^\/posts$/);

function account(id: number, platform: Platform): Account {
  return { id: String(id), platform, username: 'mybrand', state: 'ready' };
}

export const TIKTOK = account(2280, 'tiktok');
export const INSTAGRAM = account(2281, 'instagram');
export const YOUTUBE = account(2282, 'youtube');
export const LINKEDIN = account(2283, 'linkedin');
export const X = account(2284, 'x');
export const FACEBOOK = account(2285, 'facebook');
export const THREADS = account(2286, 'threads');

/** Tomorrow morning in Tokyo, on TikTok, unless said otherwise. */
export function order(differences: Partial<VideoOrder> = {}): VideoOrder {
  return {
    requestId: 'ad1f0000-0000-4000-8000-000000000001',
    accounts: [TIKTOK],
    content: { kind: 'url', url: VIDEO_URL },
    caption: 'Hello #world',
    airTime: { at: NOON + 12 * HOUR_MS, timezone: 'Asia/Tokyo' },
    options: {},
    ...differences,
  };
}

/** The order without its air time: to be published now. */
export function orderNow(differences: Partial<VideoOrder> = {}): VideoOrder {
  const { airTime: _, ...rest } = order(differences);
  return rest;
}

export function file(
  text = 'the bytes of a video',
  differences: Partial<LocalFile['facts']> = {},
): LocalFile {
  const bytes = Buffer.from(text);
  return {
    path: '/media/clip.mp4',
    name: 'clip.mp4',
    bytes: bytes.length,
    facts: {
      container: 'mp4',
      mimeType: 'video/mp4',
      durationSeconds: 12.5,
      width: 1080,
      height: 1920,
      hasVideo: true,
      ...differences,
    },
    read: () => Readable.from([bytes]),
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error(`expected a Failure, got ${String(thrown)}`);
}

export async function codeOf(promise: Promise<unknown>): Promise<FailureCode> {
  return (await failureOf(promise)).code;
}
