import { randomBytes } from 'node:crypto';
import type { ManualClock } from '../support/clock.ts';
import type { PublicPost } from './emulator.ts';

type Platform = 'tiktok' | 'instagram';
type ContentType = 'video' | 'slides';

export interface InfinipostAccount {
  readonly accountId: string;
  readonly phoneId: string;
  readonly platform: Platform;
  readonly name: string;
  readonly username: string | null;
  readonly bio: string;
  readonly accountStatus: 'created_pending_warmup' | 'warming_up' | 'ready';
  readonly warmupDay: number;
  readonly warmupStartDate: string | null;
  readonly warmupCompletionDate: string | null;
  readonly profilePicUrl: string;
  readonly createdAt: string;
}

export type AccountToAdd = Pick<InfinipostAccount, 'accountId' | 'platform'> & Partial<InfinipostAccount>;

export interface InfinipostPost {
  readonly postId: string;
  readonly accountId: string;
  readonly platform: Platform;
  contentType: ContentType;
  /** What the caller named; answers show the vendor's own copy, `contentUrl`. */
  sourceUrl: string | string[];
  contentUrl: string | string[];
  caption: string;
  soundId: string | null;
  timezone: string;
  dueAt: number;
  /** It cannot go live before: the moment it was asked for, or rendered. */
  readyAt: number;
  status: 'generated' | 'pending_render' | 'posted' | 'failed';
  postedAt: number | null;
  readonly createdAt: number;
}

export type PostToAdd = Partial<Omit<InfinipostPost, 'platform' | 'contentUrl' | 'dueAt' | 'createdAt'>> & {
  /** UTC; a day from now where it is left out. */
  readonly scheduledTime?: string | number;
  readonly createdAt?: string | number;
};

export interface InfinipostSound {
  readonly soundId: string;
  readonly name: string;
  readonly url: string;
  readonly duration: number;
  readonly createdAt: string;
}

const storage = 'https://storage.googleapis.com/infinipost-media';
const day = 24 * 60 * 60 * 1000;
const publishingTakes = 3_000;

const defaultAccounts: readonly AccountToAdd[] = [
  { accountId: 'acc_tiktok1', platform: 'tiktok', name: 'Fashion Insider', username: 'fashioninsider' },
  { accountId: 'acc_tiktok2', platform: 'tiktok', name: 'Kitchen Notes', username: 'kitchennotes' },
  {
    accountId: 'acc_instagram1',
    platform: 'instagram',
    name: 'Fashion Insider',
    username: 'fashion.insider',
  },
  {
    accountId: 'acc_warming1',
    platform: 'tiktok',
    name: 'Morning Runs',
    username: '',
    accountStatus: 'warming_up',
    warmupDay: 3,
    warmupStartDate: '2026-11-18T10:00:00Z',
    warmupCompletionDate: '2026-11-25T10:00:00Z',
  },
  {
    accountId: 'acc_new1',
    platform: 'instagram',
    name: 'Garden Week',
    username: null,
    accountStatus: 'created_pending_warmup',
    warmupDay: 0,
  },
];

/** What the vendor holds. Whatever the clock has made due is settled by `settle`, which every request calls first. */
export class InfinipostState {
  readonly accounts = new Map<string, InfinipostAccount>();
  readonly posts = new Map<string, InfinipostPost>();
  readonly sounds = new Map<string, InfinipostSound>();
  readonly #clock: ManualClock;
  readonly #failures: ((post: InfinipostPost) => boolean)[] = [];
  #files = 0;

  constructor(clock: ManualClock, accounts: readonly AccountToAdd[] = defaultAccounts) {
    this.#clock = clock;
    for (const account of accounts) this.addAccount(account);
  }

  addAccount(account: AccountToAdd): InfinipostAccount {
    const added: InfinipostAccount = {
      phoneId: `phone_${account.accountId}`,
      name: account.accountId,
      username: account.accountId.replace('acc_', ''),
      bio: '',
      accountStatus: 'ready',
      warmupDay: 7,
      warmupStartDate: null,
      warmupCompletionDate: null,
      profilePicUrl: `${storage}/${account.accountId}/profile.jpg`,
      createdAt: this.timestamp(),
      ...account,
    };
    this.accounts.set(added.accountId, added);
    return added;
  }

