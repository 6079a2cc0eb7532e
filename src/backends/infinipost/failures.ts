import { Failure, type FailureCode, type FailureDetails } from '../../domain/failure.ts';

type Details = Readonly<Partial<Record<FailureCode, FailureDetails>>>;

/** Says more about a refusal than the vendor's answer alone can. */
export async function explained<Value>(work: Promise<Value>, details: Details): Promise<Value> {
  try {
    return await work;
  } catch (thrown) {
    const failure = Failure.from(thrown);
    throw failure.with(details[failure.code] ?? {});
  }
}

/** A cursor names the last row that was read; that row may be gone. */
export function staleCursor(cursor: string | undefined): Details {
  if (cursor === undefined) return {};
  return { invalid_parameter: { field: 'cursor', hint: 'Leave cursor out to begin anew.' } };
}

export const cannotChange: Details = {
  cannot_edit: {
    field: 'postId',
    hint: 'infinipost changes and cancels only posts that still wait. get_post shows what became of it.',
  },
};
