/** Longer than any platform takes. */
const LONGEST_TEXT = 65_536;

/** What chooses the form of the character before it. */
const SELECTOR = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u180b-\u180d\u180f]/v.source;
/** What joins or parts the letters around it, and marks of direction. */
const JOINER = /[\u200c-\u200f\u061c]/v.source;
const TAG = /[\u{e0000}-\u{e007f}]/v.source;

/**
 * What a terminal obeys, or what a model reads and a person does not see: control characters, and all that Unicode calls
 * ignorable. What makes emoji, letters and flags stays: one selector behind what is seen, joiners that are not a third in a
 * row, and the tags of a flag.
 */
const HIDDEN = new RegExp(
  [
    String.raw`[[\p{Cc}\p{DI}\ufff9-\ufffb]--[\t\n\r]--${SELECTOR}--${JOINER}--${TAG}]`,
    String.raw`${SELECTOR}(?<![^\p{Cc}\p{Z}\p{DI}].)`,
    String.raw`${JOINER}(?<=\p{DI}{2}.)`,
    String.raw`${TAG}(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,5}.)`,
  ].join('|'),
  'gv',
);

/** JSON spells out most control characters; the others, and all that hides, are outside of ASCII. */
const SUSPECT = /[^ -~]|\\[bfu]/;
/** In JSON a text begins behind a quotation mark and a line behind a letter: neither is what a selector belongs to. */
const HIDDEN_IN_JSON = new RegExp(String.raw`${HIDDEN.source}|\\[bfu]|${SELECTOR}(?<=(?:"|\\[nrt]).)`, 'v');

interface PlainJson {
  readonly text: string;
  /** Whether it says the same as what it was made of. */
  readonly isSame: boolean;
}

/** JSON as an agent reads it. Whoever wrote a text in it, it is data: nothing in it is hidden or without end. */
export function toPlainJson(answer: object): PlainJson {
  const json = JSON.stringify(answer);
  const isPlain = !SUSPECT.test(json) || !HIDDEN_IN_JSON.test(json);
  if (isPlain && json.length <= LONGEST_TEXT) return { text: json, isSame: true };
  // Many times slower.
  const shown = (_: string, value: unknown) => (typeof value === 'string' ? plain(value) : value);
  return { text: JSON.stringify(answer, shown), isSame: false };
}

/** A text without what is hidden in it, and of at most 65,536 characters. */
export function plain(text: string): string {
  const shown = text.replace(HIDDEN, '');
  return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT - 1)}…` : shown;
}
