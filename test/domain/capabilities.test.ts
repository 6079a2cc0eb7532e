import { expect, test } from 'vitest';
import { localCapabilities } from '../../src/backends/local/capabilities.ts';
import { type Capabilities, VERBS, whoCan } from '../../src/domain/capabilities.ts';
import { TOOLS } from '../../src/tools/index.ts';

test('whoever can is named, in the order that was given', () => {
  const deaf: Capabilities = { ...localCapabilities, content: ['url'] };
  const backends = [
    ['b', localCapabilities],
    ['c', deaf],
    ['a', localCapabilities],
  ] as const;
  expect(whoCan(backends, ({ content }) => content.includes('file'))).toEqual(['b', 'a']);
  expect(whoCan(backends, ({ content }) => content.includes('clip'))).toEqual([]);
});

test('a backend says of every tool on posts and sounds whether it can', () => {
  const tools = TOOLS.map(({ name }) => name);
  expect(VERBS.filter((verb) => !tools.includes(verb))).toEqual([]);
  expect(Object.keys(localCapabilities.tools).sort()).toEqual([...VERBS].sort());
});
