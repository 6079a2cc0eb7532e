import type { Database } from '../database/database.ts';
import { type Identity, OWN_TENANT } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';

export interface Allotment {
  readonly tenant: string;
  readonly account: string;
}

/** Which tenant has which accounts. A token holds them until it is revoked: its expiry gives them to nobody else. */
export async function readAllotments(query: Database['query']): Promise<readonly Allotment[]> {
  const rows = await query
    .selectFrom('tokens')
    .select(['tenant', 'accounts_json'])
    .where('revoked_at', 'is', null)
    .where('accounts_json', 'is not', null)
    .execute();
  return rows.flatMap(({ tenant, accounts_json }) =>
    parseAccounts(accounts_json).map((account) => ({ tenant, account })),
  );
}

export function parseAccounts(json: string | null): readonly string[] {
  return json === null ? [] : (JSON.parse(json) as readonly string[]);
}

/** Refuses accounts that another tenant has. */
export function checkFree(
  accounts: readonly string[],
  { tenant, allotments }: { readonly tenant: string; readonly allotments: readonly Allotment[] },
): void {
  const taken = takenFrom(accounts, { tenant, allotments });
  if (!taken) return;
  throw new Failure('conflict', `${taken.account} belongs to the tenant ${taken.tenant}.`, {
    field: 'accounts',
    hint: 'An account belongs to one tenant until the tokens that name it are revoked.',
  });
}

/** Refuses to send for a tenant what is meant for accounts that another one has by now. */
export async function checkStillOf(
  tenant: string,
  accounts: readonly string[],
  { query }: Database,
): Promise<void> {
  const taken = takenFrom(accounts, { tenant, allotments: await readAllotments(query) });
  if (!taken) return;
  const { account, tenant: other } = taken;
  throw new Failure(
    'conflict',
    `${account} belongs to the tenant ${other} by now; the draft is of the tenant ${tenant}. Nothing was sent.`,
    {
      field: 'accountIds',
      hint: `A draft of ${other} can use the account. To send this one, first revoke the tokens of ${other} that name it: airdate token list shows them.`,
    },
  );
}

function takenFrom(
  accounts: readonly string[],
  { tenant, allotments }: { readonly tenant: string; readonly allotments: readonly Allotment[] },
): Allotment | undefined {
  return allotments.find((allotted) => allotted.tenant !== tenant && accounts.includes(allotted.account));
}

/** The accounts of other tenants, without repeats. */
async function accountsOfOthers({ query }: Database, tenant: string): Promise<readonly string[]> {
  const allotments = await readAllotments(query);
  return [...new Set(allotments.filter((other) => other.tenant !== tenant).map(({ account }) => account))];
}

/** Which accounts the caller is to see: those that it was given, as far as no other tenant has them. */
export async function accountRights(
  database: Database,
  { tenant, accounts }: { readonly tenant: string; readonly accounts?: readonly string[] | undefined },
): Promise<Pick<Identity, 'accounts' | 'withheld'>> {
  if (!accounts && tenant !== OWN_TENANT) return { accounts: [] };
  const withheld = await accountsOfOthers(database, tenant);
  if (accounts) return { accounts: accounts.filter((account) => !withheld.includes(account)) };
  return withheld.length > 0 ? { withheld } : {};
}
