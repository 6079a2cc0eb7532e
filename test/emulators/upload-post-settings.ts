import type { ManualClock } from '../support/clock.ts';

/** Where the vendor's pages say two things, or nothing: which of them this emulator does. May be turned at any time. */
export interface UploadPostSwitches {
  /** The body of `GET /uploadposts/schedule`: `scheduled_posts` in an object, a bare array, or `data` in an object. */
  scheduleList: 'object' | 'array' | 'data';
  /** Older servers take no parameters: the list is always whole and of every profile. */
  scheduleQuery: 'honoured' | 'ignored';
  statusResults: 'array' | 'object';
  /** `documented`: `message` for uploads and access, `error` for schedule, status and history. */
  errorText: 'documented' | 'message' | 'error' | 'detail';
  /** The top status when no platform took the post. */
  allFailedStatus: 'completed' | 'failed';
  /** Whether a status row names the post; else only the history does. */
  statusLinks: 'present' | 'absent';
  runningStatus: 'processing' | 'in_progress';
  /** A row that still runs: plainly so, or with `success: true` and the message "Queued". */
  runningRows: 'processing' | 'queued-as-success';
  /** What a second upload with a known key answers; `same`: what the first one did. */
  replay: 'same' | 'request-id' | 'job-id' | 'conflict';
  /** An account that must be connected anew: refused with this status, or accepted and failed in its row. */
  reauthRequired: 400 | 403 | 'row';
  unknownUser: 400 | 404;
  titleRequired: 'youtube' | 'always';
  /** How a `scheduled_date` with an offset is read when a `timezone` comes with it. */
  offsetWithTimezone: 'offset' | 'timezone';
  capabilities: 'list' | 'map';
  monthlyLimitText: 'would-exceed' | 'have-reached';
  /** TikTok takes no more direct posts of this application today: they fall back to the inbox, or fail. */
  tiktokUserCapReached: boolean;
}

export const documentedSwitches: UploadPostSwitches = {
  scheduleList: 'object',
  scheduleQuery: 'honoured',
  statusResults: 'array',
  errorText: 'documented',
  allFailedStatus: 'completed',
  statusLinks: 'present',
  runningStatus: 'processing',
  runningRows: 'processing',
  replay: 'same',
  reauthRequired: 400,
  unknownUser: 400,
  titleRequired: 'youtube',
  offsetWithTimezone: 'offset',
  capabilities: 'list',
  monthlyLimitText: 'would-exceed',
  tiktokUserCapReached: false,
};

export interface UploadPostAccount {
  /** Without a name the account counts as not connected. */
  readonly username?: string;
  readonly displayName?: string;
  reauthRequired?: boolean;
  /** Of a TikTok connection; a field that needs a missing one is ignored. All of them where left out. */
  readonly capabilities?: readonly string[];
  /** Of TikTok: what this account may use. All four where left out. */
  readonly privacyLevels?: readonly string[];
  /** Of Facebook: with several, an upload must name one. */
  readonly pages?: readonly string[];
}

export interface UploadPostProfile {
  readonly username: string;
  /** `''`, `null` and `{}` all mean: not connected. */
  readonly accounts: Record<string, UploadPostAccount | '' | null>;
}

export interface UploadPostLimits {
  plan: string;
  profileLimit: number;
  /** Uploads a month; `null` is without limit. */
  monthlyLimit: number | null;
  /** The vendor's own figure lies between 60 and 100; high here, because a test's clock stands still. */
  requestsPerMinute: number;
  /** How long an immediate upload runs. A synchronous one that takes 59 s or more goes on in the background. */
  processingMs: number;
  /** How long a scheduled one runs after its time; its media is prepared before. */
  scheduledProcessingMs: number;
  /** Same user, platform and content within this window is the same upload; the vendor only says "short". 0 = off. */
  contentWindowMs: number;
}

export const usualLimits: UploadPostLimits = {
  plan: 'Basic',
  profileLimit: 5,
  monthlyLimit: null,
  requestsPerMinute: 10_000,
  processingMs: 5_000,
  scheduledProcessingMs: 0,
  contentWindowMs: 0,
};

export interface UploadPostOptions extends Partial<UploadPostSwitches>, Partial<UploadPostLimits> {
  readonly clock?: ManualClock;
  readonly port?: number;
  readonly profiles?: readonly UploadPostProfile[];
}

export const everyCapability = [
  'music',
  'location',
  'cover_image',
  'cover_timestamp',
  'draft',
  'video_privacy',
  'comments',
];

export const everyPrivacyLevel = [
  'PUBLIC_TO_EVERYONE',
  'MUTUAL_FOLLOW_FRIENDS',
  'FOLLOWER_OF_CREATOR',
  'SELF_ONLY',
];

export const usualProfiles = (): UploadPostProfile[] => [
  {
    username: 'myusername',
    accounts: {
      tiktok: { username: 'myusername', displayName: 'My Name' },
      instagram: { username: 'myusername', displayName: 'My Name' },
      youtube: { username: '@myusername', displayName: 'My Channel' },
      facebook: '',
      linkedin: null,
    },
  },
  {
    username: 'mybrand',
    accounts: { tiktok: { username: 'mybrand' }, instagram: { username: 'mybrand.official' }, youtube: '' },
  },
];
