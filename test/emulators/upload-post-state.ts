import { createHash } from 'node:crypto';
import type { ManualClock } from '../support/clock.ts';
import type { PublicPost } from './emulator.ts';
import type { UploadForm } from './upload-post-form.ts';
import { type HistoryRow, historyRow } from './upload-post-history.ts';
import { decideOutcome } from './upload-post-outcome.ts';
import type {
  UploadPostAccount,
  UploadPostLimits,
  UploadPostProfile,
  UploadPostSwitches,
} from './upload-post-settings.ts';
import { captionOn, type Target, type Upload } from './upload-post-upload.ts';

/** A platform refuses what it is given when the time comes. */
export interface PlatformFailure {
  readonly platform: string;
  readonly errorCode: string;
  readonly message: string;
  /** Any profile where left out. */
  readonly profile?: string;
  readonly retryable?: boolean;
  /** How often; for ever where left out. */
  readonly times?: number;
}

export interface Acceptance {
  readonly form: UploadForm;
  readonly idempotencyKey?: string | undefined;
  readonly requestId?: string | undefined;
  readonly externalId?: string | undefined;
  readonly scheduledAt?: number | undefined;
  /** Now, where left out. */
  readonly createdAt?: number;
}

const day = 24 * 60 * 60 * 1000;

/** What the vendor holds. Publishing happens when somebody looks: `settle()`. */
export class UploadPostState {
  readonly clock: ManualClock;
  readonly switches: UploadPostSwitches;
  readonly limits: UploadPostLimits;
  readonly profiles: readonly UploadPostProfile[];
  readonly uploads: Upload[] = [];
  readonly history: HistoryRow[] = [];
  readonly live: PublicPost[] = [];
  readonly unreachableMedia = new Map<string, string>();
  usedThisMonth = 0;
  #failures: { readonly failure: PlatformFailure; left: number }[] = [];
  #lastId = 0;

  constructor(
    settings: Pick<UploadPostState, 'clock' | 'switches' | 'limits'> & {
      profiles: readonly UploadPostProfile[];
    },
  ) {
    this.clock = settings.clock;
    this.switches = settings.switches;
    this.limits = settings.limits;
    this.profiles = structuredClone(settings.profiles);
  }

  profile(username: string): UploadPostProfile | undefined {
    return this.profiles.find((profile) => profile.username === username);
  }

  /** The account of a profile on a platform, where the vendor counts it as connected. */
  connected(username: string, platform: string): UploadPostAccount | undefined {
    const account = this.profile(username)?.accounts[platform];
    return account && (account.username || account.displayName) ? account : undefined;
  }

  accept(acceptance: Acceptance): Upload {
    const { form, idempotencyKey, requestId, externalId, scheduledAt } = acceptance;
    const { createdAt = this.clock.now() } = acceptance;
    const startsAt = scheduledAt ?? createdAt;
    const runsFor = scheduledAt === undefined ? this.limits.processingMs : this.limits.scheduledProcessingMs;
    const upload: Upload = {
      jobId: this.#nextHex(),
      requestId: requestId ?? this.#nextUuid(),
      requestIdChosen: requestId !== undefined,
      externalId,
      keys: [idempotencyKey, requestId].filter((key) => key !== undefined),
      form,
      targets: form.platforms.map((platform) => ({ platform, attempts: 0 })),
      createdAt,
      scheduled: scheduledAt !== undefined,
      startsAt,
      finishesAt: startsAt + runsFor,
      state: 'waiting',
      stalled: false,
    };
    this.uploads.push(upload);
    this.usedThisMonth += 1;
    return upload;
  }

  /** The upload that a key, or the same content shortly after, stands for. */
  accepted(form: UploadForm, keys: readonly string[]): Upload | undefined {
    const now = this.clock.now();
    const known = this.uploads.filter(({ state }) => state !== 'cancelled');
    const byKey = known.find(
      (upload) => now - upload.createdAt < day && upload.keys.some((key) => keys.includes(key)),
    );
    if (byKey) return byKey;
    const same = (upload: Upload) =>
      upload.form.user === form.user &&
      upload.form.video?.hash === form.video?.hash &&
      upload.form.platforms.join() === form.platforms.join();
    return known.find((upload) => now - upload.createdAt < this.limits.contentWindowMs && same(upload));
  }

  find(id: {
    readonly requestId?: string | undefined;
    readonly jobId?: string | undefined;
  }): Upload | undefined {
    return this.uploads.findLast(
      (upload) =>
        upload.state !== 'cancelled' &&
        (id.requestId === undefined ? upload.jobId === id.jobId : upload.requestId === id.requestId),
    );
  }

  /** Carries out everything whose time has come, in the order of time. */
  settle(): void {
    const now = this.clock.now();
    const due = this.uploads
      .filter((upload) => upload.state === 'waiting' && !upload.stalled && upload.finishesAt <= now)
      .sort((one, other) => one.finishesAt - other.finishesAt);
    for (const upload of due) this.run(upload, upload.finishesAt);
  }

  run(upload: Upload, at: number): void {
    for (const target of upload.targets) if (!target.outcome) this.#publish(upload, target, at);
    upload.state = 'done';
  }

  fail(failure: PlatformFailure): void {
    this.#failures.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY });
  }

  stopFailing(): void {
    this.#failures = [];
  }

  takeFailure(user: string, platform: string): PlatformFailure | undefined {
    const found = this.#failures.find(
      ({ failure, left }) => left > 0 && failure.platform === platform && (failure.profile ?? user) === user,
    );
    if (found) found.left -= 1;
    return found?.failure;
  }

  postsInDayBefore(accountId: string, at: number): number {
    return this.live.filter((post) => {
      const age = at - Date.parse(post.publishedAt);
      return post.accountId === accountId && age >= 0 && age < day;
    }).length;
  }

  nextPostId(): string {
    this.#lastId += 1;
    return String(7_400_000_000_000_000_000n + BigInt(this.#lastId));
  }

  #publish(upload: Upload, target: Target, at: number): void {
    const { platform } = target;
    const outcome = decideOutcome(this, upload, { platform, at });
    target.outcome = outcome;
    target.finishedAt = at;
    target.attempts += 1;
    this.history.push(historyRow(upload, target, outcome));
    if (outcome.state !== 'live') return;
    this.live.push({
      id: outcome.postId,
      accountId: `${upload.form.user}/${platform}`,
      platform,
      caption: captionOn(platform, upload),
      publishedAt: new Date(at).toISOString(),
    });
  }

  #nextHex(): string {
    this.#lastId += 1;
    return createHash('sha256').update(`job ${this.#lastId}`).digest('hex').slice(0, 32);
  }

  #nextUuid(): string {
    return this.#nextHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
