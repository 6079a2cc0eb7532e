import {
  type Answer,
  EmulatorServer,
  type PublicPost,
  type Received,
  type VendorEmulator,
} from './emulator.ts';
import { HttpError, PythonError, toErrorAnswer, wrapErrors } from './openshorts-errors.ts';
import { type Job, type JobToAdd, jobBody, OpenshortsJobs } from './openshorts-jobs.ts';
import { type PostBody, readPostBody, toVendorParts, type ValidationError } from './openshorts-post.ts';
import { type OpenshortsOptions, type OpenshortsSwitches, usualSwitches } from './openshorts-settings.ts';
import { UploadPostClient } from './openshorts-vendor.ts';
import type { UploadPostEmulator } from './upload-post.ts';

type Handler = (request: Received, id: string) => Answer | Promise<Answer>;

/** Plays a self-hosted https://github.com/mutonby/openshorts, which really sends every social call to Upload-Post. */
export class OpenshortsEmulator implements VendorEmulator {
  readonly apiKey: string;
  readonly server: EmulatorServer;
  readonly switches: OpenshortsSwitches;
  /** The id of a job of each kind. */
  readonly jobs: Readonly<Record<'completed' | 'processing' | 'failed' | 'queued' | 'missingFile', string>>;
  readonly #uploadPost: UploadPostEmulator;
  readonly #vendor: UploadPostClient;
  readonly #jobs: OpenshortsJobs;
  readonly #retentionSeconds: number;
  readonly #routes: readonly (readonly [method: string, path: RegExp, handle: Handler])[] = [
    ['POST', /^\/api\/social\/post$/, (request) => this.#post(request)],
    ['GET', /^\/api\/social\/user$/, (request) => this.#profiles(request)],
    ['GET', /^\/api\/social\/scheduled$/, (request) => this.#listScheduled(request)],
    ['DELETE', /^\/api\/social\/scheduled\/([^/]+)$/, (request, jobId) => this.#cancel(request, jobId)],
    ['GET', /^\/api\/status\/([^/]+)$/, (_request, jobId) => ok(jobBody(this.#known(jobId)))],
    ['GET', /^\/api\/config$/, () => this.#config()],
    ['GET', /^\/health$/, () => ok({ status: 'ok' })],
    ['GET', /^\/videos\/.+$/, ({ path }) => this.#file(path)],
    ['HEAD', /^\/videos\/.+$/, ({ path }) => this.#file(path)],
  ];
  /** While a clip is posted the whole app waits with it. */
  #posting: Promise<unknown> = Promise.resolve();

  constructor({ uploadPost, port: _port, retentionSeconds = 86_400, ...switches }: OpenshortsOptions) {
    const { clock } = uploadPost.server;
    this.apiKey = uploadPost.apiKey;
    this.switches = { ...usualSwitches, ...switches };
    this.server = new EmulatorServer((request) => this.#answer(request), clock);
    this.#uploadPost = uploadPost;
    this.#vendor = new UploadPostClient(uploadPost, clock);
    this.#retentionSeconds = retentionSeconds;
    this.#jobs = new OpenshortsJobs(clock, retentionSeconds * 1000);
    this.jobs = {
      completed: this.setJob({ jobId: '550e8400-e29b-41d4-a716-446655440000' }),
      processing: this.setJob({ status: 'processing', clips: 1 }),
      failed: this.setJob({ status: 'failed', clips: 1 }),
      queued: this.setJob({ status: 'queued', clips: null }),
      missingFile: this.setJob({ clips: 2, missingFiles: [1] }),
    };
  }

  get baseUrl(): string {
    return this.server.url;
  }

  /** What went live through Upload-Post, whoever sent it there. */
  published(): PublicPost[] {
    return this.#uploadPost.published();
  }

  /** Adds a job or replaces one, and answers its id. */
  setJob(job: JobToAdd): string {
    return this.#jobs.set(job).jobId;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }

  async #answer(request: Received): Promise<Answer> {
    for (let awaited: unknown; awaited !== this.#posting; ) {
      awaited = this.#posting;
      await awaited;
    }
    try {
      return await this.#route(request);
    } catch (error) {
      return toErrorAnswer(error);
    }
  }

  #route(request: Received): Answer | Promise<Answer> {
    const onPath = this.#routes.filter(([, path]) => path.test(request.path));
    const found = onPath.find(([method]) => method === request.method);
    if (!found && onPath.length > 0) throw new HttpError(405, 'Method Not Allowed');
    if (!found) throw new HttpError(404, 'Not Found');
    const [, path, handle] = found;
    return handle(request, decodeURIComponent(path.exec(request.path)?.[1] ?? ''));
  }

  async #post(request: Received): Promise<Answer> {
    const read = readPostBody(request);
    if ('errors' in read) return this.#invalid(read.errors);
    const { value: body } = read;
    const job = this.#known(body.jobId);
    const apiKey = this.#key(request, body.apiKey);
    if (!apiKey) throw new HttpError(400, 'Missing Upload-Post API key');
    if (!body.userId) throw new HttpError(400, 'Missing Upload-Post user profile');
    const unfinished = this.switches.statuses === 'documented' && job.status !== 'completed';
    if (!job.clips || unfinished) throw new HttpError(400, 'Job result not available');
    const sent = wrapErrors(this.switches, () => this.#send(body, job, apiKey));
    this.#posting = sent.catch(() => undefined);
    return await sent;
  }

  async #send(body: PostBody, job: Job, apiKey: string): Promise<Answer> {
    const clip = job.clips?.at(body.clipIndex);
    if (!clip) throw new PythonError('list index out of range');
    const filename = clip.video_url.slice(clip.video_url.lastIndexOf('/') + 1);
    const file = this.#jobs.file(clip.video_url);
    if (!file) throw new HttpError(404, `Video file not found: output/${job.jobId}/${filename}`);
    const { tiktokPostMode } = this.switches;
    const vendor = await this.#vendor.upload(
      toVendorParts({ body, clip, tiktokPostMode, file, filename }),
      apiKey,
    );
    return ok(this.switches.answers === 'vendor' ? vendor : documented(vendor, body));
  }

  async #profiles(request: Received): Promise<Answer> {
    const apiKey = this.#key(request);
    if (!apiKey) throw new HttpError(400, 'Missing X-Upload-Post-Key header');
    return await wrapErrors(this.switches, async () => {
      const profiles = await this.#vendor.profiles(apiKey);
      return ok(profiles.length > 0 ? { profiles } : { profiles, error: 'No profiles found' });
    });
  }

  async #listScheduled(request: Received): Promise<Answer> {
    const { apiKey, user } = this.#scheduleAccess(request);
    const posts = await this.#vendor.scheduledOf(user, apiKey);
    return ok({ profile_username: user, scheduled_posts: posts });
  }

  async #cancel(request: Received, jobId: string): Promise<Answer> {
    const { apiKey, user } = this.#scheduleAccess(request);
    const posts = await this.#vendor.scheduledOf(user, apiKey);
    if (!posts.some((post) => post.job_id === jobId)) throw new HttpError(404, 'Scheduled post not found');
    await this.#vendor.cancel(jobId, apiKey);
    return ok({ success: true, job_id: jobId });
  }

  #scheduleAccess(request: Received): { apiKey: string; user: string } {
    const apiKey = this.#key(request);
    const user = request.query.get('user');
    if (!apiKey) throw new HttpError(400, 'Missing X-Upload-Post-Key header');
    if (!user) throw new HttpError(400, 'Missing Upload-Post user profile');
    return { apiKey, user };
  }

  #config(): Answer {
    return ok({
      youtubeUrlEnabled: true,
      billingEnabled: false,
      googleAuthEnabled: false,
      jobRetentionSeconds: this.#retentionSeconds,
    });
  }

  #file(path: string): Answer {
    const file = this.#jobs.file(path);
    if (!file) throw new HttpError(404, 'Not Found');
    const headers = { 'content-type': 'video/mp4', 'content-length': String(Buffer.byteLength(file)) };
    return { status: 200, body: file, headers };
  }

  #known(jobId: string): Job {
    const job = this.#jobs.get(jobId);
    if (!job) throw new HttpError(404, 'Job not found');
    return job;
  }

  /** The header wins over the body, and both over the app's environment. */
  #key({ headers }: Received, fromBody = ''): string {
    return headers['x-upload-post-key'] || fromBody || (this.switches.serverKey ? this.apiKey : '');
  }

  #invalid(errors: readonly ValidationError[]): Answer {
    if (this.switches.statuses === 'wrapped') return { status: 422, body: { detail: errors } };
    const names = errors.map(({ loc }) => loc.slice(1).join('.') || 'body');
    return { status: 400, body: { detail: `Missing required fields: ${names.join(', ')}` } };
  }
}

export async function openOpenshortsEmulator(options: OpenshortsOptions): Promise<OpenshortsEmulator> {
  const emulator = new OpenshortsEmulator(options);
  await emulator.server.listen(options.port);
  return emulator;
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** The answer of the documentation, which the app itself never gives. */
function documented(vendor: unknown, { platforms, scheduledDate }: PostBody): unknown {
  const { request_id, job_id } = vendor as { readonly request_id?: string; readonly job_id?: string };
  const uploadId = job_id ?? request_id;
  if (!uploadId) return vendor;
  const status = scheduledDate ? 'queued' : 'processing';
  return { success: true, uploadId, status, platforms, message: 'Video upload initiated' };
}
