import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAirdate } from '../support/airdate.ts';

test.each(['tone.mp3', 'tone.m4a', 'tone.ogg', 'tone.wav', 'tone.flac'])(
  'an audio file is kept, with its length: %s',
  async (name) => {
    await using airdate = await openAirdate();
    const { sound } = await airdate.call('upload_sound', { soundUrl: airdate.media(name) });
    expect(sound).toMatchObject({
      soundId: expect.stringMatching(/^local:[a-z0-9]{16}$/),
      name,
      platforms: ['tiktok', 'instagram', 'youtube'],
      createdAt: { utc: '2026-11-21T12:00:00Z' },
    });
    expect(sound.durationSeconds).toBeGreaterThan(0);
    expect(readdirSync(join(airdate.home, 'content'))).toHaveLength(1);
  },
);

test('a public audio URL is kept under the name that it ends in', async () => {
  await using airdate = await openAirdate();
  const soundUrl = 'https://cdn.example.com/sounds/rain%20loop.mp3?token=a';
  const { sound } = await airdate.call('upload_sound', { soundUrl });
  expect(sound).toMatchObject({ name: 'rain loop.mp3', url: soundUrl });
});

test('the sound of a TikTok video is kept as a reference, and said to be one', async () => {
  await using airdate = await openAirdate();
  const { sound } = await airdate.call('upload_sound', {
    soundUrl: 'https://www.tiktok.com/@a.b/video/7123456789012345678',
    name: 'Trend',
  });
  expect(sound).toMatchObject({ name: 'Trend', note: expect.stringContaining('reference') });
});

test('a name that is given goes before any other', async () => {
  await using airdate = await openAirdate();
  const { sound } = await airdate.call('upload_sound', {
    soundUrl: airdate.media('tone.mp3'),
    name: 'Rain loop',
  });
  expect(sound.name).toBe('Rain loop');
});

test('the same upload within a day answers the sound that is there', async () => {
  await using airdate = await openAirdate();
  const soundUrl = airdate.media('tone.mp3');
  const first = await airdate.call('upload_sound', { soundUrl });
  const second = await airdate.call('upload_sound', { soundUrl });
  const renamed = await airdate.call('upload_sound', { soundUrl, name: 'other' });
  expect(second.sound).toEqual(first.sound);
  expect(renamed.sound.soundId).not.toBe(first.sound.soundId);
  expect((await airdate.call('list_sounds')).sounds).toHaveLength(2);
});

test.each<[string, string]>([
  ['not-a-video.mp4', 'plain text'],
  ['cut-off.mp4', 'cannot be read'],
])('%s is no sound', async (fixture) => {
  await using airdate = await openAirdate();
  const error = await airdate.fail('upload_sound', { soundUrl: airdate.media(fixture) });
  expect(error).toMatchObject({ code: 'media_rejected', field: 'soundUrl' });
  expect((await airdate.call('list_sounds')).sounds).toEqual([]);
});

test('a file that changed since is another sound', async () => {
  await using airdate = await openAirdate();
  const soundUrl = airdate.media('tone.mp3', 'sound');
  const first = await airdate.call('upload_sound', { soundUrl });
  airdate.media('tone.wav', 'sound');
  const second = await airdate.call('upload_sound', { soundUrl });
  expect(second.sound.soundId).not.toBe(first.sound.soundId);
});

test.each(['http://cdn.example.com/a.mp3', 'https://127.0.0.1/a.mp3', 'https://localhost/a.mp3', 'a.mp3'])(
  '%s is not where a sound may be',
  async (soundUrl) => {
    await using airdate = await openAirdate();
    expect(await airdate.fail('upload_sound', { soundUrl })).toMatchObject({
      code: 'invalid_parameter',
      field: 'soundUrl',
      hint: expect.any(String),
    });
  },
);

test('a file outside the media folders is refused, whatever it holds', async () => {
  await using airdate = await openAirdate();
  airdate.media('tone.mp3');
  const outside = join(airdate.home, 'outside.mp3');
  writeFileSync(outside, 'x');
  expect(await airdate.fail('upload_sound', { soundUrl: outside })).toMatchObject({
    code: 'invalid_parameter',
    field: 'soundUrl',
    hint: expect.stringContaining('AIRDATE_MEDIA_ROOTS'),
  });
});

test('a backend that is not configured is refused', async () => {
  await using airdate = await openAirdate();
  const error = await airdate.fail('upload_sound', {
    soundUrl: airdate.media('tone.mp3'),
    backend: 'infinipost',
  });
  expect(error).toMatchObject({ code: 'invalid_parameter', field: 'backend' });
});
