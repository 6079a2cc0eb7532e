import { ManualClock } from '../support/clock.ts';
import {
  type Answer,
  EmulatorServer,
  type PublicPost,
  type Received,
  type VendorEmulator,
} from './emulator.ts';
import { UploadPostAccess } from './upload-post-access.ts';
import {
  getMe,
  getTiktokSettings,
  getTrendingMusic,
  getUser,
  getUsers,
  searchMusic,
} from './upload-post-directory.ts';
import { UploadForm, videoFromUrl } from './upload-post-form.ts';
import { Refusal } from './upload-post-refusal.ts';
import { getHistory, getStatus, postRetry, postUpload } from './upload-post-routes.ts';
import { deleteSchedule, getSchedule, patchSchedule } from './upload-post-schedule.ts';
import {
  documentedSwitches,
  type UploadPostLimits,
  type UploadPostOptions,
  type UploadPostSwitches,
  usualLimits,
  usualProfiles,
} from './upload-post-settings.ts';
import { type PlatformFailure, UploadPostState } from './upload-post-state.ts';
import type { Upload } from './upload-post-upload.ts';

export interface UploadsToAdd {
  readonly profile?: string;
  readonly platforms?: readonly string[];
  /** The number of each is appended. */
  readonly title?: string;
  /** A day from now where left out; for the history, so that the last one ended just now. */
  readonly firstAt?: string | number;
  /** An hour where left out; daily caps hold here too. */
  readonly everyMs?: number;
}

type Handler = (state: UploadPostState, request: Received, id: string) => Answer | Promise<Answer>;

const hour = 60 * 60 * 1000;
const day = 24 * hour;

const routes: readonly (readonly [method: string, path: RegExp, handle: Handler])[] = [
  ['POST', /^\/api\/upload$/, postUpload],
  ['GET', /^\/api\/uploadposts\/status$/, getStatus],
  ['GET', /^\/api\/uploadposts\/history$/, getHistory],
  ['POST', /^\/api\/uploadposts\/posts\/retry$/, postRetry],
  ['GET', /^\/api\/uploadposts\/schedule$/, getSchedule],
  ['PATCH', /^\/api\/uploadposts\/schedule\/([^/]+)$/, patchSchedule],
  ['DELETE', /^\/api\/uploadposts\/schedule\/([^/]+)$/, (state, _request, id) => deleteSchedule(state, id)],
  ['GET', /^\/api\/uploadposts\/users$/, getUsers],
  ['GET', /^\/api\/uploadposts\/users\/([^/]+)$/, (state, _request, username) => getUser(state, username)],
  ['GET', /^\/api\/uploadposts\/me$/, getMe],
  ['GET', /^\/api\/uploadposts\/tiktok\/settings$/, getTiktokSettings],
  ['GET', /^\/api\/uploadposts\/tiktok\/music\/trending$/, getTrendingMusic],
  ['GET', /^\/api\/uploadposts\/tiktok\/music\/search$/, searchMusic],
];

/** Plays https://docs.upload-post.com */
export class UploadPostEmulator implements VendorEmulator {
  readonly apiKey = 'upload-post-emulator-key';
  readonly server: EmulatorServer;
  readonly switches: UploadPostSwitches;
  readonly limits: UploadPostLimits;
  readonly #state: UploadPostState;
  readonly #access: UploadPostAccess;

