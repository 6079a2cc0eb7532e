import type { WriteRow } from '../database/tables.ts';
import type { Backend } from '../domain/backend.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { WarningAnswer } from './answers.ts';
import type { Desk } from './desk.ts';
import type { Created } from './part.ts';
import { fatesOf, isOver } from './standing.ts';
import { DRAFT_PART, type Write } from './write.ts';

/** Throws where the same post is there already, or on its way: tried again, this one would be there twice. */
export async function checkNotMadeAgain(desk: Desk, { name }: Backend, id: string): Promise<void> {
  await checkNoneStands(desk, await desk.ledger.othersOf(name, id));
}

/**
 * Throws where the same post was made before and was tried again since, or is being tried again just now. To be asked once the
 * write has its row: whoever tries again looks for such a row after having made its own, so that one of the two sees the other.
 */
export async function checkNotTriedAgain(desk: Desk, write: Write): Promise<void> {
  const name = write.backend as BackendName;
  const rows = await desk.ledger.sameAs(write);
  if (rows.length === 0) return;
  const handles = rows.flatMap((row) => createdOf(row).posts.map(({ id }) => toHandle(name, id)));
  if (await desk.ledger.isTriedAgain(handles)) throw thereAlready(handles[0]);
  await checkNoneStands(desk, rows);
}

async function checkNoneStands(desk: Desk, rows: readonly WriteRow[]): Promise<void> {
  for (const row of rows) {
    const fates = await fatesOf(desk, row);
    if (isOver(fates)) continue;
    throw thereAlready(fates.find(({ over }) => !over)?.postId);
  }
}

function thereAlready(other: string | undefined): Failure {
  return new Failure(
    'conflict',
    `The same post is there already${other ? `, as ${other}` : ', or on its way'}.`,
    {
      field: 'postId',
      hint: 'Leave it at that one: with this it would be there twice. A post beside it needs an idempotencyKey of its own.',
      ...(other && { next: { tool: 'get_post', arguments: { postId: other }, why: 'shows that one' } }),
    },
  );
}

/** Warns of posts that the same call made before and of which all failed: what is made now is another post. */
export async function failedBefore(desk: Desk, rows: readonly WriteRow[]): Promise<WarningAnswer[]> {
  const warnings: WarningAnswer[] = [];
  for (const row of rows.filter(({ state, part }) => state === 'done' && part !== DRAFT_PART)) {
    const fates = await fatesOf(desk, row);
    const failed = isOver(fates) ? fates.filter(({ warning }) => warning?.code === 'failed_since') : [];
    warnings.push(...failed.map(({ postId }) => failedWarning(postId)));
  }
  return warnings;
}

function failedWarning(postId: string): WarningAnswer {
  const message = `The same call made ${postId} before, and that failed. This is a new post in its place: leave the other one as it is.`;
  return { code: 'failed_before', message };
}

function createdOf({ result_json }: WriteRow): Created {
  return JSON.parse(result_json ?? '{"posts":[],"warnings":[]}') as Created;
}
