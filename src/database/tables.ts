import type { Generated, Insertable, Selectable } from 'kysely';
import type { AccessLevel } from '../domain/call.ts';
import type { PostStatus, TargetStatus } from '../domain/status.ts';

/** Instants are milliseconds since the epoch, `…_json` columns hold JSON. */
interface PostTable {
  id: string;
  /** Goes up with every change: an edit and the runner's claim exclude each other by it. */
  version: number;
  status: PostStatus;
  content_url: string;
  /** The copy that Airdate keeps of a local file, absent for a URL. */
  media_json: string | null;
  caption: string | null;
  title: string | null;
  sound_id: string | null;
  options_json: string;
  air_at: number;
  /**
   * The wall time, zone and choice as asked: what `air_at` is worked out from again when the zone's rules change. Null where
   * an instant was asked for, which no rule moves.
   */
  wall_time: string | null;
  timezone: string;
  ambiguous_time: 'earlier' | 'later' | null;
  zone_rules: string;
  request_id: string;
  created_at: number;
  updated_at: number;
}

interface TargetTable {
  post_id: string;
  account_id: string;
  platform: string;
  status: TargetStatus;
  /** The post's, kept here so that one account's posts are read in order. */
  air_at: number;
  /** When the runner is to take it up: the air time, or the time of the next attempt. Null while it is in hand or done. */
  due_at: number | null;
  attempts: number;
  /** How often it was put back in line by hand after it surely was not accepted. */
  round: number;
  /** What it was made to be published by: a process that has something else leaves it alone. */
  publisher: string;
  /** What the vendor that publishes it calls it. */
  remote_id: string | null;
  url: string | null;
  published_at: number | null;
  error_json: string | null;
}

interface AttemptTable {
  id: Generated<number>;
  post_id: string;
  account_id: string;
  number: number;
  round: number;
  owner: string;
  started_at: number;
  finished_at: number | null;
  outcome: 'published' | 'accepted' | 'draft' | 'refused' | 'unknown' | null;
  detail_json: string | null;
  /** Which receiver of its publisher it went to, where there can be several. */
  receiver: string | null;
}

interface SoundTable {
  id: string;
  name: string;
  url: string;
  media_json: string | null;
  duration_seconds: number | null;
  note: string | null;
  created_at: number;
  tenant: string;
}

/** One row for each write that was asked for. */
interface WriteTable {
  id: Generated<number>;
  /** `key:…` as given, `print:…` a fingerprint; absent where a repeat means a new write. */
  scope: string | null;
  /** Which part of the call: the backend, and the accounts that one request covers. */
  part: string;
  tool: string;
  backend: string;
  arguments_hash: string;
  /** What is needed to look for it, and to show it. */
  arguments_json: string;
  request_id: string;
  owner: string;
  client: string;
  token: string | null;
  tenant: string;
  state: 'sent' | 'done' | 'refused' | 'unknown';
  result_json: string | null;
  error_json: string | null;
  created_at: number;
  /** The last time it was sent: later than `created_at` when it was found absent and sent again. */
  sent_at: number;
  finished_at: number | null;
}

/** A draft that waits for a person. */
interface ProposalTable {
  id: string;
  tenant: string;
  client: string;
  token: string | null;
  draft_json: string;
  targets_json: string;
  status: 'draft' | 'approved' | 'cancelled';
  post_ids_json: string;
  created_at: number;
  updated_at: number;
  /** Of the bytes of a local file, when the draft was made; null for a URL. */
  content_sha256: string | null;
  /** The process that is sending what was approved; null once that was answered. */
  approver: string | null;
  /** What was approved, as the ledger knows it: only that is sent. */
  approved_hash: string | null;
  /** When a backup in which it waited was put back: it may have been approved since that was made. */
  restored_at: number | null;
}

/** What Airdate did, or found out, without being asked. */
interface EventTable {
  id: Generated<number>;
  at: number;
  kind: 'published_late' | 'missed' | 'found' | 'never_arrived' | 'unconfirmed' | 'failed' | 'air_time_moved';
  backend: string;
  post_id: string;
  account_id: string | null;
  /** In a few words. */
  detail: string | null;
}

/** What the ledger knows of a vendor's post and the vendor does not. */
interface KnownPostTable {
  backend: string;
  post_id: string;
  timezone: string | null;
  ambiguous_time: 'earlier' | 'later' | null;
  /** `cancelled` where the vendor forgets what it cancelled. */
  status: PostStatus | null;
  post_json: string;
  created_at: number;
  updated_at: number;
}

/** A bearer token for HTTP. The token itself is nowhere: only its hash is. */
interface TokenTable {
  /** Never given to another token, so that the ledger's word of who asked stays true. */
  name: string;
  tenant: string;
  level: AccessLevel;
  /** The handles of the accounts that it may touch; absent = all of its tenant. */
  accounts_json: string | null;
  hash: string;
  created_at: number;
  expires_at: number | null;
  /** To the minute. */
  last_used_at: number | null;
  revoked_at: number | null;
}

export interface Tables {
  posts: PostTable;
  targets: TargetTable;
  attempts: AttemptTable;
  sounds: SoundTable;
  writes: WriteTable;
  events: EventTable;
  proposals: ProposalTable;
  known_posts: KnownPostTable;
  tokens: TokenTable;
}

export type PostRow = Selectable<PostTable>;
export type TargetRow = Selectable<TargetTable>;
export type SoundRow = Selectable<SoundTable>;
export type ProposalRow = Selectable<ProposalTable>;
export type WriteRow = Selectable<WriteTable>;
export type TokenRow = Selectable<TokenTable>;
export type NewEvent = Insertable<EventTable>;
export type NewWrite = Insertable<WriteTable>;
