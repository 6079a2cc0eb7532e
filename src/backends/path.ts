import { Failure } from '../domain/failure.ts';

/** A path with its ids escaped. An id that is empty or all dots would name another path, so it names nothing. */
export function path(texts: TemplateStringsArray, ...ids: readonly (string | number)[]): string {
  return String.raw({ raw: texts }, ...ids.map(escapeId));
}

function escapeId(id: string | number): string {
  const text = String(id);
  if (/^\.{0,2}$/.test(text) || !text.isWellFormed())
    throw new Failure('not_found', 'There is nothing under that id.');
  return encodeURIComponent(text);
}
