import { ManualClock } from '../support/clock.ts';
import { type Answer, EmulatorServer, type Received, type VendorEmulator } from './emulator.ts';
import {
  type CreationBody,
  checkFilters,
  DeletionBody,
  EditBody,
  parseBody,
  Refusal,
  SlideshowBody,
  SoundBody,
  takePage,
  toInstant,
  VideoBody,
} from './infinipost-requests.ts';
import { type AccountToAdd, type InfinipostPost, InfinipostState, toUtc } from './infinipost-state.ts';

/** Where the vendor's pages say two things, or nothing: which of them this emulator does. May be turned at any time. */
export interface InfinipostSwitches {
  /** A waiting post's status in answers to GET. */
  waitingStatus: 'generated' | 'scheduled';
  createdStatus: 200 | 201;
  cannotEditStatus: 400 | 409;
  /** The codes of the endpoints' pages, or those of https://docs.infinipost.co/authentication. */
  authErrors: 'endpoints' | 'authentication';
  /** All accounts at once, or by pages as posts are. */
  accountsWrapper: 'accounts' | 'data';
}

export interface InfinipostOptions extends Partial<InfinipostSwitches> {
  readonly clock?: ManualClock;
  readonly port?: number;
  readonly accounts?: readonly AccountToAdd[];
}

const tiktokVideo = /^https:\/\/(?:www\.)?tiktok\.com\/@([\w.-]+)\/video\/\d+/;
const renderingTakes = 30_000;

type Route = readonly [method: string, path: RegExp, handle: (request: Received, id: string) => unknown];

