import type { PlannedRequest } from '../../domain/backend.ts';
import { duePayload } from './payload.ts';
import type { Publisher } from './publisher.ts';
import type { LocalAccount } from './settings.ts';
import { mediaOf, type StoredPost } from './wire.ts';

interface Planned {
  readonly accounts: readonly LocalAccount[];
  readonly contentFolder: string;
  /** The accounts that the post is for. */
  readonly ids: readonly string[];
  readonly publisherOf: (accountId: string) => Publisher | undefined;
}

/** What would be handed over at the air time, one request per account. */
export function planDeliveries(
  post: StoredPost,
  { accounts, contentFolder, ids, publisherOf }: Planned,
): PlannedRequest[] {
  return ids.flatMap((id) => {
    const account = accounts.find((candidate) => candidate.id === id);
    const publisher = publisherOf(id);
    if (!account || !publisher) return [];
    const media = mediaOf(post.row, contentFolder);
    const body = duePayload({ post, account, ...(media && { media }) });
    return [{ accountIds: [id], ...publisher.plan(account), body }];
  });
}
