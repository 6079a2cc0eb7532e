import { z } from 'zod';
import type { Annotations, Tool } from '../tools/tool.ts';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

interface ListedSchema {
  [name: string]: unknown;
  type: 'object';
  properties?: Record<string, Record<string, Json>>;
  required?: string[];
}

/** A tool on the wire: the same in every revision. */
export interface ListedTool {
  name: string;
  title: string;
  description: string;
  inputSchema: ListedSchema;
  outputSchema: ListedSchema;
  annotations: Annotations;
}

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

function toJson(schema: z.ZodObject): ListedSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema, path }) => trim(jsonSchema, path.length === 0),
  });
  return json as ListedSchema;
}

/**
 * Leaves out what an agent does not need: an open object is open anyway, every integer is a safe one, and the error of
 * whoever passes the length of a text or names an unknown option says so.
 */
function trim(schema: z.core.JSONSchema.BaseSchema, top: boolean): void {
  if (!top) delete schema.additionalProperties;
  delete schema.maxLength;
  if (typeof schema.additionalProperties === 'object') delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.minLength === 1) delete schema.minLength;
  foldNull(schema);
}

/** `anyOf: [X, null]` as `X` with two types. */
function foldNull(schema: z.core.JSONSchema.BaseSchema): void {
  const [value, nothing, ...others] = schema.anyOf ?? [];
  if (!value?.type || nothing?.type !== 'null' || others.length > 0) return;
  delete schema.anyOf;
  Object.assign(schema, value, { type: [value.type, 'null'] });
}
