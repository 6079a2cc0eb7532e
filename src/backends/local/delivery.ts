import type { Kysely } from 'kysely';
import type { Tables, TargetRow } from '../../database/tables.ts';
import { Failure } from '../../domain/failure.ts';
import { firstSentAt } from './attempts.ts';
import type { Delivery } from './publisher.ts';
import type { LocalAccount } from './settings.ts';
import { mediaOf, type StoredPost } from './wire.ts';

interface Due {
  readonly post: StoredPost;
  readonly target: TargetRow;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A due target with all that its publisher needs. */
export async function toDelivery(
  query: Kysely<Tables>,
  accounts: readonly LocalAccount[],
  { post, target, now, signal }: Due,
): Promise<Delivery> {
  const account = accounts.find(({ id }) => id === target.account_id);
  if (!account)
    throw new Failure('not_found', `The account local:${target.account_id} is not configured any more.`);
  const soundId = post.row.sound_id;
  const sound = soundId === null ? undefined : await soundUrlOf(query, soundId);
  const media = mediaOf(post.row);
  const sentAt = await firstSentAt(query, target);
  return {
    post,
    account,
    idempotencyKey: `airdate-${post.row.id}-${account.id}`,
    round: target.round,
    ...(sentAt !== undefined && { firstSentAt: sentAt }),
    ...(target.remote_id !== null && { remoteId: target.remote_id }),
    ...(media && { media }),
    ...(sound !== undefined && { soundUrl: sound }),
    now,
    signal,
  };
}

async function soundUrlOf(query: Kysely<Tables>, id: string): Promise<string | undefined> {
  const row = await query
    .selectFrom('sounds')
    .select(['url', 'media_json'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  return row.media_json === null ? row.url : (JSON.parse(row.media_json) as { file: string }).file;
}
