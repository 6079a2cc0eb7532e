import type { Failure } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
import type { Post, Warning } from '../domain/post.ts';
import type { Fate } from './standing.ts';

/** What came of one write. */
export interface Part {
  readonly backend: BackendName;
  readonly accountIds: readonly string[];
  readonly posts?: readonly Post[];
  readonly warnings?: readonly Warning[];
  readonly failure?: Failure;
  readonly replayed?: boolean;
  /** What became since of the posts of an earlier call without a key. */
  readonly fates?: readonly Fate[];
}

export type Created = { readonly posts: readonly Post[]; readonly warnings: readonly Warning[] };
