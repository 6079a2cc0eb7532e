import {
  type FileHandle,
  mkdtemp,
  open,
  readFile,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaFacts } from '../../src/domain/content.ts';
import { Failure } from '../../src/domain/failure.ts';
import { probe, probeAudio, probeVideo } from '../../src/media/probe.ts';
import { readApart } from '../../src/media/read-apart.ts';
import { fc } from '../support/properties.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airdate-probe-'));
});

afterAll(() => rm(folder, { recursive: true }));

type Probe = (file: FileHandle, name: string) => Promise<MediaFacts>;

async function probed(how: Probe, name: string, path = join(FIXTURES, name)): Promise<MediaFacts> {
  await using file = await open(path);
  return await how(file, name);
}

/** What comes of a file with these bytes. */
async function probedBytes(
  how: Probe,
  name: string,
  bytes: Uint8Array | string,
): Promise<MediaFacts | Failure> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return await probed(how, name, path).catch((thrown) => {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  });
}

describe('a video', () => {
  it('tells its container, kind, length and size', async () => {
    expect(await probed(probeVideo, 'clip.mp4')).toEqual({
      container: 'MP4',
      mimeType: 'video/mp4',
      durationSeconds: 2,
      width: 180,
      height: 320,
      hasVideo: true,
    });
    expect(await probed(probeVideo, 'clip.webm')).toMatchObject({
      container: 'WebM',
      mimeType: 'video/webm',
    });
  });

  it('may have its index at the end and no sound', async () => {
    expect(await probed(probeVideo, 'landscape.mp4')).toMatchObject({
      width: 320,
      height: 180,
      durationSeconds: 1,
    });
  });

  it('that a phone turned has the size in which it is shown', async () => {
    expect(await probed(probeVideo, 'rotated.mp4')).toMatchObject({ width: 180, height: 320 });
  });

  it('is the sample that comes with Airdate: upright, four seconds', async () => {
    const sample = join(import.meta.dirname, '../../assets/sample.mp4');
    expect(await probed(probeVideo, 'sample.mp4', sample)).toMatchObject({
      width: 360,
      height: 640,
      durationSeconds: 4,
    });
  });

  it('is read through the open file, whatever its path leads to by then', async () => {
    const path = join(folder, 'swapped.mp4');
    await writeFile(path, await readFile(join(FIXTURES, 'clip.mp4')));
    await using file = await open(path);
    await unlink(path);
    await symlink(join(FIXTURES, 'landscape.mp4'), path);
    expect(await probeVideo(file, 'swapped.mp4')).toMatchObject({ width: 180, height: 320 });
  });
});

describe('a sound', () => {
  it.each([
    ['tone.mp3', 'audio/mpeg'],
    ['tone.m4a', 'audio/mp4'],
    ['tone.wav', 'audio/wav'],
    ['tone.ogg', 'audio/ogg'],
    ['tone.flac', 'audio/flac'],
  ])('may be %s', async (name, mimeType) => {
    const facts = await probed(probeAudio, name);
    expect(facts).toMatchObject({ mimeType, hasVideo: false });
    expect(facts.durationSeconds).toBeCloseTo(1, 0);
    expect(facts.width).toBeUndefined();
  });

  it('is no video, and a video is no sound', async () => {
    await expect(probed(probeVideo, 'tone.mp3')).rejects.toMatchObject({
      code: 'media_rejected',
      message: '"tone.mp3" holds sound alone (MP3), not a video.',
      details: { hint: expect.stringContaining('MP4') },
    });
    await expect(probed(probeAudio, 'clip.mp4')).rejects.toMatchObject({
      code: 'media_rejected',
      message: '"clip.mp4" is a video (MP4), not a sound.',
      details: { hint: expect.stringContaining('MP3') },
    });
  });
});

