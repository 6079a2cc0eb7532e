import { toNaive } from './upload-post-moment.ts';
import { captionOn, type Outcome, type Target, titleOf, type Upload } from './upload-post-upload.ts';

export interface HistoryRow {
  readonly profile_username: string;
  readonly platform: string;
  readonly success: boolean;
  readonly upload_timestamp: string;
  readonly request_id: string;
  readonly job_id: string | null;
  readonly external_id: string | null;
  readonly [field: string]: unknown;
}

/** One line of https://docs.upload-post.com/api/upload-history: one upload on one platform, once. */
export function historyRow(upload: Upload, target: Target, outcome: Outcome): HistoryRow {
  const { form, scheduled } = upload;
  return {
    user_email: 'owner@example.com',
    profile_username: form.user,
    platform: target.platform,
    media_type: 'video',
    upload_timestamp: toNaive(target.finishedAt ?? upload.finishesAt),
    success: outcome.state === 'live' || outcome.state === 'inbox',
    platform_post_id: 'postId' in outcome ? outcome.postId : null,
    post_url: outcome.state === 'live' ? outcome.url : null,
    error_message: 'message' in outcome ? outcome.message : null,
    media_size_bytes: form.video?.kind === 'file' ? form.video.size : null,
    post_title: titleOf(upload) ?? null,
    post_caption: captionOn(target.platform, upload),
    is_async: scheduled || form.flag('async_upload'),
    job_id: scheduled ? upload.jobId : null,
    request_id: upload.requestId,
    external_id: upload.externalId ?? null,
    request_total_platforms: upload.targets.length,
    fallback_to_inbox: outcome.state === 'inbox' && outcome.fallback,
    video_was_transcoded: false,
    changes: [],
    prevalidation_metadata: null,
    dashboard: false,
  };
}
