import { Transform } from 'node:stream';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { exceededBound, LONGEST_BATCH } from './json-bounds.ts';
import { INVALID_REQUEST, PARSE_ERROR } from './refusal.ts';

/** The SDK's reader stops for good at a line of 10 MB. */
const LONGEST_LINE = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/** A line that is not passed on, as it is answered. */
interface RefusedLine {
  readonly jsonrpc: '2.0';
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string };
}

type OnRefused = (refused: RefusedLine) => void;

/**
 * Passes on lines that the SDK can read, each with one message. It would drop all others without a word, and whoever sent
 * them would wait; and of those that are too long it would hold more than is good.
 */
export function filterLines(onRefused: OnRefused): Transform {
  let held: Buffer[] = [];
  let length = 0;
  let dropping = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        const line = rest.subarray(0, end + 1);
        if (dropping || length + line.length > LONGEST_LINE) onRefused(tooLong());
        else for (const message of messagesIn(Buffer.concat([...held, line]), onRefused)) this.push(message);
        held = [];
        length = 0;
        dropping = false;
        rest = rest.subarray(end + 1);
      }
      length += rest.length;
      if (length > LONGEST_LINE) {
        held = [];
        dropping = true;
      } else if (rest.length > 0 && !dropping) held.push(rest);
      done();
    },
  });
}

function messagesIn(line: Buffer, onRefused: OnRefused): readonly (Buffer | string)[] {
  const text = line.toString();
  if (text.trim() === '') return [];
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    onRefused(refused(null, 'Parse error: the line is not JSON.', PARSE_ERROR));
    return [];
  }
  const bound = exceededBound(line);
  if (bound !== undefined) {
    onRefused(refused(idOf(body), `A message, or a batch of them, has at most ${bound}.`));
    return [];
  }
  if (!Array.isArray(body)) return isMessage(body, onRefused) ? [line] : [];
  if (body.length === 0 || body.length > LONGEST_BATCH) {
    onRefused(refused(null, `A batch has 1 to ${LONGEST_BATCH} messages.`));
    return [];
  }
  return body
    .filter((message) => isMessage(message, onRefused))
    .map((message) => `${JSON.stringify(message)}\n`);
}

function isMessage(value: unknown, onRefused: OnRefused): boolean {
  if (JSONRPCMessageSchema.safeParse(value).success) return true;
  if (!isUnasked(value)) {
    const message =
      'A message has jsonrpc "2.0", a method, an id that is a text or a whole number, and params that are an object.';
    onRefused(refused(idOf(value), message));
  }
  return false;
}

/** Nobody waits for an answer to a notification, and two that answer each other's answers would never end. */
function isUnasked(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'result' in value || 'error' in value || ('method' in value && !('id' in value));
}

function idOf(value: unknown): RefusedLine['id'] {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null;
}

function refused(id: RefusedLine['id'], message: string, code = INVALID_REQUEST): RefusedLine {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function tooLong(): RefusedLine {
  return refused(null, `A message may have at most ${LONGEST_LINE} bytes; this one was dropped.`);
}
