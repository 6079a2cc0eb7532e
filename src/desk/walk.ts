import type { Backend, Page } from '../domain/backend.ts';
import { Failure, type FailureAnswer } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';
import { type Place, parseCursor, toCursor } from './cursor.ts';

interface Unavailable {
  readonly backend: BackendName;
  readonly error: FailureAnswer;
}

interface Walk<Row, Shown> {
  readonly backends: readonly Backend[];
  readonly limit: number;
  readonly cursor: string | undefined;
  /** A cursor is good for the filters that it was made for. */
  readonly filters: unknown;
  read(backend: Backend, page: { readonly limit: number; readonly cursor?: string }): Promise<Page<Row>>;
  /** The rows that pass the filters, as an agent reads them. */
  show(backend: Backend, rows: readonly Row[]): Promise<readonly Shown[]>;
}

export interface Walked<Shown> {
  readonly rows: readonly Shown[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
  readonly unavailable: readonly Unavailable[];
}

/** In characters of JSON. A page that is longer is read again with fewer rows: an agent has to hold it in its head. */
const LONGEST_PAGE = 200_000;

/**
 * One page out of several lists, backend after backend. Each is asked once, so that a page can be shorter than the limit
 * while there is more, and once again for fewer rows where the page is too long. A backend that gives no answer hides
 * none of the others.
 */
export async function walkBackends<Row, Shown>(walk: Walk<Row, Shown>): Promise<Walked<Shown>> {
  const page = await walkOnce(walk);
  const count = page.rows.length;
  const share = LONGEST_PAGE / JSON.stringify(page.rows).length;
  if (count < 2 || share >= 1) return page;
  return walkBackends({ ...walk, limit: Math.max(1, Math.floor(count * share)) });
}

async function walkOnce<Row, Shown>(walk: Walk<Row, Shown>): Promise<Walked<Shown>> {
  const { limit, filters } = walk;
  const { backends, first } = startOf(walk);
  const rows: Shown[] = [];
  const unavailable: Unavailable[] = [];
  const answer = (next: Place | undefined) => ({
    rows,
    hasMore: next !== undefined,
    nextCursor: next ? toCursor(next, filters) : null,
    unavailable,
  });
  for (const [index, backend] of backends.entries()) {
    if (rows.length >= limit) return answer({ backend: backend.name });
    const cursor = index === 0 ? first : undefined;
    const wanted = { limit: limit - rows.length, ...(cursor !== undefined && { cursor }) };
    const page = await readPage(walk, backend, wanted);
    if ('error' in page) unavailable.push(page);
    else rows.push(...(await walk.show(backend, page.rows)));
    if ('nextCursor' in page && page.nextCursor !== undefined) {
      return answer({ backend: backend.name, cursor: page.nextCursor });
    }
  }
  if (unavailable.length > 0 && unavailable.length === backends.length) throw allUnavailable(unavailable);
  return answer(undefined);
}

function startOf({
  backends,
  cursor,
  filters,
}: Pick<Walk<never, never>, 'backends' | 'cursor' | 'filters'>): {
  backends: readonly Backend[];
  first?: string;
} {
  if (cursor === undefined) return { backends };
  const place = parseCursor(cursor, filters);
  const start = backends.findIndex(({ name }) => name === place.backend);
  if (start < 0) {
    throw new Failure(
      'invalid_parameter',
      `The cursor stands in ${place.backend}, which is not configured any more.`,
      {
        field: 'cursor',
        hint: 'Leave cursor out to begin anew.',
      },
    );
  }
  return { backends: backends.slice(start), ...(place.cursor !== undefined && { first: place.cursor }) };
}

async function readPage<Row>(
  walk: Pick<Walk<Row, never>, 'read'>,
  backend: Backend,
  wanted: { readonly limit: number; readonly cursor?: string },
): Promise<Page<Row> | Unavailable> {
  try {
    return await walk.read(backend, wanted);
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code === 'invalid_parameter' || failure.code === 'internal') throw thrown;
    return { backend: backend.name, error: failure.with({ backend: backend.name }).toAnswer() };
  }
}

function allUnavailable(unavailable: readonly Unavailable[]): Failure {
  const [first] = unavailable;
  const failure = first
    ? Failure.fromAnswer(first.error)
    : new Failure('unavailable', 'No backend answered.');
  if (unavailable.length < 2) return failure;
  const issues = unavailable.map(({ backend, error }) => ({
    path: backend,
    message: `${error.code}: ${error.message}`,
  }));
  return failure.with({ issues });
}
