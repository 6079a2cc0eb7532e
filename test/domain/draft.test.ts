import { describe, expect, test } from 'vitest';
import { captionFor, PostChanges, textIssues, textWarnings, VideoDraft } from '../../src/domain/draft.ts';
import { limitsOf, PLATFORM_NAMES } from '../../src/domain/platform.ts';

const DRAFT = { accountIds: ['local:tiktok'], contentUrl: 'https://cdn.example.com/clip.mp4' };

describe('what a platform takes', () => {
  test.each(PLATFORM_NAMES)(
    '%s takes a caption of its full length and not one character more',
    (platform) => {
      const { caption: limit } = limitsOf(platform);
      expect(textIssues({ caption: 'a'.repeat(limit) }, [platform])).toEqual([]);
      expect(textIssues({ caption: 'a'.repeat(limit + 1) }, [platform])).toEqual([
        { path: 'caption', message: `${limit + 1} characters; ${platform} takes ${limit}` },
      ]);
    },
  );

  test('an emoji is one character', () => {
    expect(textIssues({ caption: '🎬'.repeat(300) }, ['bluesky'])).toEqual([]);
    expect(textIssues({ caption: '🎬'.repeat(301) }, ['bluesky'])).toHaveLength(1);
  });

  test('every platform that refuses is named, once', () => {
    const issues = textIssues({ caption: 'a'.repeat(2300) }, ['tiktok', 'instagram', 'youtube', 'tiktok']);
    expect(issues.map(({ message }) => message)).toEqual([
      '2300 characters; tiktok takes 2200',
      '2300 characters; instagram takes 2200',
    ]);
  });

  test('a caption of a platform’s own stands in for the common one', () => {
    const texts = { caption: 'a'.repeat(5000), options: { tiktok: { caption: 'short' } } };
    expect(captionFor('tiktok', texts)).toBe('short');
    expect(captionFor('youtube', texts)).toBe(texts.caption);
    expect(textIssues(texts, ['tiktok', 'youtube'])).toEqual([]);
    expect(textIssues({ options: { tiktok: { caption: 'a'.repeat(2201) } } }, ['tiktok'])).toEqual([
      { path: 'platformOptions.tiktok.caption', message: '2201 characters; tiktok takes 2200' },
    ]);
  });

  test('an empty caption of a platform’s own is a caption', () => {
    expect(captionFor('tiktok', { caption: 'common', options: { tiktok: { caption: '' } } })).toBe('');
  });

  test('a title too long for YouTube is refused there and nowhere else', () => {
    const title = 'a'.repeat(101);
    expect(textIssues({ title }, ['youtube'])).toEqual([
      { path: 'title', message: '101 characters; youtube takes 100' },
    ]);
    expect(textIssues({ title }, ['tiktok', 'instagram'])).toEqual([]);
    expect(textIssues({ title: 'a'.repeat(100) }, ['youtube'])).toEqual([]);
  });

  test('a title of YouTube’s own stands in for the common one', () => {
    expect(
      textIssues({ title: 'a'.repeat(101), options: { youtube: { title: 'short' } } }, ['youtube']),
    ).toEqual([]);
  });

  test('a caption that passes for some accounts of X alone is a warning', () => {
    expect(textWarnings({ caption: 'a'.repeat(280) }, ['x'])).toEqual([]);
    expect(textWarnings({ caption: 'a'.repeat(281) }, ['x', 'tiktok'])).toMatchObject([
      { code: 'caption_may_be_refused', message: expect.stringContaining('281') },
    ]);
  });
});

describe('what an agent may ask', () => {
  test('accounts and content are enough for a post', () => {
    expect(VideoDraft.parse(DRAFT)).toEqual(DRAFT);
  });

  test.each([
    [{ ...DRAFT, accountIds: [] }],
    [{ ...DRAFT, accountIds: Array.from({ length: 51 }, (_, index) => `local:${index}`) }],
    [{ ...DRAFT, captions: 'a' }],
    [{ ...DRAFT, platformOptions: { tiktok: { privacy: 'PUBLIC_TO_EVERYONE' } } }],
    [{ ...DRAFT, platformOptions: { myspace: {} } }],
    [{ ...DRAFT, platformOptions: { tiktok: { coverTimestampMs: -1 } } }],
    [{ ...DRAFT, platformOptions: { tiktok: { coverTimestampMs: 0.5 } } }],
    [{ ...DRAFT, platformOptions: { youtube: { title: 'a'.repeat(101) } } }],
    [{ ...DRAFT, ambiguousTime: 'compatible' }],
    [{ ...DRAFT, soundId: null }],
  ])('%j is refused', (draft) => {
    expect(VideoDraft.safeParse(draft).success).toBe(false);
  });

  test('an edit may remove the sound by null', () => {
    expect(PostChanges.parse({ postId: 'local:1', soundId: null })).toEqual({
      postId: 'local:1',
      soundId: null,
    });
  });
});
