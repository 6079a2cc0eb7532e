/** What a caller may do: look, prepare what a person then approves, or everything. */
export const ACCESS_LEVELS = ['read', 'draft', 'full'] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** Whether who has one level may do what needs another. */
export function allows(level: AccessLevel, needed: AccessLevel): boolean {
  return ACCESS_LEVELS.indexOf(needed) <= ACCESS_LEVELS.indexOf(level);
}

/** Who asks, and what they may. Kept in the ledger and the log, but for the rights. */
export interface Caller {
  readonly client: string;
  /** The name of the token or the subject that spoke for the client. */
  readonly token?: string;
  /** Whose data the call sees; what belongs to another tenant does not exist for it. */
  readonly tenant: string;
  readonly level: AccessLevel;
  /** The accounts that it may touch; absent = all of its tenant. */
  readonly accounts?: readonly string[];
  /** Accounts that belong to other tenants. */
  readonly withheld?: readonly string[];
}

/** Who speaks, before it is known which program it speaks with. */
export type Identity = Omit<Caller, 'client'>;

/** What a person is asked, to be answered with yes or no. */
export interface Question {
  readonly text: string;
  /** What it is about, in every detail: a yes is good for nothing else. */
  readonly about: string;
}

/** The circumstances of one call. */
export interface Call {
  readonly caller: Caller;
  /** Fires when nobody waits for the answer any more. A write that was sent is not given up for it. */
  readonly signal: AbortSignal;
  /** Tells who waits how far the work is. */
  readonly progress: (message: string, done?: number, total?: number) => void;
  /** Asks the person at the client, and answers whether the answer is yes; absent where nobody can be asked. */
  readonly confirm?: (question: Question) => Promise<boolean>;
}

/** Whose data a machine of one person holds. */
export const OWN_TENANT = 'own';

/** Airdate's own calls: recovery, checks, what it does without being asked. */
export function ownCall(signal: AbortSignal, client = 'airdate'): Call {
  return { caller: { client, tenant: OWN_TENANT, level: 'full' }, signal, progress: () => undefined };
}
