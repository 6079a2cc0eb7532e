/** Mirrors server.json: the entry of the MCP registry, by the rules of its schema of 2025-12-11. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { SETTINGS } from '../../src/config/config.ts';
import { read } from './files.ts';

const Version = z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
const Variable = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  description: z.string().min(1),
  isRequired: z.literal(false),
  isSecret: z.literal(true).optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
});
/** Stricter than the schema, which lets unknown fields pass: what is not here is a slip of the pen. */
const Entry = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .max(200)
    .regex(/^[a-z]+(\.[a-z0-9-]+)+\/[A-Za-z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: Version,
  packages: z.tuple([
    z.strictObject({
      registryType: z.literal('npm'),
      identifier: z.string(),
      version: Version,
      transport: z.strictObject({ type: z.literal('stdio') }),
      environmentVariables: z.array(Variable),
    }),
  ]),
});

const entry = Entry.parse(JSON.parse(read('server.json')));
const [npm] = entry.packages;

test('the registry can tell that the npm package is ours, and every version is the same', () => {
  expect(packageJson.mcpName).toBe(entry.name);
  expect(npm.identifier).toBe(packageJson.name);
  expect([entry.version, npm.version]).toEqual([packageJson.version, packageJson.version]);
});

test('it tells of every variable that the program reads, once', () => {
  expect(npm.environmentVariables.map(({ name }) => name).sort()).toEqual(Object.keys(SETTINGS).sort());
});

test('what lets somebody in is secret, and nothing else is', () => {
  const secret = npm.environmentVariables.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  expect(secret).toContain('AIRDATE_WEBHOOK_SECRET');
  expect(secret).toContain('INFINIPOST_API_KEY');
  for (const name of secret) expect(name).toMatch(/_(KEY|SECRET|TOKEN)$/);
  const open = npm.environmentVariables.filter(({ isSecret }) => !isSecret).map(({ name }) => name);
  for (const name of open) expect(name).not.toMatch(/KEY|SECRET|PASSWORD/);
});
