import { type ZodType, z } from 'zod';
import type { FailureCode } from '../../domain/failure.ts';
import type { Explanation, VendorAnswer } from '../vendor.ts';

const text = z.string().nullish();
const id = z.string().min(1);

/** Older pages of the vendor call some fields by other names. */
function renamed(older: string, name: string) {
  return (body: unknown): unknown => {
    if (typeof body !== 'object' || body === null || name in body || !(older in body)) return body;
    return { ...body, [name]: Reflect.get(body, older) };
  };
}

/** https://docs.infinipost.co/api-reference/posts/list */
export const WirePost = z.preprocess(
  renamed('id', 'postId'),
  z.object({
    postId: id,
    accountId: text,
    platform: text,
    contentType: text,
    contentUrl: z.union([z.string(), z.array(z.string())]).nullish(),
    thumbnailUrl: text,
    caption: text,
    soundId: text,
    timezone: text,
    scheduledTime: text,
    status: text,
    postedAt: text,
    createdAt: text,
  }),
);
export type WirePost = z.infer<typeof WirePost>;

/** A create that names no post is an answer that says nothing. */
export const WireCreated = z.object({ posts: z.array(WirePost).min(1) });

export const WireDeleted = z.object({
  deleted: z.array(z.string()).nullish(),
  failed: z.array(z.unknown()).nullish(),
});

/** https://docs.infinipost.co/api-reference/accounts/get */
export const WireAccount = z.preprocess(
  renamed('id', 'accountId'),
  z.preprocess(
    renamed('status', 'accountStatus'),
    z.object({
      accountId: id,
      platform: text,
      name: text,
      username: text,
      accountStatus: text,
      warmupDay: z.number().nullish(),
    }),
  ),
);
export type WireAccount = z.infer<typeof WireAccount>;

/** https://docs.infinipost.co/api-reference/media/list-sounds */
export const WireSound = z.preprocess(
  renamed('id', 'soundId'),
  z.object({
    soundId: id,
    name: text,
    url: text,
    duration: z.number().nullish(),
    createdAt: text,
  }),
);
export type WireSound = z.infer<typeof WireSound>;

export interface WirePage<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor?: string;
  /** False only when the vendor says, or shows, that nothing follows. */
  readonly hasMore: boolean;
}

/** A list has its rows under `data` or under its own name, as the page of the moment has it. */
export function wirePage<Row>(name: string, row: ZodType<Row>): ZodType<WirePage<Row>> {
  const rows = z.array(row);
  return z.preprocess(
    renamed(name, 'data'),
    z
      .object({ data: rows, hasMore: z.boolean().nullish(), nextCursor: text })
      .transform(({ data, hasMore, nextCursor }) => {
        const more = hasMore ?? Boolean(nextCursor);
        return { rows: data, hasMore: more, ...(more && nextCursor && { nextCursor }) };
      }),
  );
}

const WireError = z.object({ error: z.object({ code: text, message: text }) });

const CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['unauthenticated', 'unauthenticated'],
  ['unauthorized', 'unauthenticated'],
  ['invalid_api_key', 'unauthenticated'],
  ['invalid_parameter', 'invalid_parameter'],
  ['missing_required_fields', 'invalid_parameter'],
  ['invalid_url', 'invalid_parameter'],
  ['not_found', 'not_found'],
  ['cannot_edit', 'cannot_edit'],
  ['internal', 'outcome_unknown'],
]);

/** Errors are told by their code; of the statuses only 401 is documented: https://docs.infinipost.co/authentication */
export function explain({ body }: VendorAnswer): Explanation {
  const { data } = WireError.safeParse(body);
  const code = data?.error.code ?? undefined;
  return { code, message: data?.error.message ?? undefined, failure: code ? failureOf(code) : undefined };
}

/** The failed extraction of a sound is documented without its code. */
function failureOf(code: string): FailureCode | undefined {
  return CODES.get(code) ?? (code.includes('extract') ? 'media_rejected' : undefined);
}
