import { describe, expect, it } from 'vitest';
import type { VideoOrder } from '../../../src/domain/backend.ts';
import { aprilReading } from '../../emulators/posteverywhere-switches.ts';
import { ALWAYS, codeOf, failureOf, file, isTo, MINUTE_MS, open, order, type Setting } from './support.ts';

const onImport = isTo('POST', /^\/media\/upload-from-url$/);
const onPresign = isTo('POST', /^\/media\/upload$/);
const onComplete = isTo('POST', /^\/media\/[^/]+\/complete$/);
const onStorage = isTo('PUT', /^\/storage\//);
const onLook = isTo('GET', /^\/media\/[^/]+$/);

function create(setting: Setting, differences: Partial<VideoOrder> = {}) {
  return setting.backend.createVideoPost(order(differences), setting.call);
}

function fileOrder(given = file()): Partial<VideoOrder> {
  return { content: { kind: 'file', url: '/media/clip.mp4', file: given } };
}

function shape(calls: readonly string[]): string[] {
  return calls.map((one) => one.replace(/[0-9a-f-]{36}/, 'ID'));
}

describe('a video at a URL', () => {
  it.each(['status', 'media_status', 'upload_status', 'both'] as const)(
    'is imported and waited for, its status being called %s',
    async (mediaStatusName) => {
      await using setting = await open({ mediaStatusName });
      await create(setting);
      const [post] = setting.emulator.posts;
      expect(setting.emulator.media(post?.mediaIds[0] ?? '')).toMatchObject({
        status: 'ready',
        sourceUrl: 'https://cdn.example.com/clip.mp4',
      });
    },
  );

  it('is not waited for where it is ready at once', async () => {
    await using setting = await open();
    const id = setting.emulator.addMedia();
    const data = { media_id: id, media_ids: [id], media_status: 'ready', type: 'video' };
    setting.emulator.server.fail({ kind: 'status', status: 201, body: { data, error: null } }, onImport);
    await create(setting);
    expect(setting.calls()).toEqual(['POST /media/upload-from-url', 'POST /posts']);
  });

  it('is told of while it is waited for', async () => {
    await using setting = await open({ mediaPolls: ALWAYS });
    await create(setting);
    const waits = setting.call.messages.filter((message) => message.includes('ready'));
    expect(waits.length).toBeGreaterThan(5);
  });

  it('is rejected where the vendor imports no videos, with the way that remains', async () => {
    await using setting = await open(aprilReading);
    const failure = await failureOf(create(setting));
    expect(failure).toMatchObject({
      code: 'media_rejected',
      details: {
        field: 'contentUrl',
        hint: expect.stringContaining('local file'),
        upstream: { status: 415 },
      },
    });
    expect(setting.emulator.posts).toEqual([]);
  });

  it('is rejected where the vendor does not take the link', async () => {
    await using setting = await open();
    const content = { kind: 'url', url: 'https://10.0.0.1/clip.mp4' } as const;
    expect(await failureOf(create(setting, { content }))).toMatchObject({
      code: 'media_rejected',
      message: expect.stringContaining('private'),
      details: { hint: expect.stringContaining('local file') },
    });
  });

  it('is rejected where the import fails, with the vendor’s reason', async () => {
    await using setting = await open();
    setting.emulator.failNextMedia('The file is not a video.');
    expect(await failureOf(create(setting))).toMatchObject({
      code: 'media_rejected',
      message: expect.stringContaining('The file is not a video.'),
      details: { hint: expect.stringContaining('local file') },
    });
    expect(setting.emulator.posts).toEqual([]);
    await create(setting);
    expect(setting.sent('POST', /upload-from-url$/)).toHaveLength(2);
  });

  it('that is not ready in time fails the call, unposted, within 50 seconds', async () => {
    await using setting = await open({ mediaMs: 10 * MINUTE_MS, mediaPolls: ALWAYS });
    const began = setting.clock.now();
    expect(await failureOf(create(setting))).toMatchObject({
      code: 'unavailable',
      details: { hint: expect.stringContaining('same call again') },
    });
    expect(setting.clock.now() - began).toBeLessThanOrEqual(50_000);
    expect(setting.emulator.posts).toEqual([]);
  });

  it('goes on being waited for by the same call, and is not imported again', async () => {
    await using setting = await open({ mediaMs: 2 * MINUTE_MS, mediaPolls: ALWAYS });
    expect(await codeOf(create(setting))).toBe('unavailable');
    expect(await codeOf(create(setting))).toBe('unavailable');
    setting.clock.advance(MINUTE_MS);
    await create(setting);
    expect(setting.sent('POST', /upload-from-url$/)).toHaveLength(1);
    expect(setting.emulator.posts).toHaveLength(1);
    setting.emulator.switches.mediaMs = 1_000;
    await create(setting);
    expect(setting.sent('POST', /upload-from-url$/)).toHaveLength(2);
  });

  it('is imported anew when the same call comes much later, or names another video', async () => {
    await using setting = await open({ mediaMs: 60 * MINUTE_MS, mediaPolls: ALWAYS });
    await codeOf(create(setting));
    await codeOf(create(setting, { content: { kind: 'url', url: 'https://cdn.example.com/other.mp4' } }));
    setting.clock.advance(16 * MINUTE_MS);
    await codeOf(create(setting));
    expect(setting.sent('POST', /upload-from-url$/)).toHaveLength(3);
  });

  it('goes on being waited for after the looks were rate limited', async () => {
    await using setting = await open();
    setting.emulator.throttle(30, onLook);
    expect(await failureOf(create(setting))).toMatchObject({ code: 'rate_limited' });
    setting.clock.advance(MINUTE_MS);
    await create(setting);
    expect(setting.sent('POST', /upload-from-url$/)).toHaveLength(1);
  });

  it('is imported again where the answer to the import got lost, for that publishes nothing', async () => {
    await using setting = await open();
    setting.emulator.server.fail({ kind: 'resetAfterAccept' }, onImport);
    await create(setting);
    expect(setting.emulator.posts).toHaveLength(1);
    expect(setting.sent('POST', /upload-from-url$/)).toHaveLength(2);
  });

  it('is unavailable, and never in doubt, while imports get no answer', async () => {
    await using setting = await open();
    setting.emulator.server.fail({ kind: 'html', status: 502 }, onImport, ALWAYS);
    expect(await failureOf(create(setting))).toMatchObject({
      code: 'unavailable',
      details: { hint: 'Nothing was posted.' },
    });
  });

  it('is given up when nobody waits any more', async () => {
    await using setting = await open({ mediaPolls: ALWAYS, mediaMs: ALWAYS });
    const hangUp = new AbortController();
    const call = { ...setting.call, signal: hangUp.signal };
    const progress = (message: string) => {
      if (message.includes('ready')) hangUp.abort();
    };
    expect(await codeOf(setting.backend.createVideoPost(order(), { ...call, progress }))).toBe('unavailable');
    expect(setting.emulator.posts).toEqual([]);
  });
});

describe('a local file', () => {
  it('is announced, uploaded, completed and waited for', async () => {
    await using setting = await open();
    await create(setting, fileOrder());
    expect(shape(setting.calls())).toEqual([
      'POST /media/upload',
      'PUT /storage/ID',
      'POST /media/ID/complete',
      'GET /media/ID',
      'GET /media/ID',
      'POST /posts',
    ]);
    const [post] = setting.emulator.posts;
    expect(setting.emulator.media(post?.mediaIds[0] ?? '')).toMatchObject({
      bytes: Buffer.from('the bytes of a video'),
      contentType: 'video/mp4',
      width: 1080,
      height: 1920,
      duration: 12.5,
    });
  });

  it('goes up as the vendor asks for it, as a form too', async () => {
    await using setting = await open();
    await create(setting, fileOrder(file('a picture', { mimeType: 'image/png' })));
    const [upload] = setting.sent('POST', /^\/storage\//);
    expect(upload?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(upload?.headers).not.toHaveProperty('authorization');
    const [post] = setting.emulator.posts;
    expect(setting.emulator.media(post?.mediaIds[0] ?? '')?.bytes?.toString()).toBe('a picture');
  });

  it('tells how far it is', async () => {
    await using setting = await open();
    await create(setting, fileOrder());
    expect(setting.call.messages).toContain('Sending clip.mp4 to posteverywhere');
  });

  it('of a kind that the vendor does not take is rejected, saying what it takes', async () => {
    await using setting = await open();
    expect(await failureOf(create(setting, fileOrder(file('x', { mimeType: 'video/webm' }))))).toMatchObject({
      code: 'media_rejected',
      details: { field: 'contentUrl', hint: expect.stringContaining('MP4'), upstream: { status: 415 } },
    });
  });

  it('that is too large is rejected before a byte is sent', async () => {
    await using setting = await open();
    const large = { ...file(), bytes: 501 * 1024 * 1024 };
    expect(await codeOf(create(setting, fileOrder(large)))).toBe('media_rejected');
    expect(shape(setting.calls())).toEqual(['POST /media/upload']);
  });

  it('that fails its check is rejected', async () => {
    await using setting = await open();
    setting.emulator.failNextMedia('The codec is not supported.');
    expect(await failureOf(create(setting, fileOrder()))).toMatchObject({
      code: 'media_rejected',
      message: expect.stringContaining('codec'),
      details: { hint: expect.stringContaining('MP4') },
    });
  });

  it('whose bytes did not land is unavailable', async () => {
    await using setting = await open();
    setting.emulator.refuse(404, 'not_found', onComplete);
    expect(await failureOf(create(setting, fileOrder()))).toMatchObject({
      code: 'unavailable',
      details: { hint: expect.stringContaining('same call again') },
    });
    expect(setting.emulator.posts).toEqual([]);
  });

  it.each([
    ['the announcement', onPresign],
    ['the upload', onStorage],
    ['the completion', onComplete],
  ] as const)('survives a reset of %s', async (_, matches) => {
    await using setting = await open();
    setting.emulator.server.fail({ kind: 'resetBeforeRead' }, matches);
    await create(setting, fileOrder());
    expect(setting.emulator.posts).toHaveLength(1);
  });

  it('that is not ready in time goes on being waited for, if its bytes are the same', async () => {
    await using setting = await open({ mediaMs: 90_000, mediaPolls: ALWAYS });
    expect(await codeOf(create(setting, fileOrder()))).toBe('unavailable');
    expect(await codeOf(create(setting, fileOrder(file('other bytes, same path'))))).toBe('unavailable');
    await create(setting, fileOrder());
    expect(setting.sent('POST', /^\/media\/upload$/)).toHaveLength(2);
    const [post] = setting.emulator.posts;
    expect(setting.emulator.media(post?.mediaIds[0] ?? '')?.bytes?.toString()).toBe('the bytes of a video');
  });
});

describe('a clip of OpenShorts', () => {
  it('is unsupported', async () => {
    await using setting = await open();
    const content = { kind: 'clip', url: 'openshorts:job/0', jobId: 'job', clipIndex: 0 } as const;
    expect(await codeOf(create(setting, { content }))).toBe('unsupported');
    expect(setting.calls()).toEqual([]);
  });
});
