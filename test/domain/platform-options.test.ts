import { expect, test } from 'vitest';
import { givenOptions, mergeOptions, PlatformOptions } from '../../src/domain/platform-options.ts';

test('every option that was given is named with its platform', () => {
  expect(givenOptions({ tiktok: { draft: false, caption: 'a' }, threads: {}, x: undefined })).toEqual([
    ['tiktok', 'draft'],
    ['tiktok', 'caption'],
  ]);
});

test('changes are laid over option by option, and what is not named stays', () => {
  const options = { tiktok: { draft: true, allowDuet: false }, youtube: { tags: ['a'] } } as const;
  expect(
    mergeOptions(PlatformOptions.parse(options), {
      tiktok: { draft: false },
      x: { replySettings: 'following' },
    }),
  ).toEqual({
    tiktok: { draft: false, allowDuet: false },
    youtube: { tags: ['a'] },
    x: { replySettings: 'following' },
  });
});

test('merging changes neither side', () => {
  const options = PlatformOptions.parse({ tiktok: { draft: true } });
  const changes = PlatformOptions.parse({ tiktok: { allowDuet: true } });
  mergeOptions(options, changes);
  expect([options, changes]).toEqual([{ tiktok: { draft: true } }, { tiktok: { allowDuet: true } }]);
});
