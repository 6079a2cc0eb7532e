import { describe, expect, it } from 'vitest';
import type { MediaFacts } from '../../src/domain/content.ts';
import { PLATFORM_NAMES } from '../../src/domain/platform.ts';
import { videoWarnings } from '../../src/media/platform-fit.ts';

const MB = 1024 * 1024;

function video(facts: Partial<MediaFacts> = {}): MediaFacts {
  return {
    container: 'MP4',
    mimeType: 'video/mp4',
    durationSeconds: 20,
    width: 1080,
    height: 1920,
    hasVideo: true,
    ...facts,
  };
}

describe('the fit of a video', () => {
  it('an upright video of 20 seconds fits everywhere', () => {
    expect(videoWarnings(video(), 50 * MB, PLATFORM_NAMES)).toEqual([]);
  });

  it('a video can be too short for one platform and long enough for another', () => {
    expect(videoWarnings(video({ durationSeconds: 2 }), MB, ['tiktok', 'instagram', 'pinterest'])).toEqual([
      {
        code: 'media_may_be_refused',
        message: 'The video lasts 2 s; instagram takes 3 s or more.',
        platform: 'instagram',
      },
      {
        code: 'media_may_be_refused',
        message: 'The video lasts 2 s; pinterest takes 4 s or more.',
        platform: 'pinterest',
      },
    ]);
  });

  it('a video can be too long, and the limit itself is not', () => {
    const [warning, ...others] = videoWarnings(video({ durationSeconds: 140.04 }), MB, ['x', 'youtube']);
    expect(warning?.message).toBe('The video lasts 140.04 s; x takes 140 s at most.');
    expect(others).toEqual([]);
    expect(videoWarnings(video({ durationSeconds: 140 }), MB, ['x'])).toEqual([]);
  });

  it('a file can be too large, and the limit itself is not', () => {
    const [warning] = videoWarnings(video(), 100 * MB + 1, ['bluesky']);
    expect(warning?.message).toBe('The video has 101 MB; bluesky takes 100 MB at most.');
    expect(videoWarnings(video(), 100 * MB, ['bluesky'])).toEqual([]);
  });

  it('a wide video is told of where upright ones are the rule', () => {
    const wide = video({ width: 1920, height: 1080 });
    const told = videoWarnings(wide, MB, ['tiktok', 'instagram', 'youtube', 'x', 'linkedin']);
    expect(told.map(({ platform }) => platform)).toEqual(['tiktok', 'instagram', 'youtube']);
    expect(told[2]?.message).toContain('not as a Short');
    expect(videoWarnings(video({ width: 1080, height: 1080 }), MB, ['tiktok'])).toEqual([]);
  });

  it('nothing is said of a shape or a limit that is not known', () => {
    const { width: _, height: __, ...shapeless } = video({ durationSeconds: 100_000 });
    expect(videoWarnings(shapeless, MB, ['telegram', 'discord'])).toEqual([]);
  });

  it('a platform with several accounts is told of once', () => {
    expect(videoWarnings(video({ durationSeconds: 1 }), MB, ['x', 'instagram', 'instagram'])).toHaveLength(1);
  });
});
