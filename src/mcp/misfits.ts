import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  InitializeRequestSchema,
  type JSONRPCMessage,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { quote } from '../domain/failure.ts';
import { inWords } from './issue-words.ts';

const REQUESTS = {
  initialize: InitializeRequestSchema,
  'tools/list': ListToolsRequestSchema,
  'tools/call': CallToolRequestSchema,
};
type Method = keyof typeof REQUESTS;

/**
 * Answers requests whose parameters do not fit before an SDK gets them, which would say all that zod says of them, or call
 * them an error of its own.
 */
export function refuseMisfits(
  transport: Pick<Transport, 'onmessage' | 'send'>,
  methods: readonly Method[],
  onCallRefused: (params: unknown) => void,
): void {
  const receive = transport.onmessage;
  transport.onmessage = (message, extra) => {
    const refusal = refusalOf(message, methods);
    if (!refusal) return receive?.(message, extra);
    if ('method' in message && message.method === 'tools/call') onCallRefused(message.params);
    // Who asked may be gone.
    transport.send(refusal).catch(() => undefined);
  };
}

function refusalOf(message: JSONRPCMessage, methods: readonly Method[]): JSONRPCMessage | undefined {
  if (!('method' in message && 'id' in message)) return undefined;
  const { id } = message;
  const method = methods.find((known) => known === message.method);
  const [issue] = (method && REQUESTS[method].safeParse(message, { reportInput: true }).error?.issues) ?? [];
  if (!issue) return undefined;
  const path = issue.path.slice(1).join('.') || 'params';
  const text = `The parameters of ${method} do not fit: ${path}: ${inWords(issue)}.`;
  return { jsonrpc: '2.0', id, error: { code: ErrorCode.InvalidParams, message: quote(text) } };
}
