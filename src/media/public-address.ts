import { BlockList, isIP } from 'node:net';

/** Ranges that lead to this machine, into a private network or nowhere. */
const CLOSED_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

const CLOSED_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const;

/** Everything else of IPv6 is loopback, private, link-local, mapped, multicast or not given out. */
const OPEN_IPV6 = [
  ['2000::', 3],
  ['64:ff9b::', 96],
] as const;

const open = new BlockList();
for (const [network, bits] of OPEN_IPV6) open.addSubnet(network, bits, 'ipv6');

const closed = new BlockList();
for (const [network, bits] of CLOSED_IPV6) closed.addSubnet(network, bits, 'ipv6');
for (const [network, bits] of CLOSED_IPV4) {
  closed.addSubnet(network, bits, 'ipv4');
  closed.addSubnet(`64:ff9b::${network}`, 96 + bits, 'ipv6');
  closed.addSubnet(sixToFour(network), 16 + bits, 'ipv6');
}

/** Whether an IP address, without brackets, can belong to a host on the public internet. */
export function isPublicAddress(ip: string): boolean {
  const version = isIP(ip);
  if (version === 4) return !closed.check(ip, 'ipv4');
  return version === 6 && !ip.includes('%') && open.check(ip, 'ipv6') && !closed.check(ip, 'ipv6');
}

/** The 6to4 prefix which wraps an IPv4 network. */
function sixToFour(network: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}
