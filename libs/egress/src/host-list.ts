import ipaddr from 'ipaddr.js';
import {
  canonicalAddress,
  isInRange,
  parseAddress,
  type ParsedAddress,
} from './address-classes.js';
import { canonicalHostname } from './hostnames.js';

const IPV4_MAPPED_BITS = 96;

/** The entries of `allow` or `deny`, read once. Immutable. */
export class HostList {
  readonly #names = new Set<string>();
  readonly #suffixes: string[] = [];
  readonly #ranges: (readonly [ParsedAddress, number])[] = [];

  /** @throws TypeError for an entry that is no host name, pattern, address or range. */
  constructor(entries: readonly string[]) {
    entries.forEach((entry) => this.#add(entry));
  }

  /** True when a canonical host name is listed, itself or by a pattern. */
  hasName(hostname: string): boolean {
    return (
      this.#names.has(hostname) ||
      this.#suffixes.some((suffix) => hostname.endsWith(suffix))
    );
  }

  /** True when addresses or ranges are listed, and not names alone. */
  get hasRanges(): boolean {
    return this.#ranges.length > 0;
  }

  /** True when a range holds the address. */
  hasAddress(address: string): boolean {
    const parsed = parseAddress(address);
    return (
      parsed !== undefined &&
      this.#ranges.some((range) => isInRange(parsed, range))
    );
  }

  #add(entry: string): void {
    const range = parseRange(entry);
    if (range !== undefined) {
      this.#ranges.push(range);
    } else if (entry.startsWith('*.')) {
      this.#suffixes.push(`.${nameOf(entry.slice(2), entry)}`);
    } else {
      this.#names.add(nameOf(entry, entry));
    }
  }
}

function nameOf(name: string, entry: string): string {
  const hostname = canonicalHostname(name);
  // An address in another spelling would be a name that no request ever has.
  if (hostname === undefined || parseAddress(hostname) !== undefined) {
    throw new TypeError(
      `"${entry}" is not a host name, *.suffix, address or CIDR range`,
    );
  }
  return hostname;
}

function parseRange(
  entry: string,
): readonly [ParsedAddress, number] | undefined {
  const address = parseAddress(entry.replace(/^\[(.*)\]$/, '$1'));
  if (address !== undefined) {
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  // Only the usual spelling: whether 010.0.0.0/8 is octal is anybody's guess.
  const [network = '', ...bits] = entry.split('/');
  const range = [canonicalAddress(network), ...bits].join('/');
  return ipaddr.isValidCIDR(range)
    ? withoutMapping(...ipaddr.parseCIDR(range))
    : undefined;
}

/** Addresses are compared after unwrapping, so ranges must be unwrapped too. */
function withoutMapping(
  network: ParsedAddress,
  bits: number,
): readonly [ParsedAddress, number] {
  const isMapped =
    network instanceof ipaddr.IPv6 &&
    network.isIPv4MappedAddress() &&
    bits >= IPV4_MAPPED_BITS;
  return isMapped
    ? [network.toIPv4Address(), bits - IPV4_MAPPED_BITS]
    : [network, bits];
}
