import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { AirTime } from '../domain/air-time.ts';
import type { Page, PostQuery } from '../domain/backend.ts';
import type { Clock } from '../domain/clock.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Log } from '../domain/log.ts';
import type { Post } from '../domain/post.ts';

const AT_ONCE = 100;

/** What Airdate remembers of a vendor's posts and the vendor does not: the zone that was asked, and that one was cancelled. */
export class KnownPosts {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor({ database, clock, log }: { database: Database; clock: Clock; log: Log }) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** What was done to the post was done, also where this cannot be kept. */
  async remember(backend: BackendName, post: Post, airTime?: AirTime): Promise<void> {
    if (backend === 'local') return;
    const now = this.#clock.now();
    const time = airTime && { timezone: airTime.timezone, ambiguous_time: airTime.ambiguousTime ?? null };
    const status = post.status === 'cancelled' ? post.status : null;
    const change = { ...time, status, post_json: JSON.stringify(post), updated_at: now };
    await this.#database.query
      .insertInto('known_posts')
      .values({ backend, post_id: post.id, timezone: null, ambiguous_time: null, created_at: now, ...change })
      .onConflict((conflict) => conflict.columns(['backend', 'post_id']).doUpdateSet(change))
      .execute()
      .catch((error: unknown) => {
        const facts = { postId: toHandle(backend, post.id), error: String(error) };
        this.#log('error', 'What is known of a post besides what its vendor tells could not be kept.', facts);
      });
  }

  /** The posts as the vendor tells them, with what is known besides: the zone, and what a vendor's row leaves out. */
  async complete(backend: BackendName, posts: readonly Post[]): Promise<readonly Post[]> {
    if (backend === 'local' || posts.length === 0) return posts;
    const rows = await this.#database.query
      .selectFrom('known_posts')
      .select(['post_id', 'timezone', 'post_json', 'updated_at'])
      .where('backend', '=', backend)
      .where(
        'post_id',
        'in',
        posts.map((post) => post.id),
      )
      .execute();
    const known = new Map(rows.map((row) => [row.post_id, row]));
    const edits = await this.#editsInDoubt(backend, [...known.keys()]);
    return posts.map((post) => {
      const row = known.get(post.id);
      if (!row) return post;
      const since = edits.filter(({ id, at }) => id === post.id && at >= row.updated_at);
      return filledIn(post, withoutNamed(JSON.parse(row.post_json) as Post, since), row.timezone);
    });
  }

  /** Changes of these posts of which nobody knows whether they were made. */
  async #editsInDoubt(backend: BackendName, ids: readonly string[]): Promise<Edit[]> {
    const idOf = new Map(ids.map((id) => [toHandle(backend, id), id]));
    const rows = await this.#database.query
      .selectFrom('writes')
      .select(['part', 'arguments_json', 'created_at'])
      .where('state', 'in', ['sent', 'unknown'])
      .where('tool', '=', 'edit_post')
      .where('part', 'in', [...idOf.keys()])
      .execute();
    return rows.map(({ part, arguments_json, created_at }) => ({
      id: idOf.get(part) ?? '',
      named: JSON.parse(arguments_json) as object,
      at: created_at,
    }));
  }

  /** Posts that were made through a backend which hands them to this one, by the id that they have here. */
  async madeThrough(proxy: BackendName, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const ends = ids.map((id) => sql<boolean>`substr(post_id, -${id.length + 1}) = ${`/${id}`}`);
    const rows = await this.#database.query
      .selectFrom('known_posts')
      .select('post_id')
      .where('backend', '=', proxy)
      .where((where) => where.or(ends))
      .execute();
    return new Map(
      rows.flatMap(({ post_id }) =>
        ids.filter((id) => post_id.endsWith(`/${id}`)).map((id) => [id, post_id]),
      ),
    );
  }

  /** A post that was cancelled here and that the vendor has forgotten. */
  async cancelled(backend: BackendName, id: string): Promise<Post | undefined> {
    const row = await this.#database.query
      .selectFrom('known_posts')
      .select('post_json')
      .where('backend', '=', backend)
      .where('post_id', '=', id)
      .where('status', '=', 'cancelled')
      .executeTakeFirst();
    return row && (JSON.parse(row.post_json) as Post);
  }

  /** Posts that were cancelled here, latest first, as far as they fit; the vendor has forgotten them. */
  async pageOfCancelled(
    backend: BackendName,
    { limit, cursor }: Pick<PostQuery, 'limit' | 'cursor'>,
    fits: (post: Post) => boolean,
  ): Promise<Page<Post>> {
    const found: { readonly post: Post; readonly place: string }[] = [];
    for await (const one of this.#cancelledAfter(backend, cursor)) {
      if (fits(one.post)) found.push(one);
      if (found.length > limit) break;
    }
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const more = last && found.length > limit && { nextCursor: last.place };
    return { rows: shown.map(({ post }) => post), ...more };
  }

  async *#cancelledAfter(backend: BackendName, cursor: string | undefined) {
    let place = cursor;
    for (;;) {
      const rows = await this.#someCancelled(backend, place);
      for (const { post_id, post_json, updated_at } of rows) {
        place = `${updated_at}.${post_id}`;
        yield { post: JSON.parse(post_json) as Post, place };
      }
      if (rows.length < AT_ONCE) return;
    }
  }

  async #someCancelled(backend: BackendName, cursor: string | undefined) {
    let select = this.#database.query
      .selectFrom('known_posts')
      .select(['post_id', 'post_json', 'updated_at'])
      .where('backend', '=', backend)
      .where('status', '=', 'cancelled')
      .orderBy('updated_at', 'desc')
      .orderBy('post_id', 'desc')
      .limit(AT_ONCE);
    if (cursor !== undefined) {
      const [, updatedAt = '0', postId = ''] = /^(\d+)\.(.*)$/s.exec(cursor) ?? [];
      select = select.where((where) =>
        where(where.refTuple('updated_at', 'post_id'), '<', where.tuple(Number(updatedAt), postId)),
      );
    }
    return select.execute();
  }
}

interface Edit {
  readonly id: string;
  /** What was asked for, by name. */
  readonly named: object;
  readonly at: number;
}

/** What is remembered, less what may have been changed since. */
function withoutNamed(post: Post, edits: readonly Edit[]): Post {
  const isSure = ([name]: [string, unknown]) => !edits.some(({ named }) => name in named);
  const sure = Object.fromEntries(Object.entries(post).filter(isSure)) as unknown as Post;
  const airAt = edits.some(({ named }) => 'airTime' in named) ? null : post.airAt;
  return { ...sure, airAt };
}

function filledIn(post: Post, known: Post, timezone: string | null): Post {
  const status = post.status === 'partial' ? 'processing' : post.status;
  const targets =
    post.targets.length > 0
      ? post.targets
      : known.targets.map(({ accountId, platform }) => ({ accountId, platform, status }));
  return {
    ...(known.caption !== undefined && { caption: known.caption }),
    ...(known.title !== undefined && { title: known.title }),
    ...(known.contentUrl !== undefined && { contentUrl: known.contentUrl }),
    ...post,
    airAt: post.airAt ?? known.airAt,
    targets,
    ...(timezone !== null && { timezone }),
  };
}
