import { type Texts, textIssues } from '../domain/draft.ts';
import { Failure } from '../domain/failure.ts';
import type { Platform } from '../domain/platform.ts';

/** Throws when a platform would refuse a text; nothing was sent by then. `apart`: whether the call can be made in parts. */
export function refuseLongTexts(texts: Texts, platforms: Iterable<Platform>, { apart = false } = {}): void {
  const issues = textIssues(texts, platforms);
  const [first] = issues;
  if (!first) return;
  throw new Failure('invalid_parameter', `${first.path} is too long: ${first.message}.`, {
    field: first.path,
    issues,
    hint: hintFor(first.path, apart),
  });
}

function hintFor(path: string, apart: boolean): string {
  if (path === 'title')
    return 'Shorten it; where other platforms are to have the long one, give YouTube its own in platformOptions.youtube.title.';
  if (path !== 'caption') return 'Shorten it; for that platform it goes before the common caption.';
  return apart
    ? 'Shorten it, give that platform a caption of its own in platformOptions, or post to it apart.'
    : 'Shorten it, or give that platform a caption of its own in platformOptions.';
}
