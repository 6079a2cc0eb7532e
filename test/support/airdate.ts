import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { type CallToolResult, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { type Config, readConfig } from '../../src/config/config.ts';
import type { PostAnswer, toSoundAnswer, WarningAnswer } from '../../src/desk/answers.ts';
import type { CreateAnswer } from '../../src/desk/create-video-post.ts';
import type { getActivity } from '../../src/desk/get-activity.ts';
import type { listProfiles } from '../../src/desk/list-profiles.ts';
import type { Moment } from '../../src/domain/air-time.ts';
import { type AccessLevel, type Caller, OWN_TENANT } from '../../src/domain/call.ts';
import type { FailureAnswer } from '../../src/domain/failure.ts';
import { createServer } from '../../src/mcp/server.ts';
import { openProgram, type Program } from '../../src/program.ts';
import { TOOLS, toolsNamed } from '../../src/tools/index.ts';
import { ManualClock } from './clock.ts';

/** Every field that a test may read of a success; each tool answers some of them. */
export interface Answer {
  readonly posts: readonly PostAnswer[];
  readonly post: PostAnswer;
  readonly failures: CreateAnswer['failures'];
  readonly warnings: readonly WarningAnswer[];
  readonly replayed: boolean;
  readonly dryRun: boolean;
  readonly plan: { readonly airTime: Moment | null; readonly requests: readonly Record<string, unknown>[] };
  readonly changed: readonly string[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
  readonly unavailable: readonly { readonly backend: string; readonly error: FailureAnswer }[];
  readonly now: Moment;
  readonly timezone: string;
  readonly profiles: Profiles['profiles'];
  readonly backends: Profiles['backends'];
  readonly sound: SoundAnswer;
  readonly sounds: readonly SoundAnswer[];
  readonly activity: Awaited<ReturnType<typeof getActivity>>['activity'];
}
type Profiles = Awaited<ReturnType<typeof listProfiles>>;
type SoundAnswer = ReturnType<typeof toSoundAnswer>;

export interface Airdate extends AsyncDisposable {
  readonly client: Client;
  readonly program: Program;
  readonly config: Config;
  readonly clock: ManualClock;
  readonly home: string;
  /** Lines that were logged. */
  readonly log: {
    readonly level: string;
    readonly message: string;
    readonly facts: Record<string, unknown>;
  }[];
  /** Calls a tool that must succeed and answers its structured content. */
  call(tool: string, input?: object): Promise<Answer>;
  /** Calls a tool that must fail and answers the error. */
  fail(tool: string, input?: object): Promise<FailureAnswer>;
  result(tool: string, input?: object): Promise<CallToolResult>;
  /** Copies a fixture into the media folder and answers its path. */
  media(fixture?: string, name?: string): string;
}

export interface Options {
  readonly clock?: ManualClock;
  /** A data directory that outlives the program; else a new one that goes with it. */
  readonly home?: string;
  readonly environment?: Record<string, string>;
  readonly configFile?: object;
  /** Whether what is due airs. */
  readonly runner?: boolean;
  /** The version of the zone rules that the process has. */
  readonly zoneRules?: string;
  /** Only these tools are served. */
  readonly tools?: readonly string[];
  /** Who speaks; else the machine's own person with full access. */
  readonly level?: AccessLevel;
  readonly caller?: Partial<Omit<Caller, 'client'>>;
  /** The person at the client, who is shown a text; without one nobody can be asked. */
  readonly person?: Person;
  /** Whether a yes that comes through the client counts. */
  readonly asksPerson?: boolean;
}

export type Person = (text: string) => Promise<'accept' | 'decline' | 'cancel'>;

/** A whole Airdate in this process, met through a real MCP client, on a clock that the test moves. */
export async function openAirdate(options: Options = {}): Promise<Airdate> {
  const { clock = new ManualClock(), runner = true, zoneRules = 'test' } = options;
  const caller = { tenant: OWN_TENANT, level: options.level ?? 'full', ...options.caller } as const;
  const home = options.home ?? newFolder();
  const config = configOf(home, options);
  const log: Airdate['log'] = [];
  const program = await openProgram(config, {
    clock,
    log: (level, message, facts = {}) => log.push({ level, message, facts }),
    zoneRules,
  });
  const server = createServer({
    version: '0.0.0',
    tools: toolsNamed(options.tools),
    caller,
    desk: program.desk,
    log: () => undefined,
    mask: (text) => text,
    asksPerson: options.asksPerson ?? true,
  });
  const client = openClient(options.person);
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  await client.listTools();
  if (runner) program.start();
  const result = async (tool: string, input: object = {}) =>
    (await client.callTool({ name: tool, arguments: { ...input } })) as CallToolResult;
  return {
    client,
    program,
    config,
    clock,
    home,
    log,
    result,
    async call(tool, input) {
      const answer = await result(tool, input);
      if (answer.isError) throw new Error(`${tool} failed: ${textOf(answer)}`);
      return answer.structuredContent as unknown as Answer;
    },
    async fail(tool, input) {
      const answer = await result(tool, input);
      if (!answer.isError) throw new Error(`${tool} was expected to fail, and answered ${textOf(answer)}`);
      if (answer.structuredContent !== undefined) throw new Error('an error must carry no structuredContent');
      return (JSON.parse(textOf(answer)) as { error: FailureAnswer }).error;
    },
    media(fixture = 'clip.mp4', name = fixture) {
      mkdirSync(join(home, 'media'), { recursive: true });
      const path = join(home, 'media', basename(name));
      copyFileSync(join(import.meta.dirname, '../fixtures', fixture), path);
      return path;
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await program[Symbol.asyncDispose]();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A client of the SDK, with or without somebody who answers its questions. */
export function openClient(person?: Person, name = 'test-client'): Client {
  if (!person) return new Client({ name, version: '1' });
  const client = new Client({ name, version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
    action: await person(params.message),
  }));
  return client;
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'airdate-test-'));
}

function configOf(home: string, { environment = {}, configFile }: Options): Config {
  return readConfig({
    environment: { AIRDATE_HOME: home, ...environment },
    ...(configFile && { file: { path: 'airdate.config.json', text: JSON.stringify(configFile) } }),
    home,
    userHome: home,
    timezone: 'America/New_York',
    toolNames: TOOLS.map(({ name }) => name),
    zoneRules: 'test',
    nodeVersion: process.versions.node,
    platform: process.platform,
  });
}

function textOf({ content }: CallToolResult): string {
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}
