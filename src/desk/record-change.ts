import { randomUUID } from 'node:crypto';
import type { Backend } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { toHandle } from '../domain/handle.ts';
import type { Desk } from './desk.ts';
import { hashOf } from './hash.ts';

interface Change {
  readonly tool: string;
  readonly backend: Backend;
  /** The backend's own id of the post. */
  readonly id: string;
  /** What was asked, for the record. */
  readonly details: object;
  readonly call: Call;
}

/** Writes a change of a post into the ledger before and after it is made. */
export async function recordChange<Result>(
  desk: Desk,
  change: Change,
  send: () => Promise<Result>,
): Promise<Result> {
  const { tool, backend, id, call } = change;
  const postId = toHandle(backend.name, id);
  const details = { postId, ...change.details };
  const write = {
    part: postId,
    tool,
    backend: backend.name,
    argumentsHash: hashOf(details),
    details,
    requestId: randomUUID(),
    caller: call.caller,
  };
  try {
    return (await desk.ledger.write(write, { send })).result;
  } catch (thrown) {
    const failure = Failure.from(thrown).with({ backend: backend.name });
    if (failure.code !== 'outcome_unknown') throw failure;
    throw failure.with({
      hint: 'It may have been done. Look at the post before you do it again.',
      next: { tool: 'get_post', arguments: { postId }, why: 'shows the post as far as its vendor tells' },
    });
  }
}
