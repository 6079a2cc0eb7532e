import type { Call } from '../domain/call.ts';
import { Failure } from '../domain/failure.ts';
import { parseHandle } from '../domain/handle.ts';
import type { Desk } from './desk.ts';
import { listSounds } from './sounds.ts';

const MOST = 10;

/** Throws where it is no id of a sound; a name in its place gets the sounds that are called so. */
export async function checkSoundId(
  desk: Desk,
  soundId: string | null | undefined,
  call: Call,
): Promise<void> {
  if (typeof soundId !== 'string') return;
  try {
    parseHandle(soundId, 'soundId');
  } catch (thrown) {
    if (!(thrown instanceof Failure) || soundId.includes(':')) throw thrown;
    const called = await listSounds(desk, { query: soundId, limit: MOST }, call).catch(() => undefined);
    const candidates = called?.sounds.map(({ soundId: value, name }) => ({ value, why: name })) ?? [];
    throw thrown.with({
      ...(candidates.length > 0 && { candidates }),
      next: { tool: 'list_sounds', arguments: {}, why: 'lists the sounds that there are' },
    });
  }
}
