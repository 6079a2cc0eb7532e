import { Failure } from '../../domain/failure.ts';
import type { Outcome } from './publisher.ts';

/** Why the runner leaves a target alone. */

export function notHere(accountId: string): Failure {
  return new Failure(
    'conflict',
    `No Airdate that ran could publish for local:${accountId} what was planned for it.`,
    {
      hint: 'Set its publisher up as it was when the post was made, in every Airdate on this data directory, or let the present one publish it with retry_post.',
    },
  );
}

export function nothingRan(graceMs: number): Failure {
  const minutes = Math.round(graceMs / 60_000);
  return new Failure(
    'unavailable',
    `No Airdate ran at the air time, nor in the ${minutes} minutes of grace after it; nothing was sent.`,
    { hint: 'Give it a new time with edit_post, or publish it now with retry_post.' },
  );
}

export function putBack(): Failure {
  return new Failure(
    'outcome_unknown',
    'It was due after the backup was made that the calendar was restored from: it may have aired before.',
    { hint: 'Look at the account first. If it is not there, publish it with retry_post.' },
  );
}

export function noSuchAccount(accountId: string): Outcome {
  const failure = new Failure('not_found', `The account local:${accountId} is not configured any more.`, {
    hint: 'Put it back into airdate.config.json, then call retry_post.',
  });
  return { outcome: 'refused', failure, retryable: false };
}
