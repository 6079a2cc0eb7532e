import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Caller, OWN_TENANT } from '../domain/call.ts';
import type { Content, LocalFile } from '../domain/content.ts';
import { Failure } from '../domain/failure.ts';
import { checkPublicUrl, namesAddress } from '../media/address.ts';
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

/** Content that is what it was when a draft was made with it; whoever reads a file of it is held to that, to its last byte. */
export async function pinnedContent(content: Content, contentSha256: string): Promise<Content> {
  if ((await sha256Of(content)) !== contentSha256 || content.kind !== 'file') throw notTheSame();
  const { file } = content;
  const read = () => Readable.from(heldTo(file, contentSha256), { objectMode: false });
  return { ...content, file: { ...file, read } };
}

/** Keeps the last chunk back until the hash is known: what was changed meanwhile never arrives whole. */
async function* heldTo(file: LocalFile, contentSha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let last: Buffer | undefined;
  for await (const chunk of file.read() as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (last) yield last;
    last = chunk;
  }
  if (hash.digest('hex') !== contentSha256) throw notTheSame();
  if (last) yield last;
}

function notTheSame(): Failure {
  return new Failure('media_rejected', 'The file is not the one any more that the draft was made with.', {
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
  if (namesAddress(text)) return closed({ kind: 'url', url: checkPublicUrl(text, field) });
  if (caller && caller.tenant !== OWN_TENANT) throw notYours(field);
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

/** Whatever the path: what files there are is the business of the machine's owner. */
function notYours(field: string): Failure {
  return new Failure('forbidden', 'Files of this machine are not open to this access.', {
    field,
    hint: 'Give a public https URL.',
  });
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