/** Plays https://api.infinipost.co as https://docs.infinipost.co/api-reference/posts/list and its sister pages have it. */
export class InfinipostEmulator extends InfinipostState implements VendorEmulator {
  readonly apiKey = 'sk_test_emulator';
  readonly server: EmulatorServer;
  readonly switches: InfinipostSwitches;
  readonly #routes: readonly Route[] = [
    ['POST', /^\/v1\/posts\/video$/, (request) => this.#createVideo(request)],
    ['POST', /^\/v1\/posts\/slideshow$/, (request) => this.#createSlideshow(request)],
    ['GET', /^\/v1\/posts$/, (request) => this.#listPosts(request)],
    ['DELETE', /^\/v1\/posts$/, (request) => this.#deletePosts(request)],
    ['GET', /^\/v1\/posts\/([^/]+)$/, (_request, postId) => this.#read(this.#post(postId))],
    ['PATCH', /^\/v1\/posts\/([^/]+)$/, (request, postId) => this.#edit(request, postId)],
    ['GET', /^\/v1\/accounts$/, (request) => this.#listAccounts(request)],
    ['GET', /^\/v1\/accounts\/([^/]+)$/, (_request, id) => known('Account', id, this.accounts)],
    ['POST', /^\/v1\/media\/sounds$/, (request) => this.#importSound(request)],
    ['GET', /^\/v1\/media\/sounds$/, (request) => this.#listSounds(request)],
    ['DELETE', /^\/v1\/media\/sounds\/([^/]+)$/, (_request, soundId) => this.#deleteSound(soundId)],
  ];

  constructor({ clock = new ManualClock(), accounts, port: _port, ...switches }: InfinipostOptions) {
    super(clock, accounts);
    this.server = new EmulatorServer((request) => this.#answer(request), clock);
    this.switches = {
      waitingStatus: 'generated',
      createdStatus: 200,
      cannotEditStatus: 400,
      authErrors: 'endpoints',
      accountsWrapper: 'accounts',
      ...switches,
    };
  }

  get baseUrl(): string {
    return this.server.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }

  #answer(request: Received): Answer {
    try {
      this.#authenticate(request.headers.authorization);
      this.settle();
      for (const [method, path, handle] of this.#routes) {
        const match = method === request.method ? path.exec(request.path) : null;
        if (!match) continue;
        const body = handle(request, match[1] ?? '');
        return { status: method === 'POST' ? this.switches.createdStatus : 200, body };
      }
      throw new Refusal('not_found', `Cannot ${request.method} ${request.path}`, 404);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: { error: { code: error.code, message: error.message } } };
    }
  }

  #authenticate(header = ''): void {
    const key = /^Bearer (\S+)$/.exec(header)?.[1];
    if (key === this.apiKey) return;
    if (this.switches.authErrors === 'endpoints') {
      throw new Refusal('unauthenticated', 'Invalid or missing API key', 401);
    }
    if (key) throw new Refusal('invalid_api_key', 'The API key provided is invalid', 401);
    throw new Refusal('unauthorized', 'No API key provided', 401);
  }

  #createVideo(request: Received): unknown {
    const body = parseBody(VideoBody, request);
    return this.#create(body, (platform) => ({
      contentType: 'video',
      sourceUrl: body.contentUrl,
      soundId: platform === 'tiktok' ? (body.soundId ?? null) : null,
    }));
  }

  #createSlideshow(request: Received): unknown {
    const body = parseBody(SlideshowBody, request);
    const { renderAsVideo, soundId = null } = body;
    const rendering = {
      status: 'pending_render',
      readyAt: this.server.clock.now() + renderingTakes,
    } as const;
    return this.#create(
      body,
      (platform) => ({
        contentType: 'slides',
        sourceUrl: body.contentUrls,
        soundId: platform === 'tiktok' || renderAsVideo ? soundId : null,
        ...(renderAsVideo && rendering),
      }),
      { renderAsVideo },
    );
  }

  #create(
    body: CreationBody,
    content: (
      platform: InfinipostPost['platform'],
    ) => Pick<InfinipostPost, 'contentType' | 'sourceUrl' | 'soundId'> &
      Partial<Pick<InfinipostPost, 'status' | 'readyAt'>>,
    extra: object = {},
  ): unknown {
    const { accountIds, caption, scheduledTime, timezone } = body;
    const missing = accountIds.filter((accountId) => !this.accounts.has(accountId));
    if (missing.length > 0) {
      throw new Refusal('not_found', `Account(s) not found: ${missing.join(', ')}`, 404);
    }
    const dueAt = scheduledTime === undefined ? this.server.clock.now() : toInstant(scheduledTime, timezone);
    if (body.soundId !== undefined) known('Sound', body.soundId, this.sounds);
    const posts = accountIds.map((accountId) => {
      const { platform } = known('Account', accountId, this.accounts);
      const post = this.addPost({
        accountId,
        caption,
        timezone,
        scheduledTime: dueAt,
        ...content(platform),
      });
      return {
        postId: post.postId,
        accountId,
        platform,
        status: post.status === 'generated' ? 'scheduled' : post.status,
        scheduledTime: scheduledTime ?? null,
        timezone,
        ...extra,
        createdAt: toUtc(post.createdAt),
      };
    });
    return { posts };
  }

  #listPosts({ query }: Received): unknown {
    checkFilters(query);
    const newestFirst = [...this.posts.values()].reverse().sort((a, b) => b.createdAt - a.createdAt);
    const fields = ['status', 'platform', 'contentType', 'accountId'] as const;
    const { rows, ...paging } = takePage(
      newestFirst,
      (post) => post.postId,
      query,
      (post) => fields.every((name) => [null, post[name]].includes(query.get(name))),
    );
    return { data: rows.map((post) => this.#read(post)), ...paging };
  }

  #edit(request: Received, postId: string): unknown {
    const post = this.#post(postId);
    if (!isWaiting(post)) {
      throw new Refusal(
        'cannot_edit',
        "Only posts with status 'generated' or 'pending_render' can be edited",
        this.switches.cannotEditStatus,
      );
    }
    const { caption, soundId, scheduledTime, timezone, contentType, contentUrl } = parseBody(
      EditBody,
      request,
    );
    // A sound that was deleted since stays on the posts which have it.
    if (soundId !== undefined && soundId !== post.soundId) known('Sound', soundId, this.sounds);
    if (scheduledTime !== undefined && timezone !== undefined) {
      post.dueAt = toInstant(scheduledTime, timezone);
      post.readyAt = Math.max(post.readyAt, this.server.clock.now());
      post.timezone = timezone;
    }
    if (contentType && contentUrl) {
      Object.assign(post, { contentType, sourceUrl: contentUrl, contentUrl: this.storeContent(contentUrl) });
    }
    post.caption = caption ?? post.caption;
    if (post.platform === 'tiktok') post.soundId = soundId ?? null;
    const { postedAt: _postedAt, ...answer } = this.#read(post);
    return { ...answer, status: post.status };
  }

