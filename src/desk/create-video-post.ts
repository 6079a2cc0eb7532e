import type { WriteRow } from '../database/tables.ts';
import { type AirTime, checkFuture, type Moment } from '../domain/air-time.ts';
import type { Call } from '../domain/call.ts';
import { unusedOptionWarnings } from '../domain/carried.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { Failure, type FailureAnswer } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { zoneWarnings } from '../domain/time-zone.ts';
import {
  type PostAnswer,
  toFailureAnswer,
  toPostAnswers,
  toRequestAnswers,
  toWarningAnswers,
  type WarningAnswer,
} from './answers.ts';
import { draftOf } from './approval-scope.ts';
import { readAirTime } from './asked-time.ts';
import { openContent, pinnedContent } from './content.ts';
import { sendOrder } from './create-part.ts';
import type { Desk } from './desk.ts';
import { failedBefore } from './made-again.ts';
import type { Part } from './part.ts';
import { otherArguments } from './repeat-failures.ts';
import { type Identity, identityOf, overSince, replayWhole } from './replay.ts';
import { seesAccount } from './rights.ts';
import { checkSoundId } from './sound-ids.ts';
import {
  checkTexts,
  type Group,
  groupAccounts,
  type PreparedOrder,
  plannedTime,
  prepareOrders,
} from './video-order.ts';

interface Plan {
  readonly airTime: Moment | null;
  readonly requests: readonly unknown[];
}

export interface CreateAnswer {
  readonly posts: readonly PostAnswer[];
  readonly failures: readonly { readonly accountIds: readonly string[]; readonly error: FailureAnswer }[];
  readonly warnings: readonly WarningAnswer[];
  readonly replayed: boolean;
  readonly dryRun: boolean;
  readonly plan?: Plan;
}

/**
 * Creates posts on every backend that the accounts belong to. What fails on one leaves the others as they are. `known` says
 * of which earlier call this is a part, where it is one.
 */
export async function createVideoPost(
  desk: Desk,
  draft: VideoDraft,
  call: Call,
  known?: Identity,
): Promise<CreateAnswer> {
  try {
    return await create(desk, draft, call, known);
  } finally {
    const approved = draftOf(known?.scope);
    if (approved !== undefined) await desk.approvals.end(approved);
  }
}

async function create(
  desk: Desk,
  draft: VideoDraft,
  call: Call,
  known: Identity | undefined,
): Promise<CreateAnswer> {
  const airTime = readAirTime(desk, draft);
  const identity = known ?? identityOf(draft, { airTime, tenant: call.caller.tenant });
  const standing = await desk.ledger.rowsOf(identity.scope);
  const whole = await repeated(desk, draft, { ...identity, standing }, call);
  if (whole && !draft.dryRun) return toAnswer(desk, draft, whole);
  if (airTime && standing.length === 0) checkFuture(airTime, desk.clock.now(), 'scheduledTime');

  await checkSoundId(desk, draft.soundId, call);
  const groups = await groupAccounts(desk, draft.accountIds, call);
  const platforms = groups.flatMap(({ accounts }) =>
    accounts instanceof Failure ? [] : accounts.map((one) => one.platform),
  );
  checkTexts(draft, platforms);
  // From here on a promise is awaited before it is returned: while the file is closed nobody else would catch it.
  const asked = { field: 'contentUrl', kind: 'video', caller: call.caller } as const;
  await using open = await openContent(desk, draft.contentUrl, asked);
  const pin = known?.contentSha256;
  const content = pin === undefined ? open.content : await pinnedContent(open.content, pin);
  const prepared = groups.map((group) => prepareGroup(desk, group, { draft, airTime, content }));
  const failed = prepared.flatMap((one) => ('failure' in one ? [one] : []));
  const before = draft.idempotencyKey === undefined ? await failedBefore(desk, standing) : [];
  const orders = prepared.flatMap((one) => ('orders' in one ? one.orders : []));
  const unused = [
    ...unusedOptionWarnings(draft.platformOptions ?? {}, platforms),
    ...zoneWarnings(airTime),
    ...before,
  ];
  if (draft.dryRun) return await planAnswer(desk, { draft, orders, failed, unused, airTime, whole }, call);
  const sent = await Promise.all(
    orders.map((order) => sendOrder(desk, order, { draft, identity, airTime, call })),
  );
  return await toAnswer(desk, draft, [...sent, ...failed], unused);
}

type Standing = Identity & { readonly standing: readonly WriteRow[] };

/** The first answer to the same call, where all that it made stands. */
export async function repeatedPost(
  desk: Desk,
  draft: VideoDraft,
  known: Standing,
  call: Call,
): Promise<CreateAnswer | undefined> {
  const whole = await repeated(desk, draft, known, call);
  return whole && toAnswer(desk, draft, whole);
}

