import type { FileHandle } from 'node:fs/promises';
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
import { Failure } from '../domain/failure.ts';
import { readRange } from './read-range.ts';

/** Without HLS: a playlist names other files and addresses, and the reader would follow them. */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, MPEG_TS, MP3, WAVE, OGG, FLAC, ADTS];

Logging.level = LogLevel.Silent;

/** Reads through the handle of an open file. `probe` loads this module only when there is something to read. */
export async function readFacts(file: FileHandle, bytes: number, shownName: string): Promise<MediaFacts> {
  const source = new CustomSource({
    getSize: () => bytes,
    read: (start, end) => readRange(file, start, end),
    prefetchProfile: 'fileSystem',
    handleUnhandledError: () => undefined,
  });
  const input = new Input({ formats: FORMATS, source });
  try {
    const { name: container } = await input.getFormat();
    const video = await input.getPrimaryVideoTrack();
    const tracks = [video, await input.getPrimaryAudioTrack()].filter((track) => track !== null);
    if (tracks.length === 0) throw new Error('neither pictures nor sound');
    const durationSeconds = await wholeDuration(input, tracks);
    if (durationSeconds === undefined) throw cutOff(shownName);
    const [mimeType = ''] = (await input.getMimeType()).toLowerCase().split(';');
    return { container, mimeType, durationSeconds, ...(await sizeOf(video)), hasVideo: video !== null };
  } finally {
    input.dispose();
  }
}

/** In seconds. Undefined where the file ends before what it announces. */
async function wholeDuration(input: Input, tracks: readonly InputTrack[]): Promise<number | undefined> {
  const ends = await Promise.all(tracks.map(endOf));
  const present = ends.filter((end) => end !== undefined);
  if (present.length < ends.length) return undefined;
  const end = Math.max(...present);
  const announced = await input.getDurationFromMetadata([...tracks]);
  if (announced && end < 0.9 * announced - 0.5) return undefined;
  const seconds = announced || end - (await input.getFirstTimestamp([...tracks]));
  return seconds > 0 ? Math.round(seconds * 1000) / 1000 : undefined;
}

/** Where the last packet ends, as far as its bytes are there. A track that announces nothing ends at 0. */
async function endOf(track: InputTrack): Promise<number | undefined> {
  const last = await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY);
  if (last) return last.timestamp + last.duration;
  return (await track.getDurationFromMetadata()) === 0 ? 0 : undefined;
}

async function sizeOf(video: InputVideoTrack | null): Promise<Pick<MediaFacts, 'width' | 'height'>> {
  return video ? { width: await video.getDisplayWidth(), height: await video.getDisplayHeight() } : {};
}

function cutOff(shownName: string): Failure {
  return new Failure(
    'media_rejected',
    `${shownName} is cut off: it ends before its pictures or its sound do.`,
    {
      hint: 'Export, copy or download it again, whole.',
    },
  );
}
