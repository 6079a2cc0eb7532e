import { fileURLToPath } from 'node:url';
import type { VendorBackend } from '../../../src/backends/definition.ts';
import { uploadPost } from '../../../src/backends/upload-post/index.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { VideoOrder } from '../../../src/domain/backend.ts';
import { Failure } from '../../../src/domain/failure.ts';
import type { Platform } from '../../../src/domain/platform.ts';
import { openUploadPostEmulator, type UploadPostEmulator } from '../../emulators/upload-post.ts';
import type { UploadPostOptions } from '../../emulators/upload-post-settings.ts';

export interface Bench extends AsyncDisposable {
  readonly emulator: UploadPostEmulator;
  readonly backend: VendorBackend;
  /** `METHOD /path` of everything since the last look. */
  calls(): string[];
  advance(ms: number): void;
}

export const HOUR = 3_600_000;
/** When the emulator's clock starts. */
export const NOW = Date.parse('2026-11-21T12:00:00Z');
export const AIR_AT = Date.parse('2026-11-22T18:30:00Z');
export const airTime = { at: AIR_AT, timezone: 'Europe/Paris' };

export async function openBench(options: UploadPostOptions & { key?: string } = {}): Promise<Bench> {
  const { key, ...emulated } = options;
  const emulator = await openUploadPostEmulator(emulated);
  const { clock } = emulator.server;
  const settings = { UPLOAD_POST_API_KEY: key ?? emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl };
  const hurried = { now: clock.now, sleep: async (ms: number) => clock.advance(ms) };
  const backend = await uploadPost.open(settings, { clock: hurried });
  if (!backend) throw new Error('the settings should turn it on');
  let seen = 0;
  return {
    emulator,
    backend,
    calls() {
      const all = emulator.server.calls();
      const fresh = all.slice(seen);
      seen = all.length;
      return fresh;
    },
    advance: (ms) => clock.advance(ms),
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

export function accounts(...platforms: Platform[]): Account[] {
  return platforms.map((platform) => ({
    id: `myusername/${platform}`,
    platform,
    username: 'myusername',
    state: 'ready',
  }));
}

let orders = 0;

export function order(changes: Partial<VideoOrder> = {}): VideoOrder {
  orders += 1;
  return {
    requestId: `00000000-0000-4000-9000-${String(orders).padStart(12, '0')}`,
    accounts: accounts('tiktok', 'instagram'),
    content: { kind: 'url', url: 'https://media.example.com/clip.mp4' },
    caption: 'Hello world #hi',
    options: {},
    ...changes,
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const thrown = await promise.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw thrown;
}

export const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
