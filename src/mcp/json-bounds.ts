export const LONGEST_BATCH = 100;
/** What validates a message goes down into it: thousands of levels would be the end of its stack. */
const DEEPEST = 100;
/** It also goes through every value, at a cost for each: hundreds of thousands would hold up all others for seconds. */
const MOST_VALUES = 20_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = [0x7b, 0x5b];
const CLOSING = [0x7d, 0x5d];

/** Which bound a JSON text exceeds, if any. It is looked through before it is parsed, which costs many times as much. */
export function exceededBound(bytes: Buffer): string | undefined {
  let values = 1;
  let levels = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (OPENING.includes(byte)) levels += 1;
    else if (CLOSING.includes(byte)) levels -= 1;
    // A value stands behind each comma, and behind what opens a list or an object.
    if (byte === COMMA || OPENING.includes(byte)) values += 1;
    if (levels > DEEPEST) return `${DEEPEST} levels`;
    if (values > MOST_VALUES) return `${MOST_VALUES} values`;
  }
  return undefined;
}

function endOfText(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
