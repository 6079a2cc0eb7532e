import { z } from 'zod';
import { quote } from '../../domain/failure.ts';
import type { Target } from '../../domain/post.ts';
import type { PostStatus, TargetStatus } from '../../domain/status.ts';
import { fromWirePlatform, Id, instant, text } from './fields.ts';

export const WireTarget = z.object({
  platform: z.string(),
  status: z.string(),
  account_id: Id.nullish(),
  social_account_id: Id.nullish(),
  scheduled_for: instant,
  published_at: instant,
  platform_post_url: text,
  error: z.unknown().optional(),
  last_error: z.unknown().optional(),
  next_retry_at: instant,
});
export type WireTarget = z.infer<typeof WireTarget>;

const TARGET_STATUSES: Readonly<Record<string, TargetStatus>> = {
  publishing: 'processing',
  published: 'published',
  // The vendor's own client still has this one: https://www.npmjs.com/package/@posteverywhere/sdk
  done: 'published',
  failed: 'failed',
};

/** What became of a post on one account. One on a platform that Airdate has no name for is left out. */
export function fromWireTarget(row: WireTarget, post: PostStatus): Target[] {
  const platform = fromWirePlatform(row.platform);
  if (!platform) return [];
  const status = targetStatus(row, post);
  const said = errorText(row.error ?? row.last_error);
  return [
    {
      accountId: row.account_id ?? row.social_account_id ?? 'removed',
      platform,
      status,
      ...(row.platform_post_url && { url: row.platform_post_url }),
      ...(row.published_at !== undefined && { publishedAt: row.published_at }),
      ...(status === 'failed' && { error: failureOf(said) }),
    },
  ];
}

function targetStatus({ status, next_retry_at }: WireTarget, post: PostStatus): TargetStatus {
  // The vendor tries it again by itself: https://developers.posteverywhere.ai/api/get-post-results
  if (status === 'failed' && next_retry_at !== undefined) return 'processing';
  return TARGET_STATUSES[status] ?? (post === 'draft' || post === 'scheduled' ? post : 'processing');
}

function failureOf(said: string): NonNullable<Target['error']> {
  const message = `PostEverywhere says: "${said}"`;
  if (!/reconnect|token|permission/i.test(said))
    return { code: 'unavailable', message, hint: 'retry_post tries this account again.' };
  return {
    code: 'forbidden',
    message,
    hint: 'Reconnect the account in PostEverywhere, then call retry_post.',
  };
}

/** The vendor's pages do not say what an error is made of. */
function errorText(error: unknown): string {
  if (typeof error === 'string') return quote(error);
  const { data } = z.object({ message: z.string() }).safeParse(error);
  return quote(data?.message ?? (error == null ? 'no reason given' : JSON.stringify(error)));
}
