import { createToken, listTokens, revokeToken, type TokenEntry } from '../access/tokens.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import type { CommandLine } from './command-line.ts';
import { checkAccounts } from './token-accounts.ts';

interface Surroundings {
  readonly database: Database;
  readonly clock: Clock;
  /** Ids of the local backend's accounts. */
  readonly localAccounts: readonly string[];
  /** For what was asked, and nothing else. */
  readonly write: (text: string) => void;
  /** For what a person is to know besides. */
  readonly tell: (text: string) => void;
}

const ACTIONS = ['create', 'list', 'revoke'] as const;

/** `airdate token`: makes, shows and ends the tokens of clients over HTTP. */
export async function runTokenCommand(
  { operands, options, json }: Pick<CommandLine, 'operands' | 'options' | 'json'>,
  { database, clock, localAccounts, write, tell }: Surroundings,
): Promise<void> {
  const [typed = '', name] = operands;
  const action = checkAction(typed);
  const stray = action === 'create' ? undefined : Object.keys(options)[0];
  if (stray !== undefined) throw misused(`airdate token ${action} takes no --${stray}.`);
  if (json && action !== 'list')
    throw misused(`airdate token ${action} takes no --json; airdate token list takes it.`);
  if (action === 'list') {
    if (name !== undefined) throw misused('airdate token list takes nothing more.');
    return write(show(await listTokens({ database, clock }), json));
  }
  if (name === undefined) throw misused(`airdate token ${action} takes a NAME.`);
  if (action === 'revoke') {
    await revokeToken(name, { database, clock });
    return tell(`${name} is revoked.`);
  }
  const { accounts: handles, ...order } = options;
  const accounts = handles?.split(',').flatMap((handle) => handle.trim() || []);
  const unchecked = checkAccounts(accounts ?? [], localAccounts);
  write(await createToken({ ...order, name, accounts }, { database, clock }));
  tell(`This is the token ${name}. It is shown once: only its hash is kept.`);
  if (unchecked.length > 0) tell(`Not checked, since no vendor is asked here: ${unchecked.join(', ')}.`);
}

function checkAction(typed: string): (typeof ACTIONS)[number] {
  const action = ACTIONS.find((known) => known === typed);
  if (action) return action;
  const meant = didYouMean(nearest(typed, ACTIONS), '.');
  throw misused(`airdate token is followed by create, list or revoke${meant}`);
}

function show(tokens: readonly TokenEntry[], json: boolean): string {
  if (json) return JSON.stringify(tokens.map(toJson), null, 2);
  if (tokens.length === 0) return 'There is no token yet.';
  const rows = tokens.map((token) => [
    token.name,
    token.tenant,
    token.level,
    accountsOf(token),
    instant(token.expiresAt) ?? 'never',
    instant(token.lastUsedAt) ?? 'never',
    token.state,
  ]);
  return table([['name', 'tenant', 'level', 'accounts', 'expires', 'last used', 'state'], ...rows]);
}

function accountsOf({ accounts, withheld }: TokenEntry): string {
  if (accounts) return accounts.join(',');
  return withheld ? `all but ${withheld.join(', ')}` : 'all';
}

function toJson({ createdAt, expiresAt, lastUsedAt, state, ...token }: TokenEntry) {
  return {
    ...token,
    createdAt: instant(createdAt),
    expiresAt: instant(expiresAt),
    lastUsedAt: instant(lastUsedAt),
    state,
  };
}

function instant(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function misused(message: string): Failure {
  return new Failure('invalid_parameter', message, { hint: 'See airdate --help.' });
}
