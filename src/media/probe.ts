import type { FileHandle } from 'node:fs/promises';
import type { MediaFacts } from '../domain/content.ts';
import { Failure, quote } from '../domain/failure.ts';
import { readApart } from './read-apart.ts';
import { readRange } from './read-range.ts';
import { kindOf } from './signature.ts';

const VIDEO_KINDS =
  'Give a video as MP4, MOV, WebM, MKV or MPEG-TS; MP4 with H.264 and AAC is taken everywhere.';
const AUDIO_KINDS = 'Give a sound as MP3, M4A, WAV, OGG or FLAC.';

const HEAD_BYTES = 512;

/** What an open file holds. It is read through its handle, so that a path linked anew changes nothing. */
export async function probe(file: FileHandle, name: string): Promise<MediaFacts> {
  const { size } = await file.stat();
  const reading = await readApart(file, size);
  if (reading.outcome === 'read') return reading.facts;
  if (reading.outcome === 'cut off') throw cutOff(name);
  throw await unreadable(file, size, name, reading.why);
}

export async function probeVideo(file: FileHandle, name: string): Promise<MediaFacts> {
  const facts = await withHint(VIDEO_KINDS, () => probe(file, name));
  if (facts.hasVideo) return facts;
  throw new Failure('media_rejected', `${shown(name)} holds sound alone (${facts.container}), not a video.`, {
    hint: VIDEO_KINDS,
  });
}

export async function probeAudio(file: FileHandle, name: string): Promise<MediaFacts> {
  const facts = await withHint(AUDIO_KINDS, () => probe(file, name));
  if (!facts.hasVideo) return facts;
  throw new Failure('media_rejected', `${shown(name)} is a video (${facts.container}), not a sound.`, {
    hint: AUDIO_KINDS,
  });
}

async function withHint<T>(hint: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown.with({ hint }) : thrown;
  }
}

function cutOff(name: string): Failure {
  return new Failure('media_rejected', `${shown(name)} is cut off: it ends before its content does.`, {
    hint: 'Export, copy or download it again, whole.',
  });
}

async function unreadable(file: FileHandle, size: number, name: string, cause: string): Promise<Failure> {
  const kind = kindOf(await readRange(file, 0, Math.min(size, HEAD_BYTES)));
  const complaint = kind ? `it begins like ${kind}` : 'it is damaged, cut off or of another kind';
  return new Failure('media_rejected', `${shown(name)} cannot be read as a video or a sound: ${complaint}.`, {
    cause,
  });
}

function shown(name: string): string {
  return `"${quote(name)}"`;
}
