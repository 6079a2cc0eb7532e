import type { Plan, VideoOrder } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Post, Warning } from '../../domain/post.ts';
import type { Http, Write } from '../http.ts';
import { toWireAirTime } from './air-time.ts';
import { takesSound } from './capabilities.ts';
import { publicUrl } from './content.ts';
import { explained } from './failures.ts';
import { fromCreatedRows, timeWarnings } from './from-wire.ts';
import { WireCreated } from './wire.ts';

const notFound = 'infinipost does not know every account, or the sound, of this post.';

export function planVideoPost(http: Http, order: VideoOrder): Plan {
  const request = { accountIds: order.accounts.map(({ id }) => id), ...http.plan(toRequest(order)) };
  return { requests: [request], warnings: [] };
}

/** One request makes a post for each account. */
export async function createVideoPost(
  http: Http,
  { order, now }: { readonly order: VideoOrder; readonly now: number },
  call: Call,
): Promise<{ posts: readonly Post[]; warnings: readonly Warning[] }> {
  const creating = http.write({ ...toRequest(order), schema: WireCreated, notFound }, call);
  const { posts: rows } = await explained(creating, {
    not_found: {
      hint: 'Nothing was posted. Read the accounts and the sounds again.',
      next: {
        tool: 'list_profiles',
        arguments: { backend: 'infinipost', refresh: true },
        why: 'lists the accounts that there are now',
      },
    },
  });
  const posts = fromCreatedRows(rows, { order, now });
  return { posts, warnings: [...timeWarnings(rows, order.airTime), ...missingWarnings(order, posts)] };
}

function toRequest(order: VideoOrder): Omit<Write<unknown>, 'schema'> {
  const { accounts, content, caption, soundId, airTime } = order;
  // One request serves them all: a sound goes along when any of them takes it, and is ignored by the rest.
  const heard = accounts.some(({ platform }) => takesSound(platform));
  const json = {
    accountIds: accounts.map(({ id }) => id),
    contentUrl: publicUrl(content),
    ...(caption !== undefined && { caption }),
    ...(heard && soundId !== undefined && { soundId }),
    ...(airTime && toWireAirTime(airTime)),
  };
  return { method: 'POST', path: '/v1/posts/video', body: { json } };
}

function missingWarnings({ accounts }: VideoOrder, posts: readonly Post[]): Warning[] {
  const told = new Set(posts.flatMap(({ targets }) => targets.map(({ accountId }) => accountId)));
  const accountIds = accounts.flatMap(({ id }) => (told.has(id) ? [] : [id]));
  if (accountIds.length === 0) return [];
  const message =
    'infinipost named no post for these accounts. Look with list_posts before anything is sent to them again.';
  return [{ code: 'post_missing', message, accountIds }];
}
