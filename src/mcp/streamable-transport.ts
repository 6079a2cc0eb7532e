import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CancelledNotificationSchema,
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { INVALID_REQUEST, Refusal } from './refusal.ts';

const REQUEST_CANCELLED = -32800;

/**
 * The transport of the SDK, which finds the stream of an answer by the id of its request alone: of two requests of one id
 * that are in hand at a time, one would get the answer of the other, and the other none.
 */
export class StreamableTransport extends StreamableHTTPServerTransport {
  readonly #inHand = new Set<RequestId>();

  override async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    body?: unknown,
  ): Promise<void> {
    const messages = [body].flat();
    const ids = messages.filter(isJSONRPCRequest).map(({ id }) => id);
    if (new Set(ids).size < ids.length || ids.some((id) => this.#inHand.has(id))) {
      throw new Refusal(400, 'A request of that id is not answered yet.', { code: INVALID_REQUEST });
    }
    for (const id of ids) this.#inHand.add(id);
    response.once('close', () => {
      if (response.statusCode !== 200) for (const id of ids) this.#inHand.delete(id);
    });
    await super.handleRequest(request, response, body);
    for (const message of messages) await this.#endCancelled(message);
  }

  override async send(message: JSONRPCMessage, options?: { relatedRequestId?: RequestId }): Promise<void> {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      // An error that answers nothing that could be read has no id.
      if (message.id !== undefined) this.#inHand.delete(message.id);
    }
    await super.send(message, options);
  }

  /** The SDK answers what was cancelled with nothing, and so would hold its stream open for good. */
  async #endCancelled(message: unknown): Promise<void> {
    const { data } = CancelledNotificationSchema.safeParse(message);
    const id = data?.params.requestId;
    if (id === undefined || !this.#inHand.has(id)) return;
    const error = { code: REQUEST_CANCELLED, message: 'The request was cancelled.' };
    await this.send({ jsonrpc: '2.0', id, error });
  }
}
