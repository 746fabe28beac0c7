import { type ResolvedAddress } from '@nest-a2a/egress';

/**
 * The targets of channels to these addresses, in the order to try. One names
 * addresses of one family only: `@grpc/grpc-js` takes no others.
 */
export function channelTargets(
  addresses: readonly ResolvedAddress[],
  port: number,
): string[] {
  const families = [...new Set(addresses.map(({ family }) => family))];
  return families.map((wanted) => {
    const places = addresses
      .filter(({ family }) => family === wanted)
      .map(({ address }) =>
        wanted === 6 ? `[${address}]:${port}` : `${address}:${port}`,
      );
    return `ipv${wanted}:${places.join(',')}`;
  });
}
