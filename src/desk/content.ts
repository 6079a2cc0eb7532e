import { createHash } from 'node:crypto';
import type { Caller } from '../domain/call.ts';
import type { Content } from '../domain/content.ts';
import { Failure } from '../domain/failure.ts';
import { checkPublicUrl } from '../media/address.ts';
import { openLocalFile } from '../media/local-file.ts';
import type { Desk } from './desk.ts';
import { isOwner } from './rights.ts';

/** Content that is ready to be handed to backends. Holds a local file open until it is disposed. */
export interface OpenContent extends AsyncDisposable {
  readonly content: Content;
}

/** Holds a draft to the bytes that its file has now. */
export async function pinContent(
  desk: Desk,
  { contentUrl }: { readonly contentUrl: string },
): Promise<{ contentSha256?: string }> {
  await using open = await openContent(desk, contentUrl, { field: 'contentUrl', kind: 'video' });
  const contentSha256 = await sha256Of(open.content);
  return contentSha256 === undefined ? {} : { contentSha256 };
}

/** Throws when a draft's file does not hold any more what it held when the draft was made. */
export async function checkPinned(content: Content, contentSha256: string): Promise<void> {
  if ((await sha256Of(content)) === contentSha256) return;
  throw new Failure('media_rejected', 'The file is not the one any more that the draft was made with.', {
    field: 'contentUrl',
    hint: 'Look at the file; if it is meant to air, name it anew with edit_post (contentUrl), then approve the draft.',
  });
}

/** In hex; undefined for what is not a file. */
async function sha256Of(content: Content): Promise<string | undefined> {
  if (content.kind !== 'file') return undefined;
  const hash = createHash('sha256');
  for await (const chunk of content.file.read()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

interface Asked {
  /** The parameter to name in a failure. */
  readonly field: string;
  readonly kind: 'video' | 'audio';
  /** Who asks: only the machine's own person is told of other files in the folder. */
  readonly caller?: Caller;
}

const CLIP = /^openshorts:([\w-]{1,100})\/(-?\d{1,6})$/;

/** Reads what an agent calls content: a clip of a job, a public URL, or the path of a file inside the media roots. */
export async function openContent(
  desk: Desk,
  text: string,
  { field, kind, caller }: Asked,
): Promise<OpenContent> {
  if (text.startsWith('openshorts:')) return closed(clip(text, field));
  if (/^https?:/i.test(text)) return closed({ kind: 'url', url: checkPublicUrl(text, field) });
  const file = await openLocalFile(text, {
    roots: desk.mediaRoots,
    field,
    kind,
    namesOthers: caller !== undefined && isOwner(caller),
  });
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
