import type { Backend } from '../../domain/backend.ts';
import { Failure } from '../../domain/failure.ts';
import { toHandle } from '../../domain/handle.ts';
import { outbox } from './outbox.ts';
import type { Publisher } from './publisher.ts';
import { relay } from './relay.ts';
import type { LocalAccount, LocalSettings } from './settings.ts';
import { webhook } from './webhook.ts';

/** The publisher of each account, by the account's id. */
export function openPublishers(
  settings: LocalSettings,
  vendors: readonly Backend[],
): ReadonlyMap<string, Publisher> {
  const shared = {
    outbox: outbox(settings.outboxFolder),
    webhook: settings.webhook && webhook(settings.webhook),
  };
  const publisherOf = (account: LocalAccount) =>
    account.publisher === 'relay' ? openRelay(account, vendors) : shared[account.publisher];
  return new Map(
    settings.accounts.flatMap((account): [string, Publisher][] => {
      const publisher = publisherOf(account);
      return publisher ? [[account.id, publisher]] : [];
    }),
  );
}

function openRelay({ id, relay: account }: LocalAccount, vendors: readonly Backend[]): Publisher | undefined {
  if (!account) return undefined;
  const vendor = vendors.find(({ name }) => name === account.backend);
  if (vendor) return relay(vendor, account.rest);
  throw new Failure(
    'invalid_parameter',
    `The account ${id} publishes through ${toHandle(account.backend, account.rest)}, and ${account.backend} is not configured.`,
    { hint: `Set the key of ${account.backend}, or take the relay out of airdate.config.json.` },
  );
}
