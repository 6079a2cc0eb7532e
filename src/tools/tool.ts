import type { z } from 'zod';
import type { Desk } from '../desk/desk.ts';
import type { AccessLevel, Call } from '../domain/call.ts';

/** All four hints are said of every tool: one left out is a gap that a client fills by guessing. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The least that a caller must be allowed for the tool to exist for it. */
  readonly level: AccessLevel;
  readonly annotations: Annotations;
  readonly input: Input;
  readonly output: Output;
  run(input: z.infer<Input>, surroundings: { readonly desk: Desk; readonly call: Call }): Promise<object>;
}

/** The identity: it is here so that a tool's types come from its schemas. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
