import type { WriteRow } from '../database/tables.ts';
import type { AirTime } from '../domain/air-time.ts';
import { ownCall } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { WarningAnswer } from './answers.ts';
import type { Desk } from './desk.ts';
import { hashOf } from './hash.ts';
import type { Created, Part } from './part.ts';
import { cancelledWarning, fatesOf, isOver, warningsOf } from './standing.ts';
import { DRAFT_PART } from './write.ts';

/** What makes two calls the same call. */
export interface Identity {
  /** Under which the ledger looks for the same call. */
  readonly scope: string;
  readonly hash: string;
  /** Whether no key says that it is meant as a post of its own. */
  readonly isPrint: boolean;
  /** What the local file has to hold, where a person approved it. */
  readonly contentSha256?: string | undefined;
}

export function identityOf(
  { idempotencyKey, dryRun: _, scheduledTime: __, timezone: ___, ambiguousTime: ____, ...asked }: VideoDraft,
  { airTime, tenant }: { readonly airTime: AirTime | undefined; readonly tenant: string },
): Identity {
  const hash = hashOf({
    tenant,
    ...asked,
    accountIds: [...new Set(asked.accountIds)].sort(),
    at: airTime?.at ?? 'now',
  });
  // No tenant's name runs into a key.
  const whose = encodeURIComponent(tenant);
  const isPrint = idempotencyKey === undefined;
  return { hash, isPrint, scope: isPrint ? `print:${hash}` : `key:${whose}:${idempotencyKey}` };
}

/** The first answer to the same call, when all of it stands. */
export async function replayWhole(
  desk: Desk,
  draft: VideoDraft,
  { hash, standing }: Identity & { readonly standing: readonly WriteRow[] },
): Promise<Part[] | undefined> {
  const done = standing.filter(
    ({ state, part, arguments_hash }) => state === 'done' && part !== DRAFT_PART && arguments_hash === hash,
  );
  const isKeyed = draft.idempotencyKey !== undefined;
  const parts = await Promise.all(
    done.map(async (row): Promise<Part> => {
      const { posts, warnings } = JSON.parse(row.result_json ?? '{"posts":[],"warnings":[]}') as Created;
      const { accountIds } = JSON.parse(row.arguments_json) as { accountIds: string[] };
      const backend = row.backend as BackendName;
      const fates = isKeyed ? [] : await fatesOf(desk, row);
      return { backend, accountIds, posts, warnings, fates, replayed: true };
    }),
  );
  const first = parts.filter(({ fates = [] }) => !isOver(fates));
  const covered = new Set(
    first.flatMap(({ backend, accountIds }) => accountIds.map((id) => toHandle(backend, id))),
  );
  return draft.accountIds.every((id) => covered.has(id)) ? first : undefined;
}

/** Warns of what a first answer tells and is over since. With a key, as far as that is known without asking a vendor. */
export async function overSince(
  desk: Desk,
  { idempotencyKey }: VideoDraft,
  parts: readonly Part[],
): Promise<WarningAnswer[]> {
  const replayed = parts.filter((part) => part.replayed);
  if (idempotencyKey === undefined) return replayed.flatMap(({ fates = [] }) => warningsOf(fates));
  const posts = replayed.flatMap(({ backend, posts: made = [] }) => made.map((post) => ({ backend, post })));
  const warnings = posts.map(async ({ backend, post }): Promise<WarningAnswer[]> => {
    return (await isKnownCancelled(desk, backend, post.id)) ? [cancelledWarning(backend, post)] : [];
  });
  return (await Promise.all(warnings)).flat();
}

async function isKnownCancelled(desk: Desk, name: BackendName, id: string): Promise<boolean> {
  if (name !== 'local') return (await desk.knownPosts.cancelled(name, id)) !== undefined;
  const call = ownCall(new AbortController().signal);
  const post = await desk.backends
    .get(name)
    ?.getPost(id, call)
    .catch(() => undefined);
  return post?.status === 'cancelled';
}
