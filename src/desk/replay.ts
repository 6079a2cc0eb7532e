import type { WriteRow } from '../database/tables.ts';
import type { AirTime } from '../domain/air-time.ts';
import { ownCall } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { WarningAnswer } from './answers.ts';
import type { Desk } from './desk.ts';
import { hashOf } from './hash.ts';
import type { Created, Part } from './part.ts';
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
  const parts = done.map((row): Part & Created => {
    const { posts, warnings } = JSON.parse(row.result_json ?? '{"posts":[],"warnings":[]}') as Created;
    const { accountIds } = JSON.parse(row.arguments_json) as { accountIds: string[] };
    return { backend: row.backend as BackendName, accountIds, posts, warnings, replayed: true };
  });
  const isKeyed = draft.idempotencyKey !== undefined;
  const stand = await Promise.all(parts.map((part) => isKeyed || stillStands(desk, part.backend, part)));
  const first = parts.filter((_, index) => stand[index]);
  const covered = new Set(
    first.flatMap(({ backend, accountIds }) => accountIds.map((id) => toHandle(backend, id))),
  );
  return draft.accountIds.every((id) => covered.has(id)) ? first : undefined;
}

/** A post that was cancelled or failed since does not keep the same one from being made again. */
export async function stillStands(desk: Desk, name: BackendName, { posts }: Created): Promise<boolean> {
  const backend = desk.backends.get(name);
  const call = ownCall(new AbortController().signal);
  for (const { id } of posts) {
    if (await desk.knownPosts.cancelled(name, id)) return false;
    const post = await backend?.getPost(id, call).catch((thrown: unknown) => Failure.from(thrown));
    if (
      post instanceof Failure
        ? post.code === 'not_found'
        : post?.status === 'cancelled' || post?.status === 'failed'
    )
      return false;
  }
  return true;
}

/** Warns of posts of a first answer that go out no more, as far as that is known without asking a vendor. */
export async function cancelledSince(desk: Desk, parts: readonly Part[]): Promise<WarningAnswer[]> {
  const posts = parts.flatMap(({ backend, posts: made = [], replayed }) =>
    replayed ? made.map(({ id }) => ({ backend, id })) : [],
  );
  const warnings = posts.map(async ({ backend, id }): Promise<WarningAnswer[]> => {
    return (await isKnownCancelled(desk, backend, id)) ? [cancelledWarning(toHandle(backend, id))] : [];
  });
  return (await Promise.all(warnings)).flat();
}

export function cancelledWarning(postId: string): WarningAnswer {
  const message = `${postId} was cancelled since this idempotencyKey made it, and goes out no more. create_video_post with a new idempotencyKey posts it anew.`;
  return { code: 'cancelled_since', message };
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
