import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import {
  ADTS,
  CustomSource,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputTrack,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import type { MediaFacts } from '../domain/content.ts';
import type { Reading, ReadingTask } from './read-apart.ts';

/** Without HLS: a playlist names other files and addresses, and the reader would follow them. */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, MPEG_TS, MP3, WAVE, OGG, FLAC, ADTS];

/** More than the index of any video has; what asks for more is damaged. */
const LONGEST_READ = 128 * 1024 * 1024;

/** What is announced lies beyond the end of the file. */
class CutOff extends Error {}

// The thread's standard output is the program's.
Logging.level = LogLevel.Silent;
parentPort?.postMessage(await reading(workerData));

async function reading({ fd, bytes }: ReadingTask): Promise<Reading> {
  const source = new CustomSource({
    getSize: () => bytes,
    read: (start, end) => readRange(fd, start, end),
    prefetchProfile: 'fileSystem',
    handleUnhandledError: () => undefined,
  });
  const input = new Input({ formats: FORMATS, source });
  try {
    return { outcome: 'read', facts: await factsOf(input) };
  } catch (thrown) {
    return { outcome: thrown instanceof CutOff ? 'cut off' : 'unreadable', why: String(thrown) };
  }
}

async function factsOf(input: Input): Promise<MediaFacts> {
  const { name: container } = await input.getFormat();
  const video = await input.getPrimaryVideoTrack();
  const tracks = [video, await input.getPrimaryAudioTrack()].filter((track) => track !== null);
  if (tracks.length === 0) throw new Error('neither pictures nor sound');
  const durationSeconds = await wholeDuration(input, tracks);
  const [mimeType = ''] = (await input.getMimeType()).toLowerCase().split(';');
  return { container, mimeType, durationSeconds, ...(await sizeOf(video)), hasVideo: video !== null };
}

/** In seconds, of a file that is whole. */
async function wholeDuration(input: Input, tracks: InputTrack[]): Promise<number> {
  const end = Math.max(...(await Promise.all(tracks.map(endOf))));
  const announced = await input.getDurationFromMetadata(tracks);
  if (announced && end < 0.9 * announced - 0.25) throw new CutOff();
  const seconds = announced || end - (await input.getFirstTimestamp(tracks));
  if (!(seconds > 0)) throw new CutOff();
  return Math.round(seconds * 1000) / 1000;
}

/** Where the last packet ends, as far as its bytes are there. A track that announces nothing ends at 0. */
async function endOf(track: InputTrack): Promise<number> {
  const last = await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY);
  if (last) return last.timestamp + last.duration;
  if ((await track.getDurationFromMetadata()) === 0) return 0;
  throw new CutOff();
}

async function sizeOf(video: InputVideoTrack | null): Promise<Pick<MediaFacts, 'width' | 'height'>> {
  return video ? { width: await video.getDisplayWidth(), height: await video.getDisplayHeight() } : {};
}

function readRange(fd: number, start: number, end: number): Buffer {
  if (end - start > LONGEST_READ) throw new Error('a part that is too long');
  const buffer = Buffer.allocUnsafeSlow(end - start);
  for (let filled = 0; filled < buffer.length; ) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, start + filled);
    if (count === 0) throw new CutOff();
    filled += count;
  }
  return buffer;
}
