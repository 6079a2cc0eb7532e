import { z } from 'zod';

/** Control characters other than line breaks and tabs mean nothing in a caption and can hide what a text says. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

/** Text that an agent gives, of at most `max` characters. */
export function text(max: number) {
  return z
    .string()
    .max(max)
    .refine((value) => !CONTROL.test(value), 'must not hold control characters');
}

/** A short name or id on one line. */
export function line(max: number) {
  return text(max)
    .min(1)
    .refine((value) => !/[\r\n]/.test(value), 'must be one line');
}

/** Length as platforms count it: by code point. */
export function lengthOf(value: string): number {
  return Array.from(value).length;
}

/**
 * What is not seen, or moves what is: everything without a shape of its own but line breaks, the joiner within an emoji and
 * one selector of a form behind an emoji or an ideograph. A lone surrogate counts, too.
 */
const UNSEEN = new RegExp(
  [
    String.raw`(?!\n)`,
    String.raw`(?!(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d)`,
    String.raw`(?!(?<=\p{Emoji}|\p{Ideographic})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])`,
    String.raw`[\p{C}\p{Zl}\p{Zp}\p{DI}\u2800]`,
  ].join(''),
  'gu',
);

/** JSON for a person's eyes: whatever in it could not be seen is spelled `\uXXXX`. It still says the same. */
export function spellOut(json: string): string {
  const spelled = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(UNSEEN, (character) => character.split('').map(spelled).join(''));
}
