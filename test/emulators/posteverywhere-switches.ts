/** Where the vendor's pages and clients disagree, and what a test may want to be quicker or slower. */
export interface PosteverywhereSwitches {
  /** The field that sets the air time. The other one is ignored, so that the post goes out at once. */
  scheduleField: 'scheduled_at' | 'scheduled_for' | 'both';
  /** What becomes of a time that is not in the future. */
  pastTime: 'refused' | 'published';
  /** How far ahead a time must be at least; an older page says five minutes. */
  minimumLeadMs: number;
  /** `post`: a new time is shown on the post, while its destinations keep the old one and fire by it. */
  rescheduleReaches: 'post' | 'destinations';

  /** `short` has the status, the time, the number of accounts and a message beside the id. */
  createAnswer: 'short' | 'full';
  postIdName: 'id' | 'post_id' | 'both';
  accountIdName: 'id' | 'account_id' | 'both' | 'stringId';
  mediaStatusName: 'status' | 'media_status' | 'upload_status' | 'both';
  requestIdName: 'request_id' | 'requestId';
  /** A destination's word for being live. */
  publishedWord: 'published' | 'done';
  /** `bare`: limit and offset alone; `flat`: limit, offset and total beside the posts. */
  pagination: 'full' | 'bare' | 'flat';

  errorRetryable: boolean;
  unauthorizedCode: 'invalid_api_key' | 'unauthorized';
  rateLimitCode: 'rate_limited' | 'rate_limit_exceeded';
  /** Where a 429 says how long to wait. The message always does. */
  retryAfter: 'header' | 'message';
  textTooLongCode: 'content_too_long' | 'post_creation_failed';

  contentRequired: 'always' | 'withoutMedia';
  tiktokTextLimit: number;
  /** `one`: a single word of scheduled, published and draft. */
  statusFilter: 'any' | 'one';
  editFailed: 'refused' | 'allowed';
  deletePublishing: 'refused' | 'allowed';
  deletePublished: 'refused' | 'allowed';
  /** `refused`: a video by URL meets a 415. */
  videoImport: 'accepted' | 'refused';
  /** Whether loopback and private addresses may be imported from. */
  privateUrls: 'refused' | 'allowed';

  /** From the air time until a destination is live or failed. */
  publishingMs: number;
  /** A video is ready after so long on the clock, or after so many polls, whichever comes first. */
  mediaMs: number;
  mediaPolls: number;
  requestsPerMinute: number;
}

export const defaultSwitches: Readonly<PosteverywhereSwitches> = {
  scheduleField: 'both',
  pastTime: 'refused',
  minimumLeadMs: 0,
  rescheduleReaches: 'destinations',
  createAnswer: 'short',
  postIdName: 'both',
  accountIdName: 'both',
  mediaStatusName: 'both',
  requestIdName: 'request_id',
  publishedWord: 'published',
  pagination: 'full',
  errorRetryable: true,
  unauthorizedCode: 'invalid_api_key',
  rateLimitCode: 'rate_limited',
  retryAfter: 'header',
  textTooLongCode: 'content_too_long',
  contentRequired: 'always',
  tiktokTextLimit: 2200,
  statusFilter: 'any',
  editFailed: 'refused',
  deletePublishing: 'allowed',
  deletePublished: 'refused',
  videoImport: 'accepted',
  privateUrls: 'refused',
  publishingMs: 10_000,
  mediaMs: 30_000,
  mediaPolls: 2,
  requestsPerMinute: 60,
};

/** The vendor as its "Create post" page of April 2026 has it: https://developers.posteverywhere.ai/api/create-post */
export const aprilReading: Partial<PosteverywhereSwitches> = {
  scheduleField: 'scheduled_at',
  createAnswer: 'short',
  postIdName: 'post_id',
  accountIdName: 'id',
  errorRetryable: false,
  retryAfter: 'message',
  statusFilter: 'one',
  videoImport: 'refused',
};

/** The vendor as its clients of autumn 2026 have it: https://www.npmjs.com/package/@posteverywhere/mcp */
export const autumnReading: Partial<PosteverywhereSwitches> = {
  scheduleField: 'scheduled_for',
  createAnswer: 'full',
  postIdName: 'id',
  accountIdName: 'account_id',
  mediaStatusName: 'media_status',
  rateLimitCode: 'rate_limit_exceeded',
  contentRequired: 'withoutMedia',
  pagination: 'bare',
};
