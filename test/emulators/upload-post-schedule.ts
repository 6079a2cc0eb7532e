import { IANAZone } from 'luxon';
import type { Answer, Received } from './emulator.ts';
import { checkMoment, toInstant, toUtc } from './upload-post-moment.ts';
import { dailyCapViolation } from './upload-post-outcome.ts';
import { Refusal } from './upload-post-refusal.ts';
import type { UploadPostState } from './upload-post-state.ts';
import { phaseOf, titleOf, type Upload } from './upload-post-upload.ts';

const editable = ['scheduled_date', 'timezone', 'title', 'caption'];

/** `GET /uploadposts/schedule`: https://docs.upload-post.com/api/schedule-posts */
export function getSchedule(state: UploadPostState, { query }: Received): Answer {
  const { scheduleQuery, scheduleList } = state.switches;
  const pending = pendingJobs(state).sort((one, other) => one.startsAt - other.startsAt);
  const asked = scheduleQuery === 'honoured' ? query : new URLSearchParams();
  const profile = asked.get('profile_username');
  const from = momentOf(state, asked.get('from')) ?? Number.NEGATIVE_INFINITY;
  const to = momentOf(state, asked.get('to')) ?? Number.POSITIVE_INFINITY;
  const offset = countOf(asked.get('offset')) ?? 0;
  const limit = countOf(asked.get('limit'));
  const matching = pending
    .filter(({ form }) => !profile || form.user === profile)
    .filter(({ startsAt }) => startsAt >= from && startsAt < to);
  const page = matching.slice(offset, limit === undefined ? undefined : offset + limit).map(listed);
  if (scheduleList === 'array') return { status: 200, body: page };
  if (scheduleList === 'data') return { status: 200, body: { success: true, data: page } };
  const pagination = { total: matching.length, limit: limit ?? null, offset };
  return { status: 200, body: { scheduled_posts: page, pagination } };
}

/** `PATCH /uploadposts/schedule/{job_id}` */
export function patchSchedule(state: UploadPostState, { json }: Received, jobId: string): Answer {
  const upload = pendingJobs(state, 'running').find((candidate) => candidate.jobId === jobId);
  if (!upload) throw refused(404, 'Job not found');
  const edit = readEdit(json);
  if (phaseOf(upload, state.clock.now()) !== 'pending')
    throw refused(400, 'This job cannot be edited any more');
  if (edit.timezone && !IANAZone.isValidZone(edit.timezone)) throw refused(400, 'Invalid timezone');
  if (edit.scheduled_date) reschedule(state, upload, { date: edit.scheduled_date, timezone: edit.timezone });
  if (edit.title !== undefined) upload.title = edit.title;
  if (edit.caption !== undefined) upload.caption = edit.caption;
  const body = {
    success: true,
    job_id: jobId,
    scheduled_date: toUtc(upload.startsAt),
    title: titleOf(upload) ?? null,
    caption: upload.caption ?? upload.form.text('description') ?? null,
  };
  return { status: 200, body };
}

/** `DELETE /uploadposts/schedule/{job_id}` */
export function deleteSchedule(state: UploadPostState, jobId: string): Answer {
  const upload = pendingJobs(state).find((candidate) => candidate.jobId === jobId);
  if (!upload) throw refused(404, 'Job not found');
  upload.state = 'cancelled';
  return { status: 200, body: { success: true, message: `Job ${jobId} cancelled and assets deleted.` } };
}

function pendingJobs(
  { uploads, clock }: UploadPostState,
  including: 'pending' | 'running' = 'pending',
): Upload[] {
  const waiting = uploads.filter(({ state, scheduled }) => scheduled && state === 'waiting');
  return including === 'running' ? waiting : waiting.filter(({ startsAt }) => startsAt > clock.now());
}

function listed(upload: Upload) {
  const { jobId, startsAt, form } = upload;
  return {
    job_id: jobId,
    scheduled_date: toUtc(startsAt),
    post_type: 'video',
    profile_username: form.user,
    title: titleOf(upload) ?? '',
    preview_url:
      form.video?.kind === 'file' ? `https://storage.example.com/${jobId}.mp4?signature=short-lived` : null,
  };
}

interface Edit {
  readonly scheduled_date?: string;
  readonly timezone?: string;
  readonly title?: string;
  readonly caption?: string;
}

function readEdit(json: unknown): Edit {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw refused(400, 'Invalid JSON body');
  const entries = Object.entries(json);
  if (entries.length === 0) throw refused(400, 'Nothing to update');
  for (const [name, value] of entries) {
    if (!editable.includes(name)) throw refused(400, `${name} of a scheduled job cannot be changed`);
    if (typeof value !== 'string') throw refused(400, `${name} must be a string`);
  }
  return json as Edit;
}

function reschedule(
  state: UploadPostState,
  upload: Upload,
  moment: { readonly date: string; readonly timezone: string | undefined },
): void {
  let at: number;
  try {
    at = checkMoment(moment, state.clock.now(), state.switches);
  } catch (error) {
    throw error instanceof Refusal ? refused(400, error.message) : error;
  }
  const { user, platforms } = upload.form;
  if (platforms.some((platform) => dailyCapViolation(state, { user, platform, at }))) {
    throw refused(400, 'Daily limit reached for the new date');
  }
  upload.finishesAt += at - upload.startsAt;
  upload.startsAt = at;
}

function momentOf({ switches }: UploadPostState, date: string | null): number | undefined {
  return date ? toInstant({ date, timezone: undefined }, switches) : undefined;
}

function countOf(text: string | null): number | undefined {
  return text && /^\d+$/.test(text) ? Number(text) : undefined;
}

function refused(status: number, text: string): Refusal {
  return new Refusal(status, text, { key: 'error' });
}
