import { expect, test } from 'vitest';
import { isPlatform, limitsOf, PLATFORM_NAMES } from '../../src/domain/platform.ts';

test('what the platforms take is what their rules say', () => {
  const limits = PLATFORM_NAMES.map((name) => {
    const { caption, captionForAll, title, video } = limitsOf(name);
    const megabytes = video && video.maxBytes / 1024 / 1024;
    return `${name}: ${[caption, captionForAll, title].filter(Boolean).join('/')}${video ? `, ${video.minSeconds}–${video.maxSeconds} s, ${megabytes} MB` : ''}`;
  });
  expect(limits).toMatchInlineSnapshot(`
    [
      "tiktok: 2200, 1–600 s, 4096 MB",
      "instagram: 2200, 3–900 s, 300 MB",
      "youtube: 5000/100, 1–43200 s, 262144 MB",
      "facebook: 63206/255, 1–14400 s, 1024 MB",
      "linkedin: 3000, 3–600 s, 5120 MB",
      "x: 25000/280, 0.5–140 s, 512 MB",
      "threads: 500, 0–300 s, 1024 MB",
      "pinterest: 500/100, 4–900 s, 1024 MB",
      "bluesky: 300, 0–180 s, 100 MB",
      "reddit: 40000/300",
      "telegram: 4096",
      "discord: 2000",
      "mastodon: 500",
      "wordpress: 63206",
      "google_business: 1500",
    ]
  `);
});

test('a platform is known by its name alone', () => {
  expect(PLATFORM_NAMES.every(isPlatform)).toBe(true);
  expect(['TikTok', 'twitter', '', 'toString', '__proto__'].filter(isPlatform)).toEqual([]);
});

test('a caption that passes for all is never longer than one that passes for some', () => {
  for (const { caption, captionForAll, title, video } of PLATFORM_NAMES.map(limitsOf)) {
    expect(captionForAll ?? caption).toBeLessThanOrEqual(caption);
    expect(title ?? 1).toBeGreaterThan(0);
    if (video) expect(video.minSeconds).toBeLessThan(video.maxSeconds);
  }
});
