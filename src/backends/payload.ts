import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { LocalFile } from '../domain/content.ts';

/** A field of a form: a text, or a file that is read while it is sent. */
export type FormPart = readonly [name: string, value: string | LocalFile];

export type Payload =
  | { readonly json: object }
  | { readonly form: readonly FormPart[] }
  | { readonly file: LocalFile };

export interface EncodedPayload {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** Present where files are sent. */
  readonly fileNames?: string;
  /** The body from its beginning; can be called again. */
  open(): string | Readable;
}

export function encodePayload(payload: Payload): EncodedPayload {
  if ('json' in payload) return encodeText('application/json', JSON.stringify(payload.json));
  if ('form' in payload) return encodeForm(payload.form);
  const { file } = payload;
  return {
    headers: { 'content-type': file.facts.mimeType, 'content-length': String(file.bytes) },
    bytes: file.bytes,
    fileNames: file.name,
    open: () => file.read(),
  };
}

/** The payload as a dry run shows it. */
export function describePayload(payload: Payload | undefined): unknown {
  if (!payload) return null;
  if ('json' in payload) return payload.json;
  if ('file' in payload) return describeFile(payload.file);
  return payload.form.map(([name, value]) => [name, typeof value === 'string' ? value : describeFile(value)]);
}

function describeFile(file: LocalFile): string {
  return `(the file ${file.name}, ${file.bytes} bytes)`;
}

function encodeText(contentType: string, text: string): EncodedPayload {
  return { headers: { 'content-type': contentType }, bytes: Buffer.byteLength(text), open: () => text };
}

function encodeForm(parts: readonly FormPart[]): EncodedPayload {
  const boundary = `airdate-${randomUUID()}`;
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const pieces = [...parts.flatMap((part) => piecesOf(part, boundary)), `--${boundary}--\r\n`];
  const files = pieces.filter((piece) => typeof piece !== 'string');
  if (files.length === 0) return encodeText(contentType, pieces.join(''));
  const bytes = pieces.reduce((sum, piece) => sum + bytesOf(piece), 0);
  return {
    headers: { 'content-type': contentType, 'content-length': String(bytes) },
    bytes,
    fileNames: files.map((file) => file.name).join(', '),
    open: () => Readable.from(stream(pieces)),
  };
}

type Piece = string | LocalFile;

function piecesOf([name, value]: FormPart, boundary: string): readonly Piece[] {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
  if (typeof value === 'string') return [`${head}\r\n\r\n${value}\r\n`];
  const fileHead = `${head}; filename="${escapeName(value.name)}"\r\nContent-Type: ${value.facts.mimeType}\r\n\r\n`;
  return [fileHead, value, '\r\n'];
}

/** As browsers do it: https://html.spec.whatwg.org/#multipart-form-data */
function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

function bytesOf(piece: Piece): number {
  return typeof piece === 'string' ? Buffer.byteLength(piece) : piece.bytes;
}

async function* stream(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield Buffer.from(piece);
    else yield* piece.read();
  }
}
