import { spellOut } from '../domain/text.ts';

/** Text from outside as a part of a line: it neither ends the line nor acts on the terminal. */
export function oneLine(text: string): string {
  return spellOut(text).replaceAll('\n', '\\n');
}

/** The same where it could be taken for what stands beside it. */
export function quoted(value: unknown): string {
  return spellOut(JSON.stringify(value));
}
