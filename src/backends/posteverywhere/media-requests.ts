import { z } from 'zod';
import type { PlannedRequest } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Content, LocalFile } from '../../domain/content.ts';
import { Failure } from '../../domain/failure.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { describePayload, type Payload } from '../payload.ts';
import { answerOf, Id } from './fields.ts';
import { MediaState } from './wire.ts';

export type Source = Exclude<Content, { kind: 'clip' }>;

interface Brought {
  readonly id: string;
  readonly state: MediaState;
}

const Imported = z.intersection(z.object({ media_id: Id }), MediaState);

const text = z.string().nullish();
const Presigned = z.object({
  media_id: Id,
  upload_url: z.string(),
  upload_method: z.object({ method: text, content_type: text, field_name: text }).nullish(),
});
type Presigned = z.infer<typeof Presigned>;

/** https://developers.posteverywhere.ai/api/upload-media-from-url: a video goes on being fetched after the answer. */
export async function importUrl(http: Http, url: string, call: Call): Promise<Brought> {
  const request = { ...importRequest(url), repeat: 'harmless', schema: answerOf(Imported) } as const;
  try {
    const { media_id, ...state } = await http.write(request, call);
    return { id: media_id, state };
  } catch (thrown) {
    const failure = Failure.from(thrown);
    // The older pages take images by URL alone, and the link is all that could be wrong with the request.
    if (failure.code !== 'media_rejected' && failure.code !== 'invalid_parameter')
      throw failure.with({ hint: 'Nothing was posted.' });
    throw new Failure('media_rejected', failure.message, {
      ...failure.details,
      field: 'contentUrl',
      hint: 'Nothing was posted. Download the video and pass the path of the local file, which is uploaded instead.',
    });
  }
}

/** https://developers.posteverywhere.ai/api/upload-media: the bytes go to the vendor's storage, without the key. */
export async function uploadFile(http: Http, file: LocalFile, call: Call): Promise<Brought> {
  try {
    const presigned = await http.write(
      { ...presignRequest(file), repeat: 'harmless', schema: answerOf(Presigned) },
      call,
    );
    await http.upload(toUpload(presigned, file), call);
    const state = await http.write(
      {
        method: 'POST',
        path: path`/media/${presigned.media_id}/complete`,
        repeat: 'harmless',
        schema: answerOf(MediaState),
      },
      call,
    );
    return { id: presigned.media_id, state };
  } catch (thrown) {
    throw notTaken(Failure.from(thrown));
  }
}

function notTaken(failure: Failure): Failure {
  // Completing an upload whose bytes have not landed.
  if (failure.code === 'not_found')
    return new Failure('unavailable', 'The file did not arrive at PostEverywhere.', {
      ...failure.details,
      hint: 'Nothing was posted. Make the same call again.',
    });
  if (failure.code !== 'media_rejected') return failure.with({ hint: 'Nothing was posted.' });
  return new Failure('media_rejected', failure.message, {
    ...failure.details,
    field: 'contentUrl',
    hint: 'Nothing was posted. PostEverywhere takes MP4 of up to 500 MB.',
  });
}

function toUpload({ upload_url, upload_method }: Presigned, file: LocalFile) {
  const form = upload_method?.method?.toUpperCase() === 'POST';
  const type = upload_method?.content_type;
  const body: Payload = form ? { form: [[upload_method?.field_name ?? 'file', file]] } : { file };
  return {
    url: upload_url,
    method: form ? 'POST' : 'PUT',
    body,
    ...(!form && type && { headers: { 'content-type': type } }),
  } as const;
}

function importRequest(url: string) {
  return { method: 'POST', path: '/media/upload-from-url', body: { json: { url } } } as const;
}

function presignRequest({ name, bytes, facts }: LocalFile) {
  const { mimeType, width, height, durationSeconds } = facts;
  const size = width && height ? { width: Math.round(width), height: Math.round(height) } : {};
  const json = {
    filename: name,
    content_type: mimeType,
    size: bytes,
    ...size,
    ...(durationSeconds > 0 && { duration: durationSeconds }),
  };
  return { method: 'POST', path: '/media/upload', body: { json } } as const;
}

type Planned = Omit<PlannedRequest, 'accountIds'>;

/** The requests that bring the content into the library, and what its id will stand for in those that follow. */
export function planMedia(http: Http, source: Source): { requests: readonly Planned[]; id: string } {
  if (source.kind === 'url') {
    return { requests: [http.plan(importRequest(source.url))], id: '<media id of the import>' };
  }
  const id = '<media id of the upload>';
  const complete = http.plan({ method: 'POST', path: path`/media/${id}/complete` });
  return {
    requests: [
      http.plan(presignRequest(source.file)),
      { method: 'PUT', url: '<upload address>', body: describePayload({ file: source.file }) },
      { ...complete, url: decodeURI(complete.url) },
    ],
    id,
  };
}
