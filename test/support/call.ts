import type { Call } from '../../src/domain/call.ts';

/** The circumstances of a call that nobody gives up, with what it told of its progress. */
export function testCall(): Call & { messages: string[] } {
  const messages: string[] = [];
  return {
    caller: { client: 'test', tenant: 'own', level: 'full' },
    signal: new AbortController().signal,
    progress: (message) => void messages.push(message),
    messages,
  };
}
