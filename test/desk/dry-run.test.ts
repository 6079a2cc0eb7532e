import { expect, test } from 'vitest';
import type { Airdate } from '../support/airdate.ts';
import { openEverything } from '../support/everything.ts';

const DRAFT = { contentUrl: 'https://cdn.example.com/clip.mp4', scheduledTime: '2026-11-25T18:30:00Z' };

async function open() {
  const accounts = [{ id: 'relayed', platform: 'tiktok', relay: 'posteverywhere:2280' }];
  const everything = await openEverything({ configFile: { accounts }, runner: false, ticking: true });
  return { ...everything, clip: `openshorts:${everything.openshorts.jobs.completed}/0` };
}

/** The warnings of the call as a dry run and as itself, which is made after it. */
async function bothWarnings(airdate: Airdate, tool: string, input: object) {
  const dry = await airdate.call(tool, { ...input, dryRun: true });
  const wet = await airdate.call(tool, input);
  return { dry: dry.warnings, wet: wet.warnings, answer: wet };
}

test.each([
  [
    'posteverywhere',
    { accountIds: ['posteverywhere:2282'], caption: 'the first line' },
    ['title_from_caption'],
  ],
  [
    'upload-post',
    {
      accountIds: ['upload-post:myusername/youtube', 'upload-post:myusername/tiktok'],
      caption: 'the first line',
      platformOptions: { tiktok: { draft: true } },
    },
    ['title_from_caption', 'draft_without_settings'],
  ],
  ['openshorts', { accountIds: ['openshorts:myusername/tiktok'] }, ['caption_from_clip', 'lands_in_drafts']],
  [
    'a relay',
    { accountIds: ['local:relayed'], caption: 'x', platformOptions: { tiktok: { draft: true } } },
    ['option_ignored'],
  ],
])('a dry run of a new post warns of what %s warns of', async (name, draft, codes) => {
  await using setting = await open();
  const { airdate, clip } = setting;
  const input = { ...DRAFT, ...(name === 'openshorts' && { contentUrl: clip }), ...draft };
  const { dry, wet } = await bothWarnings(airdate, 'create_video_post', input);
  expect(wet.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
  expect(dry).toEqual(wet);
});

test.each([
  [
    'posteverywhere',
    { accountIds: ['posteverywhere:2280'], caption: 'x' },
    { caption: ' ' },
    'caption_blank',
  ],
  [
    'upload-post',
    {
      accountIds: ['upload-post:myusername/tiktok', 'upload-post:myusername/instagram'],
      caption: 'x',
      platformOptions: { tiktok: { caption: 'of its own' } },
    },
    { caption: 'y' },
    'caption_kept',
  ],
])('a dry run of an edit warns of what %s warns of', async (_, draft, change, code) => {
  await using setting = await open();
  const { airdate } = setting;
  const { posts } = await airdate.call('create_video_post', { ...DRAFT, ...draft });
  const { dry, wet } = await bothWarnings(airdate, 'edit_post', { postId: posts[0]?.postId, ...change });
  expect(wet.map((warning) => warning.code)).toContain(code);
  expect(dry).toEqual(wet);
});
