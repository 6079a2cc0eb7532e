import { randomUUID } from 'node:crypto';
import type { ManualClock } from '../support/clock.ts';
import type { Received } from './emulator.ts';
import type { Accounts } from './posteverywhere-accounts.ts';
import {
  CreateBody,
  check,
  type PlatformContent,
  RetryBody,
  readBody,
  readPostBody,
  readTimezone,
  ScheduleBody,
  UpdateBody,
} from './posteverywhere-bodies.ts';
import { destinationsOn, edit, readAirTime, readDraftTime } from './posteverywhere-editing.ts';
import { created, invalid, notFound, ok, Refusal, type Reply } from './posteverywhere-envelope.ts';
import { list } from './posteverywhere-listing.ts';
import type { MediaLibrary } from './posteverywhere-media.ts';
import { type Post, statusOf } from './posteverywhere-post.ts';
import type { Publishing } from './posteverywhere-publishing.ts';
import { checkMedia, checkPlatformRules } from './posteverywhere-rules.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';
import { PostViews } from './posteverywhere-views.ts';

/** A post that a test puts there without asking: by default tomorrow, on the first account, with a video. */
export interface PostSeed {
  readonly content?: string;
  readonly accountIds?: readonly number[];
  /** A past one is published by the next request; `null` is "at once". */
  readonly scheduledFor?: string | number | null;
  readonly createdAt?: string | number;
  readonly draft?: boolean;
  readonly timezone?: string;
  readonly mediaIds?: readonly string[];
  readonly platformContent?: PlatformContent;
}

const tomorrow = 86_400_000;

export class Posts {
  readonly #clock: ManualClock;
  readonly #switches: PosteverywhereSwitches;
  readonly #accounts: Accounts;
  readonly #library: MediaLibrary;
  readonly #publishing: Publishing;
  readonly #views: PostViews;
  readonly #posts = new Map<string, Post>();
  #sequence = 0;

  constructor(
    clock: ManualClock,
    switches: PosteverywhereSwitches,
    accounts: Accounts,
    library: MediaLibrary,
    publishing: Publishing,
  ) {
    this.#clock = clock;
    this.#switches = switches;
    this.#accounts = accounts;
    this.#library = library;
    this.#publishing = publishing;
    this.#views = new PostViews(switches, accounts, library);
  }

  settle(): void {
    this.#publishing.settle(this.#posts.values());
  }

