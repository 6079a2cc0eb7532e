import { createHash, randomUUID } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Desk } from '../desk/desk.ts';
import { allows, type Call, type Caller, OWN_TENANT } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import type { Tool } from '../tools/tool.ts';
import { parseArguments } from './arguments.ts';
import { toPlainJson } from './plain-json.ts';
import { Unanswered } from './question.ts';

interface Surroundings {
  readonly desk: Desk;
  readonly call: Call;
  readonly log: Log;
  /** Takes every secret out of a text. */
  readonly mask: (text: string) => string;
  /** The names of the tools that the caller has. */
  readonly tools: readonly string[];
}

/** Runs a tool. Whatever is thrown anywhere becomes an answer here, and nowhere else; an `Unanswered` is the client's to answer. */
export async function callTool(
  tool: Tool,
  given: unknown,
  surroundings: Surroundings,
): Promise<CallToolResult> {
  const { desk, call, log } = surroundings;
  const began = performance.now();
  const id = newCallId();
  const facts = () => ({
    id,
    tool: tool.name,
    ...whoOf(call.caller),
    arguments: printOf(given),
    ms: Math.round(performance.now() - began),
  });
  try {
    checkLevel(tool, call.caller);
    const answer = await tool.run(parseArguments(tool, given), { desk, call });
    const { text, isSame } = toPlainJson(answer);
    const masked = surroundings.mask(text);
    // As it is, where nothing had to be taken out: to read a page back costs as much as to write it.
    const structuredContent = isSame && masked === text ? { ...answer } : JSON.parse(masked);
    log('info', 'call', { ...facts(), outcome: 'ok' });
    return { content: [{ type: 'text', text: masked }], structuredContent };
  } catch (thrown) {
    if (thrown instanceof Unanswered) {
      log('info', 'call', { ...facts(), outcome: 'asks' });
      throw thrown;
    }
    const failure = Failure.from(thrown);
    log(failure.code === 'internal' ? 'error' : 'info', 'call', {
      ...facts(),
      outcome: failure.code,
      ...causeOf(failure),
    });
    return toResult(withId(failure, id), surroundings);
  }
}

interface RefusedCall {
  readonly caller: Caller;
  /** As the client sent them, whatever they are. */
  readonly params: unknown;
  readonly outcome: string;
}

const Named = z
  .object({ name: z.string().catch(''), arguments: z.unknown() })
  .catch({ name: '', arguments: {} });

/** The line in the log of a call with which no tool was run. */
export function logRefusedCall(log: Log, { caller, params, outcome }: RefusedCall): void {
  const { name, arguments: given } = Named.parse(params);
  log('info', 'call', {
    id: newCallId(),
    tool: name.slice(0, 100),
    ...whoOf(caller),
    arguments: printOf(given),
    ms: 0,
    outcome,
  });
}

/** By which one call is found in the log. */
function newCallId(): string {
  return randomUUID().slice(-12);
}

/** Who asks, as it is written down. */
function whoOf({ client, token, tenant }: Caller) {
  return { client, ...(token !== undefined && { token }), ...(tenant !== OWN_TENANT && { tenant }) };
}

/** The same for the same arguments, and nothing that could be read out of it. */
function printOf(given: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(given ?? {}))
    .digest('base64url')
    .slice(0, 16);
}

/** Whoever runs Airdate finds the line of the log by it. */
function withId(failure: Failure, id: string): Failure {
  return failure.code === 'internal' ? failure.with({ hint: `In the log it has the id ${id}.` }) : failure;
}

/** A tool above the caller's level is not listed, but its name is no secret: whoever asks for it is told what it needs. */
function checkLevel({ name, level }: Tool, caller: Caller): void {
  if (allows(caller.level, level)) return;
  throw new Failure(
    'forbidden',
    `${name} needs the access level ${level}; this access has ${caller.level}.`,
    {
      hint: 'Ask whoever runs Airdate for more: the level comes with the token, over stdio from AIRDATE_ACCESS.',
    },
  );
}

/** Clients hold `structuredContent` to the output schema even in an error, so a failure is text alone. */
function toResult(failure: Failure, { mask, tools }: Surroundings): CallToolResult {
  const { next, ...rest } = failure.toAnswer();
  // A call that the caller cannot make helps nobody.
  const error = { ...rest, ...(next && tools.includes(next.tool) && { next }) };
  return { isError: true, content: [{ type: 'text', text: mask(toPlainJson({ error }).text) }] };
}

function causeOf({ code, cause }: Failure): { cause?: string } {
  if (cause === undefined) return {};
  return {
    cause: code === 'internal' && cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause),
  };
}
