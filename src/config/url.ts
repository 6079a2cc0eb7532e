/** Names of this machine, as a URL spells them. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Names that no public server has: one word as of a container, private addresses, names of a network at home. */
const OWN_NETWORK =
  /^([^.:]+|(10|192\.168|172\.(1[6-9]|2\d|3[01]))(\.\d+){2,3}|.+\.(local|lan|internal|home\.arpa))$/;

/** Holds an address to http and https; what is wrong with it goes into `problems`. */
export function checkWebUrl(name: string, value: string, problems: string[]): void {
  const { protocol } = URL.parse(value) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:') problems.push(`${name} must be an http or https URL`);
}

/**
 * The same for an address that is sent a key or decides who comes in: by plain http nothing leaves this machine, nor, where
 * the address is of something self-hosted, the network that it is in.
 */
export function checkTrustedUrl(
  name: string,
  value: string,
  {
    problems,
    selfHosted = false,
  }: { readonly problems: string[]; readonly selfHosted?: boolean | undefined },
): void {
  if (goesInClear(value, { selfHosted })) {
    problems.push(`${name} must be an https URL: http goes over the wire in clear`);
  } else {
    checkWebUrl(name, value, problems);
  }
}

/** Whether what is sent to an address can be read on its way: by plain http it leaves this machine, or the network at home. */
export function goesInClear(value: string, { selfHosted }: { readonly selfHosted: boolean }): boolean {
  const { protocol, hostname = '' } = URL.parse(value) ?? {};
  const stays = LOOPBACK.test(hostname) || (selfHosted && OWN_NETWORK.test(hostname));
  return protocol === 'http:' && !stays;
}
