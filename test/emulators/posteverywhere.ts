import { ManualClock } from '../support/clock.ts';
import {
  type Answer,
  EmulatorServer,
  type PublicPost,
  type Received,
  type VendorEmulator,
} from './emulator.ts';
import {
  Accounts,
  defaultAccounts,
  type PosteverywhereAccount,
  type PosteverywhereHealth,
} from './posteverywhere-accounts.ts';
import { Envelope, notFound, ok, Refusal, type Reply } from './posteverywhere-envelope.ts';
import { RateLimit } from './posteverywhere-limits.ts';
import { type Media, MediaLibrary } from './posteverywhere-media.ts';
import type { Post } from './posteverywhere-post.ts';
import { type PostSeed, Posts } from './posteverywhere-posts.ts';
import { type PlannedFailure, Publishing } from './posteverywhere-publishing.ts';
import { store } from './posteverywhere-storage.ts';
import { defaultSwitches, type PosteverywhereSwitches } from './posteverywhere-switches.ts';

export interface PosteverywhereOptions extends Partial<PosteverywhereSwitches> {
  readonly clock?: ManualClock;
  readonly port?: number;
  readonly accounts?: readonly PosteverywhereAccount[];
}

const prefix = '/api/v1';

export async function openPosteverywhereEmulator(
  options: PosteverywhereOptions = {},
): Promise<PosteverywhereEmulator> {
  const emulator = new PosteverywhereEmulator(options);
  await emulator.server.listen(options.port);
  return emulator;
}

/** PostEverywhere on loopback, as strict as https://developers.posteverywhere.ai says it is. */
export class PosteverywhereEmulator implements VendorEmulator {
  readonly server: EmulatorServer;
  readonly apiKey = `pe_live_${'0123456789abcdef'.repeat(2)}`;
  /** May be turned at any time. */
  readonly switches: PosteverywhereSwitches;
  readonly #accounts: Accounts;
  readonly #library: MediaLibrary;
  readonly #publishing: Publishing;
  readonly #posts: Posts;
  readonly #envelope: Envelope;
  readonly #limit: RateLimit;