  #deletePosts(request: Received): unknown {
    const { postIds } = parseBody(DeletionBody, request, 'missing_required_fields');
    const deleted: string[] = [];
    const failed: { postId: string; reason: string }[] = [];
    for (const postId of postIds) {
      const post = this.posts.get(postId);
      if (!post) failed.push({ postId, reason: `Post ${postId} not found` });
      else if (!isWaiting(post)) {
        failed.push({
          postId,
          reason: "Only posts with status 'generated' or 'pending_render' can be deleted",
        });
      } else {
        this.posts.delete(postId);
        deleted.push(postId);
      }
    }
    return { deleted, failed, deletedAt: this.timestamp() };
  }

  #listAccounts({ query }: Received): unknown {
    const accounts = [...this.accounts.values()];
    if (this.switches.accountsWrapper === 'accounts') return { accounts };
    const { rows, ...paging } = takePage(accounts, (account) => account.accountId, query);
    return { data: rows, ...paging };
  }

  #importSound(request: Received): unknown {
    const { soundUrl, name } = parseBody(SoundBody, request, 'missing_required_fields');
    const author = tiktokVideo.exec(soundUrl)?.[1];
    if (!author) {
      throw new Refusal('invalid_url', 'Invalid TikTok video URL. Please provide a valid TikTok video URL.');
    }
    return this.addSound({ name: name ?? `original sound - ${author}` });
  }

  #listSounds({ query }: Received): unknown {
    const { rows, ...paging } = takePage(
      [...this.sounds.values()].reverse(),
      (sound) => sound.soundId,
      query,
    );
    return { sounds: rows, ...paging };
  }

  #deleteSound(soundId: string): unknown {
    known('Sound', soundId, this.sounds);
    this.sounds.delete(soundId);
    return { success: true, soundId, message: 'Sound deleted successfully' };
  }

  #post(postId: string): InfinipostPost {
    return known('Post', postId, this.posts);
  }

  #read(post: InfinipostPost) {
    return {
      postId: post.postId,
      accountId: post.accountId,
      platform: post.platform,
      contentType: post.contentType,
      contentUrl: post.contentUrl,
      thumbnailUrl: Array.isArray(post.contentUrl) ? null : post.contentUrl.replace('video.mp4', 'thumb.jpg'),
      caption: post.caption,
      soundId: post.soundId,
      timezone: post.timezone,
      scheduledTime: toUtc(post.dueAt),
      status: post.status === 'generated' ? this.switches.waitingStatus : post.status,
      postedAt: post.postedAt === null ? null : toUtc(post.postedAt),
      createdAt: toUtc(post.createdAt),
    };
  }
}

export async function openInfinipostEmulator(options: InfinipostOptions = {}): Promise<InfinipostEmulator> {
  const emulator = new InfinipostEmulator(options);
  await emulator.server.listen(options.port);
  return emulator;
}

function known<Row>(thing: string, id: string, rows: ReadonlyMap<string, Row>): Row {
  const row = rows.get(id);
  if (row === undefined) throw new Refusal('not_found', `${thing} ${id} not found`, 404);
  return row;
}

function isWaiting({ status }: InfinipostPost): boolean {
  return status === 'generated' || status === 'pending_render';
}
