import type { Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Tool } from '../tools/tool.ts';

const listed = new WeakMap<Tool, ListedTool>();

/** A tool as `tools/list` shows it. Made once: the conversion of the schemas is what costs. */
export function listTool(tool: Tool): ListedTool {
  const known = listed.get(tool);
  if (known) return known;
  const { name, title, description, annotations } = tool;
  const made = {
    name,
    title,
    description,
    inputSchema: toJson(tool.input),
    outputSchema: toJson(tool.output),
    annotations,
  };
  listed.set(tool, made);
  return made;
}

function toJson(schema: z.ZodObject): ListedTool['inputSchema'] {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => trim(jsonSchema),
  });
  return json as ListedTool['inputSchema'];
}

/** Leaves out what says nothing: an open object is open anyway, and every integer is a safe one. */
function trim(schema: z.core.JSONSchema.BaseSchema): void {
  if (typeof schema.additionalProperties === 'object') delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.minLength === 1) delete schema.minLength;
}
