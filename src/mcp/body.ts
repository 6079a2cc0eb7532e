import type { IncomingMessage } from 'node:http';
import { INVALID_REQUEST, PARSE_ERROR, Refusal } from './refusal.ts';

const LONGEST_BATCH = 100;
/** What validates a message goes down into it: thousands of levels would be the end of its stack. */
const DEEPEST = 100;

/** The JSON of a request, or a refusal that came before more was read than is allowed. */
export async function readJson(request: IncomingMessage, longest: number): Promise<unknown> {
  checkKind(request.headers);
  if (Number(request.headers['content-length']) > longest) throw tooLarge(longest);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > longest) throw tooLarge(longest);
    chunks.push(chunk);
  }
  const body = parse(Buffer.concat(chunks));
  if (Array.isArray(body) && (body.length === 0 || body.length > LONGEST_BATCH)) {
    throw new Refusal(400, `A batch has 1 to ${LONGEST_BATCH} messages.`, { code: INVALID_REQUEST });
  }
  if (isDeeper(body, DEEPEST)) {
    throw new Refusal(400, `A message has at most ${DEEPEST} levels.`, { code: INVALID_REQUEST });
  }
  return body;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function checkKind(headers: IncomingMessage['headers']): void {
  const [kind = ''] = (headers['content-type'] ?? '').split(';');
  if (kind.trim().toLowerCase() !== 'application/json') {
    throw new Refusal(415, 'Content-Type must be application/json.');
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Refusal(415, 'Content-Encoding must be identity.');
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'Parse error: the body is not JSON.', { code: PARSE_ERROR });
  }
}

function tooLarge(longest: number): Refusal {
  return new Refusal(413, `A body may have at most ${longest} bytes.`);
}
