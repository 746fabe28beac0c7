import { type ClientRequestArgs } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { EgressError } from './egress-error.js';
import { type Destination, type EgressRules } from './egress-rules.js';
import { createPinnedLookup, type ResolveHost } from './pinned-lookup.js';

/** What an agent hands over when it needs a socket. */
export interface ConnectionRequest {
  readonly protocol: 'http:' | 'https:';
  readonly options: ClientRequestArgs;
  readonly callback: (error: Error | null, socket: Duplex) => void;
}

/**
 * The one place where sockets are opened. Checks the address three times: a
 * literal before connecting, because Node asks no lookup for it; every resolved
 * one in the lookup; and the peer of the connected socket.
 */
export class ConnectionGate {
  readonly #rules: EgressRules;
  readonly #resolve: ResolveHost;
  readonly #sockets = new Set<Socket>();
  readonly #peers = new WeakMap<object, string>();
  #isClosed = false;

  constructor(rules: EgressRules, resolve: ResolveHost) {
    this.#rules = rules;
    this.#resolve = resolve;
  }

  /**
   * Opens a checked socket, or calls back with the reason and returns nothing.
   * Never throws: agents also connect from event handlers, for queued requests.
   */
  open(
    { protocol, options, callback }: ConnectionRequest,
    connect: (pinned: ClientRequestArgs) => Duplex | null | undefined,
  ): Duplex | undefined {
    const refuse = (error: EgressError): undefined => {
      process.nextTick(callback, error);
    };
    const destination = destinationOf(protocol, options);
    if (this.#isClosed) {
      return refuse(new EgressError('aborted'));
    }
    if (!destination || !this.#allowsLiteral(destination)) {
      return refuse(new EgressError('address-not-allowed'));
    }
    const isAllowed = (address: string) =>
      this.#rules.allowsAddress(address, destination);
    const lookup = createPinnedLookup(this.#resolve, isAllowed);
    const socket = connect({ ...options, lookup }) as Socket;
    this.#watch(socket, isAllowed);
    return socket;
  }

  /** The address a socket of this gate was connected to. */
  peerOf(socket: object): string | undefined {
    return this.#peers.get(socket);
  }

  /** Refuses new sockets, destroys the open ones and waits until they are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closing = [...this.#sockets].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.destroy();
        }),
    );
    await Promise.all(closing);
  }

  #allowsLiteral(destination: Destination): boolean {
    const { hostname } = destination;
    return (
      isIP(hostname) === 0 || this.#rules.allowsAddress(hostname, destination)
    );
  }

  #watch(socket: Socket, isAllowed: (address: string) => boolean): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // First in line: neither a request nor a TLS hello may leave before.
    socket.prependOnceListener('connect', () => {
      const peer = socket.remoteAddress ?? '';
      this.#peers.set(socket, peer);
      if (!isAllowed(peer)) {
        socket.destroy(new EgressError('address-not-allowed'));
      }
    });
  }
}

function destinationOf(
  protocol: string,
  { host, port, socketPath }: ClientRequestArgs,
): Destination | undefined {
  // Without a host Node connects to localhost, with a path to a local socket.
  if (!host || socketPath) {
    return undefined;
  }
  const authority = isIP(host) === 6 ? `[${host}]` : host;
  const { origin } = new URL(`${protocol}//${authority}:${port ?? ''}`);
  return { origin, hostname: host };
}
