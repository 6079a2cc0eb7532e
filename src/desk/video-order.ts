import { randomUUID } from 'node:crypto';
import { type AirTime, type Moment, toMoment } from '../domain/air-time.ts';
import type { Backend, VideoOrder } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { optionWarnings, soundWarnings } from '../domain/carried.ts';
import type { Content } from '../domain/content.ts';
import { textWarnings, type VideoDraft } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import type { Platform } from '../domain/platform.ts';
import type { Warning } from '../domain/post.ts';
import { locateAccounts } from './account-ids.ts';
import { checkCan, type Desk, inOrder } from './desk.ts';
import type { Member } from './directory.ts';
import { checkContent, fitAirTime, mediaWarnings, ownSound, stateWarnings } from './order-checks.ts';
import { refuseLongTexts } from './text-checks.ts';

/** The accounts of a call that belong to one backend, or why they could not be looked up. */
export interface Group {
  readonly backend: Backend;
  readonly ids: readonly string[];
  readonly accounts: readonly Member[] | Failure;
}

/** Sorts accounts by backend. An account that does not exist refuses the whole call, before anything is sent. */
export async function groupAccounts(desk: Desk, accountIds: readonly string[], call: Call): Promise<Group[]> {
  const located = await locateAccounts(desk, accountIds, call);
  const byBackend = Map.groupBy(located, ({ backend }) => backend);
  return Promise.all(
    inOrder(byBackend.keys()).map(async (name): Promise<Group> => {
      const members = byBackend.get(name) ?? [];
      const backend = desk.backends.get(name) as Backend;
      const ids = members.map(({ rest }) => rest);
      return { backend, ids, accounts: await lookUp(desk, backend, ids, call) };
    }),
  );
}

async function lookUp(
  desk: Desk,
  backend: Backend,
  ids: readonly string[],
  call: Call,
): Promise<Member[] | Failure> {
  try {
    return await desk.directory.accounts(backend, ids, call);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code === 'not_found') throw failure;
    return failure;
  }
}

/** One write: an order for one backend, and what an agent should know about it. */
export interface PreparedOrder {
  readonly backend: Backend;
  readonly order: VideoOrder;
  readonly warnings: readonly Warning[];
}

interface Wanted {
  readonly draft: VideoDraft;
  readonly content: Content;
  readonly airTime: AirTime | undefined;
}

/** The orders for one backend's accounts: one for each write that the vendor needs. */
export function prepareOrders(
  desk: Desk,
  { backend, accounts }: { readonly backend: Backend; readonly accounts: readonly Member[] },
  { draft, content, airTime }: Wanted,
): PreparedOrder[] {
  const why = backend.capabilities.tools.create_video_post;
  checkCan(desk, backend, {
    what: 'create posts',
    can: ({ tools }) => tools.create_video_post === true,
    ...(why !== true && { why }),
  });
  checkContent(desk, backend, content);
  const fitted = fitAirTime(backend, airTime, desk.clock.now());
  const soundId = draft.soundId === undefined ? undefined : ownSound(backend, draft.soundId);
  const perProfile = backend.capabilities.oneWritePer === 'profile';
  const parts = perProfile ? [...Map.groupBy(accounts, ({ profileId }) => profileId).values()] : [accounts];
  return parts.map((members): PreparedOrder => {
    const platforms = members.map(({ platform }) => platform);
    const options = draft.platformOptions ?? {};
    const texts = { caption: draft.caption, title: draft.title, options };
    const titleLost = draft.title !== undefined && !backend.capabilities.titles;
    return {
      backend,
      order: {
        requestId: randomUUID(),
        accounts: members,
        content,
        ...(draft.caption !== undefined && { caption: draft.caption }),
        ...(draft.title !== undefined && { title: draft.title }),
        ...(soundId !== undefined && { soundId }),
        ...(fitted.airTime && { airTime: fitted.airTime }),
        options,
      },
      warnings: [
        ...fitted.warnings,
        ...stateWarnings(members),
        ...mediaWarnings(content, members),
        ...textWarnings(texts, platforms),
        ...optionWarnings(backend, options, platforms),
        ...(soundId === undefined ? [] : soundWarnings(backend, members)),
        ...(titleLost ? [{ code: 'title_ignored', message: `${backend.name} carries no title.` }] : []),
      ],
    };
  });
}

/** When the posts of a call air: the minute, where every backend of the call drops the seconds. */
export function plannedTime(orders: readonly PreparedOrder[], asked: AirTime | undefined): Moment | null {
  if (!asked) return null;
  const [at = asked.at, ...others] = new Set(orders.map(({ order }) => order.airTime?.at));
  return toMoment(others.length === 0 ? at : asked.at, asked.timezone);
}

/** Throws when a platform would refuse a text; nothing was sent by then. */
export function checkTexts(
  { caption, title, platformOptions: options }: VideoDraft,
  platforms: Iterable<Platform>,
): void {
  refuseLongTexts({ caption, title, options }, platforms, { apart: true });
}
