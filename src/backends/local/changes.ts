import type { Kysely, Transaction } from 'kysely';
import type { PostRow, Tables } from '../../database/tables.ts';
import { Failure } from '../../domain/failure.ts';
import { isEditable } from '../../domain/status.ts';
import { mayBeLive } from './attempts.ts';
import { readPost, updateTargets } from './posts.ts';
import type { StoredPost } from './wire.ts';

export type RowEdit = Partial<
  Pick<
    PostRow,
    | 'content_url'
    | 'media_json'
    | 'caption'
    | 'title'
    | 'sound_id'
    | 'options_json'
    | 'air_at'
    | 'wall_time'
    | 'timezone'
    | 'ambiguous_time'
    | 'zone_rules'
  >
>;

/**
 * Changes a post that has not been taken up. The runner takes a post up in the same kind of transaction, so an edit that
 * races the air time either wins whole or is refused. A new time puts a missed post back.
 */
export async function editRow(
  query: Kysely<Tables>,
  id: string,
  toEdit: (row: PostRow) => RowEdit,
  now: number,
): Promise<StoredPost> {
  return query.transaction().execute(async (transaction) => {
    const { row, targets } = await readEditable(transaction, id);
    const edit = toEdit(row);
    const airAt = edit.air_at;
    if (row.status === 'missed' && airAt === undefined) throw missedWithoutTime(id);
    await transaction
      .updateTable('posts')
      .set({ ...edit, version: row.version + 1, updated_at: now })
      .where('id', '=', id)
      .execute();
    if (airAt !== undefined) {
      const accountIds = targets.map((target) => target.account_id);
      const change = {
        status: 'scheduled',
        due_at: airAt,
        air_at: airAt,
        attempts: 0,
        error_json: null,
      } as const;
      await updateTargets(transaction, { postId: id, accountIds }, change, now);
    }
    return readPost(transaction, id);
  });
}

/** `before`: another cancel was faster, and this one changed nothing. */
export async function cancelRow(
  query: Kysely<Tables>,
  id: string,
  now: number,
): Promise<{ readonly stored: StoredPost; readonly before: boolean }> {
  return query.transaction().execute(async (transaction) => {
    const standing = await readPost(transaction, id);
    if (standing.row.status === 'cancelled') return { stored: standing, before: true };
    const { targets } = await readEditable(transaction, id);
    const accountIds = targets.map((target) => target.account_id);
    await updateTargets(transaction, { postId: id, accountIds }, { status: 'cancelled', due_at: null }, now);
    return { stored: await readPost(transaction, id), before: false };
  });
}

async function readEditable(transaction: Transaction<Tables>, id: string): Promise<StoredPost> {
  const stored = await readPost(transaction, id);
  const { status } = stored.row;
  if (stored.targets.some((target) => target.status === 'draft')) throw inTheApp(id);
  // One that is retried is in line again, though an earlier attempt may have been accepted.
  const live = await mayBeLive(transaction, { post_id: id });
  if (isEditable(status) && !live) return stored;
  const what = isEditable(status) ? 'may be live' : `is ${status}`;
  throw new Failure('cannot_edit', `The post ${what} and can no longer be changed.`, {
    field: 'postId',
    hint: 'Only scheduled, draft and missed posts can be edited or cancelled.',
    next: { tool: 'get_post', arguments: { postId: `local:${id}` }, why: 'shows what became of it' },
  });
}

function inTheApp(id: string): Failure {
  return new Failure(
    'cannot_edit',
    'The post is in the drafts of its platform and can no longer be changed here.',
    {
      field: 'postId',
      hint: 'Publish or delete it in the app of the platform.',
      next: {
        tool: 'get_post',
        arguments: { postId: `local:${id}` },
        why: 'shows what became of each account',
      },
    },
  );
}

function missedWithoutTime(id: string): Failure {
  return new Failure('invalid_parameter', 'The post missed its air time: it needs a new one.', {
    field: 'scheduledTime',
    hint: 'Add scheduledTime. To publish it now as it stands, without this change, call retry_post.',
    next: { tool: 'get_post', arguments: { postId: `local:${id}` }, why: 'shows the post as it stands' },
  });
}
