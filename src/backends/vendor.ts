import type { FailureCode } from '../domain/failure.ts';
import type { BackendName } from '../domain/handle.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VendorAnswer {
  readonly status: number;
  /** Parsed JSON, else the text; undefined where there is none or it did not come whole. */
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Headers;
}

/** What a vendor's answer says beyond its status. */
export interface Explanation {
  /** The vendor's own code. */
  readonly code?: string | undefined;
  /** The vendor's own text. */
  readonly message?: string | undefined;
  /** Wins over the status: for a 2xx that carries an error, or a 5xx that wraps a refusal. */
  readonly failure?: FailureCode | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly requestId?: string | undefined;
}

/** The facts with which one vendor differs from another on the wire. */
export interface Vendor {
  readonly backend: BackendName;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Sent with every request to `baseUrl`: authorization, above all. */
  readonly headers: Readonly<Record<string, string>>;
  /** Masked in every text that comes out. */
  readonly secrets: readonly string[];
  /** The setting that an agent's person has to mend when the key is not accepted. */
  readonly setting: string;
  /** Asked about every answer, a 2xx included. */
  readonly explain: (answer: VendorAnswer) => Explanation;
}
