import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { ProposalRow } from '../database/tables.ts';
import type { Caller } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import type { BackendName } from '../domain/handle.ts';
import type { Target } from '../domain/post.ts';
import { type Proposal, toProposal } from './proposal.ts';

const PREFIX = 'draft-';
const AT_ONCE = 100;

/** Whose draft it is, and by which client and token it was made. */
export interface Maker {
  readonly tenant: string;
  readonly client: string;
  readonly token?: string;
}

/** One request makes one draft: whoever finds it unrecorded can tell whether the draft was kept. */
export function proposalId(requestId: string): string {
  return `${PREFIX}${requestId.replaceAll('-', '')}`;
}

export function isProposal(id: string): boolean {
  return id.startsWith(PREFIX);
}

interface Surroundings {
  readonly database: Database;
  readonly clock: Clock;
  /** The backends whose posts nobody in the world sees. */
  readonly simulated: ReadonlySet<BackendName>;
}

/** The drafts that wait for a person. */
export class Proposals {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #simulated: ReadonlySet<BackendName>;

  constructor({ database, clock, simulated }: Surroundings) {
    this.#database = database;
    this.#clock = clock;
    this.#simulated = simulated;
  }

  async add(
    requestId: string,
    { draft, contentSha256 }: Pick<Proposal, 'draft' | 'contentSha256'>,
    targets: readonly Target[],
    caller: Caller,
  ): Promise<Proposal> {
    const now = this.#clock.now();
    const row: ProposalRow = {
      id: proposalId(requestId),
      tenant: caller.tenant,
      client: caller.client,
      token: caller.token ?? null,
      ...columnsOf({ draft, ...(contentSha256 !== undefined && { contentSha256 }) }),
      targets_json: JSON.stringify(targets),
      status: 'draft',
      post_ids_json: '[]',
      approver: null,
      approved_hash: null,
      restored_at: null,
      created_at: now,
      updated_at: now,
    };
    await this.#database.query.insertInto('proposals').values(row).execute();
    return this.#read(row);
  }

  async find(id: string, { tenant }: Caller): Promise<Proposal | undefined> {
    if (!isProposal(id)) return undefined;
    const row = await this.#database.query
      .selectFrom('proposals')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row && this.#read(row);
  }

  async makerOf(id: string): Promise<Maker | undefined> {
    const row = await this.#database.query
      .selectFrom('proposals')
      .select(['tenant', 'client', 'token'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toMaker(row);
  }

  /** Those that wait, or were taken back, oldest first, read as far as they are asked for. */
  async *all({ tenant }: Caller, status: 'draft' | 'cancelled'): AsyncGenerator<Proposal> {
    let rows = await this.#inOrder(status).where('tenant', '=', tenant).limit(AT_ONCE).execute();
    for (;;) {
      yield* rows.map((row) => this.#read(row));
      const last = rows.at(-1);
      if (!last || rows.length < AT_ONCE) return;
      rows = await this.#inOrder(status)
        .where('tenant', '=', tenant)
        .where((row) => row(row.refTuple('created_at', 'id'), '>', row.tuple(last.created_at, last.id)))
        .limit(AT_ONCE)
        .execute();
    }
  }

  /** Those of every tenant. */
  async allWaiting(): Promise<(Proposal & { readonly maker: Maker })[]> {
    const rows = await this.#inOrder('draft').execute();
    return rows.map((row) => ({ ...this.#read(row), maker: toMaker(row) }));
  }

  /** Those that were approved and became nothing yet: they are being sent, or that was not brought to an end. */
  async approvedUnsent(): Promise<(Proposal & { readonly maker: Maker })[]> {
    const rows = await this.#database.query
      .selectFrom('proposals')
      .selectAll()
      .where('status', '=', 'approved')
      .where('post_ids_json', '=', '[]')
      .execute();
    return rows.map((row) => ({ ...this.#read(row), maker: toMaker(row) }));
  }

  #inOrder(status: 'draft' | 'cancelled') {
    return (
      this.#database.query
        .selectFrom('proposals')
        .selectAll()
        // As a literal: a bound value would leave the indexes of these unused.
        .where('status', '=', sql.lit(status))
        .orderBy('created_at')
        .orderBy('id')
    );
  }

  /** Changes a draft that still waits as it was read; `false` when it does not any more. */
  async edit(standing: Proposal, edited: Pick<Proposal, 'draft' | 'contentSha256'>): Promise<boolean> {
    return this.#update(
      { id: standing.id, status: 'draft', ...columnsOf(standing) },
      { ...columnsOf(edited), approved_hash: null },
    );
  }

  /** After a backup was put back: what waits in it may have been approved since. */
  async doubt(): Promise<void> {
    await this.#database.query
      .updateTable('proposals')
      .set({ restored_at: this.#clock.now() })
      .where('status', 'in', ['draft', 'approved'])
      .where('post_ids_json', '=', '[]')
      .where('restored_at', 'is', null)
      .execute();
  }

  async cancel(id: string): Promise<boolean> {
    return this.#update({ id, status: 'draft' }, { status: 'cancelled' });
  }

  #read(row: ProposalRow): Proposal {
    return toProposal(row, this.#simulated);
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

/** What a draft says, as it is kept. */
export function columnsOf({ draft, contentSha256 }: Pick<Proposal, 'draft' | 'contentSha256'>) {
  return { draft_json: JSON.stringify(draft), content_sha256: contentSha256 ?? null };
}

function toMaker({ tenant, client, token }: Pick<ProposalRow, 'tenant' | 'client' | 'token'>): Maker {
  return { tenant, client, ...(token !== null && { token }) };
}
