import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { otherOrders } from '../../database/other-orders.ts';
import type { Tables, TargetRow } from '../../database/tables.ts';
import { Failure } from '../../domain/failure.ts';
import { sentBefore } from './attempts.ts';
import type { Delivery } from './publisher.ts';
import type { LocalSettings } from './settings.ts';
import { fromMediaJson, type KeptMedia, mediaOf, type StoredPost } from './wire.ts';

interface Due {
  readonly post: StoredPost;
  readonly target: TargetRow;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A due target with all that its publisher needs. */
export async function toDelivery(
  query: Kysely<Tables>,
  { accounts, contentFolder }: Pick<LocalSettings, 'accounts' | 'contentFolder'>,
  { post, target, now, signal }: Due,
): Promise<Delivery> {
  const account = accounts.find(({ id }) => id === target.account_id);
  if (!account)
    throw new Failure('not_found', `The account local:${target.account_id} is not configured any more.`);
  const soundId = post.row.sound_id;
  const sound = soundId === null ? undefined : await soundUrlOf(query, soundId, contentFolder);
  const media = mediaOf(post.row, contentFolder);
  if (media && !existsSync(media.file)) throw copyIsGone(media);
  const sent = await sentBefore(query, target);
  return {
    post,
    account,
    idempotencyKey: `airdate-${post.row.id}-${account.id}`,
    round: target.round,
    ...sent,
    ...(target.remote_id !== null && { remoteId: target.remote_id }),
    ...(media && { media }),
    ...(sound !== undefined && { soundUrl: sound }),
    others: (backend, accountId) => otherOrders(query, { backend, accountIds: [accountId], target }),
    now,
    signal,
  };
}

function copyIsGone({ file, name }: KeptMedia): Failure {
  return new Failure('media_rejected', `The copy of ${name} that Airdate kept is gone.`, {
    hint: `Put ${file} back, from a backup of the data directory, and call retry_post; or make the post anew.`,
  });
}

async function soundUrlOf(
  query: Kysely<Tables>,
  id: string,
  contentFolder: string,
): Promise<string | undefined> {
  const row = await query
    .selectFrom('sounds')
    .select(['url', 'media_json'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  return row.media_json === null ? row.url : fromMediaJson(row.media_json, contentFolder).file;
}
