import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Log } from '../domain/log.ts';
import type { Tool } from '../tools/tool.ts';
import type { Identity } from './access.ts';

/** A request, its answer, and who speaks. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly identity: Identity;
}

/** Makes one connection's server, of the revisions up to 2025-11-25. */
export type ConnectServer = (identity: Identity) => Server;

/** What answers requests of the revision 2026-07-28. */
export interface ModernEndpoint {
  /** Whether a request is of that revision, or meant to be. */
  accepts(exchange: Exchange, body: unknown): boolean;
  answer(exchange: Exchange, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** What is served: the same tools in each revision. */
export interface Bindings {
  readonly log: Log;
  readonly tools: readonly Tool[];
  readonly connect: ConnectServer;
  readonly modern?: ModernEndpoint;
}
