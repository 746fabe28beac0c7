import { type ClientRequestArgs } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { connectLimitsOf } from './connect-limits.js';
import { EgressError } from './egress-error.js';
import { type Destination, type EgressRules } from './egress-rules.js';
import { type GuardedTunnels } from './guarded-tunnels.js';
import { createPinnedLookup, type ResolveHost } from './pinned-lookup.js';

/** What an agent hands over when it needs a socket. */
export interface ConnectionRequest {
  readonly protocol: 'http:' | 'https:';
  readonly options: ClientRequestArgs;
  readonly callback: (error: Error | null, socket: Duplex) => void;
}

/** Makes the socket of a request: a new one, or on top of a tunnel to the destination. */
export type Connect = (
  pinned: ClientRequestArgs,
  tunnel?: Socket,
) => Duplex | null | undefined;

/** How a gate finds its way. */
export interface GateSettings {
  readonly resolve: ResolveHost;
  readonly tunnels?: GuardedTunnels | undefined;
  /** Until a socket is ready for a request; `Infinity` for no limit. @default Infinity */
  readonly connectTimeoutMs?: number | undefined;
}

interface TunnelledRequest {
  readonly destination: Destination;
  readonly options: ClientRequestArgs;
  readonly connect: Connect;
}

/**
 * The one place where sockets are opened. Checks the address three times: a
 * literal before connecting, because Node asks no lookup for it; every resolved
 * one in the lookup; and the peer of the connected socket. A proxy is asked for
 * a checked address instead, and nobody but the proxy sees its peer.
 */
export class ConnectionGate {
  readonly #rules: EgressRules;
  readonly #resolve: ResolveHost;
  readonly #tunnels: GuardedTunnels | undefined;
  readonly #connectTimeoutMs: number;
  readonly #ready = new WeakSet<object>();
  readonly #sockets = new Set<Socket>();
  readonly #peers = new WeakMap<object, string>();
  #isClosed = false;

  constructor(
    rules: EgressRules,
    { resolve, tunnels, connectTimeoutMs = Infinity }: GateSettings,
  ) {
    this.#rules = rules;
    this.#resolve = resolve;
    this.#tunnels = tunnels;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /**
   * Opens a checked socket, or returns nothing and calls back, with the reason or
   * with a socket through the proxy. Never throws: agents also connect from event
   * handlers, for queued requests.
   */
  open(
    { protocol, options, callback }: ConnectionRequest,
    connect: Connect,
  ): Duplex | undefined {
    const refuse = (error: Error): undefined => {
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
    if (this.#tunnels) {
      this.#openThrough(this.#tunnels, { destination, options, connect }).then(
        (socket) => process.nextTick(callback, null, socket),
        refuse,
      );
      return undefined;
    }
    const lookup = createPinnedLookup(this.#resolve, isAllowed);
    const socket = connect({ ...options, lookup }) as Socket;
    this.#watch(socket, isAllowed);
    this.#awaitReady(socket, protocol);
    return socket;
  }

  /** Whether a socket of this gate was ever ready to carry a request: connected, and its TLS verified. */
  wasReady(socket: object): boolean {
    return this.#ready.has(socket);
  }

  get usesProxy(): boolean {
    return this.#tunnels !== undefined;
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

  async #openThrough(
    tunnels: GuardedTunnels,
    { destination, options, connect }: TunnelledRequest,
  ): Promise<Socket> {
    const tunnel = await tunnels.open({
      host: destination.hostname,
      port: Number(options.port),
      limits: connectLimitsOf(options),
      isAllowed: (address) => this.#rules.allowsAddress(address, destination),
      onSocket: (socket) => this.#keep(socket),
    });
    const socket = connect(options, tunnel.socket) as Socket;
    this.#keep(socket);
    if (socket === tunnel.socket) {
      this.#ready.add(socket);
    } else {
      this.#awaitReady(socket, 'https:');
    }
    this.#peers.set(socket, tunnel.address);
    return socket;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#isClosed) {
      socket.destroy();
    }
  }

  #awaitReady(socket: Socket, protocol: ConnectionRequest['protocol']): void {
    const timer = startTimer(this.#connectTimeoutMs, () => {
      const cause = new Error(
        `There was no connection within ${this.#connectTimeoutMs} ms`,
      );
      socket.destroy(new EgressError('connection-failed', { cause }));
    });
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      this.#ready.add(socket);
      clearTimeout(timer);
    });
    socket.once('close', () => clearTimeout(timer));
  }

  #watch(socket: Socket, isAllowed: (address: string) => boolean): void {
    this.#keep(socket);
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

function startTimer(
  timeoutMs: number,
  onEnd: () => void,
): NodeJS.Timeout | undefined {
  return timeoutMs === Infinity ? undefined : setTimeout(onEnd, timeoutMs);
}

function destinationOf(
  protocol: string,
  options: ClientRequestArgs,
): Destination | undefined {
  const { host, socketPath } = options;
  // Without a host Node connects to localhost, with a path to a local socket.
  return !host || socketPath
    ? undefined
    : { origin: originOf(protocol, options), hostname: host };
}

/** Where a request goes that has a host. */
export function originOf(
  protocol: string,
  { host, port }: ClientRequestArgs,
): string {
  const authority = isIP(host ?? '') === 6 ? `[${host}]` : host;
  return new URL(`${protocol}//${authority}:${port ?? ''}`).origin;
}
