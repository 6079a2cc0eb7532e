/**
 * Compares what the world saw with what was acknowledged to the agent and with what the store says in the end. It knows
 * nothing of how a post is published, so that any publisher can be held to it.
 */

/** One post on one account, as the agent wants it. It is known by its tag, which is a part of every text of it. */
export interface Intent {
  readonly tag: string;
  readonly account: string;
  /** `unanswered`: nobody told the agent, and it did not ask again. */
  readonly created: Answered;
  /** The first is that of the create. */
  readonly texts: readonly { readonly text: string; readonly answered: Answered }[];
  readonly cancelled?: Answered;
  /** The earliest air time that was ever asked for. */
  readonly notBefore: number;
}
export type Answered = 'confirmed' | 'refused' | 'unanswered';

/** One publication that the world saw. */
export interface Seen {
  readonly text: string;
  readonly account: string;
  readonly at: number;
}

/** One row of the store. */
export interface Final {
  readonly text: string;
  readonly account: string;
  readonly status: string;
}

export interface Verdict {
  /** Published more than once. */
  readonly duplicates: readonly string[];
  /** Acknowledged and never published, and the store does not say so. */
  readonly lost: readonly string[];
  /** Acknowledged and never published, and the store says so: failed or missed. */
  readonly told: readonly string[];
  /** Nobody knows: the store says `unconfirmed`. */
  readonly unknown: readonly string[];
  /** Still under way. */
  readonly stuck: readonly string[];
  readonly afterCancel: readonly string[];
  /** Published with a text that a confirmed edit had replaced. */
  readonly oldText: readonly string[];
  readonly early: readonly string[];
  /** Published, and the store says that it was not. */
  readonly untold: readonly string[];
  /** Published, and nobody asked for it. */
  readonly unasked: readonly string[];
  /** More than one row for one intent. */
  readonly rowsTwice: readonly string[];
}

/** Clocks are read at different moments by the two sides. */
const EARLY_MS = 50;

export function tagOf(text: string): string {
  return /#[\w-]+/.exec(text)?.[0] ?? text;
}

export function checkHistory(history: {
  readonly intents: readonly Intent[];
  readonly seen: readonly Seen[];
  readonly finals: readonly Final[];
}): Verdict {
  const { intents } = history;
  const seen = Map.groupBy(history.seen, keyOf);
  const finals = Map.groupBy(history.finals, keyOf);
  const known = new Set(intents.map(nameOf));
  const facts = intents.map((intent) => {
    const name = nameOf(intent);
    const rows = finals.get(name) ?? [];
    return { intent, name, seen: seen.get(name) ?? [], rows, status: rows[0]?.status ?? 'absent' };
  });
  const names = (wanted: (fact: (typeof facts)[number]) => boolean) =>
    facts.filter(wanted).map(({ name }) => name);
  const unseen = (wanted: (status: string) => boolean) =>
    names((fact) => fact.seen.length === 0 && isDue(fact.intent) && wanted(fact.status));
  return {
    duplicates: names((fact) => fact.seen.length > 1),
    lost: unseen((status) => status === 'published' || status === 'absent' || status === 'cancelled'),
    told: unseen((status) => status === 'failed' || status === 'missed'),
    unknown: names(({ status }) => status === 'unconfirmed'),
    stuck: names(({ status }) => status === 'scheduled' || status === 'processing'),
    afterCancel: names((fact) => fact.intent.cancelled === 'confirmed' && fact.seen.length > 0),
    oldText: names(({ intent, seen }) => seen.some(({ text }) => !textsOf(intent).includes(text))),
    early: names(({ intent, seen }) => seen.some(({ at }) => at < intent.notBefore - EARLY_MS)),
    untold: names(({ seen, status }) => seen.length > 0 && SAYS_NOT_LIVE.includes(status)),
    unasked: [...seen.keys()].filter((name) => !known.has(name)),
    rowsTwice: names(({ rows }) => rows.length > 1),
  };
}

/** `processing` is stuck, and `unconfirmed` unknown, whatever the world saw. */
const SAYS_NOT_LIVE = ['absent', 'failed', 'missed', 'cancelled', 'scheduled'];

function isDue({ created, cancelled }: Intent): boolean {
  return created === 'confirmed' && (cancelled === undefined || cancelled === 'refused');
}

/** The text that stands, and those of edits of which nobody told the agent whether they were made. */
function textsOf({ texts }: Intent): string[] {
  const made = texts.filter(({ answered }) => answered !== 'refused');
  const standing = made.findLastIndex(({ answered }) => answered === 'confirmed');
  return made.slice(Math.max(0, standing)).map(({ text }) => text);
}

function nameOf({ tag, account }: Pick<Intent, 'tag' | 'account'>): string {
  return `${tag}@${account}`;
}

function keyOf({ text, account }: Seen | Final): string {
  return nameOf({ tag: tagOf(text), account });
}

/** What must be empty whatever the receiver is like; the rest is told to people, or depends on who receives. */
export function broken({ told: _, unknown: __, ...never }: Verdict): Partial<Verdict> {
  return Object.fromEntries(Object.entries(never).filter(([, names]) => names.length > 0));
}
