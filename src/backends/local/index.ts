import type { Database } from '../../database/database.ts';
import { takeProcessLock } from '../../database/process-lock.ts';
import type { Backend } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Content } from '../../domain/content.ts';
import type { Log } from '../../domain/log.ts';
import { ALREADY_CANCELLED } from '../../domain/post.ts';
import { toProfiles } from './accounts.ts';
import { localCapabilities } from './capabilities.ts';
import { cancelRow, editRow } from './changes.ts';
import { collectCopies } from './collect-copies.ts';
import { keepCopy, removeStaleParts } from './content-store.ts';
import { toDelivery } from './delivery.ts';
import { planDeliveries } from './plan.ts';
import { cursorAfter, findPost, insertPost, pageOfPosts, readPost } from './posts.ts';
import type { Publisher } from './publisher.ts';
import { openPublishers } from './publishers.ts';
import { resolveAirTimesAnew, settleOpenAttempts } from './recovery.ts';
import { askedInEdit, relayWarnings } from './relay-checks.ts';
import { holdWhatWasDue } from './restored.ts';
import { retryTargets } from './retry.ts';
import { Runner } from './runner.ts';
import type { LocalSettings } from './settings.ts';
import { keepSound, pageOfSounds, readSound } from './sounds.ts';
import { toPostRow, toRowEdit } from './to-rows.ts';
import { fromRows, type StoredPost } from './wire.ts';

export interface LocalBackend extends Backend {
  readonly runner: Runner;
  /** Removes copies of local files that nothing has needed for long. */
  collectCopies(signal: AbortSignal): Promise<void>;
}

interface Surroundings {
  readonly settings: LocalSettings;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process. */
  readonly owner: string;
  /** The vendors that are on: local accounts can publish through theirs. */
  readonly vendors: readonly Backend[];
}

/** The embedded backend: a calendar in one SQLite file, and the runner that airs what is due. */
export async function openLocal({
  settings,
  database,
  clock,
  log,
  owner,
  vendors,
}: Surroundings): Promise<LocalBackend> {
  const { query } = database;
  const { accounts, contentFolder, zoneRules } = settings;
  const publishers = openPublishers(settings, vendors);
  const publisherOf = (accountId: string): Publisher | undefined => {
    return publishers.get(accountId);
  };
  const changed = (stored: StoredPost) => ({ post: fromRows(stored), warnings: [] });
  const keep = async (content: Content | undefined, call: Call) =>
    content?.kind === 'file' ? keepCopy(query, contentFolder, content.file, call) : undefined;
  const runner = new Runner({
    database,
    clock,
    log,
    owner,
    graceMs: settings.graceMs,
    takeLock: () => takeProcessLock(settings.runnerLockFile),
    publisherOf,
    labels: [...publishers].map(([accountId, { label }]) => ({ accountId, label })),
    toDelivery: (attempt, signal) => toDelivery(query, settings, { ...attempt, now: clock.now(), signal }),
    async recover() {
      if (database.isRestored()) await holdWhatWasDue(database, { now: clock.now(), log });
      await settleOpenAttempts(query, { publisherOf, now: clock.now(), graceMs: settings.graceMs, log });
    },
  });
  await removeStaleParts(contentFolder, clock.now());
  await resolveAirTimesAnew(query, { zoneRules, now: clock.now(), log });

  return {
    name: 'local',
    capabilities: localCapabilities,
    ...([...publishers.values()].every(({ simulated }) => simulated) && { simulated: true }),
    runner,
    collectCopies: (signal) => collectCopies(query, { folder: contentFolder, now: clock.now(), log, signal }),

    profiles: async () => toProfiles(accounts),

    async planVideoPost(order, call) {
      if (order.soundId !== undefined) await readSound(query, order.soundId, call.caller.tenant);
      const warnings = relayWarnings(order, accounts, vendors);
      const row = toPostRow(order, {
        media: undefined,
        now: clock.now(),
        timezone: settings.timezone,
        zoneRules,
      });
      const requests = planDeliveries(
        { row, targets: [] },
        { accounts, contentFolder, ids: order.accounts.map(({ id }) => id), publisherOf },
      );
      return { requests, warnings };
    },

    async createVideoPost(order, call) {
      if (order.soundId !== undefined) await readSound(query, order.soundId, call.caller.tenant);
      const warnings = relayWarnings(order, accounts, vendors);
      const media = await keep(order.content, call);
      const row = toPostRow(order, { media, now: clock.now(), timezone: settings.timezone, zoneRules });
      const stored = await insertPost(
        query,
        row,
        order.accounts.map(({ id, platform }) => ({
          id,
          platform,
          publisher: publisherOf(id)?.label ?? 'none',
        })),
      );
      runner.poke();
      return { posts: [fromRows(stored)], warnings };
    },

    async findVideoPost({ order }) {
      const stored = await findPost(query, 'request_id', order.requestId);
      return stored ? [fromRows(stored)] : 'absent';
    },

    async planEdit(id, edit) {
      const stored = await readPost(query, id);
      const { row, targets } = stored;
      const warnings = relayWarnings(askedInEdit(edit, stored), accounts, vendors);
      const edited = { row: { ...row, ...toRowEdit(edit, { row, media: undefined, zoneRules }) }, targets };
      const ids = targets.map((target) => target.account_id);
      const requests = planDeliveries(edited, { accounts, contentFolder, ids, publisherOf });
      return { requests, warnings };
    },

    async editPost(id, edit, call) {
      if (typeof edit.soundId === 'string') await readSound(query, edit.soundId, call.caller.tenant);
      const warnings = relayWarnings(askedInEdit(edit, await readPost(query, id)), accounts, vendors);
      const media = await keep(edit.content?.[0], call);
      const stored = await editRow(
        query,
        id,
        (row) => toRowEdit(edit, { row, media, zoneRules }),
        clock.now(),
      );
      runner.poke();
      return { post: fromRows(stored), warnings };
    },

    async listPosts(wanted) {
      const stored = await pageOfPosts(query, { ...wanted, limit: wanted.limit + 1 });
      const rows = stored.slice(0, wanted.limit);
      const last = rows.at(-1);
      return {
        rows: rows.map(fromRows),
        ...(last && stored.length > rows.length && { nextCursor: cursorAfter(last) }),
      };
    },

    getPost: async (id) => fromRows(await readPost(query, id)),

    async cancelPost({ id }) {
      const { stored, before } = await cancelRow(query, id, clock.now());
      return { post: fromRows(stored), warnings: before ? [ALREADY_CANCELLED] : [] };
    },

    async retryPost(id, accountIds) {
      const stored = await retryTargets(query, id, { accountIds, publisherOf, now: clock.now() });
      runner.poke();
      return changed(stored);
    },

    async uploadSound({ content, name }, call) {
      const media = await keep(content, call);
      return keepSound(query, { content, name, media, now: clock.now(), tenant: call.caller.tenant });
    },

    listSounds: (wanted, call) => pageOfSounds(query, { ...wanted, tenant: call.caller.tenant }),
  };
}
