import { isIP, type Socket } from 'node:net';
import { type ConnectLimits } from './connect-limits.js';
import { EgressError, isEgressError } from './egress-error.js';
import { resolveChecked, type ResolveHost } from './pinned-lookup.js';
import { openTunnel, ProxyRefusal, type TunnelProxy } from './proxy-tunnel.js';
import { RequestDeadline } from './request-deadline.js';

/** Addresses of one host that a proxy is asked for, one after the other. */
const MAX_ADDRESSES = 4;

/** A connection that a request needs. */
export interface GuardedTunnelRequest {
  /** A name, or an address that was checked. */
  readonly host: string;
  readonly port: number;
  readonly limits: ConnectLimits;
  readonly isAllowed: (address: string) => boolean;
  /** Told of each socket to the proxy. @throws EgressError where there may be none */
  readonly onSocket: (socket: Socket) => void;
}

/** A tunnel and the address that it leads to. */
export interface GuardedTunnel {
  readonly socket: Socket;
  readonly address: string;
}

/** Opens tunnels to checked addresses through one proxy, which resolves nothing. */
export class GuardedTunnels {
  readonly #proxy: TunnelProxy;
  readonly #resolve: ResolveHost;

  constructor(proxy: TunnelProxy, resolve: ResolveHost) {
    this.#proxy = proxy;
    this.#resolve = resolve;
  }

  /** @throws EgressError `address-not-allowed`, `host-not-found`, `proxy-failed`, `deadline-exceeded`, `aborted` */
  async open(request: GuardedTunnelRequest): Promise<GuardedTunnel> {
    const { timeoutMs, signal } = request.limits;
    const deadline = new RequestDeadline(timeoutMs, signal);
    try {
      const addresses = await this.#addressesOf(request);
      return await this.#openFirst(addresses, request, deadline);
    } catch (error) {
      throw deadline.error ?? error;
    } finally {
      deadline.stop();
    }
  }

  async #addressesOf({
    host,
    isAllowed,
  }: GuardedTunnelRequest): Promise<string[]> {
    if (isIP(host) !== 0) {
      return [host];
    }
    const found = await resolveChecked(this.#resolve, host, isAllowed);
    return found.map(({ address }) => address).slice(0, MAX_ADDRESSES);
  }

  /** The next address where the proxy cannot reach one: it may have no IPv6. */
  async #openFirst(
    addresses: readonly string[],
    { port, onSocket }: GuardedTunnelRequest,
    deadline: RequestDeadline,
  ): Promise<GuardedTunnel> {
    let failure = new EgressError('proxy-failed');
    for (const address of addresses) {
      if (deadline.error) {
        throw deadline.error;
      }
      const { signal } = deadline;
      const tunnel = { address, port, signal, onSocket };
      try {
        return { socket: await openTunnel(this.#proxy, tunnel), address };
      } catch (error) {
        if (!isUnreachable(error)) {
          throw error;
        }
        failure = error;
      }
    }
    throw failure;
  }
}

function isUnreachable(error: unknown): error is EgressError {
  return (
    isEgressError(error) &&
    error.cause instanceof ProxyRefusal &&
    error.cause.status >= 500
  );
}
