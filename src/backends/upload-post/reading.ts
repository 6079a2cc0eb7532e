import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import type { Http } from '../http.ts';
import { noSuchPost, type Reference } from './ids.ts';
import type { Facts } from './posts.ts';
import { History, type HistoryRow, Schedule, type ScheduledJob, Status, toDate } from './wire.ts';

/** The history comes in pages of 10, 20, 50 or 100: https://docs.upload-post.com/api/upload-history */
export const HISTORY_PAGE = 100;

const idField = { job: 'job_id', request: 'request_id' } as const;

/** `undefined` where the vendor knows nothing under that id: https://docs.upload-post.com/api/upload-status */
export async function readStatus(
  http: Http,
  { kind, id }: Reference,
  call: Call,
): Promise<Status | undefined> {
  const query = { [idField[kind]]: id };
  try {
    const status = await http.read({ path: '/uploadposts/status', query, schema: Status }, call);
    return status.status === 'not_found' ? undefined : status;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}

interface ScheduleQuery {
  readonly profile?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit?: number | undefined;
}

/** Older servers take no parameters and list everything: https://docs.upload-post.com/api/schedule-posts */
export function readSchedule(http: Http, query: ScheduleQuery, call: Call): Promise<ScheduledJob[]> {
  const { profile, from, to, limit } = query;
  return http.read(
    {
      path: '/uploadposts/schedule',
      query: {
        profile_username: profile,
        from: from === undefined ? undefined : toDate(from),
        to: to === undefined ? undefined : toDate(to),
        limit,
      },
      schema: Schedule,
    },
    call,
  );
}

export function readHistory(http: Http, page: number, call: Call): Promise<History> {
  const query = { page, limit: HISTORY_PAGE };
  return http.read({ path: '/uploadposts/history', query, schema: History }, call);
}

/** The rows of one post, newest first. Older servers do not filter. */
export async function readHistoryOf(http: Http, reference: Reference, call: Call): Promise<HistoryRow[]> {
  const field = idField[reference.kind];
  const query = { page: 1, limit: HISTORY_PAGE, [field]: reference.id };
  const { history } = await http.read({ path: '/uploadposts/history', query, schema: History }, call);
  return history.filter((row) => row[field] === reference.id);
}

/** Everything that the vendor tells of one post: a scheduled job is in its list until it runs, then in the history. */
export async function readFacts(http: Http, reference: Reference, call: Call): Promise<Facts> {
  const status = await readStatus(http, reference, call);
  const waiting = reference.kind === 'job' && (status === undefined || status.status === 'pending');
  const scheduled = waiting ? await findJob(http, reference.id, call) : undefined;
  if (scheduled) return { reference, status, scheduled, history: [] };
  const history = await readHistoryOf(http, reference, call);
  if (!status && history.length === 0) throw noSuchPost();
  return { reference, status, history };
}

async function findJob(http: Http, jobId: string, call: Call): Promise<ScheduledJob | undefined> {
  const jobs = await readSchedule(http, {}, call);
  return jobs.find(({ job_id }) => job_id === jobId);
}
