import type { Changed, Plan, PostEdit } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { Failure, quote } from '../../domain/failure.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { Http, Write } from '../http.ts';
import { path } from '../path.ts';
import { toWireAirTime } from './air-time.ts';
import { takesSound } from './capabilities.ts';
import { publicUrl } from './content.ts';
import { cannotChange, explained } from './failures.ts';
import { fromWirePost, timeWarnings } from './from-wire.ts';
import { readPost } from './posts.ts';
import { WirePost } from './wire.ts';

export async function planEdit(
  http: Http,
  { id, edit }: { readonly id: string; readonly edit: PostEdit },
  call: Call,
): Promise<Plan> {
  const standing = await readPost(http, id, call);
  const accountIds = standing.targets.map(({ accountId }) => accountId);
  const request = { accountIds, ...http.plan(toRequest(standing, edit)) };
  return { requests: [request], warnings: soundWarnings(standing, edit) };
}

export async function editPost(
  http: Http,
  { id, edit }: { readonly id: string; readonly edit: PostEdit },
  call: Call,
): Promise<Changed> {
  const standing = await readPost(http, id, call);
  const notFound = `infinipost no longer has the post ${quote(id)}, or does not know the sound.`;
  const editing = http.write({ ...toRequest(standing, edit), schema: WirePost, notFound }, call);
  const row = await explained(editing, cannotChange);
  return {
    post: fromWirePost(row),
    warnings: [...timeWarnings([row], edit.airTime), ...soundWarnings(standing, edit)],
  };
}

function toRequest(standing: Post, edit: PostEdit): Omit<Write<unknown>, 'schema'> {
  const { caption, airTime } = edit;
  const soundId = soundAfter(standing, edit);
  const json = {
    ...(caption !== undefined && { caption }),
    ...(airTime && toWireAirTime(airTime)),
    ...toWireContent(edit),
    ...(soundId !== undefined && { soundId }),
  };
  return { method: 'PATCH', path: path`/v1/posts/${standing.id}`, body: { json } };
}

/**
 * An edit that does not name the sound removes it, so that the one which is to stay is named again:
 * https://docs.infinipost.co/api-reference/posts/edit
 */
function soundAfter(standing: Post, { soundId }: PostEdit): string | undefined {
  if (soundId === null) return undefined;
  return soundId !== undefined && isHeard(standing) ? soundId : standing.soundId;
}

function isHeard({ targets }: Post): boolean {
  return targets.every(({ platform }) => takesSound(platform));
}

function soundWarnings(standing: Post, { soundId }: PostEdit): Warning[] {
  if (typeof soundId !== 'string' || isHeard(standing)) return [];
  const platforms = standing.targets.map(({ platform }) => platform).join(', ');
  const message = `infinipost attaches no sound on ${platforms}; the post keeps the audio that it has.`;
  return [{ code: 'sound_ignored', message, accountIds: standing.targets.map(({ accountId }) => accountId) }];
}

function toWireContent({ content, contentType }: PostEdit): object {
  const urls = content?.map(publicUrl) ?? [];
  if (urls.length > 0) {
    const slides = contentType === 'slides' || urls.length > 1;
    return slides
      ? { contentType: 'slides', contentUrl: urls }
      : { contentType: 'video', contentUrl: urls[0] };
  }
  if (contentType === undefined) return {};
  throw new Failure('invalid_parameter', 'A new contentType needs the content, too.', {
    field: 'contentUrl',
    hint: 'Add contentUrl: one URL for a video, an array of image URLs for slides.',
  });
}
