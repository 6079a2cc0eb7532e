import { Failure, type FailureDetails } from '../domain/failure.ts';

/** An `invalid_parameter` of one field. `complaint` continues the field's name: "must start with https://". */
export function refusal(field: string, complaint: string, details: FailureDetails = {}): Failure {
  return new Failure('invalid_parameter', `${field} ${complaint}.`, {
    field,
    issues: [{ path: field, message: complaint }],
    ...details,
  });
}
