import type { UploadForm } from './upload-post-form.ts';

/** What became of an upload on one platform. */
export type Outcome =
  | { readonly state: 'live'; readonly postId: string; readonly url: string; readonly warnings: string[] }
  /** A draft in the app: asked for, or because TikTok took no direct post. */
  | {
      readonly state: 'inbox';
      readonly postId: string;
      readonly fallback: boolean;
      readonly warnings: string[];
    }
  | { readonly state: 'failed'; readonly code: string; readonly message: string; readonly retryable: boolean }
  | { readonly state: 'skipped'; readonly message: string };

export interface Target {
  readonly platform: string;
  outcome?: Outcome;
  finishedAt?: number;
  attempts: number;
}

/** One call of `POST /upload`, as the vendor keeps it. */
export interface Upload {
  readonly jobId: string;
  readonly requestId: string;
  readonly externalId: string | undefined;
  /** What the client sent as key, and the id it chose: either finds this upload again. */
  readonly keys: readonly string[];
  readonly form: UploadForm;
  readonly targets: Target[];
  readonly createdAt: number;
  readonly scheduled: boolean;
  /** Whether the client chose `requestId`, so that it is echoed. */
  readonly requestIdChosen: boolean;
  startsAt: number;
  finishesAt: number;
  state: 'waiting' | 'done' | 'cancelled';
  /** It never ends, and after an hour the vendor says that it seems to have failed. */
  stalled: boolean;
  /** By `PATCH`; texts per platform win over both. */
  title?: string;
  caption?: string;
}

const platformsWithDescription = ['youtube', 'linkedin', 'facebook', 'pinterest'];

export function titleOf(upload: Upload): string | undefined {
  return upload.title ?? upload.form.text('title');
}

/** The text that the world reads under the post. */
export function captionOn(platform: string, upload: Upload): string {
  const { form } = upload;
  const title = form.text(`${platform}_title`) ?? upload.caption ?? titleOf(upload) ?? '';
  if (platform === 'x') return title.replace(/https?:\/\/\S+/g, '').trim();
  if (!platformsWithDescription.includes(platform)) return title;
  return form.text(`${platform}_description`) ?? upload.caption ?? form.text('description') ?? title;
}

export type Phase = 'pending' | 'queued' | 'running' | 'done' | 'stalled';

const hour = 60 * 60 * 1000;

export function phaseOf(upload: Upload, now: number): Phase {
  if (upload.state !== 'waiting') return 'done';
  if (now < upload.startsAt) return 'pending';
  if (upload.stalled && now - upload.startsAt > hour) return 'stalled';
  return now - upload.startsAt < (upload.finishesAt - upload.startsAt) / 2 ? 'queued' : 'running';
}
