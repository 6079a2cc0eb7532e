import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** The least that the SDK can do: one tool without arguments, which answers nothing. */
const server = new Server({ name: 'bare', version: '1.0.0' }, { capabilities: { tools: {} } });
const inputSchema = { type: 'object' as const };
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: 'nothing', inputSchema }] }));
server.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: 'text', text: '{}' }] }));
await server.connect(new StdioServerTransport());
