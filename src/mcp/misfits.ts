import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  InitializeRequestSchema,
  type JSONRPCMessage,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { quote } from '../domain/failure.ts';
import { inWords } from './issue-words.ts';

const REQUESTS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['initialize', InitializeRequestSchema],
  ['tools/list', ListToolsRequestSchema],
  ['tools/call', CallToolRequestSchema],
]);

/**
 * Answers requests whose parameters do not fit before an SDK gets them, which would say all that zod says of them, or call
 * them an error of its own.
 */
export function refuseMisfits(
  transport: Pick<Transport, 'onmessage' | 'send'>,
  onCallRefused: (params: unknown) => void,
): void {
  const receive = transport.onmessage;
  transport.onmessage = (message, extra) => {
    const refusal = refusalOf(message);
    if (!refusal) return receive?.(message, extra);
    if ('method' in message && message.method === 'tools/call') onCallRefused(message.params);
    // Who asked may be gone.
    transport.send(refusal).catch(() => undefined);
  };
}

function refusalOf(message: JSONRPCMessage): JSONRPCMessage | undefined {
  if (!('method' in message && 'id' in message)) return undefined;
  const { id, method } = message;
  const [issue] = REQUESTS.get(method)?.safeParse(message, { reportInput: true }).error?.issues ?? [];
  if (!issue) return undefined;
  const path = issue.path.slice(1).join('.');
  const text = `The parameters of ${method} do not fit: ${path && `${path}: `}${inWords(issue)}.`;
  return { jsonrpc: '2.0', id, error: { code: ErrorCode.InvalidParams, message: quote(text) } };
}
