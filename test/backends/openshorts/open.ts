import type { VendorBackend } from '../../../src/backends/definition.ts';
import { openshorts } from '../../../src/backends/openshorts/index.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { VideoOrder } from '../../../src/domain/backend.ts';
import { Failure } from '../../../src/domain/failure.ts';
import type { Platform } from '../../../src/domain/platform.ts';
import { type OpenshortsEmulator, openOpenshortsEmulator } from '../../emulators/openshorts.ts';
import type { OpenshortsSwitches } from '../../emulators/openshorts-settings.ts';
import { openUploadPostEmulator, type UploadPostEmulator } from '../../emulators/upload-post.ts';
import type { UploadPostOptions } from '../../emulators/upload-post-settings.ts';

export interface Bench extends AsyncDisposable {
  readonly app: OpenshortsEmulator;
  readonly vendor: UploadPostEmulator;
  readonly backend: VendorBackend;
  /** `METHOD /path` of everything that was asked of the app since the last look. */
  calls(): string[];
  advance(ms: number): void;
}

export const HOUR = 3_600_000;
/** When the emulators' clock starts. */
export const NOW = Date.parse('2026-11-21T12:00:00Z');
export const AIR_AT = Date.parse('2026-11-22T18:30:00Z');
export const airTime = { at: AIR_AT, timezone: 'America/Los_Angeles' };
export const JOB = '550e8400-e29b-41d4-a716-446655440000';

export interface BenchOptions extends Partial<OpenshortsSwitches> {
  /** What Airdate holds; the right key where left out, `null` for none. */
  readonly key?: string | null;
  readonly uploadPost?: UploadPostOptions;
}

export async function openBench({ key, uploadPost, ...switches }: BenchOptions = {}): Promise<Bench> {
  const vendor = await openUploadPostEmulator(uploadPost);
  const app = await openOpenshortsEmulator({ uploadPost: vendor, ...switches });
  const { clock } = vendor.server;
  const hurried = { now: clock.now, sleep: async (ms: number) => clock.advance(ms) };
  const held = key === null ? undefined : (key ?? vendor.apiKey);
  const settings = {
    OPENSHORTS_URL: app.baseUrl,
    UPLOAD_POST_API_KEY: held,
    UPLOAD_POST_BASE_URL: vendor.baseUrl,
  };
  const backend = await openshorts.open(settings, { clock: hurried });
  if (!backend) throw new Error('the settings should turn it on');
  let seen = 0;
  return {
    app,
    vendor,
    backend,
    calls() {
      const all = app.server.calls();
      const fresh = all.slice(seen);
      seen = all.length;
      return fresh;
    },
    advance: (ms) => clock.advance(ms),
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
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

export function clip(clipIndex = 0, jobId = JOB): VideoOrder['content'] {
  return { kind: 'clip', url: `openshorts:${jobId}/${clipIndex}`, jobId, clipIndex };
}

export function order(changes: Partial<VideoOrder> = {}): VideoOrder {
  return {
    requestId: '00000000-0000-4000-9000-000000000001',
    accounts: accounts('tiktok', 'instagram'),
    content: clip(),
    caption: 'Hello clip #hi',
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
