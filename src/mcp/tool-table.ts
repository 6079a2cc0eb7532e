import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Desk } from '../desk/desk.ts';
import type { Call, Caller } from '../domain/call.ts';
import { quote } from '../domain/failure.ts';
import type { Log } from '../domain/log.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import { toolsFor } from '../tools/index.ts';
import type { Tool } from '../tools/tool.ts';
import { callerOf, type Identity } from './access.ts';
import { callTool, logRefusedCall } from './call.ts';
import { type ListedTool, listTool } from './tool-list.ts';

const BEAT_MS = 20_000;

export interface ServerSettings {
  readonly version: string;
  /** All that are served; the caller has those of its level. */
  readonly tools: readonly Tool[];
  readonly desk: Desk;
  readonly log: Log;
  readonly mask: (text: string) => string;
  /** Who speaks on this connection, as far as the transport knows; the client's own name comes from its greeting. */
  readonly caller: Identity;
  /** Whether a yes that comes through the client counts as a person's. */
  readonly asksPerson: boolean;
}

interface ProgressNotification {
  readonly method: 'notifications/progress';
  readonly params: {
    readonly progressToken: string | number;
    readonly progress: number;
    readonly message: string;
    readonly total?: number;
  };
}

/** One request of a client, without the SDK that read it. */
interface Asked {
  readonly name: string;
  readonly arguments: unknown;
  readonly client: string | undefined;
  readonly signal: AbortSignal;
  readonly progressToken: string | number | undefined;
  readonly notify: (notification: ProgressNotification) => Promise<void>;
  /** There where the client can ask its person. */
  readonly confirm: Call['confirm'];
}

export interface ToolTable {
  list(): { tools: ListedTool[] };
  /** The answer of a tool, or undefined where there is none of that name. */
  call(asked: Asked): Promise<CallToolResult> | undefined;
  /** Says so, and what there is. */
  unknown(name: string): string;
  /** Takes down a call whose parameters are not those of one. */
  refused(params: unknown, client: string | undefined): void;
}

/** What the servers of both SDKs answer with. */
export function openToolTable({ tools, caller, desk, log, mask, asksPerson }: ServerSettings): ToolTable {
  const own = toolsFor(caller.level, tools);
  const names = own.map(({ name }) => name);
  return {
    list: () => ({ tools: own.map(listTool) }),
    unknown(name) {
      const meant = didYouMean(nearest(name, names), `. There are: ${names.join(', ')}.`);
      return `Unknown tool: ${quote(name).slice(0, 60)}${meant}`;
    },
    call(asked) {
      const tool = tools.find(({ name }) => name === asked.name);
      const speaker = callerOf(caller, asked.client);
      if (tool)
        return callTool(tool, asked.arguments, {
          desk,
          log,
          mask,
          tools: names,
          call: toCall({ ...asked, confirm: asksPerson ? asked.confirm : undefined }, speaker),
        });
      logRefusedCall(log, { caller: speaker, params: asked, outcome: 'no_such_tool' });
      return undefined;
    },
    refused: (params, client) =>
      logRefusedCall(log, { caller: callerOf(caller, client), params, outcome: 'invalid_parameter' }),
  };
}

function toCall({ signal, progressToken, notify, confirm }: Asked, caller: Caller): Call {
  let step = 0;
  const progress: Call['progress'] = (message, done, total) => {
    if (progressToken === undefined || signal.aborted) return;
    step = Math.max(step + 1, done ?? 0);
    const params = { progressToken, progress: step, message, ...(total !== undefined && { total }) };
    // Who asked may be gone; the work goes on.
    notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  return { caller, signal, progress, ...(confirm && { confirm: notInSilence(confirm, progress) }) };
}

type Confirm = NonNullable<Call['confirm']>;

/** A client gives up a call that is silent for a minute, and a person may take longer. */
function notInSilence(confirm: Confirm, progress: Call['progress']): Confirm {
  return async (question) => {
    const beat = setInterval(() => progress('A person is asked.'), BEAT_MS);
    try {
      return await confirm(question);
    } finally {
      clearInterval(beat);
    }
  };
}
