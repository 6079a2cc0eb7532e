import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';

/**
 * Refuses accounts of the local backend that the configuration does not have, and answers those of vendors, which only
 * the vendors know. `localAccounts` are ids without the backend.
 */
export function checkAccounts(
  accounts: readonly string[],
  localAccounts: readonly string[],
): readonly string[] {
  const known = localAccounts.map((id) => toHandle('local', id));
  const others = accounts.filter((account) => !known.includes(account));
  const unknown = others.find((account) => account.startsWith('local:') || !account.includes(':'));
  if (unknown === undefined) return others;
  const close = nearest(unknown.replace(/^local:/, ''), localAccounts);
  const meant = didYouMean(close && toHandle('local', close), '.');
  throw new Failure('invalid_parameter', `There is no account ${unknown.slice(0, 80)}${meant}`, {
    field: 'accounts',
    candidates: known.map((value) => ({ value, why: 'a local account' })),
    hint: `The local accounts are ${known.join(', ')}.`,
  });
}
