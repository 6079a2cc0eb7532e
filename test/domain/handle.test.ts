import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { BACKENDS, parseHandle, toHandle } from '../../src/domain/handle.ts';
import { fc } from '../support/properties.ts';

function failureOf(text: string): Failure {
  try {
    parseHandle(text, 'postId');
  } catch (thrown) {
    return Failure.from(thrown);
  }
  throw new Error(`${text} was expected to be refused`);
}

test('lists walk through the vendors first and the local backend last', () => {
  expect(BACKENDS).toEqual(['infinipost', 'posteverywhere', 'upload-post', 'openshorts', 'local']);
});

test.each([
  ['infinipost:acc_123', 'infinipost', 'acc_123'],
  ['posteverywhere:2280', 'posteverywhere', '2280'],
  ['upload-post:myusername/tiktok', 'upload-post', 'myusername/tiktok'],
  ['upload-post:job/a:b', 'upload-post', 'job/a:b'],
  ['openshorts:mybrand/instagram', 'openshorts', 'mybrand/instagram'],
  ['local:tiktok', 'local', 'tiktok'],
])('%s is the id %s:%s', (handle, backend, rest) => {
  expect(parseHandle(handle, 'postId')).toEqual({ backend, rest });
});

test('whatever a backend calls its own comes back as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...BACKENDS), fc.string({ minLength: 1 }), (backend, rest) => {
      expect(parseHandle(toHandle(backend, rest), 'postId')).toEqual({ backend, rest });
    }),
  );
});

test.each([
  '',
  ':',
  'local',
  'local:',
  ':tiktok',
  'tiktok',
  'buffer:1',
  'LOCAL:1',
  ' local:1',
  '__proto__:1',
  'toString:1',
])('"%s" is refused with the form that an id has', (text) => {
  const failure = failureOf(text);
  expect(failure.code).toBe('invalid_parameter');
  expect(failure.details).toMatchObject({
    field: 'postId',
    issues: [{ path: 'postId', message: expect.stringContaining('backend:rest') }],
    hint: expect.stringContaining('list_posts'),
  });
});

test.each([
  ['infinipst:acc_1', 'infinipost:acc_1'],
  ['uploadpost:me/tiktok', 'upload-post:me/tiktok'],
  ['Local:tiktok', 'local:tiktok'],
])('%s is refused with %s as the candidate', (text, value) => {
  expect(failureOf(text).details.candidates).toEqual([{ value, why: expect.any(String) }]);
});

test('an endless id is not quoted whole', () => {
  expect(failureOf('x'.repeat(10_000)).message.length).toBeLessThan(200);
});
