import { randomUUID } from 'node:crypto';
import type { ManualClock } from '../support/clock.ts';
import type { Received } from './emulator.ts';
import { ImportBody, readBody, UploadBody } from './posteverywhere-bodies.ts';
import { created, invalid, notFound, ok, Refusal, type Reply } from './posteverywhere-envelope.ts';
import { readPage } from './posteverywhere-listing.ts';
import { isPrivate } from './posteverywhere-private-urls.ts';
import type { PosteverywhereSwitches } from './posteverywhere-switches.ts';

type MediaStatus = 'uploading' | 'processing' | 'ready' | 'failed';

export interface Media {
  readonly id: string;
  readonly type: 'image' | 'video' | 'document';
  readonly contentType: string;
  readonly filename: string;
  readonly createdAt: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly duration: number | null;
  readonly sourceUrl: string | null;
  size: number;
  bytes: Buffer | null;
  status: MediaStatus;
  /** When the vendor is done with it, at the latest; `null` while it waits for bytes or is done. */
  settlesAt: number | null;
  polls: number;
  error: string | null;
}

const megabyte = 1024 * 1024;

// https://developers.posteverywhere.ai/media-requirements
const kinds = {
  image: {
    maximum: 20 * megabyte,
    contentTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/heic', 'image/heif'],
  },
  video: { maximum: 500 * megabyte, contentTypes: ['video/mp4'] },
  document: { maximum: 20 * megabyte, contentTypes: ['application/pdf'] },
} as const;

const importable: Record<string, string> = {
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
};

const uploadSeconds = 900;

export class MediaLibrary {
  readonly #clock: ManualClock;
  readonly #switches: PosteverywhereSwitches;
  readonly #media = new Map<string, Media>();
  readonly #failures: string[] = [];

