import type { Account, Profile } from './account.ts';
import type { AirTime } from './air-time.ts';
import type { Call } from './call.ts';
import type { Capabilities } from './capabilities.ts';
import type { Content } from './content.ts';
import type { BackendName } from './handle.ts';
import type { Platform } from './platform.ts';
import type { PlatformOptions } from './platform-options.ts';
import type { ContentType, Post, Warning } from './post.ts';
import type { Sound } from './sound.ts';
import type { PostStatus } from './status.ts';

/** One write of a new post: what is checked, resolved and ready to be sent. */
export interface VideoOrder {
  /** Ours, one for this write and the same if it is ever sent again: a vendor's idempotency key or request id. */
  readonly requestId: string;
  readonly accounts: readonly Account[];
  readonly content: Content;
  readonly caption?: string;
  readonly title?: string;
  /** The backend's own id. */
  readonly soundId?: string;
  /** Absent = publish now. */
  readonly airTime?: AirTime;
  readonly options: PlatformOptions;
}

/** What is to change. Absent = stays as it is, the sound included; `soundId: null` removes the sound. */
export interface PostEdit {
  readonly caption?: string;
  readonly title?: string;
  readonly airTime?: AirTime;
  readonly contentType?: ContentType;
  /** The new content: one for a video, several images for slides. */
  readonly content?: readonly Content[];
  readonly soundId?: string | null;
  readonly options?: PlatformOptions;
}

export interface PostQuery {
  readonly status?: PostStatus;
  readonly platform?: Platform;
  readonly contentType?: ContentType;
  readonly accountId?: string;
  /** The accounts whose posts alone are to be seen, and those whose posts are not; the backend's own ids. */
  readonly seen?: { readonly accounts?: readonly string[]; readonly withheld?: readonly string[] };
  /** Inclusive, milliseconds since the epoch. */
  readonly from?: number;
  /** Exclusive, milliseconds since the epoch. */
  readonly to?: number;
  readonly limit: number;
  /** The backend's own. */
  readonly cursor?: string;
}

export interface SoundQuery {
  readonly query?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** A request as it would go out, keys masked. `accountIds` are the backend's own. */
export interface PlannedRequest {
  readonly accountIds: readonly string[];
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

/** What would be sent, and what an agent should know before it is. */
export interface Plan {
  readonly requests: readonly PlannedRequest[];
  readonly warnings: readonly Warning[];
}

export interface Changed {
  readonly post: Post;
  readonly warnings: readonly Warning[];
}

/** What a vendor that keeps no id of ours knows of an order. */
export type OrderLikeness = Pick<VideoOrder, 'accounts' | 'caption' | 'title' | 'airTime' | 'options'>;

/** What else was asked for on the accounts of an order, and may look the same. */
export interface OtherOrders {
  /** The posts of which it is known that they are theirs, by their backends' own ids. */
  readonly posts: ReadonlySet<string>;
  /** Those of which it is not known either what became of them. */
  readonly inDoubt: readonly OrderLikeness[];
}

/** A write whose outcome nobody recorded, with what is needed to look for it. */
export interface SentOrder {
  readonly order: Omit<VideoOrder, 'content'>;
  /** When it was first sent, milliseconds since the epoch: what was made before is another one. */
  readonly sentAt: number;
  /** When it was last on its way, where that was later: what was sent then may take as long to show. */
  readonly lastSentAt?: number;
  /** To be asked after the vendor was: what the vendor shows of another order is then known here. */
  readonly others?: () => Promise<OtherOrders>;
}

/**
 * What the desk needs of a backend. Ids are the backend's own. A method makes the few requests that it needs and throws
 * a Failure; it does not retry, log or sleep.
 */
export interface Backend {
  readonly name: BackendName;
  readonly capabilities: Capabilities;
  /** Nothing that it publishes is seen by the world. */
  readonly simulated?: boolean;
  profiles(call: Call): Promise<readonly Profile[]>;
  /** What `createVideoPost` would send and warn of; sends nothing that writes. */
  planVideoPost(order: VideoOrder, call: Call): Promise<Plan>;
  createVideoPost(
    order: VideoOrder,
    call: Call,
  ): Promise<{ posts: readonly Post[]; warnings: readonly Warning[] }>;
  /**
   * What became of an order that was sent: its posts, `'absent'` when it surely never arrived, `'unknown'` when that
   * cannot be told.
   */
  findVideoPost(sent: SentOrder, call: Call): Promise<readonly Post[] | 'absent' | 'unknown'>;
  planEdit(id: string, edit: PostEdit, call: Call): Promise<Plan>;
  editPost(id: string, edit: PostEdit, call: Call): Promise<Changed>;
  listPosts(query: PostQuery, call: Call): Promise<Page<Post>>;
  getPost(id: string, call: Call): Promise<Post>;
  /** `standing`: the post as it was read a moment ago. */
  cancelPost(standing: Post, call: Call): Promise<Changed>;
  retryPost(id: string, accountIds: readonly string[] | undefined, call: Call): Promise<Changed>;
  /** `content` is a URL or a file. */
  uploadSound(sound: { readonly content: Content; readonly name?: string }, call: Call): Promise<Sound>;
  listSounds(query: SoundQuery, call: Call): Promise<Page<Sound>>;
}
