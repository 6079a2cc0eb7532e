import type { Answer } from './emulator.ts';
import type { UploadPostSwitches } from './upload-post-settings.ts';

interface RefusalDetails {
  /** Where the vendor puts the text on this route. */
  readonly key?: 'message' | 'error';
  /** Status and history answer without `success`. */
  readonly bare?: boolean;
  readonly extra?: Record<string, unknown>;
}

/** A request that the vendor does not carry out. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: RefusalDetails;

  constructor(status: number, text: string, details: RefusalDetails = {}) {
    super(text);
    this.status = status;
    this.details = details;
  }

  toAnswer({ errorText }: UploadPostSwitches): Answer {
    const { key = 'message', bare = false, extra = {} } = this.details;
    const text = { [errorText === 'documented' ? key : errorText]: this.message };
    return { status: this.status, body: { ...(bare ? {} : { success: false }), ...text, ...extra } };
  }
}
