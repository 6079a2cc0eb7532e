import { createHash } from 'node:crypto';
import type { Received } from './emulator.ts';

export type Video =
  | {
      readonly kind: 'file';
      readonly filename: string;
      readonly contentType: string;
      readonly size: number;
      readonly hash: string;
    }
  | { readonly kind: 'url'; readonly url: string; readonly hash: string };

/** What a client sent to `POST /upload`: every text part by name, and the video. */
export class UploadForm {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly video: Video | undefined;

  constructor(fields: Readonly<Record<string, readonly string[]>>, video: Video | undefined) {
    this.fields = fields;
    this.video = video;
  }

  text(name: string): string | undefined {
    const value = this.fields[name]?.[0];
    return value?.trim() ? value : undefined;
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === 'true';
  }

  get user(): string {
    return this.text('user') ?? '';
  }

  get platforms(): readonly string[] {
    return [...new Set(this.fields['platform[]'] ?? [])].filter(Boolean);
  }
}

/** `undefined` where the body is no multipart form. */
export async function readUploadForm(request: Received): Promise<UploadForm | undefined> {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data;/i.test(contentType)) return undefined;
  const parts = await new Response(new Uint8Array(request.bytes), {
    headers: { 'content-type': contentType },
  })
    .formData()
    .catch(() => undefined);
  if (!parts) return undefined;
  const fields: Record<string, string[]> = {};
  let video: Video | undefined;
  for (const [name, value] of parts) {
    if (name === 'video') video = await readVideo(value);
    else if (typeof value === 'string') fields[name] = [...(fields[name] ?? []), value];
  }
  return new UploadForm(fields, video);
}

export function videoFromUrl(url: string): Video {
  return { kind: 'url', url, hash: hashOf(url) };
}

async function readVideo(value: string | File): Promise<Video | undefined> {
  if (typeof value === 'string') return value.trim() ? videoFromUrl(value.trim()) : undefined;
  if (value.size === 0) return undefined;
  const hash = hashOf(new Uint8Array(await value.arrayBuffer()));
  return { kind: 'file', filename: value.name, contentType: value.type, size: value.size, hash };
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