describe('a file that is cut off', () => {
  it('is rejected although its index is whole', async () => {
    await expect(probed(probeVideo, 'cut-off.mp4')).rejects.toMatchObject({
      code: 'media_rejected',
      message: '"cut-off.mp4" is cut off: it ends before its content does.',
      details: { hint: 'Export, copy or download it again, whole.' },
    });
  });

  it.each(['clip.mp4', 'landscape.mp4', 'clip.webm', 'tone.mp3', 'tone.m4a', 'tone.flac'])(
    '%s is rejected wherever its first half ends',
    async (name) => {
      const whole = await readFile(join(FIXTURES, name));
      for (const part of [0.01, 0.2, 0.35, 0.5]) {
        const outcome = await probedBytes(probe, name, whole.subarray(0, whole.length * part));
        expect(outcome, `${part}`).toMatchObject({ code: 'media_rejected' });
      }
    },
  );

  it('is rejected when it becomes shorter while it is open', async () => {
    const path = join(folder, 'shrinking.mp4');
    await writeFile(path, await readFile(join(FIXTURES, 'clip.mp4')));
    await using file = await open(path);
    const { size } = await file.stat();
    await truncate(path, 1000);
    expect(await readApart(file, size)).toMatchObject({ outcome: 'cut off' });
  });
});

describe('a file of another kind', () => {
  it('is told of by what it begins like', async () => {
    await expect(probed(probeVideo, 'not-a-video.mp4')).rejects.toMatchObject({
      code: 'media_rejected',
      message: '"not-a-video.mp4" cannot be read as a video or a sound: it begins like plain text.',
      details: { hint: expect.stringContaining('H.264') },
    });
  });

  it.each([
    ['a PNG image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a JPEG image', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['a WebP image', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1')],
    ['a HEIC image', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['an AVI video', Buffer.from('RIFF\x10\0\0\0AVI LIST', 'latin1')],
    ['a ZIP archive', Buffer.from('PK\x03\x04\x14\0', 'latin1')],
    ['a web page', '<!doctype html><title>Sign in</title>'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
    ['plain text', 'Grüße, 日本語\n'],
  ])('may begin like %s', async (kind, bytes) => {
    const outcome = await probedBytes(probeVideo, 'thing.mp4', bytes);
    expect(outcome).toMatchObject({
      code: 'media_rejected',
      message: expect.stringContaining(`begins like ${kind}.`),
    });
  });

  it('a playlist is not followed', async () => {
    const playlist = '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:2,\nclip.mp4\n#EXT-X-ENDLIST\n';
    const outcome = await probedBytes(probeVideo, 'list.mp4', playlist);
    expect(outcome).toMatchObject({ message: expect.stringContaining('begins like a playlist.') });
  });

  it('its name is quoted without what a terminal or a reader would obey', async () => {
    const outcome = await probedBytes(probeVideo, '\u202Egpj\u001b[31m.mp4', 'words');
    expect(outcome).toMatchObject({ message: expect.stringMatching(/^" ?gpj \[31m\.mp4"/) });
  });
});

describe('whatever the bytes are', () => {
  async function outcomeOf(bytes: Uint8Array): Promise<string> {
    const path = join(folder, 'damaged');
    await writeFile(path, bytes);
    await using file = await open(path);
    return (await readApart(file, bytes.length, 1000)).outcome;
  }

  it('a file that sends the parser round for ever is given up', async () => {
    const whole = await readFile(join(FIXTURES, 'tone.flac'));
    const started = Date.now();
    let longestPause = 0;
    let last = started;
    const ticking = setInterval(() => {
      longestPause = Math.max(longestPause, Date.now() - last);
      last = Date.now();
    }, 10);
    expect(await outcomeOf(whole.subarray(0, 60))).toBe('unreadable');
    clearInterval(ticking);
    const took = Date.now() - started;
    expect(took).toBeGreaterThan(900);
    // In this thread it would be one pause from beginning to end.
    expect(longestPause).toBeLessThan(0.9 * took);
  });

  it('the outcome is facts or a rejection, and the program stays up', async () => {
    const names = ['clip.mp4', 'clip.webm', 'tone.mp3', 'tone.ogg', 'tone.wav', 'tone.flac'];
    const whole = await Promise.all(names.map((name) => readFile(join(FIXTURES, name))));
    const changes = fc.array(fc.tuple(fc.nat(2500), fc.constantFrom(0, 1, 0x7f, 0xff)), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), changes, async (original, at) => {
        const bytes = Buffer.from(original);
        for (const [position, value] of at) bytes[position % bytes.length] = value;
        expect(['read', 'cut off', 'unreadable']).toContain(await outcomeOf(bytes));
      }),
      { numRuns: 25, interruptAfterTimeLimit: 10_000 },
    );
  });

  it('noise is unreadable', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await outcomeOf(bytes)).not.toBe('read');
      }),
      { numRuns: 8 },
    );
  });
});
