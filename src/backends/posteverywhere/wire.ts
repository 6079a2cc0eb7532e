import { z } from 'zod';
import type { Post } from '../../domain/post.ts';
import type { PostStatus } from '../../domain/status.ts';
import { checkTimezone } from '../../domain/time-zone.ts';
import { Id, instant, text } from './fields.ts';
import { fromWireTarget, WireTarget } from './targets.ts';

const WireContent = z.looseObject({ settings: z.record(z.string(), z.unknown()).nullish() });

export const WirePost = z
  .object({
    id: text,
    post_id: text,
    status: text,
    post_status: text,
    content: text,
    account_ids: z.array(Id).nullish().catch(undefined),
    scheduled_for: instant,
    timezone: text,
    media: z
      .array(z.object({ type: text, url: text }))
      .nullish()
      .catch(undefined),
    platform_content: z.record(z.string(), WireContent.nullish()).nullish().catch(undefined),
    // The answer to a create may have their number here.
    destinations: z.array(WireTarget).nullish().catch(undefined),
    created_at: instant,
    updated_at: instant,
  })
  .transform(({ id, post_id, status, post_status, ...rest }, context) => {
    const ownId = id ?? post_id;
    if (!ownId) context.addIssue({ code: 'custom', message: 'has no id', path: ['post_id'] });
    return { ...rest, id: ownId ?? '', status: status ?? post_status ?? undefined };
  });
export type WirePost = z.infer<typeof WirePost>;

export const WireResults = z.object({ post_status: text, results: z.array(WireTarget) });
type WireResults = z.infer<typeof WireResults>;

/** The status has a different name on nearly every page. */
export const MediaState = z
  .object({ status: text, media_status: text, upload_status: text, error_message: text })
  .transform(({ status, media_status, upload_status, error_message }) => ({
    status: status ?? media_status ?? upload_status ?? undefined,
    problem: error_message ?? undefined,
  }));
export type MediaState = Partial<z.infer<typeof MediaState>>;

/** https://developers.posteverywhere.ai/api/schemas/post */
const STATUSES = {
  draft: 'draft',
  scheduled: 'scheduled',
  publishing: 'processing',
  published: 'published',
  partially_failed: 'partial',
  failed: 'failed',
} as const satisfies Record<string, PostStatus>;

/** The vendor's word for a status, where it has one. */
export function toWireStatus(status: PostStatus): string | undefined {
  return Object.entries(STATUSES).find(([, ours]) => ours === status)?.[0];
}

/** A word that is not known is a post on its way: nothing is concluded from it. */
export function fromWireStatus(word: string | undefined): PostStatus {
  return Object.entries(STATUSES).find(([theirs]) => theirs === word)?.[1] ?? 'processing';
}

/** `results` knows the most about each account, so what it says wins. */
export function fromWirePost(wire: WirePost, results?: WireResults): Post {
  const word = results?.post_status ?? wire.status;
  const status = fromWireStatus(word);
  const rows = results?.results ?? wire.destinations ?? [];
  const targets = rows.flatMap((row) => fromWireTarget(row, status));
  const settled = status === 'failed' || status === 'partial';
  const caption = wire.content?.trim() ? wire.content : undefined;
  const title = titleOf(wire);
  const timezone = zoneOf(wire.timezone);
  return {
    id: wire.id,
    status: settled && targets.some((target) => target.status === 'processing') ? 'processing' : status,
    ...(word && { backendStatus: word }),
    ...mediaOf(wire),
    ...(caption !== undefined && { caption }),
    ...(title !== undefined && { title }),
    airAt: airAtOf(wire, status),
    ...(timezone !== undefined && { timezone }),
    targets,
    ...(wire.created_at !== undefined && { createdAt: wire.created_at }),
    ...(wire.updated_at !== undefined && { updatedAt: wire.updated_at }),
  };
}

function mediaOf({ media }: WirePost): Pick<Post, 'contentType' | 'contentUrl'> {
  const all = media ?? [];
  const urls = all.flatMap(({ url }) => url ?? []);
  if (all.length > 0 && all.every(({ type }) => type === 'image'))
    return { contentType: 'slides', ...(urls.length > 0 && { contentUrl: urls }) };
  return { contentType: 'video', ...(urls[0] !== undefined && { contentUrl: urls[0] }) };
}

function titleOf({ platform_content }: WirePost): string | undefined {
  const title = platform_content?.youtube?.settings?.title;
  return typeof title === 'string' ? title : undefined;
}

/** A post that went out at once may have no time of its own. */
function airAtOf({ scheduled_for, destinations, created_at }: WirePost, status: PostStatus): number | null {
  if (scheduled_for !== undefined || status === 'draft') return scheduled_for ?? null;
  const moments = (destinations ?? []).flatMap((row) => row.scheduled_for ?? row.published_at ?? []);
  return moments.length > 0 ? Math.min(...moments) : (created_at ?? null);
}

function zoneOf(name: string | null | undefined): string | undefined {
  try {
    return name ? checkTimezone(name) : undefined;
  } catch {
    return undefined;
  }
}