async function repeated(
  desk: Desk,
  draft: VideoDraft,
  known: Standing,
  { caller }: Call,
): Promise<Part[] | undefined> {
  const other = known.standing.find((row) => row.arguments_hash !== known.hash);
  if (other) throw otherArguments(other, caller);
  // It tells of every account of the call.
  const seesAll = draft.accountIds.every((accountId) => seesAccount(caller, accountId));
  return seesAll ? replayWhole(desk, draft, known) : undefined;
}

function prepareGroup(
  desk: Desk,
  { backend, ids, accounts }: Group,
  wanted: Parameters<typeof prepareOrders>[2],
): (Part & { failure: Failure }) | { orders: PreparedOrder[] } {
  try {
    if (accounts instanceof Failure) throw accounts;
    return { orders: prepareOrders(desk, { backend, accounts }, wanted) };
  } catch (thrown) {
    return { backend: backend.name, accountIds: ids, failure: Failure.from(thrown) };
  }
}

interface Planned {
  readonly draft: VideoDraft;
  readonly orders: readonly PreparedOrder[];
  readonly failed: readonly Part[];
  readonly unused: readonly WarningAnswer[];
  readonly airTime: AirTime | undefined;
  /** What the same call made before. */
  readonly whole: readonly Part[] | undefined;
}

async function planAnswer(desk: Desk, planned: Planned, call: Call): Promise<CreateAnswer> {
  const { draft, orders, failed, unused, airTime, whole } = planned;
  if (orders.length === 0) throw allFailed(failed);
  const plans = await Promise.all(
    orders.map(async ({ backend, order, warnings }) => {
      const plan = await backend.planVideoPost(order, call);
      return {
        requests: toRequestAnswers(backend.name, plan.requests),
        warnings: toWarningAnswers(backend.name, [...warnings, ...plan.warnings]),
      };
    }),
  );
  return {
    posts: [],
    failures: failed.map((part) => toFailed(desk, part)),
    warnings: [
      ...plans.flatMap(({ warnings }) => warnings),
      ...unused,
      ...(whole ? [repeatWarning('would be answered with its first result')] : []),
      ...(await overSince(desk, draft, whole ?? [])),
    ],
    replayed: false,
    dryRun: true,
    plan: {
      airTime: plannedTime(orders, airTime),
      requests: plans.flatMap(({ requests }) => requests),
    },
  };
}

async function toAnswer(
  desk: Desk,
  draft: VideoDraft,
  parts: readonly Part[],
  unused: readonly WarningAnswer[] = [],
): Promise<CreateAnswer> {
  const failed = parts.filter(({ failure }) => failure);
  const done = parts.filter(({ failure }) => !failure);
  if (done.length === 0) throw allFailed(failed);
  const posts = await Promise.all(done.map(({ backend, posts = [] }) => toPostAnswers(desk, backend, posts)));
  const guarded = draft.idempotencyKey === undefined && done.some(({ replayed }) => replayed);
  return {
    posts: posts.flat(),
    failures: failed.map((part) => toFailed(desk, part)),
    warnings: [
      ...done.flatMap(({ backend, warnings = [] }) => toWarningAnswers(backend, warnings)),
      ...unused,
      ...(guarded ? [repeatWarning('was answered with its first result; nothing was posted again')] : []),
      ...(await overSince(desk, draft, done)),
    ],
    replayed: done.every(({ replayed }) => replayed === true),
    dryRun: false,
  };
}

function toFailed(desk: Desk, { backend, accountIds, failure }: Part) {
  return {
    accountIds: accountIds.map((id) => toHandle(backend, id)),
    error: toFailureAnswer(desk, failure, backend),
  };
}

function allFailed(parts: readonly Part[]): Failure {
  // What may have arrived is the most that is to be told.
  const worst = parts.find(({ failure }) => failure?.code === 'outcome_unknown') ?? parts[0];
  const failure = Failure.from(worst?.failure);
  if (parts.length === 1) return failure.with(worst ? { backend: worst.backend } : {});
  const issues = parts.map((part) => ({
    path: part.accountIds.map((id) => toHandle(part.backend, id)).join(', '),
    message: `${Failure.from(part.failure).code}: ${Failure.from(part.failure).message}`,
  }));
  return failure.with({ issues });
}

export function repeatWarning(what: string): WarningAnswer {
  return {
    code: 'duplicate_request',
    message: `The same call was made within 24 hours and ${what}. To post it again on purpose, add an idempotencyKey of its own.`,
  };
}