  all(): Post[] {
    return [...this.#posts.values()];
  }

  usersOf(mediaId: string): string[] {
    return this.all().flatMap((post) => (post.mediaIds.includes(mediaId) ? post.id : []));
  }

  add(seed: PostSeed = {}): Post {
    const { scheduledFor = this.#clock.now() + tomorrow, draft = false } = seed;
    const at = draft || scheduledFor === null ? null : new Date(scheduledFor).getTime();
    const post = this.#build({
      content: seed.content ?? 'A post',
      scheduledFor: at,
      draft,
      timezone: seed.timezone ?? 'UTC',
      mediaIds: [...(seed.mediaIds ?? [this.#library.add()])],
      platformContent: seed.platformContent ?? null,
      accountIds: seed.accountIds ?? this.#accounts.ids.slice(0, 1),
      fireAt: draft ? null : (at ?? this.#clock.now()),
      createdAt: new Date(seed.createdAt ?? this.#clock.now()).getTime(),
    });
    this.#posts.set(post.id, post);
    return post;
  }

  create(request: Received): Reply {
    const now = this.#clock.now();
    const body = readPostBody(request, CreateBody);
    const draft = body.draft ?? false;
    this.#requireFields(body, draft);
    const scheduledFor = draft ? null : readAirTime(body, now, this.#switches);
    const post = this.#build({
      content: body.content ?? '',
      scheduledFor,
      draft,
      timezone: readTimezone(body.timezone ?? 'UTC'),
      mediaIds: body.media_ids ?? [],
      platformContent: body.platform_content ?? null,
      accountIds: body.account_ids ?? [],
      fireAt: draft ? null : Math.max(scheduledFor ?? now, now),
      createdAt: now,
    });
    checkMedia(post.mediaIds, this.#library);
    if (!draft) this.#requirePublishable(post);
    this.#posts.set(post.id, post);
    return created(this.#views.created(post, now));
  }

  list(query: URLSearchParams): Reply {
    const now = this.#clock.now();
    return ok(this.#views.listing(list(this.all(), query, now, this.#switches), now));
  }

  get(id: string): Reply {
    return ok(this.#views.post(this.#find(id), this.#clock.now()));
  }

  results(id: string): Reply {
    return ok(this.#views.results(this.#find(id), this.#clock.now()));
  }

  update(id: string, request: Received): Reply {
    const post = this.#find(id);
    const body = readPostBody(request, UpdateBody);
    this.#requireEditable(post);
    const edited = edit(post, body, this.#accounts, this.#clock.now(), this.#switches);
    if (body.media_ids) checkMedia(body.media_ids, this.#library);
    if (!post.draft) checkPlatformRules(edited, this.#library, this.#switches);
    this.#posts.set(id, edited);
    return ok(this.#views.post(edited, this.#clock.now()));
  }

  delete(id: string, query: URLSearchParams): Reply {
    const post = this.#find(id);
    if ((query.get('delete_on_platforms') ?? 'x') !== 'x')
      throw invalid('delete_on_platforms can be "x" only.');
    const live = post.destinations.some((destination) => destination.status === 'published');
    if (live && this.#switches.deletePublished === 'refused')
      throw new Refusal(409, 'post_already_published', 'Published posts cannot be deleted.');
    if (statusOf(post, this.#clock.now()) === 'publishing' && this.#switches.deletePublishing === 'refused')
      throw new Refusal(409, 'conflict', 'The post is being published.');
    this.#posts.delete(id);
    return ok({ ...this.#views.ids(post), deleted: true });
  }

  schedule(id: string, request: Received): Reply {
    const now = this.#clock.now();
    const post = this.#find(id);
    const body = readBody(request, ScheduleBody);
    if (!post.draft) throw new Refusal(409, 'conflict', 'Only drafts can be scheduled.');
    const scheduledFor = readDraftTime(body.scheduled_for, now, this.#switches);
    const accountIds = body.account_ids ?? post.destinations.map((destination) => destination.accountId);
    if (accountIds.length === 0) throw invalid('account_ids are required to schedule a draft.');
    const scheduled: Post = {
      ...post,
      draft: false,
      scheduledFor,
      timezone: readTimezone(body.timezone ?? post.timezone),
      destinations: destinationsOn(accountIds, this.#accounts, Math.max(scheduledFor ?? now, now)),
      updatedAt: now,
    };
    checkMedia(scheduled.mediaIds, this.#library);
    this.#requirePublishable(scheduled);
    this.#posts.set(id, scheduled);
    const { status, scheduled_for, message } = this.#views.created(scheduled, now);
    return ok({
      ...this.#views.ids(scheduled),
      status,
      scheduled_for,
      publish_now: scheduledFor === null,
      destinations: scheduled.destinations.map((destination) => ({
        account_id: destination.accountId,
        platform: destination.platform,
        status: destination.status,
      })),
      message,
    });
  }

  retry(id: string, request: Received): Reply {
    const post = this.#find(id);
    const body = request.bytes.length === 0 ? check(RetryBody, {}) : readBody(request, RetryBody);
    const failed = post.destinations.filter(
      ({ status, accountId }) =>
        status === 'failed' && (body.account_ids === undefined || body.account_ids.includes(accountId)),
    );
    if (failed.length === 0)
      throw new Refusal(400, 'no_failed_destinations', 'The post has no failed destinations to retry.');
    this.#publishing.refuseHopeless(post, failed);
    for (const destination of failed) {
      destination.status = 'queued';
      destination.fireAt = this.#clock.now();
      destination.nextRetryAt = null;
      destination.error = null;
    }
    return ok({
      post_id: id,
      retried_count: failed.length,
      destinations: failed.map((one) => ({ id: one.id, platform: one.platform, new_status: 'queued' })),
      next_step: `Poll GET /posts/${id}/results.`,
    });
  }

  #find(id: string): Post {
    const post = this.#posts.get(id);
    if (!post) throw notFound('Post');
    return post;
  }

  #requireFields(body: CreateBody, draft: boolean): void {
    const carried = (body.media_ids?.length ?? 0) > 0 || Boolean(body.platform_content);
    const textless = this.#switches.contentRequired === 'withoutMedia' && carried;
    if ((body.content || textless) && (draft || body.account_ids?.length)) return;
    throw invalid(`Missing required fields: content${draft ? ' is' : ' and account_ids are'} required.`);
  }

  #requirePublishable(post: Post): void {
    checkPlatformRules(post, this.#library, this.#switches);
    this.#publishing.refuseHopeless(post, post.destinations);
  }

  #requireEditable(post: Post): void {
    const status = statusOf(post, this.#clock.now());
    const failed = status === 'failed' || status === 'partially_failed';
    if (status === 'draft' || status === 'scheduled') return;
    if (failed && this.#switches.editFailed === 'allowed') return;
    throw new Refusal(409, 'conflict', `A post that is ${status} cannot be changed.`);
  }

  #build({
    accountIds,
    fireAt,
    ...given
  }: Omit<Post, 'id' | 'sequence' | 'updatedAt' | 'destinations'> & {
    readonly accountIds: readonly number[];
    readonly fireAt: number | null;
  }): Post {
    const destinations = destinationsOn(accountIds, this.#accounts, fireAt);
    this.#sequence += 1;
    return {
      ...given,
      id: randomUUID(),
      sequence: this.#sequence,
      updatedAt: given.createdAt,
      destinations,
    };
  }
}
