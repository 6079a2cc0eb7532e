import type { Changed } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import { Failure } from '../../domain/failure.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { toPost } from '../upload-post/posts.ts';
import { readFacts } from '../upload-post/reading.ts';
import { Schedule, type ScheduledJob, toInstant } from '../upload-post/wire.ts';
import { type ClipPost, parsePostId, toPostId } from './ids.ts';
import { Done } from './wire.ts';

export interface Surroundings {
  /** To the app. */
  readonly http: Http;
  /** To Upload-Post itself, where Airdate has the key. */
  readonly uploadPost: Http | undefined;
  readonly clock: Clock;
}

/** What a profile has still to come, whoever scheduled it. */
export function readScheduled(http: Http, profile: string, call: Call): Promise<ScheduledJob[]> {
  return http.read({ path: '/api/social/scheduled', query: { user: profile }, schema: Schedule }, call);
}

/** Upload-Post knows what became of it. The app alone knows only what is still to come. */
export async function getPost({ http, uploadPost }: Surroundings, id: string, call: Call): Promise<Post> {
  const clipPost = parsePostId(id);
  if (uploadPost) {
    const facts = await readFacts(uploadPost, clipPost.reference, call);
    const post = toPost(facts);
    return facts.scheduled ? fromScheduled(clipPost, facts.scheduled) : { ...post, id };
  }
  const scheduled = await findScheduled(http, clipPost, call);
  if (scheduled) return fromScheduled(clipPost, scheduled);
  throw new Failure('unsupported', 'OpenShorts does not tell what became of a post that is not to come.', {
    hint: 'With UPLOAD_POST_API_KEY set, Airdate asks Upload-Post itself. Until then look at the account.',
  });
}

async function findScheduled(
  http: Http,
  { profile, reference }: ClipPost,
  call: Call,
): Promise<ScheduledJob | undefined> {
  if (reference.kind === 'request') return undefined;
  const jobs = await readScheduled(http, profile, call);
  return jobs.find(({ job_id }) => job_id === reference.id);
}

/** The row tells neither the platforms nor the caption, which stands apart for each of them. */
function fromScheduled(clipPost: ClipPost, { title, scheduled_date }: ScheduledJob): Post {
  return {
    id: toPostId(clipPost),
    status: 'scheduled',
    backendStatus: 'pending',
    contentType: 'video',
    ...(title && { title }),
    airAt: toInstant(scheduled_date) ?? null,
    targets: [],
  };
}

/** The app forgets what it cancelled, and cancels only what is still to come. */
export async function cancelPost({ http, clock }: Surroundings, post: Post, call: Call): Promise<Changed> {
  const clipPost = parsePostId(post.id);
  if (post.status !== 'scheduled') throw tooLate();
  try {
    await http.write(
      {
        method: 'DELETE',
        path: path`/api/social/scheduled/${clipPost.reference.id}`,
        query: { user: clipPost.profile },
        schema: Done,
      },
      call,
    );
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code !== 'outcome_unknown' && failure.code !== 'not_found') throw failure;
    // What is off the list before its time did not run.
    const gone = (await findScheduled(http, clipPost, call).catch(() => 'unknown')) === undefined;
    if (!gone) throw failure;
    if ((post.airAt ?? 0) <= clock.now()) throw failure.code === 'not_found' ? tooLate() : failure;
  }
  const targets = post.targets.map((target) => ({ ...target, status: 'cancelled' }) as const);
  return { post: { ...post, status: 'cancelled', targets }, warnings: [] };
}

function tooLate(): Failure {
  return new Failure('cannot_edit', 'The post is not among those that are still to come.', {
    field: 'postId',
    hint: 'It has run, or was cancelled before. get_post tells more where UPLOAD_POST_API_KEY is set.',
  });
}
