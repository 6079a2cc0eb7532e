import type { Backend, Changed } from '../../src/domain/backend.ts';
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

/** Cancels a post that was read just before, as the desk does. */
export async function cancelById(backend: Backend, id: string): Promise<Changed> {
  const call = testCall();
  return backend.cancelPost(await backend.getPost(id, call), call);
}
