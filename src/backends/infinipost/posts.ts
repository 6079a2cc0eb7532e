import type { Page, PostQuery } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import { quote } from '../../domain/failure.ts';
import type { Post } from '../../domain/post.ts';
import type { PostStatus } from '../../domain/status.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { capabilities } from './capabilities.ts';
import { explained, staleCursor } from './failures.ts';
import { fromWirePost } from './from-wire.ts';
import { WirePost, wirePage } from './wire.ts';

export const WirePosts = wirePage('posts', WirePost);
export const LARGEST_PAGE = 100;

/** What the list can be filtered by. It refuses `scheduled`, though posts may come with that word. */
const FILTERS: Readonly<Partial<Record<PostStatus, string>>> = {
  scheduled: 'generated',
  processing: 'pending_render',
  published: 'posted',
  failed: 'failed',
};

export async function listPosts(http: Http, wanted: PostQuery, call: Call): Promise<Page<Post>> {
  const { status, platform, contentType, accountId, cursor } = wanted;
  const filter = status && FILTERS[status];
  if (status && !filter) return { rows: [] };
  if (platform && !capabilities.platforms.includes(platform)) return { rows: [] };
  const limit = Math.min(wanted.limit, LARGEST_PAGE);
  const query = { status: filter, platform, contentType, accountId, limit, cursor };
  const reading = http.read({ path: '/v1/posts', query, schema: WirePosts }, call);
  const { rows, nextCursor } = await explained(reading, staleCursor(cursor));
  return { rows: rows.map(fromWirePost), ...(nextCursor !== undefined && { nextCursor }) };
}

export async function readPost(http: Http, id: string, call: Call): Promise<Post> {
  const request = { path: path`/v1/posts/${id}`, schema: WirePost, notFound: noPost(id) };
  return fromWirePost(await http.read(request, call));
}

export function noPost(id: string): string {
  return `There is no post ${quote(id)} on infinipost.`;
}
