import { describe, expect, test } from 'vitest';
import { lengthOf, line, text } from '../../src/domain/text.ts';
import { fc } from '../support/properties.ts';

const takes = (value: unknown) => text(100).safeParse(value).success;
const takesLine = (value: unknown) => line(100).safeParse(value).success;

describe('a text', () => {
  test.each([
    '',
    'plain',
    'two\nlines',
    'tab\tand\r\nreturn',
    'emoji 🎬👩‍👩‍👧',
    'עברית',
    '日本語 #タグ',
    'a\u200db',
  ])('may be %j', (value) => {
    expect(takes(value)).toBe(true);
  });

  test.each(['\u0000', 'a\u0007b', '\u001b[31m', 'a\u007f', '\u202eevil', '\u2066x\u2069', '\u000b'])(
    'must not be %j',
    (value) => {
      expect(takes(value)).toBe(false);
    },
  );

  test.each([undefined, null, 1, true, {}, ['a']])('is a string, and %j is none', (value) => {
    expect(takes(value)).toBe(false);
  });

  test('has at most the characters that are allowed', () => {
    expect(takes('a'.repeat(100))).toBe(true);
    expect(takes('a'.repeat(101))).toBe(false);
  });

  test('that is refused is told why in words', () => {
    const { error } = text(10).safeParse('a\u0000');
    expect(error?.issues[0]?.message).toBe('must not hold control characters');
  });
});

describe('a line', () => {
  test('is a text of one line that says something', () => {
    expect(['a', 'a b', '🎬'].filter(takesLine)).toHaveLength(3);
    expect(['', 'a\nb', 'a\rb', '\n', 'a\u0000'].filter(takesLine)).toEqual([]);
  });
});

test('length is counted by code point', () => {
  expect(lengthOf('🎬🎬')).toBe(2);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 1 })), (some) => {
      expect(lengthOf(some.join(''))).toBe([...some.join('')].length);
    }),
  );
});
