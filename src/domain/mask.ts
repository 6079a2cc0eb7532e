/** A vendor may quote a piece of the key; pieces shorter than this are no secret. */
const SHORTEST_ECHO = 8;

/** The text without the secrets, and without any longer piece of one. */
export function mask(text: string, secrets: readonly string[]): string {
  const hidden = new Uint8Array(text.length);
  for (const secret of secrets) hideEchoes(text, secret, hidden);
  return text.replace(/[\s\S]/g, (unit, at: number) => (hidden[at] ? (hidden[at - 1] ? '' : '***') : unit));
}

function hideEchoes(text: string, secret: string, hidden: Uint8Array): void {
  const size = Math.min(secret.length, SHORTEST_ECHO);
  if (size === 0) return;
  for (let at = 0; at + size <= text.length; at += 1)
    if (secret.includes(text.slice(at, at + size))) hidden.fill(1, at, at + size);
}

/** The text without whole secrets: cheap enough for all that comes in and goes out. */
export function maskWhole(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_ECHO).flatMap(spellings);
  return known.reduce((masked, spelling) => masked.replaceAll(spelling, '***'), text);
}

/**
 * A secret as JSON spells it, with and without its slashes escaped, and as it is: what is masked may hold any of them. The
 * longer ones come first, so that no half of an escape is left.
 */
function spellings(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [...new Set([inJson.replaceAll('/', '\\/'), inJson, secret])];
}
