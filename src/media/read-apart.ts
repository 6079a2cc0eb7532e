import type { FileHandle } from 'node:fs/promises';
import module from 'node:module';
import { Worker } from 'node:worker_threads';
import type { MediaFacts } from '../domain/content.ts';
import { Lane } from '../domain/lane.ts';

/** Most files take a twentieth of a second. */
const DEADLINE_MS = 10_000;

const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/** Built, the program itself is the reader, as a thread: it may be the one file that there is. */
const READER = new URL(import.meta.url.endsWith('.ts') ? './read-facts.ts' : './airdate.js', import.meta.url);

/** Each reads as fast as it can: more at once would only be slower, and a deadline runs. */
const readers = new Lane(2);
const ALWAYS = new AbortController().signal;

export interface ReadingTask {
  readonly fd: number;
  readonly bytes: number;
}

export type Reading =
  | { readonly outcome: 'read'; readonly facts: MediaFacts }
  | { readonly outcome: 'cut off' | 'unreadable'; readonly why: string };

/**
 * Reads in a thread of its own, which can be ended: a damaged file can send a media parser round for ever (mediabunny
 * 1.61 does so on a FLAC file that is cut off in its header), and posts are waiting to be aired.
 */
export async function readApart(file: FileHandle, bytes: number, deadlineMs = DEADLINE_MS): Promise<Reading> {
  await readers.enter(ALWAYS);
  try {
    return await readInThread({ fd: file.fd, bytes }, deadlineMs);
  } finally {
    readers.leave();
  }
}

async function readInThread(task: ReadingTask, deadlineMs: number): Promise<Reading> {
  const cache = module.getCompileCacheDir();
  const reader = new Worker(READER, {
    workerData: task,
    // What a thread compiles is kept like what the program does, and no setting is passed on.
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: LIMITS,
  });
  try {
    return await outcomeOf(reader, deadlineMs);
  } finally {
    await reader.terminate();
  }
}

function outcomeOf(reader: Worker, deadlineMs: number): Promise<Reading> {
  const { promise, resolve, reject } = Promise.withResolvers<Reading>();
  const giveUp = (why: string) => resolve({ outcome: 'unreadable', why });
  const timer = setTimeout(giveUp, deadlineMs, 'it took too long');
  reader.once('message', resolve);
  reader.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? giveUp(error.message) : reject(error),
  );
  reader.once('exit', (code) => reject(new Error(`The media reader ended with ${code}.`)));
  return promise.finally(() => clearTimeout(timer));
}
