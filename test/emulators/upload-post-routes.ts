import type { Answer, Received } from './emulator.ts';
import { checkAdmission, usageOf } from './upload-post-admission.ts';
import { readUploadForm, type UploadForm } from './upload-post-form.ts';
import { checkMoment, toUtc } from './upload-post-moment.ts';
import { Refusal } from './upload-post-refusal.ts';
import { checkForm, checkIds, isBadId } from './upload-post-rules.ts';
import type { UploadPostState } from './upload-post-state.ts';
import { statusBody, syncResult } from './upload-post-status.ts';
import type { Upload } from './upload-post-upload.ts';

const goesOnInBackgroundAfter = 59_000;

/** `POST /upload`: https://docs.upload-post.com/api/upload-video */
export async function postUpload(state: UploadPostState, request: Received): Promise<Answer> {
  const form = await readUploadForm(request);
  if (!form) throw new Refusal(400, 'The body must be multipart/form-data');
  const { headers } = request;
  const headerId = headers['x-request-id'];
  const requestId = form.text('request_id') ?? headerId;
  const idempotencyKey = headers['idempotency-key'] ?? headers['x-idempotency-key'] ?? headerId;
  const externalId = form.text('external_id') ?? headers['x-external-id'];
  checkIds({ requestId: requestId ?? '', externalId: externalId ?? '' });
  const keys = [idempotencyKey, requestId].filter((key) => key !== undefined);
  const before = form.user ? state.accepted(form, keys) : undefined;
  if (before) return replay(state, before);
  checkForm(form, state.switches);
  const scheduledAt = scheduledInstant(state, form);
  checkAdmission(state, form, scheduledAt ?? state.clock.now());
  const upload = state.accept({ form, idempotencyKey, requestId, externalId, scheduledAt });
  if (upload.scheduled) return scheduledAnswer(upload);
  const synchronous = !form.flag('async_upload') && state.limits.processingMs < goesOnInBackgroundAfter;
  if (!synchronous) return backgroundAnswer(upload);
  state.run(upload, state.clock.now());
  return { status: 200, body: syncBody(state, upload) };
}

/** `GET /uploadposts/status` */
export function getStatus(state: UploadPostState, { query }: Received): Answer {
  const requestId = query.get('request_id') || undefined;
  const jobId = query.get('job_id') || undefined;
  const askedBy = requestId ? { request_id: requestId } : jobId ? { job_id: jobId } : undefined;
  if (!askedBy) throw new Refusal(400, 'request_id or job_id is required', { key: 'error', bare: true });
  const upload = state.find({ requestId, jobId });
  if (upload) return { status: 200, body: statusBody(state, upload, askedBy) };
  const message = 'No upload request found with this ID';
  return { status: 404, body: { ...askedBy, status: 'not_found', message } };
}

/** `GET /uploadposts/history`: https://docs.upload-post.com/api/upload-history */
export function getHistory(state: UploadPostState, { query }: Received): Answer {
  const bad = (text: string) => new Refusal(400, text, { key: 'error', bare: true });
  const page = query.get('page') ?? '1';
  const limit = query.get('limit') ?? '10';
  if (!/^[1-9]\d*$/.test(page)) throw bad('Invalid page');
  if (!['10', '20', '50', '100'].includes(limit)) throw bad('Invalid limit');
  const filters = ['request_id', 'job_id', 'external_id', 'profile_username', 'platform'];
  for (const name of filters) if (isBadId(query.get(name) ?? '')) throw bad(`Invalid ${name}`);
  const status = query.get('status');
  const rows = state.history
    .toReversed()
    .filter((row) => filters.every((name) => !query.get(name) || row[name] === query.get(name)))
    .filter((row) => !status || row.success === (status === 'success'))
    .toSorted((one, other) => other.upload_timestamp.localeCompare(one.upload_timestamp));
  const start = (Number(page) - 1) * Number(limit);
  const running = state.uploads.filter(
    ({ state: phase, startsAt }) => phase === 'waiting' && startsAt <= state.clock.now(),
  );
  const body = {
    history: rows.slice(start, start + Number(limit)),
    in_progress: running.map((upload) => ({
      request_id: upload.requestId,
      job_id: upload.scheduled ? upload.jobId : null,
      profile_username: upload.form.user,
      platforms: upload.form.platforms,
    })),
    total: rows.length,
    page: Number(page),
    limit: Number(limit),
  };
  return { status: 200, body };
}

/** `POST /uploadposts/posts/retry`: https://docs.upload-post.com/api/retry-post */
export function postRetry(state: UploadPostState, { json }: Received): Answer {
  const ids = (json ?? {}) as { readonly request_id?: unknown; readonly job_id?: unknown };
  const requestId = typeof ids.request_id === 'string' ? ids.request_id : undefined;
  const jobId = typeof ids.job_id === 'string' ? ids.job_id : undefined;
  if (!requestId && !jobId) throw new Refusal(400, 'request_id or job_id is required');
  const upload = state.find({ requestId, jobId });
  if (!upload) throw new Refusal(404, 'No upload found for the given identifier');
  const failed = upload.targets.filter(({ outcome }) => outcome?.state === 'failed');
  if (failed.length === 0) throw new Refusal(409, 'Nothing to retry: no failed platforms');
  for (const target of failed) delete target.outcome;
  upload.state = 'waiting';
  upload.startsAt = state.clock.now();
  upload.finishesAt = upload.startsAt + state.limits.processingMs;
  const body = {
    success: true,
    request_id: upload.requestId,
    message: 'Failed platforms re-enqueued for retry',
  };
  return { status: 200, body };
}

function scheduledInstant(state: UploadPostState, form: UploadForm): number | undefined {
  if (form.flag('add_to_queue')) throw new Refusal(501, 'The queue is not emulated');
  const date = form.text('scheduled_date');
  if (!date) return undefined;
  return checkMoment({ date, timezone: form.text('timezone') }, state.clock.now(), state.switches);
}

function replay(state: UploadPostState, upload: Upload): Answer {
  switch (state.switches.replay) {
    case 'request-id':
      return backgroundAnswer(upload);
    case 'job-id':
      return scheduledAnswer(upload);
    case 'conflict':
      throw new Refusal(409, 'A matching upload already exists');
    case 'same':
      if (upload.scheduled) return scheduledAnswer(upload);
      if (upload.form.flag('async_upload') || upload.state === 'waiting') return backgroundAnswer(upload);
      return { status: 200, body: syncBody(state, upload) };
  }
}

function backgroundAnswer(upload: Upload): Answer {
  const unasked = !upload.scheduled && !upload.form.flag('async_upload');
  const body = {
    success: true,
    message: 'Upload initiated successfully in background.',
    request_id: upload.requestId,
    ...(unasked ? { job_id: upload.jobId } : {}),
    total_platforms: upload.targets.length,
  };
  return { status: 200, body };
}

function scheduledAnswer(upload: Upload): Answer {
  const body = {
    success: true,
    job_id: upload.jobId,
    scheduled_date: toUtc(upload.startsAt),
    ...(upload.requestIdChosen ? { request_id: upload.requestId } : {}),
  };
  return { status: 202, body };
}

function syncBody(state: UploadPostState, upload: Upload) {
  const results = upload.targets.map((target) => [target.platform, syncResult(target)]);
  return { success: true, results: Object.fromEntries(results), usage: usageOf(state) };
}
