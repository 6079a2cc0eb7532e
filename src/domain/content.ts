import type { Readable } from 'node:stream';

/** What a probe read out of a media file. */
export interface MediaFacts {
  readonly container: string;
  readonly mimeType: string;
  readonly durationSeconds: number;
  readonly width?: number;
  readonly height?: number;
  readonly hasVideo: boolean;
}

/** A file inside the media roots. It stays the same file however its path is moved or linked anew. */
export interface LocalFile {
  /** As it was asked for. */
  readonly path: string;
  /** File name with its extension. */
  readonly name: string;
  readonly bytes: number;
  readonly facts: MediaFacts;
  /** The whole file from its beginning. Can be called more than once. */
  read(): Readable;
}

export type Content =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly url: string; readonly file: LocalFile }
  /** A clip of a finished OpenShorts job, by its zero-based index. */
  | { readonly kind: 'clip'; readonly url: string; readonly jobId: string; readonly clipIndex: number };