  constructor({
    clock = new ManualClock(),
    profiles = usualProfiles(),
    ...settings
  }: UploadPostOptions = {}) {
    this.switches = pick(documentedSwitches, settings);
    this.limits = pick(usualLimits, settings);
    this.#state = new UploadPostState({ clock, profiles, switches: this.switches, limits: this.limits });
    this.#access = new UploadPostAccess(this.#state, this.apiKey);
    this.server = new EmulatorServer((request) => this.#answer(request), clock);
  }

  get baseUrl(): string {
    return `${this.server.url}/api`;
  }

  published(): PublicPost[] {
    this.#state.settle();
    return this.#state.live.toSorted((one, other) => one.publishedAt.localeCompare(other.publishedAt));
  }

  /** Everything that was accepted, with the form as it came. */
  uploads(): readonly Upload[] {
    this.#state.settle();
    return this.#state.uploads;
  }

  failPlatform(failure: PlatformFailure): void {
    this.#state.fail(failure);
  }

  stopFailing(): void {
    this.#state.stopFailing();
  }

  /** The vendor's servers cannot load this `video`. */
  loseMedia(url: string, reason = 'Could not download the video'): void {
    this.#state.unreachableMedia.set(url, reason);
  }

  requireReauth(profile: string, platform: string, required = true): void {
    const account = this.#state.connected(profile, platform);
    if (!account) throw new Error(`${profile} has no ${platform} account`);
    account.reauthRequired = required;
  }

  disconnect(profile: string, platform: string): void {
    const accounts = this.#state.profile(profile)?.accounts;
    if (!accounts) throw new Error(`no profile ${profile}`);
    accounts[platform] = '';
  }

  expireKey(expired = true): void {
    this.#access.keyExpired = expired;
  }

  /** The upload with this request id or job id never ends. */
  stall(id: string): void {
    const upload = this.#state.find({ requestId: id }) ?? this.#state.find({ jobId: id });
    if (!upload) throw new Error(`no upload ${id}`);
    upload.stalled = true;
  }

  useUpMonth(count = this.limits.monthlyLimit ?? 0): void {
    this.#state.usedThisMonth = count;
  }

  /** Pending jobs without a request each; answers their job ids, soonest first. */
  addScheduled(count: number, uploads: UploadsToAdd = {}): string[] {
    const { firstAt = this.server.clock.now() + day, everyMs = hour } = uploads;
    return this.#forms(count, uploads).map((form, index) => {
      const scheduledAt = new Date(firstAt).getTime() + index * everyMs;
      return this.#state.accept({ form, scheduledAt }).jobId;
    });
  }

  /** Uploads that have ended, without a request each; answers their request ids, oldest first. */
  addHistory(count: number, uploads: UploadsToAdd = {}): string[] {
    const { everyMs = hour } = uploads;
    const { firstAt = this.server.clock.now() - (count - 1) * everyMs } = uploads;
    return this.#forms(count, uploads).map((form, index) => {
      const createdAt = new Date(firstAt).getTime() + index * everyMs;
      const upload = this.#state.accept({ form, createdAt });
      this.#state.run(upload, createdAt);
      return upload.requestId;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }

  #forms(
    count: number,
    { profile = 'myusername', platforms = ['instagram'], title }: UploadsToAdd,
  ): UploadForm[] {
    return Array.from({ length: count }, (_, index) => {
      const text = `${title ?? 'Post'} ${index + 1}`;
      const fields = { user: [profile], 'platform[]': platforms, title: [text], async_upload: ['true'] };
      return new UploadForm(
        fields,
        videoFromUrl(`https://media.example.com/${encodeURIComponent(text)}.mp4`),
      );
    });
  }

  async #answer(request: Received): Promise<Answer> {
    let headers: Record<string, string> = {};
    try {
      headers = this.#access.admit(request);
      if (this.#access.overLimit()) throw new Refusal(429, 'Too many requests');
      this.#state.settle();
      return { headers, ...(await this.#route(request)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { headers, ...error.toAnswer(this.switches) };
    }
  }

  async #route(request: Received): Promise<Answer> {
    const onPath = routes.filter(([, path]) => path.test(request.path));
    const found = onPath.find(([method]) => method === request.method);
    if (!found && onPath.length > 0) throw new Refusal(405, 'Method not allowed', { key: 'error' });
    if (!found) throw new Refusal(404, 'Not found', { key: 'error' });
    const [, path, handle] = found;
    return handle(this.#state, request, decodeURIComponent(path.exec(request.path)?.[1] ?? ''));
  }
}

export async function openUploadPostEmulator(options: UploadPostOptions = {}): Promise<UploadPostEmulator> {
  const emulator = new UploadPostEmulator(options);
  await emulator.server.listen(options.port);
  return emulator;
}

/** The defaults, with what was given in their place. */
function pick<Settings extends object>(defaults: Settings, given: Partial<Settings>): Settings {
  const known = Object.entries(given).filter(([name, value]) => name in defaults && value !== undefined);
  return { ...defaults, ...Object.fromEntries(known) };
}
