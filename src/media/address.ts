import { isIP } from 'node:net';
import { type Candidate, quote } from '../domain/failure.ts';
import { isPublicAddress } from './public-address.ts';
import { refusal } from './refusal.ts';

const LONGEST_URL = 8192;

const PRIVATE_NAMES = ['localhost', 'localdomain', 'local', 'internal', 'home.arpa'];

const NEEDED =
  'It must be a link that anyone on the internet can open, such as https://cdn.example.com/clip.mp4.';

/**
 * The URL in its normal form, which is the one that was checked. Judged by form alone, with no look-up: Airdate fetches
 * nothing from it, and where a name such as `127.0.0.1.nip.io` leads is for the one to see who does. The text is never
 * quoted: it may hold a password.
 */
export function checkPublicUrl(text: string, field: string): string {
  const url = parse(text, field);
  if (url.username !== '' || url.password !== '')
    throw refusal(field, 'must not hold a user name or a password', {
      hint: 'Leave out what stands before the @. Where the file needs a login, use a signed link that expires.',
    });
  if (url.protocol !== 'https:')
    throw refusal(field, 'must start with https://', {
      ...suggestion(text.trim().replace(/^http:/i, 'https:'), field),
      hint: NEEDED,
    });
  checkPort(url.port, field);
  checkHost(url.hostname, field);
  return url.href;
}

/** Whether an address is meant, and no path: it has a scheme other than that of files, or begins with the name of a host. */
export function namesAddress(text: string): boolean {
  return /^\s*(?:(?!file:)[a-z][a-z\d+.-]+:\/\/|(?:https?|data):|(?:[a-z\d-]+\.)+[a-z]{2,}(?::\d+)?\/)/i.test(
    text,
  );
}

function parse(text: string, field: string): URL {
  if (text.length > LONGEST_URL) throw refusal(field, `must not be longer than ${LONGEST_URL} characters`);
  if (/\p{Cc}/u.test(text.trim()))
    throw refusal(field, 'must not hold line breaks or other control characters', { hint: NEEDED });
  const startsWithHost = /^(\/\/)?[a-z\d-]+(\.[a-z\d-]+)+(:\d+)?\//i.test(text.trim());
  // A host with a port would be read as a scheme.
  const url = startsWithHost ? null : URL.parse(text);
  if (url) return url;
  throw refusal(field, 'is not a URL', {
    ...(startsWithHost && suggestion(`https://${text.trim()}`, field)),
    hint: `${NEEDED} A file of this machine is named by its absolute path.`,
  });
}

function suggestion(text: string, field: string): { candidates?: readonly Candidate[] } {
  if (!/^https:/i.test(text)) return {};
  try {
    return { candidates: [{ value: checkPublicUrl(text, field), why: 'the same over https' }] };
  } catch {
    return {};
  }
}

function checkPort(port: string, field: string): void {
  if (port === '') return;
  throw refusal(field, `must not name port ${port}`, {
    hint: 'Use a link that answers on the usual port of https, 443, and names none.',
  });
}

function checkHost(hostname: string, field: string): void {
  const host = hostname.replace(/^\[|\]$|\.+$/g, '');
  if (isIP(host) !== 0) {
    if (isPublicAddress(host)) return;
    throw refusal(field, `must not lead to ${host}, which is not an address of the public internet`, {
      hint: NEEDED,
    });
  }
  const isPrivate = PRIVATE_NAMES.some((name) => host === name || host.endsWith(`.${name}`));
  if (isPrivate || !host.includes('.'))
    throw refusal(field, `must not lead to "${quote(host)}", which is a name of a private network`, {
      hint: NEEDED,
    });
}
