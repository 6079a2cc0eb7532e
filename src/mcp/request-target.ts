import type { IncomingMessage } from 'node:http';

/** A request for a whole address becomes one for its path, on its host: that counts, not the header (RFC 9112 §3.2.2). */
export function toOriginForm(request: IncomingMessage): void {
  const [, host, rest = ''] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(request.url ?? '') ?? [];
  if (host === undefined) return;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  // None, or two of them, are refused all the same.
  if (request.headersDistinct.host?.length !== 1) return;
  request.headers.host = host;
  request.headersDistinct.host = [host];
}
