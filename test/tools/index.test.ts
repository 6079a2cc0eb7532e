import { readdirSync, readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { beforeAll, describe, expect, test } from 'vitest';
import { ACCESS_LEVELS } from '../../src/domain/call.ts';
import { instructionsFor, TOOLS, toolsFor } from '../../src/tools/index.ts';
import { openAirdate } from '../support/airdate.ts';
import { root } from '../support/process.ts';

const tokens = (value: unknown) => encode(JSON.stringify(value)).length;

let listed: readonly ListedTool[];
let instructions: string | undefined;

beforeAll(async () => {
  await using airdate = await openAirdate();
  listed = (await airdate.client.listTools()).tools;
  instructions = airdate.client.getInstructions();
});

describe('the table of tools', () => {
  test('holds every file that defines one, and a tool is named as its file', () => {
    const folder = join(root, 'src/tools');
    const defining = readdirSync(folder).filter((file) =>
      readFileSync(join(folder, file), 'utf8').includes('= defineTool({'),
    );
    const named = defining.map((file) => file.replace('.ts', '').replaceAll('-', '_'));
    expect(TOOLS.map(({ name }) => name).sort()).toEqual(named.sort());
  });

  test('names each tool once, by a verb of the few', () => {
    const names = TOOLS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names)
      expect(name).toMatch(/^(approve|create|edit|get|list|cancel|retry|upload)(_[a-z]+)+$/);
  });

  test('begins with the tool that an agent calls first', () => {
    expect(TOOLS[0]?.name).toBe('list_profiles');
  });

  test('is what a client is shown, in the same order', () => {
    expect(listed.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
  });
});

test('what an error says to call next, as it stands, only reads', async () => {
  const files = await Array.fromAsync(glob('src/**/*.ts', { cwd: root }));
  const named = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/tool: '(\w+)',\s*arguments:/g)].map(
      ([, tool]) => tool,
    ),
  );
  const reading = TOOLS.filter(({ annotations }) => annotations.readOnlyHint).map(({ name }) => name);
  expect(named.length).toBeGreaterThan(20);
  expect(reading).toEqual(expect.arrayContaining(named));
});

describe('every tool', () => {
  test('says what it is for in a title and a description', () => {
    for (const { name, title, description } of listed) {
      expect(title, name).toMatch(/^[A-Z]/);
      expect(description?.length, name).toBeGreaterThan(30);
    }
  });

  test('gives all four hints', () => {
    for (const { name, annotations } of listed) {
      expect(annotations, name).toEqual({
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: expect.any(Boolean),
      });
    }
  });

  test('that reads says so, and none that writes does', () => {
    for (const { name, annotations } of listed) {
      expect(annotations?.readOnlyHint, name).toBe(/^(list|get)_/.test(name));
      if (annotations?.readOnlyHint) expect(annotations.destructiveHint, name).toBe(false);
    }
  });

  test('describes each of its parameters, with an example or the values that there are', () => {
    for (const { name, inputSchema } of listed) {
      const parameters = Object.entries(inputSchema.properties ?? {}) as [string, Parameter][];
      expect(parameters.length, name).toBeGreaterThan(0);
      for (const [parameter, { description = '', type, enum: values }] of parameters) {
        const where = `${name}.${parameter}`;
        expect(description.length, where).toBeGreaterThan(5);
        const shown = /e\.g\./i.test(description) || values || type === 'boolean' || parameter === 'cursor';
        const formed = /https|openshorts:/.test(description);
        expect(Boolean(shown || formed), where).toBe(true);
      }
    }
  });

  test('takes the parameters that it names and no others', () => {
    for (const { name, inputSchema } of listed) {
      expect(inputSchema, name).toMatchObject({ type: 'object', additionalProperties: false });
      expect(inputSchema, name).not.toHaveProperty('$schema');
      for (const required of inputSchema.required ?? []) {
        expect(inputSchema.properties, name).toHaveProperty(required);
      }
    }
  });

  test('has an output schema, and leaves the rest of a post open', () => {
    for (const { name, outputSchema } of listed) {
      expect(outputSchema, name).toMatchObject({ type: 'object', required: expect.any(Array) });
      expect(JSON.stringify(outputSchema), name).not.toContain(
        '"additionalProperties":false,"type":"object"',
      );
    }
  });
});

interface Parameter {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
}

describe('what it costs an agent', () => {
  test('tools/list is at most 6000 tokens', () => {
    expect(tokens({ tools: listed })).toBeLessThanOrEqual(6000);
  });

  test('no tool is over 1000 tokens', () => {
    const costs = listed.map((tool) => [tool.name, tokens(tool)] as const);
    expect(costs.filter(([, cost]) => cost > 1000)).toEqual([]);
  });

  test('names, descriptions and inputs are at most 4500 tokens', () => {
    const inputs = listed.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    expect(tokens(inputs)).toBeLessThanOrEqual(4500);
  });

  test('the instructions are under 150 words', () => {
    expect(instructions).toBe(instructionsFor('full'));
    for (const level of ACCESS_LEVELS) expect(instructionsFor(level).split(/\s+/).length).toBeLessThan(150);
  });
});

test.each(ACCESS_LEVELS)('at the level %s the instructions name tools of that level alone', (level) => {
  const verbs = 'approve|create|edit|get|list|cancel|retry|upload';
  const named = instructionsFor(level).match(new RegExp(`\\b(${verbs})_\\w+`, 'g')) ?? [];
  const names = toolsFor(level).map(({ name }) => name);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

test('the instructions do not name a tool that is not served', () => {
  const served = TOOLS.filter(({ name }) => name !== 'list_profiles');
  const told = instructionsFor('full', served);
  expect(told).not.toContain('list_profiles');
  expect(told).toContain('create_video_post');
});

test('descriptions name tools that exist alone', () => {
  const names = TOOLS.map(({ name }) => name);
  const named = listed.flatMap(({ description = '' }) => description.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? []);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});
