import type { Page, PostQuery } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Post } from '../../domain/post.ts';
import type { PostStatus } from '../../domain/status.ts';
import type { Http } from '../http.ts';
import { type HistoryPlace, pageOfHistory } from './history.ts';
import { profileOf } from './ids.ts';
import { parsePlace, type SchedulePlace, toCursor } from './place.ts';
import { toContentType, toPost } from './posts.ts';
import { readSchedule } from './reading.ts';
import { type ScheduledJob, toInstant } from './wire.ts';

interface Surroundings {
  readonly http: Http;
  readonly clock: Clock;
}

/** The vendor forgets what it cancelled, and knows nothing of missed posts. */
const NEVER: ReadonlySet<PostStatus> = new Set(['cancelled', 'missed']);

/** First what is scheduled, soonest first, then what has run, newest first. */
export async function listPosts(
  { http, clock }: Surroundings,
  query: PostQuery,
  call: Call,
): Promise<Page<Post>> {
  if (query.status && NEVER.has(query.status)) return { rows: [] };
  const place = parsePlace(query.cursor);
  const inHistory = wantsHistory(query, clock.now());
  const rows: Post[] = [];
  if (place.in === 'schedule' && wantsSchedule(query, clock.now())) {
    const page = await pageOfSchedule(http, query, { place, call });
    rows.push(...page.rows);
    if (page.next) return { rows, nextCursor: toCursor(page.next) };
  }
  if (!inHistory) return { rows };
  const start: HistoryPlace = place.in === 'history' ? place : { in: 'history', page: 1 };
  if (rows.length >= query.limit) return { rows, nextCursor: toCursor(start) };
  const page = await pageOfHistory(
    http,
    { place: start, limit: query.limit - rows.length, from: query.from },
    call,
  );
  return { rows: [...rows, ...page.rows], ...(page.next && { nextCursor: toCursor(page.next) }) };
}

function wantsSchedule({ status, to }: PostQuery, now: number): boolean {
  return (status === undefined || status === 'scheduled') && (to ?? Number.POSITIVE_INFINITY) > now;
}

function wantsHistory({ status, from }: PostQuery, now: number): boolean {
  return status !== 'scheduled' && (from ?? Number.NEGATIVE_INFINITY) <= now;
}

/** One row more than is shown says whether there are more. A server that takes no parameters answers with all of them. */
async function pageOfSchedule(
  http: Http,
  query: PostQuery,
  { place, call }: { place: SchedulePlace; call: Call },
): Promise<{ rows: Post[]; next?: SchedulePlace }> {
  const { limit, accountId, to } = query;
  const profile = accountId === undefined ? undefined : profileOf(accountId);
  const from = Math.max(place.at, query.from ?? 0) || undefined;
  const told = await readSchedule(http, { profile, from, to, limit: place.shown + limit + 1 }, call);
  const fitting = told
    .filter((job) => profile === undefined || job.profile_username === profile)
    .filter((job) => momentOf(job) >= (from ?? 0))
    .sort((one, other) => momentOf(one) - momentOf(other));
  const jobs = fitting.filter((job, index) => momentOf(job) > place.at || index >= place.shown);
  const page = jobs.slice(0, limit);
  const rows = page
    .filter((job) => toContentType(job.post_type) !== undefined)
    .map((job) => toPost({ reference: { kind: 'job', id: job.job_id }, scheduled: job, history: [] }));
  const last = page.at(-1);
  if (!last || jobs.length <= limit) return { rows };
  const at = momentOf(last);
  const before = at === place.at ? place.shown : 0;
  return {
    rows,
    next: { in: 'schedule', at, shown: before + page.filter((job) => momentOf(job) === at).length },
  };
}

function momentOf({ scheduled_date }: ScheduledJob): number {
  return toInstant(scheduled_date) ?? 0;
}
