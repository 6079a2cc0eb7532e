import type { z } from 'zod';

type ZodIssue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  fraction: 'a fraction',
};

/** What does not fit about a value, in plain words. */
export function inWords(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'required'
        : `expected ${kindOf(issue.expected)}, got ${kindOf(typeOf(issue.input))}`;
    case 'too_small':
      return issue.minimum === 1 && isCounted(issue.origin)
        ? 'must not be empty'
        : `expected at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap((branch) => branch.map(inWords)))].join(', or ');
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

function kindOf(type: string): string {
  return KINDS[type] ?? type;
}

function typeOf(input: unknown): string {
  if (input === null) return 'null';
  if (typeof input === 'number' && !Number.isInteger(input)) return 'fraction';
  return Array.isArray(input) ? 'array' : typeof input;
}

function isCounted(origin: string): boolean {
  return origin === 'string' || origin === 'array';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
