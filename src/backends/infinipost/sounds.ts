import type { Page, SoundQuery } from '../../domain/backend.ts';
import type { Call } from '../../domain/call.ts';
import type { Content } from '../../domain/content.ts';
import type { Sound } from '../../domain/sound.ts';
import type { Http } from '../http.ts';
import { fromWireInstant } from './air-time.ts';
import { capabilities } from './capabilities.ts';
import { publicUrl } from './content.ts';
import { explained, staleCursor } from './failures.ts';
import { WireSound, wirePage } from './wire.ts';

const SOUNDS = '/v1/media/sounds';

/** The vendor takes the sound of a TikTok video, by the address of that video. */
export async function uploadSound(
  http: Http,
  { content, name }: { readonly content: Content; readonly name?: string },
  call: Call,
): Promise<Sound> {
  const soundUrl = publicUrl(content);
  const body = { json: { soundUrl, ...(name !== undefined && { name }) } };
  const importing = http.write(
    { method: 'POST', path: SOUNDS, body, schema: WireSound, repeat: 'harmless' },
    call,
  );
  const hint =
    'infinipost takes a sound from a public TikTok video: pass its address, such as https://www.tiktok.com/@user/video/7123456789.';
  const refused = { field: 'soundUrl', hint };
  return fromWireSound(await explained(importing, { invalid_parameter: refused, media_rejected: refused }));
}

/** The vendor has no search, so that a page can be shorter than was asked while more follow. */
export async function listSounds(
  http: Http,
  { query, limit, cursor }: SoundQuery,
  call: Call,
): Promise<Page<Sound>> {
  const reading = http.read(
    { path: SOUNDS, query: { limit, cursor }, schema: wirePage('sounds', WireSound) },
    call,
  );
  const { rows, nextCursor } = await explained(reading, staleCursor(cursor));
  const wanted = query?.toLowerCase() ?? '';
  const sounds = rows.map(fromWireSound).filter(({ name }) => name.toLowerCase().includes(wanted));
  return { rows: sounds, ...(nextCursor !== undefined && { nextCursor }) };
}

function fromWireSound({ soundId, name, url, duration, createdAt: created }: WireSound): Sound {
  const createdAt = fromWireInstant(created);
  return {
    id: soundId,
    name: name || soundId,
    ...(url && { url }),
    ...(typeof duration === 'number' && { durationSeconds: duration }),
    ...(createdAt !== undefined && { createdAt }),
    platforms: capabilities.soundPlatforms,
  };
}
