import type { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Transport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createModernServer } from './modern-server.ts';
import type { ServerSettings } from './tool-table.ts';

/**
 * Serves one client that opened with 2026-07-28, and also when it then goes back to an older revision. Of the other SDK
 * it takes the reader and writer of lines, which leaves the last answers time after the end of the input.
 */
export function serveModern(settings: ServerSettings, transport: StdioServerTransport): void {
  const onerror = (error: Error) => settings.log('debug', 'modern', { error: error.message });
  serveStdio(() => createModernServer(settings), { transport: transport as Transport, onerror });
}
