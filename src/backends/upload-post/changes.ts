import type { Changed, PostEdit } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { Http, Write } from '../http.ts';
import { path } from '../path.ts';
import { timeNotKept } from './creating.ts';
import { type EditBody, placeEdit } from './edit-texts.ts';
import { parsePostId } from './ids.ts';
import { labelOf, toPost } from './posts.ts';
import { readFacts } from './reading.ts';
import { Done, Edited, toDate, toInstant } from './wire.ts';

interface PreparedEdit {
  readonly post: Post;
  readonly request: Write<Edited> & { readonly body: { readonly json: EditBody } };
  readonly warnings: readonly Warning[];
}

/** The change as it would go out, for a post that can still be changed. */
export async function prepareEdit(
  http: Http,
  { id, edit }: { readonly id: string; readonly edit: PostEdit },
  call: Call,
): Promise<PreparedEdit> {
  const reference = parsePostId(id);
  if (reference.kind === 'request') throw cannotEdit('was sent to its platforms at once');
  const facts = await readFacts(http, reference, call);
  const post = toPost(facts);
  if (post.status !== 'scheduled') throw cannotEdit(`is ${post.status}`);
  const { body, warnings } = placeEdit(edit, labelOf(facts));
  const date = edit.airTime && { scheduled_date: toDate(edit.airTime.at) };
  const request = {
    method: 'PATCH',
    path: path`/uploadposts/schedule/${reference.id}`,
    body: { json: { ...body, ...date } },
    schema: Edited,
  } as const;
  return { post, request, warnings };
}

export async function editPost(
  http: Http,
  { id, edit }: { readonly id: string; readonly edit: PostEdit },
  call: Call,
): Promise<Changed> {
  const { post, request, warnings } = await prepareEdit(http, { id, edit }, call);
  const answer = await http.write(request, call).catch((thrown: unknown) => {
    throw notFoundIsGone(thrown);
  });
  const told = toInstant(answer.scheduled_date);
  const airAt = told ?? edit.airTime?.at ?? post.airAt;
  const isMoved = edit.airTime !== undefined && told !== undefined && told !== edit.airTime.at;
  const { caption, title } = edit;
  return {
    post: {
      ...post,
      airAt,
      ...(caption !== undefined && { caption }),
      ...(title !== undefined && { title }),
    },
    warnings: [
      ...warnings,
      ...(isMoved ? [timeNotKept(told)] : []),
      ...textsNotKept(request.body.json, answer),
    ],
  };
}

function textsNotKept(asked: EditBody, told: Edited): Warning[] {
  const lost = (['title', 'caption'] as const).filter(
    (name) => asked[name] !== undefined && typeof told[name] === 'string' && told[name] !== asked[name],
  );
  if (lost.length === 0) return [];
  const message = `Upload-Post answered with another ${lost.join(' and ')} than was asked for.`;
  return [{ code: 'text_not_kept', message }];
}

/** The vendor says 404 of a job that has run, as of one that never was: what it was before tells them apart. */
export async function cancelPost(http: Http, post: Post, call: Call): Promise<Changed> {
  const { id } = post;
  const reference = parsePostId(id);
  if (reference.kind === 'request') throw cannotEdit('was sent to its platforms at once');
  if (post.status !== 'scheduled') throw cannotEdit(`is ${post.status}`);
  try {
    await http.write(
      { method: 'DELETE', path: path`/uploadposts/schedule/${reference.id}`, schema: Done },
      call,
    );
  } catch (thrown) {
    await settleCancel(http, { id, failure: Failure.from(thrown) }, call);
  }
  const targets = post.targets.map((target) => ({ ...target, status: 'cancelled' }) as const);
  return { post: { ...post, status: 'cancelled', targets }, warnings: [] };
}

/** What was there a moment ago and is gone without having run is cancelled, whatever became of the answer. */
async function settleCancel(
  http: Http,
  { id, failure }: { readonly id: string; readonly failure: Failure },
  call: Call,
): Promise<void> {
  if (failure.code !== 'outcome_unknown' && failure.code !== 'not_found') throw failure;
  const standing = await readFacts(http, parsePostId(id), call).catch((thrown: unknown) =>
    Failure.from(thrown),
  );
  if (standing instanceof Failure) {
    if (standing.code === 'not_found') return;
    throw failure;
  }
  const { status } = toPost(standing);
  throw status === 'scheduled' ? failure : cannotEdit(`is ${status}`);
}

function cannotEdit(why: string): Failure {
  return new Failure('cannot_edit', `The post ${why} and can no longer be changed or cancelled.`, {
    field: 'postId',
    hint: 'Only scheduled posts can be. get_post shows what became of it.',
  });
}

function notFoundIsGone(thrown: unknown): Failure {
  const failure = Failure.from(thrown);
  return failure.code === 'not_found' ? cannotEdit('was just taken up or cancelled') : failure;
}
