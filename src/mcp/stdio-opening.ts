import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { deserializeMessage, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';

const NEWLINE = 0x0a;

/** Every request of the revision 2026-07-28 says so; a client that speaks it says it first. */
const MODERN = '"io.modelcontextprotocol/protocolVersion"';

/**
 * Whether a client opens in the revision 2026-07-28. The line that tells is left where it is. A ping before it, which is the
 * same in all older revisions and says nothing, is answered.
 */
export async function opensModern(lines: Readable, output: Writable): Promise<boolean> {
  for (;;) {
    await once(lines, 'readable');
    let rest: Buffer | null = lines.read();
    if (rest === null) return false;
    while (rest.length > 0) {
      const end = rest.indexOf(NEWLINE) + 1;
      const line = rest.toString('utf8', 0, end);
      const message = deserializeMessage(line);
      const isModern = line.includes(MODERN);
      if (isModern || !isPing(message)) {
        lines.unshift(rest);
        return isModern;
      }
      output.write(serializeMessage({ jsonrpc: '2.0', id: message.id, result: {} }));
      rest = rest.subarray(end);
    }
  }
}

function isPing(message: JSONRPCMessage): message is JSONRPCRequest {
  return 'method' in message && message.method === 'ping' && 'id' in message;
}
