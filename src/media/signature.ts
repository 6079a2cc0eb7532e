/** `[offset, bytes as Latin-1, what such a file is]`: the kinds that are most often mistaken for a video or a sound. */
const SIGNATURES = [
  [0, '\u0089PNG', 'a PNG image'],
  [0, '\u00ff\u00d8\u00ff', 'a JPEG image'],
  [0, 'GIF8', 'a GIF image'],
  [8, 'WEBP', 'a WebP image'],
  [4, 'ftyphei', 'a HEIC image'],
  [4, 'ftypmif1', 'a HEIC image'],
  [4, 'ftypavif', 'an AVIF image'],
  [8, 'AVI ', 'an AVI video'],
  [0, 'FLV', 'a Flash video'],
  [0, '\u0030\u0026\u00b2\u0075', 'a Windows Media file'],
  [0, '\u0000\u0000\u0001\u00ba', 'an MPEG program stream'],
  [0, '%PDF', 'a PDF document'],
  [0, 'PK\u0003\u0004', 'a ZIP archive'],
  [0, '\u001f\u008b', 'a gzip archive'],
  [0, '#EXTM3U', 'a playlist'],
  [0, 'version https://git-lfs', 'a Git LFS pointer'],
  [0, '<!DOCTYPE', 'a web page'],
  [0, '<!doctype', 'a web page'],
  [0, '<html', 'a web page'],
] as const;

/** What a file seems to be by its first bytes. */
export function kindOf(head: Buffer): string | undefined {
  const text = head.toString('latin1');
  const known = SIGNATURES.find(([offset, bytes]) => text.startsWith(bytes, offset));
  if (known) return known[2];
  return head.length > 0 && isText(head) ? 'plain text' : undefined;
}

function isText(head: Buffer): boolean {
  const text = new TextDecoder().decode(head, { stream: true });
  return !/[^\P{Cc}\t\n\r]|\ufffd/u.test(text);
}
