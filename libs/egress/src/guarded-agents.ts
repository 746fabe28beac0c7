import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { type Duplex } from 'node:stream';
import { type SecureContext } from 'node:tls';
import { type ConnectionGate, originOf } from './connection-gate.js';

const MAX_IDLE_SOCKETS_PER_ORIGIN = 16;

/** How the agents pool sockets and verify certificates. */
export interface AgentOptions {
  readonly keepAlive: boolean;
  /** Milliseconds after which an unused socket is closed. */
  readonly idleSocketMs: number;
  readonly maxSocketsPerOrigin: number;
  /** What is trusted at an origin, which versions of TLS are spoken, and what is shown there. */
  readonly contextFor: (origin: string) => SecureContext;
}

/** Node agents whose sockets all come through one gate. */
export interface GuardedAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** False: each request has a connection of its own. */
  readonly keepAlive: boolean;
  /** True: it takes several steps until a request has a socket. */
  readonly usesProxy: boolean;
}

type SocketCallback = (error: Error | null, socket: Duplex) => void;

/** Creates the pair; none of the sockets is shared with any other agent. */
export function createGuardedAgents(
  gate: ConnectionGate,
  options: AgentOptions,
): GuardedAgents {
  return {
    http: new GuardedHttpAgent(gate, options),
    https: new GuardedHttpsAgent(gate, options),
    keepAlive: options.keepAlive,
    usesProxy: gate.usesProxy,
  };
}

class GuardedHttpAgent extends HttpAgent {
  readonly #gate: ConnectionGate;

  constructor(gate: ConnectionGate, options: AgentOptions) {
    super(poolOptions(options));
    this.#gate = gate;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback: SocketCallback,
  ): Duplex | undefined {
    return this.#gate.open(
      { protocol: 'http:', options, callback },
      (pinned, tunnel) => tunnel ?? super.createConnection(pinned),
    );
  }
}

class GuardedHttpsAgent extends HttpsAgent {
  readonly #gate: ConnectionGate;
  readonly #contextFor: AgentOptions['contextFor'];

  constructor(gate: ConnectionGate, options: AgentOptions) {
    super({
      ...poolOptions(options),
      // Said explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
      rejectUnauthorized: true,
    });
    this.#gate = gate;
    this.#contextFor = options.contextFor;
  }

  override createConnection(
    options: RequestOptions,
    callback: SocketCallback,
  ): Duplex | undefined {
    // Node derives the name from the Host header; the certificate must be for
    // the host of the URL.
    const servername = isIP(options.host ?? '') ? '' : (options.host ?? '');
    // Known to `tls.connect`, where the connection options end up.
    const context = (): object => ({
      secureContext: this.#contextFor(originOf('https:', options)),
    });
    return this.#gate.open(
      { protocol: 'https:', options, callback },
      (pinned, tunnel) =>
        super.createConnection({
          ...pinned,
          servername,
          ...context(),
          ...(tunnel && { socket: tunnel }),
        }),
    );
  }
}

function poolOptions(options: AgentOptions) {
  return {
    keepAlive: options.keepAlive,
    maxSockets: options.maxSocketsPerOrigin,
    maxFreeSockets: MAX_IDLE_SOCKETS_PER_ORIGIN,
    // Ends unused sockets only: a request in progress may be silent for longer.
    timeout: options.idleSocketMs,
  };
}
