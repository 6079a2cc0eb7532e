import { setTimeout as delay } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  CompleteRequestSchema,
  type ElicitRequestFormParams,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type PromptMessage,
  ReadResourceRequestSchema,
  type ServerNotification,
  type ServerRequest,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;
interface Around {
  readonly server: Server;
  readonly extra: Extra;
}
type Fixture = (input: Record<string, string>, around: Around) => Promise<CallToolResult>;

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';
const WATCHED = 'test://watched-resource';

const text = (said: string) => ({ type: 'text', text: said }) as const;
const image = { type: 'image', data: PNG, mimeType: 'image/png' } as const;
const embedded = (uri: string) =>
  ({ type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'An embedded resource.' } }) as const;
const answer = (...content: CallToolResult['content']): CallToolResult => ({ content });

/** Asks on the stream of the call: the client need not have opened the other one yet. */
async function ask(
  { server, extra }: Around,
  properties: ElicitRequestFormParams['requestedSchema']['properties'],
): Promise<CallToolResult> {
  const requestedSchema = { type: 'object', properties } as const;
  const form = { mode: 'form', message: 'Please fill this in.', requestedSchema } as const;
  const given = await server.elicitInput(form, { relatedRequestId: extra.requestId });
  return answer(text(JSON.stringify(given)));
}

/** The tools that the conformance suite calls, by the names that it gives them. */
const TOOLS: Record<string, Fixture> = {
  test_simple_text: async () => answer(text('This is a simple text response for testing.')),
  test_image_content: async () => answer(image),
  test_audio_content: async () => answer({ type: 'audio', data: WAV, mimeType: 'audio/wav' }),
  test_embedded_resource: async () => answer(embedded('test://embedded-resource')),
  test_multiple_content_types: async () => answer(text('Several kinds:'), image, embedded('test://mixed')),
  async test_tool_with_logging(_, { extra }) {
    for (const data of ['started', 'at work', 'done']) {
      await extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } });
      await delay(20);
    }
    return answer(text('Logged.'));
  },
  async test_tool_with_progress(_, { extra }) {
    const progressToken = extra._meta?.progressToken ?? 0;
    for (const progress of [0, 50, 100]) {
      const params = { progressToken, progress, total: 100 };
      await extra.sendNotification({ method: 'notifications/progress', params });
      await delay(20);
    }
    return answer(text('Progressed.'));
  },
  async test_error_handling() {
    return { isError: true, ...answer(text('This tool intentionally returns an error for testing')) };
  },
  async test_reconnection(_, { extra }) {
    extra.closeSSEStream?.();
    await delay(100);
    return answer(text('Reconnected.'));
  },
  async test_sampling({ prompt = '' }, { server, extra }) {
    const asked = { messages: [{ role: 'user' as const, content: text(prompt) }], maxTokens: 100 };
    const { content } = await server.createMessage(asked, { relatedRequestId: extra.requestId });
    return answer(text(JSON.stringify(content)));
  },
  async test_elicitation({ message = '' }, around) {
    return ask(around, { response: { type: 'string', description: message } });
  },
  async test_elicitation_sep1034_defaults(_, around) {
    return ask(around, {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    });
  },
  async test_elicitation_sep1330_enums(_, around) {
    const named = (prefix: string) => [1, 2, 3].map((number) => `${prefix}${number}`);
    const titled = named('value').map((value) => ({ const: value, title: `Title of ${value}` }));
    return ask(around, {
      untitledSingle: { type: 'string', enum: named('option') },
      titledSingle: { type: 'string', oneOf: titled },
      legacyEnum: { type: 'string', enum: named('opt'), enumNames: named('Option ') },
      untitledMulti: { type: 'array', items: { type: 'string', enum: named('option') } },
      titledMulti: { type: 'array', items: { anyOf: titled } },
    });
  },
  json_schema_2020_12_tool: async () => answer(text('A schema of 2020-12.')),
};

const SCHEMA_2020_12 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
  },
  properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
  additionalProperties: false,
} as const;

type Prompt = (input: Record<string, string>) => PromptMessage[];

const PROMPTS: Record<string, { parameters: readonly string[]; messages: Prompt }> = {
  test_simple_prompt: {
    parameters: [],
    messages: () => [{ role: 'user', content: text('This is a simple prompt for testing.') }],
  },
  test_prompt_with_arguments: {
    parameters: ['arg1', 'arg2'],
    messages: ({ arg1, arg2 }) => [{ role: 'user', content: text(`arg1='${arg1}', arg2='${arg2}'`) }],
  },
  test_prompt_with_embedded_resource: {
    parameters: ['resourceUri'],
    messages: ({ resourceUri = '' }) => [{ role: 'user', content: embedded(resourceUri) }],
  },
  test_prompt_with_image: { parameters: [], messages: () => [{ role: 'user', content: image }] },
};

const RESOURCES: Record<string, { mimeType: string; text: string } | { mimeType: string; blob: string }> = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: PNG },
  [WATCHED]: { mimeType: 'text/plain', text: 'Watched.' },
};

/** A server with everything that the conformance suite asks for; it has nothing of Airdate but its transport. */
export function createFixtureServer(): Server {
  const server = new Server(
    { name: 'fixtures', version: '1.0.0' },
    {
      capabilities: { tools: {}, prompts: {}, resources: { subscribe: true }, logging: {}, completions: {} },
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.keys(TOOLS).map((name) => ({
      name,
      description: `The fixture ${name}.`,
      inputSchema: name === 'json_schema_2020_12_tool' ? SCHEMA_2020_12 : { type: 'object' as const },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const run = TOOLS[params.name];
    if (!run) throw new Error(`No fixture ${params.name}`);
    return run((params.arguments ?? {}) as Record<string, string>, { server, extra });
  });
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: Object.entries(PROMPTS).map(([name, { parameters }]) => ({
      name,
      description: `The fixture ${name}.`,
      arguments: parameters.map((parameter) => ({ name: parameter, required: true })),
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => ({
    messages: PROMPTS[params.name]?.messages(params.arguments ?? {}) ?? [],
  }));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({ uri, name: uri, mimeType })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
    ],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const [, id] = /^test:\/\/template\/(.+)\/data$/.exec(uri) ?? [];
    const template = { mimeType: 'application/json', text: JSON.stringify({ id, data: `Data for ${id}` }) };
    const found = id === undefined ? RESOURCES[uri] : template;
    if (!found) throw new Error(`No resource ${uri}`);
    return { contents: [{ uri, ...found }] };
  });
  server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
  server.setRequestHandler(SetLevelRequestSchema, () => ({}));
  server.setRequestHandler(CompleteRequestSchema, () => ({
    completion: { values: ['one', 'two'], total: 2 },
  }));
  return server;
}
