import { describe, expect, test } from 'vitest';
import { readTerms, type TokenOrder } from '../../src/access/token-rules.ts';
import { Failure } from '../../src/domain/failure.ts';
import { DAY, HOUR } from './open.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

function refused(order: Partial<TokenOrder>): Failure {
  try {
    readTerms({ name: 'ada', ...order }, NOW);
  } catch (thrown) {
    return Failure.from(thrown);
  }
  throw new Error('the order was expected to be refused');
}

test('a name alone makes a token of the own tenant that may do everything and does not expire', () => {
  expect(readTerms({ name: 'ada' }, NOW)).toEqual({ name: 'ada', tenant: 'own', level: 'full' });
});

test.each(['a', 'my_agent-2.0', 'x'.repeat(64)])('%s is a name', (name) => {
  expect(readTerms({ name }, NOW).name).toBe(name);
});

test.each(['', 'a b', 'é', 'a:b', 'a/b', 'x'.repeat(65), 'a\n'])('%j is no name, and no tenant', (name) => {
  expect(refused({ name })).toMatchObject({ code: 'invalid_parameter', details: { field: 'name' } });
  expect(refused({ tenant: name, accounts: ['local:x'] }).details.field).toBe('tenant');
});

describe('what is misspelt is answered with the closest', () => {
  test('a level', () => {
    const { message, details } = refused({ level: 'drafts' });
    expect(message).toBe('A level is one of read, draft, full; did you mean draft?');
    expect(details.candidates?.[0]?.value).toBe('draft');
  });

  test('the backend of an account', () => {
    const { message, details } = refused({ accounts: ['local:x', 'infinpost:acc_1'] });
    expect(message).toContain('did you mean infinipost:acc_1?');
    expect(details.candidates?.[0]?.value).toBe('infinipost:acc_1');
  });

  test('and what resembles nothing is refused without a guess', () => {
    expect(refused({ level: 'superuser' }).details.candidates).toBeUndefined();
    expect(refused({ accounts: ['tiktok'] }).details.candidates).toBeUndefined();
  });
});

describe('accounts', () => {
  test('are kept once each', () => {
    expect(readTerms({ name: 'ada', accounts: ['local:x', 'local:x'] }, NOW).accounts).toEqual(['local:x']);
  });

  test('must be named for another tenant, and an empty list names none', () => {
    expect(refused({ tenant: 'acme' }).message).toBe('A token of the tenant acme must name its accounts.');
    expect(refused({ accounts: [] }).details.field).toBe('accounts');
  });
});

describe('an expiry', () => {
  test.each([
    ['90d', NOW + 90 * DAY],
    ['12h', NOW + 12 * HOUR],
    ['2026-12-31', Date.parse('2027-01-01T00:00:00Z')],
    ['2026-11-21', Date.parse('2026-11-22T00:00:00Z')],
    ['2028-02-29', Date.parse('2028-03-01T00:00:00Z')],
  ])('%s is understood', (expires, at) => {
    expect(readTerms({ name: 'ada', expires }, NOW).expiresAt).toBe(at);
  });

  test.each([
    '',
    '90',
    'd',
    '-1d',
    '1.5h',
    '90 d',
    '3m',
    '2026-02-31',
    '2026-13-01',
    '2026-12-31T00:00Z',
    'never',
  ])('%j is not', (expires) => {
    expect(refused({ expires }).message).toBe('expires is written as 90d, 12h or 2030-12-31.');
  });

  test.each(['0d', '0h', '2026-11-20'])('%s is not in the future', (expires) => {
    expect(refused({ expires }).message).toBe('expires must lie in the future.');
  });

  test.each(['3661d', '99999d', '9999-12-31'])('%s is too far ahead', (expires) => {
    expect(refused({ expires }).message).toBe('expires may lie at most ten years ahead.');
  });
});
