import type { BackendName } from './handle.ts';
import type { Platform } from './platform.ts';
import type { OptionPlatform } from './platform-options.ts';

export const VERBS = [
  'list_profiles',
  'create_video_post',
  'edit_post',
  'list_posts',
  'get_post',
  'cancel_post',
  'retry_post',
  'upload_sound',
  'list_sounds',
] as const;
export type Verb = (typeof VERBS)[number];

export const EDITABLE = [
  'caption',
  'title',
  'scheduledTime',
  'contentUrl',
  'soundId',
  'platformOptions',
] as const;
export type Editable = (typeof EDITABLE)[number];

/** What a backend can do: the answers to "who can?" and most warnings are made from it. */
export interface Capabilities {
  /** `true`, or why the vendor cannot. */
  readonly tools: Readonly<Record<Verb, true | string>>;
  /** `url`: the vendor fetches a public URL; `file`: it takes bytes; `clip`: a clip of its own job. */
  readonly content: readonly ('url' | 'file' | 'clip')[];
  readonly platforms: readonly Platform[];
  readonly editable: readonly Editable[];
  /** Whether an edit can make slides of a post. */
  readonly slides?: true;
  /** Platforms on which a sound of this backend can be attached. */
  readonly soundPlatforms: readonly Platform[];
  /** The platform options that reach the platform. */
  readonly options: Readonly<Partial<Record<OptionPlatform, readonly string[]>>>;
  /** Whether a post can carry a title of its own. */
  readonly titles: boolean;
  readonly timePrecision: 'second' | 'minute';
  /** What one write to the vendor covers: every account of a call, or those of one profile. */
  readonly oneWritePer: 'call' | 'profile';
  /** The backend behind it, which has its posts too, and lists them. */
  readonly postsThrough?: BackendName;
  /** How far ahead a post may be scheduled. */
  readonly maxDaysAhead?: number;
}

/** The names of the backends that can, of those that are given. */
export function whoCan<Name extends string>(
  backends: Iterable<readonly [Name, Capabilities]>,
  can: (capabilities: Capabilities) => boolean,
): Name[] {
  return [...backends].filter(([, capabilities]) => can(capabilities)).map(([name]) => name);
}
