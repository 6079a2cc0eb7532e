import { expect, test } from 'vitest';
import { FAILURES, Failure, type FailureCode, quote } from '../../src/domain/failure.ts';
import { fc } from '../support/properties.ts';

test('the same call may be made again after a limit of speed or silence, and after nothing else', () => {
  expect(
    Object.fromEntries(Object.entries(FAILURES).map(([code, { retryable }]) => [code, retryable])),
  ).toEqual({
    invalid_parameter: false,
    unsupported: false,
    unauthenticated: false,
    forbidden: false,
    not_found: false,
    cannot_edit: false,
    conflict: false,
    media_rejected: false,
    quota_exceeded: false,
    rate_limited: true,
    unavailable: true,
    outcome_unknown: false,
    internal: false,
  });
});

test('an answer says what is known and leaves out the rest', () => {
  const failure = new Failure('rate_limited', 'Too fast.', { retryAfterSeconds: 30, backend: 'infinipost' });
  expect(failure.toAnswer()).toEqual({
    code: 'rate_limited',
    message: 'Too fast.',
    retryable: true,
    retryAfterSeconds: 30,
    backend: 'infinipost',
  });
});

test('a cause is for the log and never for an answer', () => {
  const failure = new Failure('unavailable', 'No answer.', {
    cause: new Error('connect to 10.0.0.1 failed'),
  });
  expect((failure.cause as Error).message).toContain('10.0.0.1');
  expect(JSON.stringify(failure.toAnswer())).not.toContain('10.0.0.1');
  expect(JSON.stringify(failure.with({ hint: 'Wait.' }).toAnswer())).not.toContain('10.0.0.1');
});

test('what is said later adds to a failure and overrides nothing', () => {
  const cause = new Error('why');
  const failure = new Failure('not_found', 'None.', { field: 'postId', cause }).with({
    field: 'soundId',
    hint: 'Look in list_posts.',
  });
  expect(failure.toAnswer()).toMatchObject({ field: 'postId', hint: 'Look in list_posts.' });
  expect(failure.cause).toBe(cause);
});

test('anything else that is thrown is internal, and its text is kept from the answer', () => {
  for (const thrown of [new TypeError('secret'), 'secret', { secret: 1 }, null, undefined]) {
    const failure = Failure.from(thrown);
    expect(failure.code).toBe('internal');
    expect(failure.cause).toBe(thrown === undefined ? undefined : thrown);
    expect(JSON.stringify(failure.toAnswer())).not.toContain('secret');
  }
});

test('a failure stays the one that it is', () => {
  const failure = new Failure('conflict', 'In flight.');
  expect(Failure.from(failure)).toBe(failure);
});

test('a failure survives being written down and read again', () => {
  const codes = fc.constantFrom(...(Object.keys(FAILURES) as FailureCode[]));
  fc.assert(
    fc.property(codes, fc.string(), fc.string(), (code, message, hint) => {
      const answer = new Failure(code, message, { hint }).toAnswer();
      expect(Failure.fromAnswer(JSON.parse(JSON.stringify(answer)) as typeof answer).toAnswer()).toEqual(
        answer,
      );
    }),
  );
});

test('text from outside is quoted on one line, without what could hide or steer it', () => {
  expect(quote('  gone\r\n\u001b[31mred\u202eevil\u2028end\u0000  ')).toBe('gone [31mred evil end');
  expect(quote('x'.repeat(300))).toBe('x'.repeat(300));
  expect(quote('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      expect(quote(text).length).toBeLessThanOrEqual(300);
      expect(quote(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});

test('a quotation is cut between characters, never inside one', () => {
  expect(quote(`${'x'.repeat(298)}🎬🎬`).isWellFormed()).toBe(true);
});
