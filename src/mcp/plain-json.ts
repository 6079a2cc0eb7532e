/** Longer than any platform takes. */
const LONGEST_TEXT = 65_536;

/**
 * What a terminal obeys, or what a model reads and a person does not see: control characters, overridden directions,
 * invisible characters, and tags that do not make a flag. What joins emoji and letters stays.
 */
const HIDDEN =
  /(?![\t\n\r])[\p{Cc}\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,5})[\u{e0000}-\u{e007f}]/gu;

/** JSON spells out most control characters; the others, and all that hides, are outside of ASCII. */
const SUSPECT = /[^ -~]|\\[bfu]/;
const HIDDEN_IN_JSON = new RegExp(`${HIDDEN.source}|\\\\[bfu]`, 'u');

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
