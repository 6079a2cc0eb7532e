import { Failure } from '../domain/failure.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';

/** What clients speak and how `airdate http` is reached, and what `airdate --help` says of it. */
export const HTTP_SETTINGS = {
  AIRDATE_ALLOWED_HOSTS: 'names under which airdate http is reached, comma-separated (localhost)',
  AIRDATE_PROTOCOL: 'revisions of the protocol: auto, or legacy to leave out 2026-07-28 (auto)',
} as const;

const PROTOCOLS = ['auto', 'legacy'] as const;

export interface HttpConfig {
  readonly allowedHosts: readonly string[];
  readonly protocol: (typeof PROTOCOLS)[number];
}

type Read = (name: keyof typeof HTTP_SETTINGS) => string | undefined;

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;

/** Reads what HTTP needs; what is wrong with it goes into `problems`. */
export function readHttp(read: Read, problems: string[]): HttpConfig {
  const allowedHosts = (read('AIRDATE_ALLOWED_HOSTS') ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  const wrong = allowedHosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) {
    problems.push(`AIRDATE_ALLOWED_HOSTS: ${wrong.slice(0, 100)} is not a name such as post.example.com`);
  }
  return { allowedHosts, protocol: readProtocol(read('AIRDATE_PROTOCOL') ?? 'auto', problems) };
}

function readProtocol(value: string, problems: string[]): HttpConfig['protocol'] {
  const protocol = PROTOCOLS.find((known) => known === value);
  if (protocol) return protocol;
  problems.push(`AIRDATE_PROTOCOL must be auto or legacy${didYouMean(nearest(value, PROTOCOLS))}`);
  return 'auto';
}

const HIGHEST_PORT = 65_535;

/** Where to listen, from the command line. */
export function readBind({ port = '4600', host = '127.0.0.1' }: { port?: string; host?: string }): {
  readonly port: number;
  readonly host: string;
} {
  if (!/^[\w.:-]+$/.test(host) || !URL.canParse(`http://${host.includes(':') ? `[${host}]` : host}`)) {
    throw new Failure(
      'invalid_parameter',
      '--host takes a name or an address to listen on, such as 127.0.0.1.',
    );
  }
  const number = Number(port);
  if (/^\d{1,5}$/.test(port) && number <= HIGHEST_PORT) return { port: number, host };
  throw new Failure('invalid_parameter', `--port takes a number from 0 to ${HIGHEST_PORT}.`);
}
