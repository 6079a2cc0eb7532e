import type { WriteRow } from '../database/tables.ts';
import type { Backend, SentOrder, VideoOrder } from '../domain/backend.ts';
import { type Call, ownCall } from '../domain/call.ts';
import type { VideoDraft } from '../domain/draft.ts';
import type { FailureAnswer } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import type { Post } from '../domain/post.ts';
import { statusOf } from '../domain/status.ts';
import { WAY_OUT } from '../domain/way-out.ts';
import { draftOf } from './approval-scope.ts';
import { currentPost } from './current-post.ts';
import type { Desk } from './desk.ts';
import { noSuchPost, THERE_ARE } from './rights.ts';
import { settleDrafts } from './unsettled-drafts.ts';
import { whereListed } from './where-listed.ts';
import { DRAFT_PART } from './write.ts';

/** What the ledger keeps of a new post's write: enough to look for it, to show it, and to make it again. */
export interface OrderDetails extends Omit<VideoOrder, 'requestId' | 'content'> {
  readonly accountIds: readonly string[];
  readonly draft: VideoDraft;
  /** Of the local file that was approved. */
  readonly contentSha256?: string;
}

/** A post of which nobody knows whether it exists goes by the id of its request. */
const MARK = '~';
/** How many writes one listing looks for. */
const LOOKED_FOR = 5;

export function unconfirmedId(requestId: string): string {
  return `${MARK}${requestId}`;
}

export function isUnconfirmedId(id: string): boolean {
  return id.startsWith(MARK);
}

/** Whether it was ever in doubt if it arrived; else nobody was told of its id. */
export function wasInDoubt({ state, error_json }: WriteRow): boolean {
  if (state !== 'refused' || error_json === null) return state !== 'done';
  const { code } = JSON.parse(error_json) as FailureAnswer;
  return code === 'outcome_unknown' || code === 'internal';
}

export function detailsOf(row: WriteRow): OrderDetails {
  return JSON.parse(row.arguments_json) as OrderDetails;
}

/** What became of a write, by what its backend shows. */
export async function lookFor(
  desk: Desk,
  backend: Backend,
  row: WriteRow,
  call: Call,
): Promise<readonly Post[] | 'absent' | 'unknown'> {
  const sent: SentOrder = {
    order: { ...detailsOf(row), requestId: row.request_id },
    sentAt: row.created_at,
    lastSentAt: Math.max(row.sent_at, row.finished_at ?? 0),
    others: () => desk.ledger.othersBeside(row, detailsOf(row).accountIds),
  };
  return backend.findVideoPost(sent, call);
}

/** The write behind the id of an unconfirmed post, if it is one: the one that counts, where it was sent again later. */
export async function unconfirmedWrite(
  desk: Desk,
  backend: Backend,
  id: string,
): Promise<WriteRow | undefined> {
  if (!isUnconfirmedId(id)) return undefined;
  const row = await desk.ledger.byRequestId(id.slice(MARK.length));
  if (row?.backend !== backend.name || row.tool !== 'create_video_post') return undefined;
  return row.state === 'refused' ? ((await desk.ledger.madeInPlaceOf(row)) ?? row) : row;
}

/** Looks for what became of a write, records what is found, and answers it as a post. */
export async function settleWrite(desk: Desk, backend: Backend, row: WriteRow, call: Call): Promise<Post> {
  if (row.state === 'done') return recordedPost(desk, backend, row, call);
  if (row.state === 'refused') return asPost(row, NEVER_ARRIVED);
  if (await desk.ledger.isUnderWay(row)) return asPost(row, UNDER_WAY);
  const found = await lookFor(desk, backend, row, call);
  if (found === 'unknown') return asPost(row, recordedError(row));
  if (found === 'absent') {
    await desk.ledger.settle(row, 'absent');
    await endApproval(desk, row);
    await recordFinding(desk, row, 'never_arrived');
    return asPost(row, NEVER_ARRIVED);
  }
  await desk.ledger.settle(row, { posts: found, warnings: [] });
  await endApproval(desk, row);
  await recordFinding(desk, row, 'found');
  for (const post of found) await desk.knownPosts.remember(backend.name, post, detailsOf(row).airTime);
  return asOne(row, found) ?? asPost(row, recordedError(row));
}

/** A draft whose approval was answered before: what was found out now is what came of it. */
async function endApproval(desk: Desk, { scope }: WriteRow): Promise<void> {
  const id = draftOf(scope);
  if (id !== undefined) await desk.approvals.end(id);
}

