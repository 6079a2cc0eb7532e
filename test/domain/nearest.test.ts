import { expect, test } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';
import { fc } from '../support/properties.ts';

const KNOWN = ['tiktok', 'instagram', 'youtube', 'x'] as const;

test.each([
  ['tiktok', 'tiktok'],
  ['TikTok', 'tiktok'],
  ['tik-tok', 'tiktok'],
  ['tiktk', 'tiktok'],
  ['instgram', 'instagram'],
  ['insta', 'instagram'],
  ['tube', undefined],
  ['tik', undefined],
  ['yt', undefined],
  ['fb', undefined],
  ['y', undefined],
  ['xx', 'x'],
  ['youtub', 'youtube'],
  ['yuotube', 'youtube'],
  ['facebook', undefined],
  ['', undefined],
])('"%s" may be meant as %s', (typed, meant) => {
  expect(nearest(typed, KNOWN)).toBe(meant);
});

test('of several that are close the closest is meant', () => {
  expect(nearest('edit_pst', ['edit_posts', 'edit_post', 'list_posts'])).toBe('edit_post');
});

test('two letters that changed places are one slip', () => {
  expect(nearest('prot', ['port', 'host'])).toBe('port');
});

test('what begins two names is meant for neither', () => {
  expect(nearest('privacy', ['title', 'privacyStatus'])).toBe('privacyStatus');
  expect(nearest('privacy', ['privacyLevel', 'privacyStatus'])).toBeUndefined();
});

test('of nothing known nothing is near', () => {
  expect(nearest('anything', [])).toBeUndefined();
});

test('what is known is nearest to itself', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), {
    minLength: 1,
    selector: (name) => name.toLowerCase(),
  });
  fc.assert(
    fc.property(names, fc.nat(), (known, place) => {
      const name = known[place % known.length] ?? '';
      expect(nearest(name, known)).toBe(name);
    }),
  );
});
