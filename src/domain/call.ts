/** Who asks. Kept in the ledger and the log. */
export interface Caller {
  readonly client: string;
}

/** The circumstances of one call. */
export interface Call {
  readonly caller: Caller;
  /** Fires when nobody waits for the answer any more. A write that was sent is not given up for it. */
  readonly signal: AbortSignal;
  /** Tells who waits how far the work is. */
  readonly progress: (message: string, done?: number, total?: number) => void;
}
