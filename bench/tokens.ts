import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { listTool } from '../src/mcp/tool-list.ts';
import { TOOLS } from '../src/tools/index.ts';
import { printTable, type Row } from './support.ts';

/** What an agent's context pays for the tools, in tokens of o200k_base. */
export async function tokens(): Promise<Row[]> {
  const tools = TOOLS.map(listTool);
  const inputs = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return [
    { what: 'tools/list, whole', result: shown({ tools }), aim: '≤ 6,000' },
    { what: 'tools/list, names, descriptions and inputs', result: shown({ tools: inputs }), aim: '≤ 4,500' },
    ...tools.map((tool) => ({ what: `tools/list, ${tool.name}`, result: shown(tool), aim: '≤ 1,000' })),
  ];
}

function shown(value: unknown): string {
  return `${encode(JSON.stringify(value)).length.toLocaleString('en')} tokens`;
}

if (import.meta.main) printTable(await tokens());