  /** Puts a post there without a request, such as one made in the vendor's own dashboard. */
  addPost({ scheduledTime, createdAt, ...given }: PostToAdd = {}): InfinipostPost {
    const accountId = given.accountId ?? 'acc_tiktok1';
    const account = this.accounts.get(accountId);
    if (!account) throw new Error(`The emulator has no account ${accountId}`);
    const contentType = given.contentType ?? 'video';
    const sourceUrl =
      given.sourceUrl ??
      (contentType === 'video' ? 'https://example.com/video.mp4' : ['https://example.com/slide.jpg']);
    const dueAt = new Date(scheduledTime ?? this.#clock.now() + day).getTime();
    const created = new Date(createdAt ?? this.#clock.now()).getTime();
    const post: InfinipostPost = {
      postId: identifier('post'),
      caption: '',
      soundId: null,
      timezone: 'America/New_York',
      readyAt: created,
      status: 'generated',
      postedAt: given.status === 'posted' ? dueAt + publishingTakes : null,
      ...given,
      accountId,
      platform: account.platform,
      contentType,
      sourceUrl,
      contentUrl: this.storeContent(sourceUrl),
      dueAt,
      createdAt: created,
    };
    this.posts.set(post.postId, post);
    return post;
  }

  addPosts(
    count: number,
    nth: (index: number) => PostToAdd = (index) => ({ caption: `post ${index}` }),
  ): void {
    for (let index = 0; index < count; index += 1) this.addPost(nth(index));
  }

  addSound(given: Partial<InfinipostSound> = {}): InfinipostSound {
    const soundId = given.soundId ?? identifier('sound');
    const sound: InfinipostSound = {
      name: 'Viral Beat',
      url: `${storage}/sounds/${soundId}/audio.mp3`,
      duration: 45.2,
      createdAt: this.timestamp(),
      ...given,
      soundId,
    };
    this.sounds.set(soundId, sound);
    return sound;
  }

  /** Posts for which `matches` holds fail when they fall due, instead of going live. */
  failWhenDue(matches: (post: InfinipostPost) => boolean): void {
    this.#failures.push(matches);
  }

  /** The vendor's copy of what a caller named. */
  storeContent(source: string | string[]): string | string[] {
    if (Array.isArray(source)) return source.map(() => `${storage}/${this.#nextFile()}/slide.jpg`);
    return `${storage}/${this.#nextFile()}/video.mp4`;
  }

  settle(): void {
    const now = this.#clock.now();
    for (const post of this.posts.values()) {
      if (post.status === 'pending_render' && post.readyAt <= now) post.status = 'generated';
      const firesAt = Math.max(post.dueAt, post.readyAt);
      if (post.status === 'generated' && firesAt <= now) this.#fire(post, firesAt);
    }
  }

  published(): PublicPost[] {
    this.settle();
    return [...this.posts.values()]
      .flatMap(({ postId, accountId, platform, caption, postedAt }) =>
        postedAt === null ? [] : [{ id: postId, accountId, platform, caption, postedAt }],
      )
      .sort((left, right) => left.postedAt - right.postedAt)
      .map(({ postedAt, ...post }) => ({ ...post, publishedAt: toUtc(postedAt) }));
  }

  timestamp(): string {
    return toUtc(this.#clock.now());
  }

  #fire(post: InfinipostPost, firesAt: number): void {
    if (!isFetchable(post.sourceUrl) || this.#failures.some((matches) => matches(post))) {
      post.status = 'failed';
      return;
    }
    post.status = 'posted';
    post.postedAt = firesAt + publishingTakes;
  }

  #nextFile(): number {
    this.#files += 1;
    return this.#files;
  }
}

export function toUtc(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function identifier(kind: 'post' | 'sound'): string {
  return `${kind}_${randomBytes(6).toString('hex')}`;
}

/** A create never refuses an address: bad media shows only when the post falls due. */
function isFetchable(source: string | string[]): boolean {
  return [source].flat().every((url) => URL.canParse(url) && /^https?:/.test(url));
}
