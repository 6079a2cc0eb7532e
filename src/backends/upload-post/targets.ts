import { type FailureCode, quote } from '../../domain/failure.ts';
import type { Target } from '../../domain/post.ts';
import { codeOf } from './explain.ts';
import { type HistoryRow, type StatusRow, toInstant } from './wire.ts';

export type OutcomeRow = StatusRow | HistoryRow;
type Outcome = Omit<Target, 'accountId' | 'platform'>;

/** What became of a post on one platform. The history may say what the status leaves out. */
export function fromRow(row: OutcomeRow, told?: HistoryRow): Outcome {
  if (row.success !== true) return { status: 'failed', error: errorOf(row) };
  const url = row.post_url ?? told?.post_url;
  const publishedAt = toInstant(row.upload_timestamp ?? told?.upload_timestamp);
  const fallback = row.fallback_to_inbox === true || told?.fallback_to_inbox === true;
  if (fallback) return { status: 'draft', error: IN_THE_INBOX };
  if (isInInbox(row.platform_post_id ?? told?.platform_post_id)) return { status: 'draft' };
  return {
    status: 'published',
    ...(url && { url }),
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

/** The vendor gave it up without saying what came of it. */
export function lost(message: string | null | undefined): Outcome {
  const says = message ? ` It says: "${quote(message)}"` : '';
  return {
    status: 'unconfirmed',
    error: {
      code: 'outcome_unknown',
      message: `Upload-Post does not tell what came of it.${says}`,
      hint: 'Look at the account itself before it is posted again.',
    },
  };
}

const IN_THE_INBOX: NonNullable<Target['error']> = {
  code: 'quota_exceeded',
  message: 'landed_in_drafts: TikTok took no direct post, so the video waits in the inbox of the TikTok app.',
  hint: 'Publish it in the TikTok app.',
};

/** Such a publish id belongs to a draft in the TikTok app: https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status */
function isInInbox(postId: string | undefined): boolean {
  return postId?.startsWith('v_inbox_') ?? false;
}

const HINTS: Readonly<Partial<Record<FailureCode, string>>> = {
  forbidden: 'Reconnect the account in the Upload-Post dashboard, then call retry_post.',
  media_rejected: 'Make a new post with a video that Upload-Post can load.',
  quota_exceeded: 'Call retry_post when the cap allows it again.',
  invalid_parameter: 'Make a new post with what the account allows.',
};

function errorOf(row: OutcomeRow): NonNullable<Target['error']> {
  const code = codeOf('error_code' in row ? row.error_code : undefined) ?? 'unavailable';
  const message = quote(row.error_message ?? '') || 'Upload-Post gives no reason.';
  const hint = HINTS[code] ?? 'Call retry_post to have it tried again.';
  return { code, message, hint };
}