  constructor({
    clock = new ManualClock(),
    accounts = defaultAccounts,
    port: _port,
    ...switches
  }: PosteverywhereOptions = {}) {
    this.switches = { ...defaultSwitches, ...switches };
    this.#accounts = new Accounts(clock, this.switches, accounts);
    this.#library = new MediaLibrary(clock, this.switches);
    this.#publishing = new Publishing(clock, this.switches, this.#accounts);
    this.#posts = new Posts(clock, this.switches, this.#accounts, this.#library, this.#publishing);
    this.#envelope = new Envelope(clock, this.switches);
    this.#limit = new RateLimit(clock, this.switches, this.#envelope);
    this.server = new EmulatorServer((request) => this.#handle(request), clock);
  }

  get baseUrl(): string {
    return `${this.server.url}${prefix}`;
  }

  /** Every post that was not deleted, settled, in the order of their making. */
  get posts(): readonly Readonly<Post>[] {
    this.#posts.settle();
    return this.#posts.all();
  }

  /** Deleted ones included, for the world has seen them. An entry has its post's id. */
  published(): PublicPost[] {
    this.#posts.settle();
    return this.#publishing.live;
  }

  /** Puts a post there, past every check; answers its id. */
  addPost(seed: PostSeed = {}): string {
    return this.#posts.add(seed).id;
  }

  addPosts(count: number, describe: (index: number) => PostSeed = () => ({})): string[] {
    return Array.from({ length: count }, (_, index) =>
      this.addPost({ content: `Post ${index}`, ...describe(index) }),
    );
  }

  /** Puts media there, ready unless said otherwise; answers its id. */
  addMedia(given: Partial<Pick<Media, 'type' | 'status'>> = {}): string {
    return this.#library.add(given);
  }

  media(id: string): Readonly<Media> | undefined {
    return this.#library.find(id);
  }

  /** Destinations that match fail when they fire. */
  failNextPublish(failure: PlannedFailure): void {
    this.#publishing.failNext(failure);
  }

  /** The next video that is uploaded or imported ends as `failed`. */
  failNextMedia(reason: string): void {
    this.#library.failNext(reason);
  }

  setHealth(accountId: number, health: PosteverywhereHealth): void {
    this.#accounts.setHealth(accountId, health);
  }

  /** The next `times` requests that match are answered 429, in the form that the switches say. */
  throttle(seconds = 30, matches: (request: Received) => boolean = () => true, times = 1): void {
    const answer = this.#limit.refusal(seconds);
    this.server.fail({ kind: 'status', ...answer }, matches, times);
  }

  /** Requests that match are refused in the vendor's words; nothing is carried out. */
  refuse(
    status: number,
    code: string,
    matches: (request: Received) => boolean = () => true,
    times = 1,
  ): void {
    const answer = this.#envelope.failure(new Refusal(status, code, `Refused: ${code}.`));
    this.server.fail({ kind: 'status', ...answer }, matches, times);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }

  async #handle(request: Received): Promise<Answer> {
    if (request.path.startsWith('/storage/')) return await store(request, this.#library, this.server.clock);
    const answer = this.#answer(request);
    return { ...answer, headers: { ...this.#limit.headers(), ...answer.headers } };
  }

  #answer(request: Received): Answer {
    try {
      this.#authorize(request);
      if (!this.#limit.take()) return this.#limit.refusal();
      this.#posts.settle();
      return this.#envelope.success(this.#route(request));
    } catch (error) {
      if (error instanceof Refusal) return this.#envelope.failure(error);
      throw error;
    }
  }

  #authorize(request: Received): void {
    if (request.headers.authorization === `Bearer ${this.apiKey}`) return;
    throw new Refusal(
      401,
      this.switches.unauthorizedCode,
      'Invalid API key. Check that the key is correct and has not been deleted.',
    );
  }

  #route(request: Received): Reply {
    const path = request.path.startsWith(prefix) ? request.path.slice(prefix.length) : '';
    const [, collection = '', id = '', ...rest] = path.split('/');
    const named = `${request.method} ${path}`;
    const patterned = [`${request.method} /${collection}/*`, ...rest].join('/');
    const route = this.#routes[named] ?? this.#routes[patterned];
    if (!route) throw notFound('Endpoint');
    return route(request, id);
  }

  readonly #routes: Record<string, (request: Received, id: string) => Reply> = {
    'GET /me': () => ok(this.#me()),
    'GET /accounts': () => ok(this.#accounts.list()),
    'GET /accounts/*': (_, id) => ok(this.#accounts.get(id)),
    'GET /accounts/*/health': (_, id) => ok(this.#accounts.health(id)),
    'POST /media/upload': (request) => this.#library.presign(request, this.server.url),
    'POST /media/upload-from-url': (request) => this.#library.import(request),
    'POST /media/*/complete': (_, id) => this.#library.complete(id),
    'GET /media': ({ query }) => this.#library.list(query),
    'GET /media/*': (_, id) => this.#library.get(id),
    'DELETE /media/*': ({ query }, id) =>
      this.#library.delete(id, query.get('force') === 'true', this.#posts.usersOf(id)),
    'POST /posts': (request) => this.#posts.create(request),
    'GET /posts': ({ query }) => this.#posts.list(query),
    'GET /posts/*': (_, id) => this.#posts.get(id),
    'PATCH /posts/*': (request, id) => this.#posts.update(id, request),
    'DELETE /posts/*': ({ query }, id) => this.#posts.delete(id, query),
    'GET /posts/*/results': (_, id) => this.#posts.results(id),
    'POST /posts/*/retry': (request, id) => this.#posts.retry(id, request),
    'POST /posts/*/schedule': (request, id) => this.#posts.schedule(id, request),
  };

  #me(): unknown {
    const total = this.#posts.all().length;
    const scopes = ['read', 'write'];
    return {
      api_key: {
        id: '7f1c8f6e-6d0c-4d3a-9a0e-0d1f6f0a9c11',
        key_prefix: this.apiKey.slice(0, 12),
        name: 'Airdate',
        scopes,
        last_used_at: null,
        created_at: '2026-04-10T12:00:00.000Z',
        expires_at: null,
      },
      scopes,
      user: { id: 1, email: 'owner@mybrand.example' },
      organization: {
        id: 1,
        name: 'My Brand',
        subscription_plan: 'growth',
        subscription_status: 'active',
        entitled: true,
      },
      workspace: { id: 1, name: 'My Brand' },
      quota: {
        accounts: { used: this.#accounts.ids.length, limit: 25 },
        ai_credits: { used: 0, limit: 500 },
        storage_bytes: { used: 0, limit: 10_737_418_240 },
        team_seats: { used: 1, limit: 3 },
      },
      stats: { posts_last_30d: total, total_posts: total },
    };
  }
}
