import { ACCESS_LEVELS, type AccessLevel, OWN_TENANT } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { parseHandle } from '../domain/handle.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';

/** What a person says of a token that is to be made. */
export interface TokenOrder {
  readonly name: string;
  readonly level?: string | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
  readonly expires?: string | undefined;
}

export interface TokenTerms {
  readonly name: string;
  readonly level: AccessLevel;
  readonly accounts?: readonly string[];
  readonly tenant: string;
  readonly expiresAt?: number;
}

const NAME = /^[\w.-]{1,64}$/;

/** What a token is to allow, or a failure that says what to write instead. */
export function readTerms(order: TokenOrder, now: number): TokenTerms {
  const { accounts, expires, tenant = OWN_TENANT } = order;
  if (accounts?.length === 0) throw wrong('accounts', 'accounts must name at least one account.');
  if (!accounts && tenant !== OWN_TENANT) {
    throw wrong('accounts', `A token of the tenant ${checkName('tenant', tenant)} must name its accounts.`);
  }
  return {
    name: checkName('name', order.name),
    level: readLevel(order.level ?? 'full'),
    tenant: checkName('tenant', tenant),
    ...(accounts && { accounts: [...new Set(accounts.map(checkAccount))] }),
    ...(expires !== undefined && { expiresAt: readExpiry(expires, now) }),
  };
}

function checkName(field: 'name' | 'tenant', value: string): string {
  if (NAME.test(value)) return value;
  throw wrong(field, `A ${field} is 1 to 64 letters, digits, dots, dashes and underscores.`);
}

function readLevel(value: string): AccessLevel {
  const level = ACCESS_LEVELS.find((known) => known === value);
  if (level) return level;
  const known = `A level is one of ${ACCESS_LEVELS.join(', ')}`;
  throw wrong('level', known, { close: nearest(value, ACCESS_LEVELS) });
}

function checkAccount(account: string): string {
  try {
    parseHandle(account, 'accounts');
    return account;
  } catch (thrown) {
    const { message, details } = Failure.from(thrown);
    throw wrong('accounts', message, {
      close: details.candidates?.[0]?.value,
      hint: 'An account is written as list_profiles has it, for example local:tiktok.',
    });
  }
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 3_660 * 86_400_000;

function readExpiry(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const at = count === undefined ? endOfDay(text) : now + Number(count) * (UNITS[unit] ?? 0);
  if (at === undefined) throw wrong('expires', 'expires is written as 90d, 12h or 2030-12-31.');
  if (at <= now) throw wrong('expires', 'expires must lie in the future.');
  if (at > now + LONGEST_MS) throw wrong('expires', 'expires may lie at most ten years ahead.');
  return at;
}

/** A day is good to its end, in UTC. */
function endOfDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const start = Date.parse(`${text}T00:00:00Z`);
  // V8 reads the 31st of a shorter month as a day of the next one.
  const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
  return exists ? start + 86_400_000 : undefined;
}

function wrong(
  field: keyof TokenOrder,
  message: string,
  { close, hint }: { readonly close?: string | undefined; readonly hint?: string } = {},
): Failure {
  return new Failure('invalid_parameter', `${message.replace(/\.$/, '')}${didYouMean(close, '.')}`, {
    field,
    ...(close !== undefined && { candidates: [{ value: close, why: 'the closest that there is' }] }),
    ...(hint !== undefined && { hint }),
  });
}