  constructor(clock: ManualClock, switches: PosteverywhereSwitches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  /** The next video that is uploaded or imported ends as `failed`. */
  failNext(reason: string): void {
    this.#failures.push(reason);
  }

  /** Media as if it had been uploaded already. */
  add(given: Partial<Pick<Media, 'type' | 'status'>> = {}): string {
    const type = given.type ?? 'video';
    const media = this.#keep({
      contentType: kinds[type].contentTypes[0],
      filename: type,
      size: megabyte,
      status: given.status ?? 'ready',
    });
    return media.id;
  }

  find(id: string): Media | undefined {
    const media = this.#media.get(id);
    if (media) this.#settle(media);
    return media;
  }

  presign(request: Received, serverUrl: string): Reply {
    const body = readBody(request, UploadBody);
    const size = body.size ?? body.file_size ?? 0;
    const media = this.#keep({
      contentType: body.content_type,
      filename: body.filename,
      size,
      status: 'uploading',
      width: body.width,
      height: body.height,
      duration: body.duration,
    });
    const multipart = media.type === 'image';
    const { maximum } = kinds[media.type];
    if (size > maximum) {
      this.#media.delete(media.id);
      throw new Refusal(400, 'file_too_large', `File exceeds the limit of ${maximum / megabyte} MB.`);
    }
    return created({
      media_id: media.id,
      media_ids: [media.id],
      upload_url: `${serverUrl}/storage/${media.id}?expires=${this.#clock.now() + uploadSeconds * 1000}`,
      upload_method: {
        method: multipart ? 'POST' : 'PUT',
        content_type: multipart ? 'multipart/form-data' : media.contentType,
        field_name: multipart ? 'file' : null,
      },
      provider: multipart ? 'cloudflare_images' : 's3',
      protocol: multipart ? 'multipart' : 'put',
      expires_in: uploadSeconds,
      max_size: maximum,
      next_step: `Send the file to upload_url, then POST /media/${media.id}/complete.`,
    });
  }

  awaiting(id: string): Media | undefined {
    const media = this.find(id);
    return media?.status === 'uploading' && media.sourceUrl === null ? media : undefined;
  }

  complete(id: string): Reply {
    const media = this.#read(id);
    if (media.status === 'uploading') {
      if (media.bytes === null) throw notFound('Uploaded file');
      this.#process(media, 'processing');
      if (media.type === 'video' && media.bytes.length !== media.size)
        media.error = 'The uploaded file is incomplete.';
    }
    return ok({
      media_id: id,
      media_ids: [id],
      status: media.status,
      type: media.type,
      width: media.width,
      height: media.height,
      duration: media.duration,
      size: media.bytes?.length ?? media.size,
      content_type: media.contentType,
      created_at: iso(media.createdAt),
      next_step:
        media.status === 'ready' ? 'Pass media_ids to POST /posts.' : `Poll GET /media/${id} until ready.`,
    });
  }

  import(request: Received): Reply {
    const body = readBody(request, ImportBody);
    const url = this.#source(body.url);
    const extension = /\.(\w+)$/.exec(url.pathname)?.[1]?.toLowerCase();
    const contentType = extension === undefined ? 'video/mp4' : (importable[extension] ?? 'unknown');
    if (contentType === 'video/mp4' && this.#switches.videoImport === 'refused')
      throw new Refusal(415, 'unsupported_media_type', 'Only images can be imported from a URL.');
    const media = this.#keep({
      contentType,
      filename: body.filename ?? url.pathname.split('/').at(-1) ?? 'import',
      size: megabyte,
      status: 'uploading',
      sourceUrl: body.url,
    });
    this.#process(media, 'uploading');
    return created({
      media_id: media.id,
      media_ids: [media.id],
      media_status: media.status,
      type: media.type,
      url: media.status === 'ready' ? permanentUrl(media) : null,
      filename: media.filename,
      size: media.status === 'ready' ? media.size : null,
      content_type: media.contentType,
      source_url: media.sourceUrl,
      next_step:
        media.status === 'ready'
          ? 'Pass media_ids to POST /posts.'
          : `Poll GET /media/${media.id} until ready.`,
    });
  }

  get(id: string): Reply {
    const media = this.#read(id);
    media.polls += 1;
    this.#settle(media);
    return ok(this.#view(media));
  }

  list(query: URLSearchParams): Reply {
    const { limit, offset } = readPage(query);
    const type = query.get('type');
    if (type !== null && !(type in kinds)) throw invalid(`Unknown media type "${type}".`);
    const found = [...this.#media.values()].filter((media) => type === null || media.type === type).reverse();
    const media = found.slice(offset, offset + limit).map((one) => this.#view(one));
    const pagination = { limit, offset, total: found.length, has_more: offset + limit < found.length };
    return ok({ media, pagination });
  }

  delete(id: string, force: boolean, postIds: readonly string[]): Reply {
    this.#read(id);
    if (postIds.length > 0 && !force)
      throw new Refusal(409, 'media_in_use', 'Media is attached to posts.', { post_ids: postIds });
    this.#media.delete(id);
    return ok({ id, deleted: true });
  }

  #read(id: string): Media {
    const media = this.find(id);
    if (!media) throw notFound('Media');
    return media;
  }

  #source(text: string): URL {
    const url = URL.parse(text);
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
      throw invalid('url must be a public http(s) URL.');
    if (isPrivate(url) && this.#switches.privateUrls === 'refused')
      throw invalid('url must be public: private and loopback addresses are refused.');
    return url;
  }

  #keep(
    given: Pick<Media, 'contentType' | 'filename' | 'size' | 'status'> & {
      width?: number | undefined;
      height?: number | undefined;
      duration?: number | undefined;
      sourceUrl?: string;
    },
  ): Media {
    const media: Media = {
      ...given,
      id: randomUUID(),
      type: kindOf(given.contentType),
      createdAt: this.#clock.now(),
      width: given.width ?? null,
      height: given.height ?? null,
      duration: given.duration ?? null,
      sourceUrl: given.sourceUrl ?? null,
      bytes: null,
      settlesAt: null,
      polls: 0,
      error: null,
    };
    this.#media.set(media.id, media);
    return media;
  }

  /** Videos take their time; all else is ready at once. */
  #process(media: Media, status: MediaStatus): void {
    media.status = media.type === 'video' ? status : 'ready';
    if (media.type !== 'video') return;
    media.settlesAt = this.#clock.now() + this.#switches.mediaMs;
    media.error = this.#failures.shift() ?? null;
  }

  #settle(media: Media): void {
    if (media.settlesAt === null) return;
    if (media.settlesAt > this.#clock.now() && media.polls < this.#switches.mediaPolls) return;
    media.settlesAt = null;
    media.status = media.error === null ? 'ready' : 'failed';
  }

  #view(media: Media): Record<string, unknown> {
    const { width, height } = media;
    const name = this.#switches.mediaStatusName;
    return {
      id: media.id,
      type: media.type,
      mime_type: media.contentType,
      file_size: media.size,
      ...(name === 'both' ? { status: media.status, media_status: media.status } : { [name]: media.status }),
      dimensions: width && height ? { width, height } : null,
      aspect_ratio: width && height ? width / height : null,
      orientation: width && height ? orientation(width, height) : null,
      ...(media.status === 'failed' && { error_message: media.error }),
      created_at: iso(media.createdAt),
    };
  }
}

function kindOf(contentType: string): Media['type'] {
  for (const type of ['image', 'video', 'document'] as const)
    if (kinds[type].contentTypes.some((known) => known === contentType)) return type;
  throw new Refusal(415, 'unsupported_media_type', `Content type "${contentType}" is not supported.`);
}

const orientation = (width: number, height: number): string =>
  width === height ? 'square' : width > height ? 'landscape' : 'portrait';

export const permanentUrl = (media: Media): string => `https://media.example/${media.id}`;

const iso = (instant: number): string => new Date(instant).toISOString();
