import { Failure } from '../domain/failure.ts';

/** The same for every token that does not hold: what is wrong with it is nobody's business who cannot use it. */
export function notAuthenticated(cause?: unknown): Failure {
  return new Failure('unauthenticated', 'A valid bearer token is needed.', {
    hint: 'Send the header "Authorization: Bearer …" with a token that holds; airdate token create NAME makes one.',
    cause,
  });
}
