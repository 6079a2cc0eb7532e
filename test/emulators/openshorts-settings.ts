import type { UploadPostEmulator } from './upload-post.ts';

/**
 * Where the app and https://mintlify.wiki/mutonby/openshorts/api/social differ, or one installation from another.
 * May be turned at any time.
 */
export interface OpenshortsSwitches {
  /** A post answers the vendor's body as it is, or `uploadId`, `status` and `platforms`. */
  answers: 'vendor' | 'documented';
  /** Errors of a post are wrapped in HTTP 500, or have the documented statuses 400, 401 and 404. */
  statuses: 'wrapped' | 'documented';
  /** Before Starlette 0.28 the text of a wrapped error is empty. */
  starlette: 'pinned' | 'old';
  /** Whether the app's own environment holds the Upload-Post key. */
  serverKey: boolean;
  /** The app's TIKTOK_POST_MODE. */
  tiktokPostMode: 'MEDIA_UPLOAD' | 'DIRECT_POST';
}

export const usualSwitches: OpenshortsSwitches = {
  answers: 'vendor',
  statuses: 'wrapped',
  starlette: 'pinned',
  serverKey: false,
  tiktokPostMode: 'MEDIA_UPLOAD',
};

export interface OpenshortsOptions extends Partial<OpenshortsSwitches> {
  readonly uploadPost: UploadPostEmulator;
  readonly port?: number;
  readonly retentionSeconds?: number;
}
