import type { FileHandle } from 'node:fs/promises';
import { Failure } from '../domain/failure.ts';

/** The bytes from `start` to before `end`, all of them. */
export async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(end - start);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) throw new Failure('media_rejected', 'The file became shorter while it was read.');
    filled += bytesRead;
  }
  return buffer;
}
