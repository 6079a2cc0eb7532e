import type { Content } from '../domain/content.ts';
import { Failure } from '../domain/failure.ts';
import { checkPublicUrl } from '../media/address.ts';
import { openLocalFile } from '../media/local-file.ts';
import type { Desk } from './desk.ts';

/** Content that is ready to be handed to backends. Holds a local file open until it is disposed. */
export interface OpenContent extends AsyncDisposable {
  readonly content: Content;
}

const CLIP = /^openshorts:([\w-]{1,100})\/(-?\d{1,6})$/;

/** Reads what an agent calls content: a clip of a job, a public URL, or the path of a file inside the media roots. */
export async function openContent(
  desk: Desk,
  text: string,
  { field, kind }: { readonly field: string; readonly kind: 'video' | 'audio' },
): Promise<OpenContent> {
  if (text.startsWith('openshorts:')) return closed(clip(text, field));
  if (/^https?:/i.test(text)) return closed({ kind: 'url', url: checkPublicUrl(text, field) });
  const file = await openLocalFile(text, { roots: desk.mediaRoots, field, kind });
  return {
    content: { kind: 'file', url: text, file },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

function clip(text: string, field: string): Content {
  const [, jobId, index] = CLIP.exec(text) ?? [];
  if (jobId !== undefined && index !== undefined && !index.startsWith('-')) {
    return { kind: 'clip', url: text, jobId, clipIndex: Number(index) };
  }
  throw new Failure('invalid_parameter', `"${text.slice(0, 120)}" does not name a clip.`, {
    field,
    hint: 'A clip is openshorts:JOB_ID/CLIP_INDEX, with the index of the clip in its job, from 0.',
  });
}

function closed(content: Content): OpenContent {
  return { content, [Symbol.asyncDispose]: () => Promise.resolve() };
}
