import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { ProposalRow } from '../database/tables.ts';
import { resolveAirTime } from '../domain/air-time.ts';
import type { Caller } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import type { VideoDraft } from '../domain/draft.ts';
import { parseHandle } from '../domain/handle.ts';
import type { Platform } from '../domain/platform.ts';
import type { Post, Target } from '../domain/post.ts';

const PREFIX = 'draft-';
const AT_ONCE = 100;

/** A post that somebody asked for and that nothing airs before a person approves it. It goes by an id of the local backend. */
export interface Proposal {
  readonly id: string;
  readonly draft: VideoDraft;
  /** Of the local file as it was when the draft named it; absent for a URL. */
  readonly contentSha256?: string;
  readonly post: Post;
  /** Whether it was approved; it is not shown as a draft any more, and goes by the posts that it became. */
  readonly approved: boolean;
  /** The posts that it became, as handles, once it was approved. */
  readonly postIds: readonly string[];
}

export function isProposal(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** The drafts that wait for a person. */
export class Proposals {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: { database: Database; clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  async add(
    { draft, contentSha256 }: Pick<Proposal, 'draft' | 'contentSha256'>,
    targets: readonly Target[],
    caller: Caller,
  ): Promise<Proposal> {
    const now = this.#clock.now();
    const row: ProposalRow = {
      id: `${PREFIX}${randomBytes(10).toString('hex')}`,
      tenant: caller.tenant,
      client: caller.client,
      token: caller.token ?? null,
      ...columnsOf({ draft, ...(contentSha256 !== undefined && { contentSha256 }) }),
      targets_json: JSON.stringify(targets),
      status: 'draft',
      post_ids_json: '[]',
      created_at: now,
      updated_at: now,
    };
    await this.#database.query.insertInto('proposals').values(row).execute();
    return fromRow(row);
  }

  async find(id: string, { tenant }: Caller): Promise<Proposal | undefined> {
    if (!isProposal(id)) return undefined;
    const row = await this.#database.query
      .selectFrom('proposals')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row && fromRow(row);
  }

  /** Whose draft it is. */
  async tenantOf(id: string): Promise<string | undefined> {
    const row = await this.#database.query
      .selectFrom('proposals')
      .select('tenant')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.tenant;
  }

  /** Those that wait, oldest first, read as far as they are asked for. */
  async *waiting({ tenant }: Caller): AsyncGenerator<Proposal> {
    let rows = await this.#waiting().where('tenant', '=', tenant).limit(AT_ONCE).execute();
    for (;;) {
      yield* rows.map(fromRow);
      const last = rows.at(-1);
      if (!last || rows.length < AT_ONCE) return;
      rows = await this.#waiting()
        .where('tenant', '=', tenant)
        .where((row) => row(row.refTuple('created_at', 'id'), '>', row.tuple(last.created_at, last.id)))
        .limit(AT_ONCE)
        .execute();
    }
  }

  /** Those of every tenant. */
  async allWaiting(): Promise<Proposal[]> {
    const rows = await this.#waiting().execute();
    return rows.map(fromRow);
  }

  #waiting() {
    return (
      this.#database.query
        .selectFrom('proposals')
        .selectAll()
        // As a literal: a bound value would leave the index of the waiting ones unused.
        .where('status', '=', sql.lit('draft'))
        .orderBy('created_at')
        .orderBy('id')
    );
  }

  /** Changes a draft that still waits as it was read; `false` when it does not any more. */
  async edit(standing: Proposal, edited: Pick<Proposal, 'draft' | 'contentSha256'>): Promise<boolean> {
    return this.#update({ id: standing.id, status: 'draft', ...columnsOf(standing) }, columnsOf(edited));
  }

  async cancel(id: string): Promise<boolean> {
    return this.#update({ id, status: 'draft' }, { status: 'cancelled' });
  }

  /**
   * Takes a draft out of the hands of everybody else, in one statement: from then on it can be neither edited nor cancelled.
   * `false` when it is not any more what it was when it was read.
   */
  async approve(standing: Proposal): Promise<boolean> {
    return this.#update({ id: standing.id, status: 'draft', ...columnsOf(standing) }, { status: 'approved' });
  }

  /** Gives a draft back that could not be sent. */
  async giveBack(id: string): Promise<void> {
    await this.#update({ id, status: 'approved' }, { status: 'draft' });
  }

  async became(id: string, postIds: readonly string[]): Promise<void> {
    await this.#update({ id, status: 'approved' }, { post_ids_json: JSON.stringify(postIds) });
  }

  async #update(
    expected: Partial<ProposalRow> & Pick<ProposalRow, 'id' | 'status'>,
    change: Partial<ProposalRow>,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.query
      .updateTable('proposals')
      .set({ ...change, updated_at: this.#clock.now() })
      .where((where) =>
        where.and(
          Object.entries(expected).map(([column, value]) =>
            where(column as keyof ProposalRow, value === null ? 'is' : '=', value),
          ),
        ),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

function columnsOf({ draft, contentSha256 }: Pick<Proposal, 'draft' | 'contentSha256'>) {
  return { draft_json: JSON.stringify(draft), content_sha256: contentSha256 ?? null };
}

function fromRow(row: ProposalRow): Proposal {
  const draft = JSON.parse(row.draft_json) as VideoDraft;
  return {
    id: row.id,
    draft,
    ...(row.content_sha256 !== null && { contentSha256: row.content_sha256 }),
    post: toPost(row, draft),
    approved: row.status === 'approved',
    postIds: JSON.parse(row.post_ids_json) as string[],
  };
}

/** One that was approved is on its way to be a post. */
const SHOWN = { draft: 'draft', approved: 'processing', cancelled: 'cancelled' } as const;

function toPost(
  row: ProposalRow,
  { contentUrl, caption, title, scheduledTime, timezone, ambiguousTime }: VideoDraft,
): Post {
  const status = SHOWN[row.status];
  const airTime =
    scheduledTime === undefined || timezone === undefined
      ? undefined
      : resolveAirTime({ scheduledTime, timezone, ambiguousTime, field: 'scheduledTime' });
  const targets = JSON.parse(row.targets_json) as readonly Target[];
  return {
    id: row.id,
    status,
    contentType: 'video',
    contentUrl,
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    airAt: airTime?.at ?? null,
    ...(timezone !== undefined && { timezone }),
    targets: targets.map((target) => ({ ...target, status })),
    createdAt: row.created_at,
    ...(row.updated_at !== row.created_at && { updatedAt: row.updated_at }),
  };
}

/** A target of a draft: an account that may be on another backend. */
export function proposedTarget(handle: string, platform: Platform): Target {
  const { backend, rest } = parseHandle(handle, 'accountIds');
  return { accountId: rest, backend, platform, status: 'draft' };
}
