import { infinipost } from '../../../src/backends/infinipost/index.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { AirTime } from '../../../src/domain/air-time.ts';
import type { Backend, VideoOrder } from '../../../src/domain/backend.ts';
import { Failure } from '../../../src/domain/failure.ts';
import type { Received } from '../../emulators/emulator.ts';
import {
  type InfinipostEmulator,
  type InfinipostOptions,
  openInfinipostEmulator,
} from '../../emulators/infinipost.ts';
import { testCall } from '../../support/call.ts';

/** The adapter in front of the emulator; both go by the emulator's clock, and whoever sleeps moves it. */
export interface Setting extends AsyncDisposable {
  readonly emulator: InfinipostEmulator;
  readonly backend: Backend;
  readonly call: ReturnType<typeof testCall>;
  /** Requests since the last time that this was asked. */
  calls(): string[];
  /** The JSON body of the last request. */
  lastBody(): unknown;
  advance(ms: number): void;
}

export async function openSetting({
  key,
  ...options
}: InfinipostOptions & { key?: string } = {}): Promise<Setting> {
  const emulator = await openInfinipostEmulator(options);
  const { clock } = emulator.server;
  const backend = await infinipost.open(
    { INFINIPOST_API_KEY: key ?? emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl },
    { clock: { now: clock.now, sleep: async (ms) => clock.advance(ms) } },
  );
  if (!backend) throw new Error('a key turns the backend on');
  let counted = 0;
  return {
    emulator,
    backend,
    call: testCall(),
    calls() {
      const all = emulator.server.calls();
      const fresh = all.slice(counted);
      counted = all.length;
      return fresh;
    },
    lastBody: () => emulator.server.requests.at(-1)?.json,
    advance: (ms) => clock.advance(ms),
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

export const tiktok: Account = {
  id: 'acc_tiktok1',
  platform: 'tiktok',
  username: 'fashioninsider',
  state: 'ready',
};
export const secondTiktok: Account = { ...tiktok, id: 'acc_tiktok2', username: 'kitchennotes' };
export const instagram: Account = {
  id: 'acc_instagram1',
  platform: 'instagram',
  username: 'fashion.insider',
  state: 'ready',
};

export const VIDEO = 'https://example.com/video.mp4';

export function orderOf(differences: Partial<VideoOrder> = {}): VideoOrder {
  return {
    requestId: 'request-1',
    accounts: [tiktok],
    content: { kind: 'url', url: VIDEO },
    caption: 'Hello #viral',
    airTime: at('2026-12-24T18:30:00Z', 'Europe/Paris'),
    options: {},
    ...differences,
  };
}

/** The order without a time: publish now. */
export function orderForNow(differences: Partial<VideoOrder> = {}): VideoOrder {
  const { airTime: _, ...order } = orderOf(differences);
  return order;
}

export function at(instant: string, timezone: string): AirTime {
  return { at: Date.parse(instant), timezone };
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error(`expected a Failure, got ${String(thrown)}`);
}

export function is(method: string, path: string) {
  return (request: Received) => request.method === method && request.path === path;
}

export const isCreate = is('POST', '/v1/posts/video');
