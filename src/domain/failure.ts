/** Every way in which a call can fail, and whether the same call may be made again. */
export const FAILURES = {
  invalid_parameter: { retryable: false },
  unsupported: { retryable: false },
  unauthenticated: { retryable: false },
  forbidden: { retryable: false },
  not_found: { retryable: false },
  cannot_edit: { retryable: false },
  conflict: { retryable: false },
  media_rejected: { retryable: false },
  quota_exceeded: { retryable: false },
  rate_limited: { retryable: true },
  unavailable: { retryable: true },
  outcome_unknown: { retryable: false },
  internal: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type FailureCode = keyof typeof FAILURES;

export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** A value that could have been meant. For a wall time also the choice that names it, and its instant. */
export interface Candidate {
  readonly value: string;
  readonly why: string;
  readonly ambiguousTime?: 'earlier' | 'later';
  readonly utc?: string;
}

/** A call that an agent can make as it stands. */
export interface NextCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly why: string;
}

interface Upstream {
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
}

export interface FailureDetails {
  readonly field?: string;
  readonly issues?: readonly Issue[];
  readonly candidates?: readonly Candidate[];
  readonly backend?: string;
  readonly upstream?: Upstream;
  readonly hint?: string;
  readonly next?: NextCall;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** What an agent reads of a failure, and what the ledger keeps. */
export type FailureAnswer = {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
} & Omit<FailureDetails, 'cause'>;

/** The one error of the program: thrown anywhere, turned into an answer in one place. */
export class Failure extends Error {
  override name = 'Failure' as const;
  readonly code: FailureCode;
  readonly details: Omit<FailureDetails, 'cause'>;

  constructor(code: FailureCode, message: string, { cause, ...details }: FailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable;
  }

  /** The same failure with more said about it; what it already says stays. */
  with(details: FailureDetails): Failure {
    return new Failure(this.code, this.message, { cause: this.cause, ...details, ...this.details });
  }

  toAnswer(): FailureAnswer {
    return { code: this.code, message: this.message, retryable: this.retryable, ...this.details };
  }

  static fromAnswer({ code, message, retryable: _, ...details }: FailureAnswer): Failure {
    return new Failure(code, message, details);
  }

  /** A Failure stays what it is; anything else is `internal`, its text kept for the log alone. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    return new Failure('internal', 'Something went wrong inside Airdate. The details are in its log.', {
      cause: thrown,
    });
  }
}

/** The cursor was changed, or made up. */
export function strangeCursor(): Failure {
  return new Failure('invalid_parameter', 'The cursor is not one that Airdate gave out.', {
    field: 'cursor',
    hint: 'Pass nextCursor of the page before, or leave cursor out to begin anew.',
  });
}

/** Text from outside, fit to be quoted: no control characters, at most 300 characters. */
export function quote(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return plain.length > 300 ? `${plain.slice(0, 299).replace(/[\ud800-\udbff]$/, '')}…` : plain;
}
