import type { Fault, Received } from '../emulators/emulator.ts';
import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { ManualClock } from '../support/clock.ts';
import { openWebhookSink } from '../support/webhook-sink.ts';
import { type Seen, tagOf } from './history.ts';
import { chance, choose } from './plan.ts';

/** A receiver on loopback that keeps the public truth, and fails as planned. */
export interface World extends AsyncDisposable {
  readonly name: string;
  readonly clock: TickingClock;
  /** What makes Airdate publish here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly configFile?: object;
  /** The local account of the nth post. */
  accountOf(index: number): string;
  seen(): Seen[];
  /** How many requests asked for a publication. */
  sent(): number;
  /** Nothing fails from now on. */
  calm(): void;
  /** The next request that asks for a publication meets the fault. */
  fail(fault: Fault): void;
}

/** One request in ten fails, 3 % by a reset after it was accepted; and many take their time, so that kills meet them. */
const FAULTS: readonly (readonly [number, Fault])[] = [
  [0.3, { kind: 'lateAnswer', ms: 150 }],
  [0.03, { kind: 'resetAfterAccept' }],
  [0.01, { kind: 'lateAnswer', ms: Number.POSITIVE_INFINITY }],
  [0.01, { kind: 'lateAnswer', ms: 1_500 }],
  [0.01, { kind: 'halfAnswer' }],
  [0.01, { kind: 'errorAfterAccept', status: 502 }],
  [0.01, { kind: 'resetBeforeRead' }],
  [0.01, { kind: 'status', status: 503 }],
  [0.01, { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
];

interface Failing {
  fail(fault: Fault, matches: (request: Received) => boolean, times?: number): void;
}

/** Faults by what is asked for and how often it was: the same seed makes the same request fail in the same way. */
function plannedFaults(server: Failing, isCreate: (request: Received) => boolean, faults: boolean) {
  const planned = new WeakMap<Received, Fault | 'none'>();
  const times = new Map<string, number>();
  let sent = 0;
  let calm = !faults;
  function plan(request: Received): Fault | 'none' {
    const tag = tagOf(request.bytes.toString('utf8'));
    const time = (times.get(tag) ?? 0) + 1;
    times.set(tag, time);
    sent += 1;
    return (calm ? undefined : choose(chance('fault', tag, time), FAULTS)) ?? 'none';
  }
  function faultOf(request: Received): Fault | 'none' {
    const fault = planned.get(request) ?? (isCreate(request) ? plan(request) : 'none');
    planned.set(request, fault);
    return fault;
  }
  for (const [, fault] of FAULTS) {
    server.fail(fault, (request) => faultOf(request) === fault, Number.POSITIVE_INFINITY);
  }
  return {
    sent: () => sent,
    calm: () => {
      calm = true;
    },
  };
}

interface Options {
  readonly faults?: boolean;
}

/** Follows the machine's clock until it is stopped; then a test moves it by hand. */
export class TickingClock extends ManualClock {
  readonly #ticking = setInterval(() => this.now(), 10);

  constructor() {
    super(Date.now());
    const byHand = this.now;
    // Right also when this process was too busy for its timers.
    this.now = () => {
      if (!this.#stopped) this.set(Date.now());
      return byHand();
    };
  }

  #stopped = false;

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#ticking);
  }
}

export async function openWebhookWorld(
  clock: TickingClock,
  { faults = true, honoursKeys = true }: Options & { readonly honoursKeys?: boolean } = {},
): Promise<World> {
  // The sink asks for the time right before it publishes.
  const times: number[] = [];
  const now = () => {
    times[sink.published.length] = clock.now();
    return clock.now();
  };
  const sink = await openWebhookSink({ now, honoursKeys });
  const planned = plannedFaults(sink.server, ({ method }) => method === 'POST', faults);
  return {
    ...planned,
    name: `webhook that ${honoursKeys ? 'honours' : 'ignores'} keys`,
    clock,
    environment: sink.environment,
    accountOf: () => 'local:tiktok',
    seen: () =>
      sink.published.map(({ message: { data } }, index) => ({
        text: data.caption ?? '',
        account: data.accountId,
        at: times[index] ?? 0,
      })),
    fail: (fault) => sink.fail(fault),
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  };
}

/** The most that a configuration file may name. */
const ACCOUNTS = 200;

/**
 * No key, and a list to look into. An account has a post now and then: where it has several within the hour, a post that
 * never arrived cannot be told from one that is not listed yet, and stays with a person.
 */
export async function openInfinipostWorld(
  clock: TickingClock,
  { faults = true }: Options = {},
): Promise<World> {
  const accounts = numbered().map((number) => ({ accountId: `acc_${number}`, platform: 'tiktok' as const }));
  const emulator = await openInfinipostEmulator({ clock, accounts });
  const isCreate = ({ method, path }: Received) => method === 'POST' && path === '/v1/posts/video';
  return {
    ...plannedFaults(emulator.server, isCreate, faults),
    name: 'relay to a vendor that has no key and is looked into',
    clock,
    environment: { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl },
    configFile: relays((number) => `infinipost:acc_${number}`),
    accountOf,
    seen: () => emulator.published().map(toSeen(({ accountId }) => accountId.replace('acc_', ''))),
    fail: (fault) => emulator.server.fail(fault, isCreate),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

export async function openUploadPostWorld(
  clock: TickingClock,
  { faults = true }: Options = {},
): Promise<World> {
  const profiles = numbered().map((number) => ({
    username: `user${number}`,
    accounts: { tiktok: { username: `user${number}` } },
  }));
  const emulator = await openUploadPostEmulator({
    clock,
    profiles,
    profileLimit: ACCOUNTS,
    requestsPerMinute: 1_000_000,
  });
  const isCreate = ({ method, path }: Received) => method === 'POST' && path === '/api/upload';
  return {
    ...plannedFaults(emulator.server, isCreate, faults),
    name: 'relay to a vendor that honours keys',
    clock,
    environment: { UPLOAD_POST_API_KEY: emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl },
    configFile: relays((number) => `upload-post:user${number}/tiktok`),
    accountOf,
    seen: () =>
      emulator.published().map(toSeen(({ accountId }) => accountId.replace(/^user(\d+)\/tiktok$/, '$1'))),
    fail: (fault) => emulator.server.fail(fault, isCreate),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

type Public = { readonly accountId: string; readonly caption: string; readonly publishedAt: string };

function toSeen(numberOf: (post: Public) => string): (post: Public) => Seen {
  return (post) => ({
    text: post.caption,
    account: `local:a${numberOf(post)}`,
    at: Date.parse(post.publishedAt),
  });
}

function numbered(): number[] {
  return Array.from({ length: ACCOUNTS }, (_, number) => number);
}

function accountOf(index: number): string {
  return `local:a${index % ACCOUNTS}`;
}

function relays(relayOf: (number: number) => string): object {
  const accounts = numbered().map((number) => ({
    id: `a${number}`,
    platform: 'tiktok',
    relay: relayOf(number),
  }));
  return { accounts };
}
