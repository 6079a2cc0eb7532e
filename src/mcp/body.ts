import type { IncomingMessage } from 'node:http';
import { exceededBound, LONGEST_BATCH } from './json-bounds.ts';
import { INVALID_REQUEST, PARSE_ERROR, Refusal } from './refusal.ts';

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
  const bytes = Buffer.concat(chunks);
  const bound = exceededBound(bytes);
  if (bound !== undefined) throw invalid(`A message, or a batch of them, has at most ${bound}.`);
  const body = parse(bytes);
  if (Array.isArray(body) && (body.length === 0 || body.length > LONGEST_BATCH)) {
    throw invalid(`A batch has 1 to ${LONGEST_BATCH} messages.`);
  }
  return body;
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

function invalid(message: string): Refusal {
  return new Refusal(400, message, { code: INVALID_REQUEST });
}

function tooLarge(longest: number): Refusal {
  return new Refusal(413, `A body may have at most ${longest} bytes.`);
}
