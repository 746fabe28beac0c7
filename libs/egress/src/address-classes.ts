import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A parsed address; IPv4 inside IPv6 (`::ffff:a.b.c.d`) is IPv4. */
export type ParsedAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * - `public`: globally routable unicast.
 * - `private`: reachable when a policy opens it on purpose.
 * - `forbidden`: no policy opens it. Also everything that is not an address.
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

/**
 * Credential and host endpoints of cloud providers that the registries class
 * as public, or that lie in a private range and would open with it.
 */
const CLOUD_ENDPOINTS = [
  '100.100.100.200/32', // Alibaba Cloud
  '168.63.129.16/32', // Azure
  '192.0.0.192/32', // Oracle Cloud
  'fd00:ec2::/32', // AWS: metadata and pod identity
  'fd20:ce::254/128', // Google Cloud
  'fd00:c1::a9fe:a9fe/128', // Oracle Cloud
].map((range) => ipaddr.parseCIDR(range));

const GLOBAL_UNICAST_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
]);

/**
 * The one spelling of an address, `undefined` for everything else: a number, an
 * octal or short form and a zone identifier are no addresses here. URL hosts
 * must have passed `new URL()`, which rewrites the numeric forms.
 */
export function canonicalAddress(address: string): string | undefined {
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      // The library reads `::a.b.c.d`, as resolvers print it, as IPv4-mapped;
      // the URL parser writes it without dots, which leaves no doubt.
      return address.includes('%')
        ? undefined
        : new URL(`http://[${address}]`).hostname.slice(1, -1);
    default:
      return undefined;
  }
}

/** Reads an address in its usual spelling, `undefined` for everything else. */
export function parseAddress(address: string): ParsedAddress | undefined {
  const canonical = canonicalAddress(address);
  return canonical === undefined ? undefined : ipaddr.process(canonical);
}

/** True when the address lies in the range; addresses of two families never match. */
export function isInRange(
  address: ParsedAddress,
  range: readonly [ParsedAddress, number],
): boolean {
  const [network, bits] = range;
  return address.kind() === network.kind() && address.match([network, bits]);
}

/** Classes an address by default deny: only what is known to be public is `public`. */
export function classifyAddress(address: string): AddressClass {
  const parsed = parseAddress(address);
  if (
    parsed === undefined ||
    CLOUD_ENDPOINTS.some((range) => isInRange(parsed, range))
  ) {
    return 'forbidden';
  }
  if (PRIVATE_RANGES.has(parsed.range())) {
    return 'private';
  }
  return isGlobalUnicast(parsed) ? 'public' : 'forbidden';
}

function isGlobalUnicast(address: ParsedAddress): boolean {
  // The library calls unassigned IPv6 space and IPv4-compatible addresses
  // (`::a.b.c.d`) unicast, hence the second condition.
  return (
    address.range() === 'unicast' &&
    (address.kind() === 'ipv4' || isInRange(address, GLOBAL_UNICAST_IPV6))
  );
}
