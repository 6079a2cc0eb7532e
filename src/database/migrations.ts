/** The steps from an empty file to the present tables. A step that was released is never edited. */
export const MIGRATIONS: readonly string[] = [
  `
  create table posts (
    id text primary key, version integer not null, status text not null, content_url text not null, media_json text,
    caption text, title text, sound_id text, options_json text not null, air_at integer not null,
    wall_time text, timezone text not null, ambiguous_time text, zone_rules text not null,
    request_id text not null unique, created_at integer not null, updated_at integer not null
  ) strict;
  create unique index posts_by_air_time on posts (air_at, id);
  create index posts_by_status on posts (status, air_at, id);

  create table targets (
    post_id text not null, account_id text not null, platform text not null, status text not null,
    air_at integer not null, due_at integer, attempts integer not null default 0, round integer not null default 0,
    publisher text not null, remote_id text, url text, published_at integer,
    error_json text, primary key (post_id, account_id),
    foreign key (air_at, post_id) references posts (air_at, id) on update cascade
  ) strict, without rowid;
  create index targets_due on targets (due_at) where due_at is not null;
  create index targets_by_account on targets (account_id, air_at, post_id);
  create index targets_by_platform on targets (platform, air_at, post_id);

  create table attempts (
    id integer primary key, post_id text not null, account_id text not null, number integer not null,
    round integer not null, owner text not null, started_at integer not null, finished_at integer, outcome text, detail_json text
  ) strict;
  create index attempts_by_target on attempts (post_id, account_id);
  create index attempts_open on attempts (id) where finished_at is null;

  create table sounds (
    id text primary key, name text not null, url text not null, media_json text, duration_seconds real, note text,
    created_at integer not null, tenant text not null
  ) strict, without rowid;
  create index sounds_by_age on sounds (tenant, created_at, id);

  create table writes (
    id integer primary key, scope text, part text not null, tool text not null, backend text not null,
    arguments_hash text not null, arguments_json text not null, request_id text not null, owner text not null,
    client text not null, token text, tenant text not null, state text not null, result_json text, error_json text, created_at integer not null,
    sent_at integer not null, finished_at integer
  ) strict;
  create unique index writes_by_scope on writes (scope, part) where scope is not null and state <> 'refused';
  create index writes_by_age on writes (created_at);
  create index writes_by_request on writes (request_id);
  create index writes_open on writes (id) where state in ('sent', 'unknown');

  create table proposals (
    id text primary key, tenant text not null, client text not null, token text, draft_json text not null,
    targets_json text not null, status text not null, post_ids_json text not null, created_at integer not null,
    updated_at integer not null
  ) strict;
  create index proposals_waiting on proposals (tenant, created_at, id) where status = 'draft';

  create table events (
    id integer primary key, at integer not null, kind text not null, backend text not null, post_id text not null,
    account_id text, detail text
  ) strict;
  create index events_by_age on events (at);

  create table known_posts (
    backend text not null, post_id text not null, timezone text, ambiguous_time text, status text,
    post_json text not null, created_at integer not null, updated_at integer not null, primary key (backend, post_id)
  ) strict;

  create table tokens (
    name text primary key, tenant text not null, level text not null, accounts_json text, hash text not null unique,
    created_at integer not null, expires_at integer, last_used_at integer, revoked_at integer
  ) strict, without rowid;
  `,
  `
  alter table proposals add column content_sha256 text;
  `,
  `
  create index writes_by_arguments on writes (arguments_hash);
  create index proposals_cancelled on proposals (tenant, created_at, id) where status = 'cancelled';
  `,
  `
  alter table proposals add column approver text;
  alter table proposals add column approved_hash text;
  `,
  `
  alter table proposals add column restored_at integer;
  `,
  `
  alter table attempts add column receiver text;
  `,
];