async function recordFinding(desk: Desk, row: WriteRow, kind: 'found' | 'never_arrived'): Promise<void> {
  const post_id = unconfirmedId(row.request_id);
  await desk.activity.record({ at: desk.clock.now(), kind, backend: row.backend, post_id });
}

async function recordedPost(desk: Desk, backend: Backend, row: WriteRow, call: Call): Promise<Post> {
  const { posts } = JSON.parse(row.result_json ?? '{"posts":[]}') as { posts: readonly Post[] };
  const [post] = posts;
  if (!post) return asPost(row, recordedError(row));
  const current = await Promise.all(posts.map(({ id }) => currentPost(desk, backend, id, call)));
  const whole = asOne(
    row,
    current.filter((one) => one !== undefined),
  );
  if (whole) return whole;
  throw noSuchPost(backend.name, post.id, whereListed(desk, backend, THERE_ARE));
}

/** A write that made several posts goes on by the id of its request: what is done to one of them is not done to all. */
function asOne(row: WriteRow, posts: readonly Post[]): Post | undefined {
  const [first] = posts;
  if (!first || posts.length === 1) return first;
  const targets = posts.flatMap((post) => post.targets);
  const status = statusOf(targets.map((target) => target.status));
  return { ...first, id: unconfirmedId(row.request_id), targets, status };
}

/** Unconfirmed posts of a backend. The oldest few are looked for first; what is found shows among the vendor's own. */
export async function unconfirmedPosts(desk: Desk, backend: Backend, call: Call): Promise<Post[]> {
  if (backend.name === 'local') return [];
  const rows = (await desk.ledger.unsettled(backend.name)).filter(({ tool }) => tool === 'create_video_post');
  const posts = await Promise.all(
    rows.map((row, index) => {
      const told = asPost(row, recordedError(row));
      return index < LOOKED_FOR ? settleWrite(desk, backend, row, call).catch(() => told) : told;
    }),
  );
  return posts.filter(({ status }) => status === 'unconfirmed');
}

/** On start: looks for every write whose outcome a process did not live to record. */
export async function reconcileWrites(desk: Desk, log: Log, signal: AbortSignal): Promise<void> {
  const call = ownCall(signal);
  const rows = await desk.ledger.unsettled();
  await settleDrafts(desk, rows);
  for (const row of rows.filter(({ part }) => part !== DRAFT_PART)) {
    const backend = [...desk.backends.values()].find(({ name }) => name === row.backend);
    if (signal.aborted) return;
    if (!backend || row.tool !== 'create_video_post') continue;
    const facts = { backend: row.backend, tool: row.tool, requestId: row.request_id };
    try {
      const { status } = await settleWrite(desk, backend, row, call);
      log('warn', 'A write whose outcome was not recorded was looked for.', { ...facts, found: status });
    } catch (thrown) {
      log('warn', 'A write whose outcome was not recorded could not be looked for.', {
        ...facts,
        error: String(thrown),
      });
    }
  }
}

type TargetError = Pick<FailureAnswer, 'code' | 'message' | 'hint'>;

const NEVER_ARRIVED: TargetError & { readonly arrived: false } = {
  code: 'unavailable',
  message: 'It surely never arrived.',
  hint: 'retry_post sends it.',
  arrived: false,
};

const UNDER_WAY: TargetError = {
  code: 'outcome_unknown',
  message: 'It is being sent in this moment.',
  hint: 'get_post shows in a minute what came of it.',
};

const IN_DOUBT = `get_post and retry_post look for it again. ${WAY_OUT}`;

function recordedError(row: WriteRow): TargetError {
  if (row.error_json !== null) {
    const { code, message } = JSON.parse(row.error_json) as FailureAnswer;
    return { code, message, hint: IN_DOUBT };
  }
  return { code: 'outcome_unknown', message: 'Airdate ended before the answer came.', hint: IN_DOUBT };
}

function asPost(row: WriteRow, error: TargetError & { readonly arrived?: false }): Post {
  const { accounts, caption, title, soundId, airTime, draft } = detailsOf(row);
  const { arrived, ...told } = error;
  const status = arrived === false ? 'failed' : 'unconfirmed';
  return {
    id: unconfirmedId(row.request_id),
    status,
    contentType: 'video',
    contentUrl: draft.contentUrl,
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    ...(soundId !== undefined && { soundId }),
    airAt: airTime?.at ?? row.created_at,
    ...(airTime && { timezone: airTime.timezone }),
    targets: accounts.map(({ id, platform }) => ({ accountId: id, platform, status, error: told })),
    createdAt: row.created_at,
  };
}
