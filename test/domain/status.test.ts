import { describe, expect, test } from 'vitest';
import {
  isEditable,
  mayStep,
  POST_STATUSES,
  type PostStatus,
  STEPS,
  statusOf,
  type TargetStatus,
} from '../../src/domain/status.ts';
import { fc } from '../support/properties.ts';

const TARGETS = POST_STATUSES.filter((status) => status !== 'partial');

describe('the steps of a target', () => {
  /** Row: from, column: to; `x` where the step may be taken. */
  const TABLE = `
                draft scheduled processing published failed unconfirmed missed cancelled
    draft       .     .         .          .         .      .           .      .
    scheduled   .     .         x          .         .      x           x      x
    processing  x     x         .          x         x      x           x      .
    published   .     .         .          .         .      .           .      .
    failed      .     x         x          .         .      .           .      .
    unconfirmed .     x         .          x         x      .           .      .
    missed      .     x         .          .         .      .           .      x
    cancelled   .     .         .          .         .      .           .      .
  `;
  const [heads = [], ...rows] = TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const pairs = rows.flatMap(([from, ...marks]) =>
    marks.map((mark, index): [TargetStatus, TargetStatus, boolean] => [
      from as TargetStatus,
      heads[index] as TargetStatus,
      mark === 'x',
    ]),
  );

  test('every pair is judged', () => {
    expect(pairs).toHaveLength(TARGETS.length ** 2);
    expect(new Set(pairs.map(([from, to]) => `${from} ${to}`)).size).toBe(TARGETS.length ** 2);
    expect(Object.keys(STEPS).sort()).toEqual([...TARGETS].sort());
  });

  test.each(pairs)('from %s to %s: %s', (from, to, may) => {
    expect(mayStep(from, to)).toBe(may);
  });

  test('what is published, cancelled or in the drafts of an app stays so', () => {
    expect([STEPS.published, STEPS.cancelled, STEPS.draft]).toEqual([[], [], []]);
  });
});

test('scheduled, draft and missed posts can be edited, and no others', () => {
  expect(POST_STATUSES.filter(isEditable)).toEqual(['draft', 'scheduled', 'missed']);
});

describe('the status of a post', () => {
  test.each(TARGETS)('is %s when every target is', (status) => {
    expect(statusOf([status])).toBe(status);
    expect(statusOf([status, status, status])).toBe(status);
  });

  test('without a target is scheduled', () => {
    expect(statusOf([])).toBe('scheduled');
  });

  test.each<[TargetStatus, TargetStatus, PostStatus]>([
    ['published', 'failed', 'partial'],
    ['published', 'missed', 'partial'],
    ['published', 'cancelled', 'partial'],
    ['published', 'draft', 'partial'],
    ['published', 'unconfirmed', 'unconfirmed'],
    ['published', 'processing', 'processing'],
    ['published', 'scheduled', 'processing'],
    ['failed', 'scheduled', 'processing'],
    ['failed', 'processing', 'processing'],
    ['failed', 'unconfirmed', 'unconfirmed'],
    ['failed', 'missed', 'failed'],
    ['failed', 'cancelled', 'failed'],
    ['failed', 'draft', 'failed'],
    ['scheduled', 'processing', 'processing'],
    ['scheduled', 'unconfirmed', 'processing'],
    ['scheduled', 'missed', 'scheduled'],
    ['scheduled', 'draft', 'scheduled'],
    ['scheduled', 'cancelled', 'scheduled'],
    ['unconfirmed', 'processing', 'processing'],
    ['unconfirmed', 'missed', 'unconfirmed'],
    ['unconfirmed', 'draft', 'unconfirmed'],
    ['unconfirmed', 'cancelled', 'unconfirmed'],
    ['processing', 'missed', 'processing'],
    ['processing', 'draft', 'processing'],
    ['processing', 'cancelled', 'processing'],
    ['missed', 'draft', 'missed'],
    ['missed', 'cancelled', 'missed'],
    ['draft', 'cancelled', 'draft'],
  ])('of %s and %s targets is %s', (one, other, status) => {
    expect(statusOf([one, other])).toBe(status);
    expect(statusOf([other, one])).toBe(status);
  });

  const targets = fc.array(fc.constantFrom(...TARGETS), { minLength: 1, maxLength: 6 });

  test('does not depend on the order of the targets', () => {
    fc.assert(
      fc.property(
        targets.chain((some) =>
          fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
        ),
        ([some, shuffled]) => {
          expect(statusOf(shuffled)).toBe(statusOf(some));
        },
      ),
    );
  });

  test('is never published while a target is not', () => {
    fc.assert(
      fc.property(targets, (some) => {
        expect(statusOf(some) === 'published').toBe(some.every((status) => status === 'published'));
      }),
    );
  });

  test('never hides that something may be live or in hand', () => {
    fc.assert(
      fc.property(targets, (some) => {
        if (some.includes('unconfirmed')) expect(['unconfirmed', 'processing']).toContain(statusOf(some));
        if (some.includes('processing')) expect(statusOf(some)).toBe('processing');
      }),
    );
  });
});
