import type { FailureAnswer } from './failure.ts';
import type { BackendName } from './handle.ts';
import type { Platform } from './platform.ts';
import type { PlatformOptions } from './platform-options.ts';
import type { PostStatus, TargetStatus } from './status.ts';

export const CONTENT_TYPES = ['video', 'slides'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/** What becomes of a post on one account. Ids are the backend's own, instants milliseconds since the epoch. */
export interface Target {
  readonly accountId: string;
  /** Where the account is, when that is not the post's own backend: a draft can be for any. */
  readonly backend?: BackendName;
  readonly platform: Platform;
  readonly status: TargetStatus;
  readonly url?: string;
  readonly publishedAt?: number;
  readonly error?: Pick<FailureAnswer, 'code' | 'message' | 'hint'>;
}

/** A post as a backend tells it. Ids are the backend's own, instants milliseconds since the epoch. */
export interface Post {
  readonly id: string;
  readonly status: PostStatus;
  /** The vendor's own word. */
  readonly backendStatus?: string;
  readonly contentType: ContentType;
  readonly contentUrl?: string | readonly string[];
  readonly thumbnailUrl?: string;
  readonly caption?: string;
  readonly title?: string;
  readonly soundId?: string;
  /** Where the sound is, when that is not the post's own backend: a draft can have one of any. */
  readonly soundBackend?: BackendName;
  /** Told of a draft: all that an approval lets out is to be seen. */
  readonly platformOptions?: PlatformOptions;
  /** Of a draft that waits: what an approval can be held to. */
  readonly version?: string;
  /** Of a draft that waits: what is to be known before it is approved. */
  readonly warnings?: readonly Warning[];
  readonly airAt: number | null;
  /** The zone in which the air time was asked, where the backend keeps it. */
  readonly timezone?: string;
  readonly targets: readonly Target[];
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly simulated?: boolean;
}

/** Something that an agent should know although the call succeeded. `accountIds` are the backend's own. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly accountIds?: readonly string[];
}

/** What a second cancel is answered. */
export const ALREADY_CANCELLED: Warning = {
  code: 'already_cancelled',
  message: 'The post was cancelled before; nothing changed.',
};
