import { toNaive } from './upload-post-moment.ts';
import type { UploadPostState } from './upload-post-state.ts';
import { type Outcome, phaseOf, type Target, type Upload } from './upload-post-upload.ts';

type Row = Record<string, unknown>;

/** https://docs.upload-post.com/api/upload-status */
export function statusBody(state: UploadPostState, upload: Upload, askedBy: Record<string, string>): Row {
  const { switches } = state;
  const phase = phaseOf(upload, state.clock.now());
  const outcomes = upload.targets.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);
  const rows = phase === 'pending' || phase === 'stalled' ? [] : rowsOf(state, upload);
  return {
    ...askedBy,
    ...(upload.externalId ? { external_id: upload.externalId } : {}),
    status: topStatus(state, upload),
    ...(upload.scheduled ? { scheduler_status: phase === 'done' ? 'completed' : phase } : {}),
    completed: outcomes.length,
    failed: outcomes.filter((outcome) => outcome.state === 'failed' && !outcome.retryable).length,
    retryable: outcomes.filter((outcome) => outcome.state === 'failed' && outcome.retryable).length,
    skipped: outcomes.filter((outcome) => outcome.state === 'skipped').length,
    total: phase === 'pending' ? null : upload.targets.length,
    results:
      switches.statusResults === 'array' ? rows : Object.fromEntries(rows.map((row) => [row.platform, row])),
    last_update: toNaive(lastUpdate(upload)),
    ...(phase === 'stalled'
      ? { message: 'Upload appears to have failed (no activity for over 1 hour)' }
      : {}),
  };
}

/** What `POST /upload` itself answers about one platform when it waited for the end. */
export function syncResult({ platform, outcome }: Target): Row {
  if (!outcome) return { success: false, error: 'No result' };
  if (outcome.state === 'skipped') return { ...skippedRow(outcome), error: outcome.message };
  if (outcome.state === 'failed') {
    return { success: false, error: outcome.message, error_code: outcome.code, failure_stage: 'upload' };
  }
  return {
    success: true,
    ...(outcome.state === 'live' ? { url: outcome.url } : {}),
    [idKeys[platform] ?? 'post_id']: outcome.postId,
    ...extras(outcome),
  };
}

/** The name under which each platform's own id comes in a synchronous answer. */
const idKeys: Record<string, string> = {
  tiktok: 'publish_id',
  instagram: 'container_id',
  youtube: 'video_id',
  facebook: 'video_id',
  linkedin: 'video_urn',
};

function topStatus({ switches, clock }: UploadPostState, upload: Upload): string {
  const phase = phaseOf(upload, clock.now());
  if (phase === 'pending' || phase === 'queued') return phase;
  if (phase === 'running') return switches.runningStatus;
  if (phase === 'stalled') return 'failed';
  const allFailed = upload.targets.every(
    ({ outcome }) => outcome?.state === 'failed' || outcome?.state === 'skipped',
  );
  return allFailed ? switches.allFailedStatus : 'completed';
}

function rowsOf(state: UploadPostState, upload: Upload): Row[] {
  return upload.targets.map((target) => {
    const ids = { request_id: upload.requestId, ...(upload.scheduled ? { job_id: upload.jobId } : {}) };
    const { platform, outcome, attempts } = target;
    if (!outcome) return { platform, ...runningRow(state), attempts, ...ids };
    const upload_timestamp = toNaive(target.finishedAt ?? upload.finishesAt);
    return { platform, ...finishedRow(state, outcome), upload_timestamp, attempts, ...ids };
  });
}

function runningRow({ switches }: UploadPostState): Row {
  return switches.runningRows === 'processing'
    ? { status: 'processing', success: false, message: 'Processing' }
    : { status: 'queued', success: true, message: 'Queued' };
}

function finishedRow({ switches }: UploadPostState, outcome: Outcome): Row {
  if (outcome.state === 'skipped') return { status: 'skipped', ...skippedRow(outcome) };
  if (outcome.state === 'failed') {
    return {
      status: outcome.retryable ? 'retryable' : 'failed',
      success: false,
      error_message: outcome.message,
      error_code: outcome.code,
      failure_stage: 'upload',
    };
  }
  const links = {
    platform_post_id: outcome.postId,
    ...(outcome.state === 'live' ? { post_url: outcome.url } : {}),
  };
  return {
    status: 'completed',
    success: true,
    message: outcome.state === 'live' ? 'Upload completed' : 'Sent to the TikTok inbox',
    ...(switches.statusLinks === 'present' ? links : {}),
    ...extras(outcome),
  };
}

function extras(outcome: Outcome): Row {
  const warnings = 'warnings' in outcome && outcome.warnings.length > 0 ? outcome.warnings : undefined;
  return {
    ...(outcome.state === 'inbox' && outcome.fallback ? { fallback_to_inbox: true } : {}),
    ...(warnings ? { warnings } : {}),
  };
}

function skippedRow({ message }: Extract<Outcome, { state: 'skipped' }>): Row {
  return {
    success: false,
    skipped: true,
    skip_reason: 'profile_platform_not_configured',
    error_message: message,
    error_code: 'profile_platform_mapping_invalid',
    failure_stage: 'profile_platform_validation',
  };
}

function lastUpdate(upload: Upload): number {
  return Math.max(upload.createdAt, ...upload.targets.map(({ finishedAt }) => finishedAt ?? 0));
}
