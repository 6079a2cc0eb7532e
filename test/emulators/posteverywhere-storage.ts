import type { ManualClock } from '../support/clock.ts';
import type { Answer, Received } from './emulator.ts';
import type { Media, MediaLibrary } from './posteverywhere-media.ts';

/** Where presigned bytes go: another service than the API, so no envelope, and no API key either. */
export async function store(request: Received, library: MediaLibrary, clock: ManualClock): Promise<Answer> {
  const id = request.path.split('/').at(-1) ?? '';
  const media = library.awaiting(id);
  if (!media) return refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  if (request.headers.authorization !== undefined)
    return refusal(400, 'InvalidArgument', 'Only one auth mechanism allowed.');
  if (Number(request.query.get('expires')) <= clock.now())
    return refusal(403, 'AccessDenied', 'Request has expired.');
  return media.type === 'image' ? await storeForm(request, media) : storeBytes(request, media);
}

function storeBytes(request: Received, media: Media): Answer {
  if (request.method !== 'PUT') return refusal(405, 'MethodNotAllowed', 'The method is not allowed.');
  if (request.headers['content-type'] !== media.contentType)
    return refusal(403, 'SignatureDoesNotMatch', 'The content type is not the one that was signed.');
  media.bytes = request.bytes;
  return { status: 200, headers: { etag: `"${media.id}"` } };
}

async function storeForm(request: Received, media: Media): Promise<Answer> {
  if (request.method !== 'POST') return refusal(405, 'MethodNotAllowed', 'The method is not allowed.');
  const file = await formFile(request);
  if (!file) return refusal(400, 'BadRequest', 'A multipart field "file" is required.');
  if (file.type !== media.contentType)
    return refusal(400, 'BadRequest', 'The content type is not the one that was announced.');
  media.bytes = Buffer.from(await file.arrayBuffer());
  return { status: 200, body: { success: true, result: { id: media.id } } };
}

async function formFile(request: Received): Promise<File | undefined> {
  try {
    const response = new Response(new Uint8Array(request.bytes), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    });
    const file = (await response.formData()).get('file');
    return file instanceof File ? file : undefined;
  } catch {
    return undefined;
  }
}

function refusal(status: number, code: string, message: string): Answer {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    headers: { 'content-type': 'application/xml' },
  };
}
