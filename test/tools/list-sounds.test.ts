import { expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';

async function fill(airdate: Airdate, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await airdate.call('upload_sound', {
      soundUrl: `https://cdn.example.com/${encodeURIComponent(name)}.mp3`,
      name,
    });
    airdate.clock.advance(1);
  }
}

async function names(airdate: Airdate, filters: object = {}): Promise<string[]> {
  return (await airdate.call('list_sounds', { limit: 100, ...filters })).sounds.map(({ name }) => name);
}

test('where nothing was uploaded the list is empty', async () => {
  await using airdate = await openAirdate();
  expect(await airdate.call('list_sounds')).toEqual({
    sounds: [],
    hasMore: false,
    nextCursor: null,
    unavailable: [],
  });
});

test('sounds come newest first, as they were answered when they were uploaded', async () => {
  await using airdate = await openAirdate();
  await fill(airdate, ['one', 'two']);
  const { sound } = await airdate.call('upload_sound', {
    soundUrl: airdate.media('tone.mp3'),
    name: 'three',
  });
  const { sounds } = await airdate.call('list_sounds');
  expect(sounds.map(({ name }) => name)).toEqual(['three', 'two', 'one']);
  expect(sounds[0]).toEqual(sound);
});

test('a query finds words in the name, in any case, and nothing else', async () => {
  await using airdate = await openAirdate();
  await fill(airdate, ['Rain loop', 'rainbow', '100% sun', 'under_score']);
  expect(await names(airdate, { query: 'rain' })).toEqual(['rainbow', 'Rain loop']);
  expect(await names(airdate, { query: 'RAIN L' })).toEqual(['Rain loop']);
  expect(await names(airdate, { query: '% s' })).toEqual(['100% sun']);
  expect(await names(airdate, { query: "' or 1=1 --" })).toEqual([]);
  expect(await names(airdate, { query: 'snow' })).toEqual([]);
});

test('pages never repeat a sound and never skip one', async () => {
  await using airdate = await openAirdate();
  await fill(
    airdate,
    Array.from({ length: 25 }, (_, index) => `sound ${index}`),
  );
  const whole = await names(airdate);
  expect(new Set(whole).size).toBe(25);
  const walked: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await airdate.call('list_sounds', { limit: 4, ...(cursor && { cursor }) });
    walked.push(...page.sounds.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor);
  expect(walked).toEqual(whole);
});

test('a cursor is refused under another query', async () => {
  await using airdate = await openAirdate();
  await fill(airdate, ['a', 'ab', 'abc']);
  const { nextCursor: cursor } = await airdate.call('list_sounds', { query: 'a', limit: 1 });
  expect(await airdate.fail('list_sounds', { query: 'b', cursor })).toMatchObject({
    code: 'invalid_parameter',
    field: 'cursor',
  });
  expect((await airdate.call('list_sounds', { query: 'a', cursor })).sounds).toHaveLength(2);
});

test('a backend that is not configured is refused', async () => {
  await using airdate = await openAirdate();
  expect(await airdate.fail('list_sounds', { backend: 'infinipost' })).toMatchObject({
    code: 'invalid_parameter',
    field: 'backend',
  });
  expect((await airdate.call('list_sounds', { backend: 'local' })).sounds).toEqual([]);
});
