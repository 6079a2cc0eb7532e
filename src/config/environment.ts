import { nearest } from '../domain/nearest.ts';

const PREFIX = 'AIRDATE_';
/** By them clients are told where Airdate is. */
const OF_CLIENTS = ['AIRDATE_URL', 'AIRDATE_TOKEN'];
/** What Kubernetes tells every container of a service that is called airdate. */
const OF_A_SERVICE = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/;
const ADDRESS_OF_A_SERVICE = /^(tcp|udp|sctp):\/\//;

/** Names every variable that was meant to be a setting and is none; `environment` holds those that are not empty. */
export function checkEnvironment(
  environment: Readonly<Record<string, string>>,
  { settings, problems }: { readonly settings: readonly string[]; readonly problems: string[] },
): void {
  const known = settings.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || settings.includes(name) || OF_CLIENTS.includes(name)) continue;
    if (OF_A_SERVICE.test(name) || ADDRESS_OF_A_SERVICE.test(value)) continue;
    const close = nearest(name.slice(PREFIX.length), known);
    problems.push(
      `${name.slice(0, 80)} is not a setting${close === undefined ? '' : `; did you mean ${PREFIX}${close}?`}`,
    );
  }
}
