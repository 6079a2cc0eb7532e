import { toMoment } from '../domain/air-time.ts';
import type { Caller } from '../domain/call.ts';
import { type FailureAnswer, strangeCursor } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Post } from '../domain/post.ts';
import type { ActivityPlace, ActivityRow } from './activity.ts';
import type { Desk } from './desk.ts';
import { unconfirmedId } from './unsettled.ts';

interface Wanted {
  readonly backend?: BackendName | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export async function getActivity(desk: Desk, { backend, limit = 20, cursor }: Wanted, caller: Caller) {
  const before = cursor === undefined ? undefined : parsePlace(cursor);
  const found = await desk.activity.rows({ backend, limit: limit + 1, before, caller });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = last !== undefined && found.length > rows.length;
  return {
    activity: rows.map((row) => toAnswer(desk, row)),
    hasMore: more,
    nextCursor: more ? `${last.at}.${last.source}.${last.id}` : null,
  };
}

function parsePlace(cursor: string): ActivityPlace {
  const [, at, source, id] = /^(\d{1,16})\.([01])\.(\d{1,16})$/.exec(cursor) ?? [];
  if (at === undefined) throw strangeCursor();
  return { at: Number(at), source: Number(source), id: Number(id) };
}

const OUTCOMES = { sent: 'under_way', done: 'done', refused: 'refused', unknown: 'unknown' } as const;

function toAnswer(desk: Desk, row: ActivityRow) {
  const error = row.error_json === null ? undefined : (JSON.parse(row.error_json) as FailureAnswer);
  return {
    at: toMoment(row.at, desk.timezone),
    what: row.kind,
    backend: row.backend,
    ...(row.client !== null && { client: row.client }),
    ...(row.token !== null && { token: row.token }),
    ...(row.state !== null && { outcome: OUTCOMES[row.state] }),
    postIds: postIds(row).map((id) => (id.includes(':') ? id : toHandle(row.backend, id))),
    ...(row.account_id !== null && { accountIds: [toHandle(row.backend, row.account_id)] }),
    ...(row.detail !== null && { detail: row.detail }),
    ...(error && { error: { code: error.code, message: error.message } }),
  };
}

function postIds({ post_id, state, request_id, arguments_json, result_json, kind }: ActivityRow): string[] {
  if (post_id !== null) return [post_id];
  const { postId } = JSON.parse(arguments_json ?? '{}') as { postId?: string };
  if (postId !== undefined) return [postId];
  const { posts = [], id: draftId } = JSON.parse(result_json ?? '{}') as {
    posts?: readonly Post[];
    id?: string;
  };
  if (kind === 'create_video_post' && draftId !== undefined) return [draftId];
  if (posts.length > 0) return posts.map(({ id }) => id);
  return kind === 'create_video_post' && state === 'unknown' && request_id !== null
    ? [unconfirmedId(request_id)]
    : [];
}
