import type { Backend } from '../domain/backend.ts';
import type { NextCall } from '../domain/failure.ts';
import type { Desk } from './desk.ts';

interface Span {
  readonly from: string;
  readonly to: string;
}

/** The call that shows a backend's posts: of a proxy that cannot tell its own, the posts of the vendor behind it. */
export function whereListed(desk: Desk, backend: Backend, why: string, span?: Span): NextCall {
  const { postsThrough } = backend.capabilities;
  const lists = [backend, postsThrough && desk.backends.get(postsThrough)].find(
    (one) => one?.capabilities.tools.list_posts === true,
  );
  return lists
    ? { tool: 'list_posts', arguments: { backend: lists.name, ...span }, why }
    : {
        tool: 'get_activity',
        arguments: { backend: backend.name },
        why: 'shows what was asked, and of which posts',
      };
}
