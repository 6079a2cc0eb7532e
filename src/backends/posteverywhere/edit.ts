import { checkFuture, TO_PUBLISH_NOW } from '../../domain/air-time.ts';
import type { Changed, Plan, PostEdit } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { toEditBody } from './body.ts';
import { isAt, isOnTheWay, type Surroundings, timeNotKept } from './create.ts';
import { answerOf } from './fields.ts';
import { planMedia } from './media-requests.ts';
import { cancelled, changeRefused, readPost, regardless, takeBack } from './requests.ts';
import { fromWirePost, WirePost } from './wire.ts';

/** Everything that is not named stays: https://developers.posteverywhere.ai/api/update-post */
export async function editPost(
  { http, clock, media }: Surroundings,
  id: string,
  edit: PostEdit,
  call: Call,
): Promise<Changed> {
  const standing = needsStanding(edit) ? await readPost(http, id, call) : undefined;
  const { body, warnings } = toEditBody(edit, standing);
  const mediaIds: string[] = [];
  for (const content of edit.content ?? []) mediaIds.push(await media.prepare(content, call));
  if (edit.airTime) checkFuture(edit.airTime, clock.now(), 'scheduledTime', TO_PUBLISH_NOW.edit);
  const changes = { ...body, ...(mediaIds.length > 0 && { media_ids: mediaIds }) };
  if (standing && Object.keys(changes).length === 0) return { post: fromWirePost(standing), warnings };
  const answer = await http
    .write({ ...editRequest(id, changes), schema: answerOf(WirePost) }, call)
    .catch((thrown) => {
      throw changeRefused(thrown, id);
    });
  const told = await holdAgainst(http, answer, { at: edit.airTime?.at, call });
  return { post: told.post, warnings: [...warnings, ...told.warnings] };
}

export async function planEdit(http: Http, id: string, edit: PostEdit, call: Call): Promise<Plan> {
  const standing = await readPost(http, id, call);
  const { body, warnings } = toEditBody(edit, standing);
  const prepared = (edit.content ?? []).flatMap((content) =>
    content.kind === 'clip' ? [] : planMedia(http, content),
  );
  const mediaIds = prepared.map((one) => one.id);
  const changes = { ...body, ...(mediaIds.length > 0 && { media_ids: mediaIds }) };
  const requests = [
    ...prepared.flatMap((one) => one.requests),
    ...(Object.keys(changes).length > 0 ? [http.plan(editRequest(id, changes))] : []),
  ];
  const accountIds = fromWirePost(standing).targets.map((target) => target.accountId);
  return { requests: requests.map((request) => ({ accountIds, ...request })), warnings };
}

/** Titles and options are laid over what the platforms of the post have. */
function needsStanding({ title, options }: PostEdit): boolean {
  return title !== undefined || options !== undefined;
}

function editRequest(id: string, json: object) {
  return { method: 'PATCH', path: path`/posts/${id}`, body: { json } } as const;
}

/**
 * A new time can be shown on the post before it has reached its destinations, which fire by their own:
 * https://developers.posteverywhere.ai/api/schemas/post
 */
async function holdAgainst(
  http: Http,
  answer: WirePost,
  { at, call }: { at: number | undefined; call: Call },
): Promise<Changed> {
  if (keepsTime(answer, at) && answer.destinations) return { post: fromWirePost(answer), warnings: [] };
  const now = await readPost(http, answer.id, regardless(call)).catch((thrown) => {
    throw notRead(thrown);
  });
  const post = fromWirePost(now);
  if (at === undefined || keepsTime(now, at)) return { post, warnings: [] };
  if (now.status === 'draft' || !isOnTheWay(now)) return { post, warnings: [stillElsewhere(now, post, at)] };
  const taken = await takeBack(http, answer.id, call);
  const told = taken === 'gone' ? cancelled(post) : taken === 'unknown' ? post : taken;
  return { post: told, warnings: [timeNotKept(told, now.status)] };
}

function keepsTime(wire: WirePost, at: number | undefined): boolean {
  if (at === undefined) return true;
  const { scheduled_for, destinations } = wire;
  const moments = (destinations ?? []).map((row) => row.scheduled_for ?? scheduled_for);
  return !isOnTheWay(wire) && [scheduled_for, ...moments].every((moment) => isAt(moment, at));
}

function stillElsewhere({ destinations, scheduled_for }: WirePost, post: Post, at: number): Warning {
  if (post.status === 'draft')
    return {
      code: 'time_not_kept',
      message: 'The post is a draft in PostEverywhere and goes out at no time until it is scheduled there.',
    };
  const late = (destinations ?? []).filter((row) => !isAt(row.scheduled_for ?? scheduled_for, at));
  const times = late.map((row) => toText(row.scheduled_for ?? scheduled_for)).join(', ');
  const accountIds = late.flatMap((row) => row.account_id ?? row.social_account_id ?? []);
  const message = `The new air time has not reached every account; it is still ${times || toText(scheduled_for)} there. Call get_post before then, and edit or cancel the post if it stays so.`;
  return { code: 'time_not_kept', message, ...(accountIds.length > 0 && { accountIds }) };
}

function toText(at: number | undefined): string {
  return at === undefined ? 'none' : new Date(at).toISOString();
}

/** The change was taken by then. */
function notRead(thrown: unknown): Failure {
  const { message, details } = Failure.from(thrown);
  const { retryAfterSeconds: _, ...rest } = details;
  return new Failure('outcome_unknown', `PostEverywhere took the change, and then: ${message}`, rest);
}
