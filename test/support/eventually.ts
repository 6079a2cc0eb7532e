import { vi } from 'vitest';

/** Tries until it holds, and for as long as a process or a disk may need on a machine that is busy with others. */
export function eventually<Held>(
  check: () => Held | Promise<Held>,
  options: { readonly timeout?: number; readonly interval?: number } = {},
): Promise<Held> {
  return vi.waitFor(check, { timeout: 10_000, ...options });
}
