import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { EgressError } from './egress-error.js';

/** Of a longer answer only the first ones are tried. */
const MAX_ADDRESSES = 16;

/** One address of a host name, as `node:dns` answers it. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a host name to all its addresses, or rejects. */
export type ResolveHost = (
  hostname: string,
) => Promise<readonly ResolvedAddress[]>;

/** The resolver of the operating system, hosts file included. */
export const resolveBySystem: ResolveHost = (hostname) =>
  lookup(hostname, { all: true });

/**
 * A lookup for one connection. The socket gets exactly the addresses that were
 * checked here, so a second answer of the resolver cannot replace them; one
 * forbidden address refuses the host, because the owner of the name could choose
 * which of them is tried first.
 *
 * Answers `host-not-found` or `address-not-allowed`, as {@link EgressError}.
 */
export function createPinnedLookup(
  resolve: ResolveHost,
  isAllowed: (address: string) => boolean,
): LookupFunction {
  return (hostname, options, callback) => {
    resolveChecked(resolve, hostname, isAllowed).then(
      (addresses) => {
        const [first] = addresses;
        return options.all
          ? callback(null, addresses)
          : callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };
}

type Addresses = [ResolvedAddress, ...ResolvedAddress[]];

/** Resolves a name to addresses that are all allowed. @throws EgressError `host-not-found`, `address-not-allowed` */
export async function resolveChecked(
  resolve: ResolveHost,
  hostname: string,
  isAllowed: (address: string) => boolean,
): Promise<Addresses> {
  const answer = await resolveOrFail(resolve, hostname);
  if (!answer.every(({ address }) => isAllowed(address))) {
    throw new EgressError('address-not-allowed');
  }
  const [first, ...rest] = answer
    .slice(0, MAX_ADDRESSES)
    .map(({ address }) => ({ address, family: isIP(address) }));
  if (first === undefined) {
    throw new EgressError('host-not-found');
  }
  return [first, ...rest];
}

async function resolveOrFail(
  resolve: ResolveHost,
  hostname: string,
): Promise<readonly ResolvedAddress[]> {
  try {
    return await resolve(hostname);
  } catch (cause) {
    throw new EgressError('host-not-found', { cause });
  }
}
