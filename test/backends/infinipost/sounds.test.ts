import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../src/domain/failure.ts';
import type { Fault } from '../../emulators/emulator.ts';
import { failureOf, is, openSetting, type Setting } from './setting.ts';

const TIKTOK = 'https://www.tiktok.com/@username/video/7123456789';
const isImport = is('POST', '/v1/media/sounds');

function upload({ backend, call }: Setting, url = TIKTOK, name?: string) {
  return backend.uploadSound({ content: { kind: 'url', url }, ...(name && { name }) }, call);
}

describe('importing a sound', () => {
  it('takes it from a TikTok video, under the name that is given', async () => {
    await using setting = await openSetting();
    const sound = await upload(setting, TIKTOK, 'Viral Beat');
    expect(setting.calls()).toEqual(['POST /v1/media/sounds']);
    expect(setting.lastBody()).toEqual({ soundUrl: TIKTOK, name: 'Viral Beat' });
    const [kept] = setting.emulator.sounds.values();
    expect(sound).toEqual({
      id: kept?.soundId,
      name: 'Viral Beat',
      url: kept?.url,
      durationSeconds: 45.2,
      createdAt: Date.parse('2026-11-21T12:00:00Z'),
      platforms: ['tiktok'],
    });
  });

  it('has the name of the vendor where none is given', async () => {
    await using setting = await openSetting({ createdStatus: 201 });
    expect((await upload(setting)).name).toBe('original sound - username');
    expect(setting.lastBody()).toEqual({ soundUrl: TIKTOK });
  });

  it('is refused for another address, and says what is wanted', async () => {
    await using setting = await openSetting();
    const failure = await failureOf(upload(setting, 'https://example.com/song.mp3'));
    expect(failure.toAnswer()).toMatchObject({
      code: 'invalid_parameter',
      field: 'soundUrl',
      upstream: { code: 'invalid_url' },
      hint: expect.stringContaining('https://www.tiktok.com/@user/video/'),
    });
  });

  it('is refused where no address is given at all', async () => {
    await using setting = await openSetting();
    const file = { kind: 'clip', url: 'openshorts:job/0', jobId: 'job', clipIndex: 0 } as const;
    const failure = await failureOf(setting.backend.uploadSound({ content: file }, setting.call));
    expect(failure.code).toBe('unsupported');
    expect(setting.calls()).toEqual([]);
  });

  it.each<[string, Fault, FailureCode]>([
    [
      'whose sound cannot be taken out',
      { kind: 'status', status: 422, body: { error: { code: 'extraction_failed', message: 'no audio' } } },
      'media_rejected',
    ],
    [
      'that lacks a field',
      {
        kind: 'status',
        status: 400,
        body: { error: { code: 'missing_required_fields', message: 'soundUrl' } },
      },
      'invalid_parameter',
    ],
  ])('is refused for a video %s', async (_, fault, code) => {
    await using setting = await openSetting();
    setting.emulator.server.fail(fault, isImport, 9);
    expect((await failureOf(upload(setting))).code).toBe(code);
    expect(setting.calls()).toHaveLength(1);
  });

  it('publishes nothing, so that it is sent again when its answer is lost', async () => {
    await using setting = await openSetting();
    setting.emulator.server.fail({ kind: 'resetAfterAccept' }, isImport);
    const sound = await upload(setting);
    expect([...setting.emulator.sounds.keys()]).toContain(sound.id);
    expect(setting.calls()).toHaveLength(2);
  });
});

describe('listing sounds', () => {
  it('goes through them a page at a time, newest first', async () => {
    await using setting = await openSetting();
    for (let nth = 0; nth < 5; nth += 1) setting.emulator.addSound({ name: `beat ${nth}` });
    const first = await setting.backend.listSounds({ limit: 3 }, setting.call);
    expect(first.rows.map(({ name }) => name)).toEqual(['beat 4', 'beat 3', 'beat 2']);
    const cursor = first.nextCursor ?? '';
    const second = await setting.backend.listSounds({ limit: 3, cursor }, setting.call);
    expect(second.rows.map(({ name }) => name)).toEqual(['beat 1', 'beat 0']);
    expect(second).not.toHaveProperty('nextCursor');
    expect(setting.calls()).toEqual(['GET /v1/media/sounds', 'GET /v1/media/sounds']);
  });

  it('looks for a name on the page, since the vendor has no search', async () => {
    await using setting = await openSetting();
    for (const name of ['Summer Rain', 'Viral Beat', 'summer drums']) setting.emulator.addSound({ name });
    const page = await setting.backend.listSounds({ query: 'SUMMER', limit: 2 }, setting.call);
    expect(page.rows.map(({ name }) => name)).toEqual(['summer drums']);
    expect(page.nextCursor).toBeDefined();
  });

  it('takes any id for a sound, whatever it begins with, and a bare one too', async () => {
    await using setting = await openSetting();
    const data = [{ id: 'snd_1', name: 'a' }, { soundId: 'sound_2' }];
    setting.emulator.server.fail({ kind: 'status', status: 200, body: { data } });
    const { rows } = await setting.backend.listSounds({ limit: 20 }, setting.call);
    expect(rows).toEqual([
      { id: 'snd_1', name: 'a', platforms: ['tiktok'] },
      { id: 'sound_2', name: 'sound_2', platforms: ['tiktok'] },
    ]);
  });

  it('says which parameter is wrong when the vendor no longer knows a cursor', async () => {
    await using setting = await openSetting();
    const failure = await failureOf(setting.backend.listSounds({ limit: 20, cursor: 'gone' }, setting.call));
    expect(failure.toAnswer()).toMatchObject({ code: 'invalid_parameter', field: 'cursor' });
  });
});
